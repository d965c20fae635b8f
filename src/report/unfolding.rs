//! In: finished results. Out: words about events without a date: how many measures were taken, what happened in how many futures, and when.

use super::page::Page;
use super::say::{fixed, month_year, percent};
use crate::results::{Results, Stat};

/// Whether the run itself brought events about.
pub fn any(results: &Results) -> bool {
    results.summary.iter().any(|r| r.metric == "happened")
}

/// The tables, if there is anything to tell.
pub fn tell(results: &Results, page: &mut Page) {
    if !any(results) {
        return;
    }
    page.heading("WHAT CAME ABOUT, for nothing of it has a date");
    let scopes = |metric: &'static str| {
        let rows = results.summary.iter().filter(move |r| r.metric == metric && r.stat == Stat::Mean);
        rows.map(|r| r.scope.as_str()).collect::<Vec<_>>()
    };
    let count = |scope: &str, stat| results.value("measures_taken", scope, stat).map_or_else(|| "–".to_owned(), |v| fixed(v, 1));
    let mut rows = vec![["", "measures a future", "median", "1 in 20 above"].map(str::to_owned).to_vec()];
    for scope in scopes("measures_taken") {
        let name = results.name(scope).to_owned();
        rows.push(vec![name, count(scope, Stat::Mean), count(scope, Stat::P50), count(scope, Stat::P95)]);
    }
    if rows.len() > 1 {
        page.table(&rows);
    }
    let mut rows = vec![["", "happened in", "first in the median future"].map(str::to_owned).to_vec()];
    for scope in scopes("happened") {
        let share = results.value("happened", scope, Stat::Mean).unwrap_or(0.0);
        let week = results.value("onset_week", scope, Stat::P50).filter(|w| *w < results.horizon as f64);
        let when =
            week.map_or_else(|| "never".to_owned(), |w| format!("week {} ({})", fixed(w + 1.0, 0), month_year(results.date(w as usize))));
        rows.push(vec![results.name(scope).to_owned(), format!("{} of futures", percent(share)), when]);
    }
    page.table(&rows);
}
