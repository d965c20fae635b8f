//! In: the share of each stage's work done outside the border. Out: `outside`, a panel a stage, in runs that have projects.

use super::axis::{Said, Scale};
use super::fan::{self, Fan, Panel};
use super::frame::FANS;
use super::page::Page;
use super::panels::{self, Layout};
use super::say;
use super::theme::BLUE;
use super::{Chart, Missing};
use crate::results::{Results, Series, Stat};

/// Name of the chart's files.
pub const NAME: &str = "outside";

/// What it draws.
pub const VARIABLE: &str = "outside_share";
const WIDTH: f64 = 1200.0;

/// Draw it.
pub fn chart(results: &Results) -> Result<Chart, Missing> {
    let mut series: Vec<&Series> = results.series_of(VARIABLE, "stage:").collect();
    // Names are listed in the order of the chain; the table is sorted by id.
    series.sort_by_key(|s| results.names.iter().position(|(scope, _)| *scope == s.scope).unwrap_or(usize::MAX));
    let panels: Vec<Panel<'_>> = series.iter().filter_map(|s| panel(results, s)).collect();
    if panels.is_empty() {
        return Err(Missing::Data("fewer than 200 realizations, which a fan needs"));
    }
    let columns = match panels.len() {
        1 => 1,
        2 | 4 => 2,
        _ => 3,
    };
    let layout = Layout {
        width: WIDTH,
        title: "Share of each stage’s output that is made outside the border",
        meaning: &format!("{FANS}; t of what drives each stage, smoothed over a quarter; a panel a stage, each with its own scale"),
        columns,
        plot_height: if columns == 1 { 300.0 } else { 190.0 },
        names: 8.0,
        shared: false,
    };
    let svg = panels::draw(results, &panels, &layout)?;
    Ok(Chart { name: NAME, svg, csv: fan::table(results, series)? })
}

fn panel<'a>(results: &'a Results, series: &'a Series) -> Option<Panel<'a>> {
    let fan = Fan::of(series, BLUE)?;
    let ends = [fan.bands[2].first(), fan.bands[2].last(), fan.bands[0].last(), fan.bands[4].last()];
    let [Some(first), Some(last), Some(low), Some(high)] = ends.map(|x| x.map(|x| say::percent(*x))) else { return None };
    Some(Panel {
        title: results.name(&series.scope).to_owned(),
        note: format!("from {first} to {last} in the median; {low} to {high}"),
        scale: Scale::linear(fan.top().clamp(0.01, 1.0), 4, Said::Percent),
        fans: vec![fan],
        places: Vec::new(),
    })
}

/// The shares in words, stage by stage: at the opening, and after some years.
pub(super) fn tell(results: &Results, page: &mut Page) {
    let mut scopes: Vec<&str> = results.series_of(VARIABLE, "stage:").map(|s| s.scope.as_str()).collect();
    scopes.sort_by_key(|scope| results.names.iter().position(|(s, _)| s == scope).unwrap_or(usize::MAX));
    let mut rows = vec![["", "opening", "after 2 years", "after 5 years", "after 10 years"].map(str::to_owned).to_vec()];
    for scope in scopes {
        let opening = results.series(VARIABLE, scope).and_then(|s| s.stat(Stat::Mean)?.first().copied());
        let after = |years: u32| {
            let row = results.row(&format!("outside_share_{years}y"), scope, Stat::Mean);
            match row.and_then(|r| Some((r.value?, r.se))) {
                Some((value, se)) => format!("{} %", say::with_error(100.0 * value, se.map(|s| 100.0 * s))),
                None => "\u{2013}".to_owned(),
            }
        };
        let opening = opening.map_or_else(|| "\u{2013}".to_owned(), say::percent);
        rows.push(vec![results.name(scope).to_owned(), opening, after(2), after(5), after(10)]);
    }
    if rows.len() > 1 {
        page.heading("MADE OUTSIDE THE BORDER, share of each stage's output, mean");
        page.table(&rows);
    }
}
