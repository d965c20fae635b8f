//! In: a comparison. Out: the page of words printed after it: what changes, by how much, how sure.

use super::page::{COLUMNS, Page};
use super::say::{chance, fixed, month_year, percent, realizations, short, with_error};
use crate::results::{Stat, SummaryRow};
use crate::study::compare::{Comparison, Difference};

/// The page; `folder`: where the files lie; `seconds`: how long it took.
pub fn page(comparison: &Comparison, notes: &[String], folder: Option<&str>, seconds: Option<f64>) -> String {
    let mut page = Page::default();
    let first = comparison.first();
    let results = &first.results;
    page.line("");
    page.wrapped("", &results.title);
    page.line(&"═".repeat(results.title.chars().count().min(COLUMNS)));
    for (i, v) in comparison.variants.iter().enumerate() {
        let title = if i > 0 && v.results.title != results.title { format!(" ({})", v.results.title) } else { String::new() };
        page.wrapped(if i == 0 { "  against  " } else { "  variant  " }, &format!("{}{title}", v.label));
    }
    let took = seconds.map_or_else(String::new, |s| format!(" in {} s", fixed(s, usize::from(s < 10.0))));
    let last = results.date(results.horizon.saturating_sub(1));
    page.wrapped(
        "",
        &format!(
            "{}, each under every variant; {} weeks, {} to {}{took}.",
            realizations(results.realizations).replace("realization", "possible future"),
            results.horizon,
            month_year(results.start),
            month_year(last)
        ),
    );
    page.wrapped("", "± is the Monte Carlo error: 1.96 standard errors of the mean difference within the same future.");
    for v in 1..comparison.variants.len() {
        variant(comparison, v, &mut page);
    }
    if !notes.is_empty() {
        page.heading("WORTH KNOWING");
        for note in notes {
            page.wrapped("  · ", note);
        }
    }
    if let Some(folder) = folder {
        page.line("");
        page.line(&format!("Files: {folder}"));
    }
    page.text
}

fn variant(comparison: &Comparison, v: usize, page: &mut Page) {
    let (label, against) = (&comparison.variants[v].label, &comparison.first().label);
    page.heading(&format!("WHAT CHANGES: {label} instead of {against}"));
    let mine: Vec<&Difference> = comparison.differences.iter().filter(|d| d.variant == v).collect();
    if mine.iter().all(|d| d.chances[1].is_none_or(|c| c.value == 1.0) && mean(d).is_none_or(|r| r.value == Some(0.0))) {
        page.wrapped("  ", "Nothing: every outcome of every future is the same.");
        return;
    }
    for (metric, subject, unit, scale) in SENTENCES {
        if let Some(d) = comparison.difference(v, metric, "world") {
            page.wrapped("  · ", &sentence(comparison, d, subject, unit, scale));
        }
    }
    if let Some(words) = gain(comparison, v) {
        page.wrapped("  · ", &words);
    }
    stages(comparison, v, page);
    for (prefix, heading) in [("region:", "BY REGION"), ("sector:", "BY SECTOR")] {
        places(comparison, v, (prefix, heading), page);
    }
    prices(comparison, v, page);
}

/// Metric, how a sentence about it begins, unit, and what its values are multiplied by.
const SENTENCES: [(&str, &str, &str, f64); 3] = [
    ("unmet_share", "Demand not served over the whole run", "percentage points", 100.0),
    ("line_down_weeks", "The time that lines run more than 5 % short", "weeks", 1.0),
    ("lost_output", "Lost output", "t", 1.0),
];

fn mean(d: &Difference) -> Option<&SummaryRow> {
    d.row(Stat::Mean)
}

/// `Demand not served … falls by 3.2 ± 0.1 percentage points, from 12.3 % to 9.1 %; it is less in 93 % of futures and more in 2 %.`
fn sentence(comparison: &Comparison, d: &Difference, subject: &str, unit: &str, scale: f64) -> String {
    let Some((value, se)) = mean(d).and_then(|r| Some((r.value?, r.se?))) else { return format!("{subject}: too few futures to tell.") };
    if value == 0.0 && se == 0.0 {
        return format!("{subject} stays what it is, in every future.");
    }
    let ends = [0, d.variant].map(|v| {
        let value = comparison.variants[v].results.value(&d.metric, &d.scope, Stat::Mean).unwrap_or(0.0);
        if scale == 100.0 { percent(value) } else { format!("{} {unit}", short(value)) }
    });
    let size = with_error(value.abs() * scale, Some(se * scale));
    let mut words = if value.abs() <= 1.96 * se {
        let signed = with_error(value * scale, Some(se * scale));
        format!("{subject} does not change by more than chance: {signed} {unit}, from {} to {}", ends[0], ends[1])
    } else {
        let verb = if value > 0.0 { "rises" } else { "falls" };
        format!("{subject} {verb} by {size} {unit}, from {} to {}", ends[0], ends[1])
    };
    if let [Some(worse), _, Some(better)] = d.chances {
        words += &match (better.value, worse.value) {
            (1.0, _) => "; it is less in every future".to_owned(),
            (_, 1.0) => "; it is more in every future".to_owned(),
            (less, more) => format!("; it is less in {} of futures and more in {}", chance(less), chance(more)),
        };
    }
    // A number and its sign stay together.
    words.replace(" %", "\u{a0}%").replace(" ± ", "\u{a0}±\u{a0}") + "."
}

/// What pairing is worth: the same error without it would need so many times the futures.
fn gain(comparison: &Comparison, v: usize) -> Option<String> {
    let paired = mean(comparison.difference(v, "unmet_share", "world")?)?.se.filter(|se| *se > 0.0)?;
    let se = |v: usize| comparison.variants[v].results.row("unmet_share", "world", Stat::Mean)?.se;
    let apart = se(0)?.hypot(se(v)?);
    let times = (apart / paired).powi(2);
    (times > 1.5).then(|| {
        format!("Two separate runs would need {} times as many futures to tell the first of these differences as well.", short(times))
    })
}

fn places(comparison: &Comparison, v: usize, (prefix, heading): (&str, &str), page: &mut Page) {
    let mut list: Vec<&Difference> = comparison
        .differences
        .iter()
        .filter(|d| {
            d.variant == v && d.metric == "unmet_share" && d.scope.starts_with(prefix) && mean(d).is_some_and(|r| r.value.is_some())
        })
        .collect();
    if list.is_empty() {
        return;
    }
    let size = |d: &Difference| mean(d).and_then(|r| r.value).unwrap_or(0.0);
    list.sort_by(|a, b| size(a).total_cmp(&size(b)));
    let mut rows = vec![["", "not served", "then", "difference, points", "less in", "more in", "short weeks"].map(str::to_owned).to_vec()];
    for d in list {
        let of =
            |v: usize| comparison.variants[v].results.value("unmet_share", &d.scope, Stat::Mean).map_or_else(|| "–".to_owned(), percent);
        let down = comparison.difference(v, "line_down_weeks", &d.scope).and_then(mean);
        let share = |i: usize| d.chances[i].map_or_else(|| "–".to_owned(), |c| chance(c.value));
        rows.push(vec![
            comparison.first().results.name(&d.scope).to_owned(),
            of(0),
            of(v),
            told(mean(d), 100.0),
            share(2),
            share(0),
            format!("{} wk", down.and_then(|r| r.value).map_or_else(|| "–".to_owned(), |x| signed(x, 1))),
        ]);
    }
    page.heading(&format!("{heading}: share of demand not served, from what is helped most to what is harmed most"));
    page.table(&rows);
}

/// What is made outside the border, stage by stage: the share after some years, and the weeks until a share is reached.
fn stages(comparison: &Comparison, v: usize, page: &mut Page) {
    let told_of = |metric: &str| metric.starts_with("outside_share") || metric.starts_with("weeks_to_outside");
    let moves = |r: &SummaryRow| r.value.is_some_and(|x| x != 0.0) || r.se.is_some_and(|se| se > 0.0);
    let mut list: Vec<&Difference> =
        comparison.differences.iter().filter(|d| d.variant == v && told_of(&d.metric) && mean(d).is_some_and(moves)).collect();
    // Stages in the order of the chain, years and shares as they come.
    let names = &comparison.first().results.names;
    let number = |d: &Difference| d.metric.rsplit('_').next().and_then(|x| x.trim_end_matches('y').parse::<u32>().ok()).unwrap_or(0);
    list.sort_by_key(|d| (names.iter().position(|(s, _)| *s == d.scope), d.metric.starts_with("weeks"), number(d)));
    if list.is_empty() {
        return;
    }
    let mut rows = vec![["", "mean", "then", "difference", "less in", "more in", "never, from and to"].map(str::to_owned).to_vec()];
    let mut stage: Option<&String> = None;
    for d in list {
        let (share, digits) = (d.metric.starts_with("outside_share"), d.metric.rsplit('_').next().unwrap_or(""));
        let what = if share { format!("after {} years", digits.trim_end_matches('y')) } else { format!("weeks to {digits} %") };
        let of = |metric: &str, v: usize| comparison.variants[v].results.value(metric, &d.scope, Stat::Mean);
        let said = |v: usize| of(&d.metric, v).map_or_else(|| "–".to_owned(), |x| if share { percent(x) } else { fixed(x, 0) });
        let never = |v: usize| of(&format!("outside_below_{digits}"), v).map_or_else(String::new, percent);
        let chances = |i: usize| d.chances[i].map_or_else(|| "–".to_owned(), |c| chance(c.value));
        // Less is worse of a share, and better of a time.
        let (less, more) = if share { (0, 2) } else { (2, 0) };
        if stage != Some(&d.scope) {
            stage = Some(&d.scope);
            rows.push(vec![comparison.first().results.name(&d.scope).to_owned()]);
        }
        rows.push(vec![
            format!("  {what}"),
            said(0),
            said(v),
            if share { format!("{} points", told(mean(d), 100.0)) } else { told(mean(d), 1.0) },
            chances(less),
            chances(more),
            if share { String::new() } else { format!("{} and {}", never(0), never(v)) },
        ]);
    }
    page.heading("MADE OUTSIDE THE BORDER, by stage: a share that is never reached counts as the last week");
    page.table(&rows);
}

/// `−3.2 ± 0.1`.
fn told(row: Option<&SummaryRow>, scale: f64) -> String {
    match row.and_then(|r| Some((r.value?, r.se?))) {
        Some((0.0, 0.0)) => "0".to_owned(),
        Some((value, se)) => {
            let text = with_error(value * scale, Some(se * scale));
            // What is rounded to nothing has no sign.
            let nothing = text.split('±').next().is_some_and(|v| !v.bytes().any(|b| (b'1'..=b'9').contains(&b)));
            format!("{}{text}", if value > 0.0 && !nothing { "+" } else { "" })
        }
        None => "–".to_owned(),
    }
}

fn signed(value: f64, decimals: usize) -> String {
    format!("{}{}", if value >= 0.5 * 10f64.powi(-(decimals as i32)) { "+" } else { "" }, fixed(value, decimals))
}

/// Highest prices, as multiples of the opening price: what changes by more than its error.
fn prices(comparison: &Comparison, v: usize, page: &mut Page) {
    let mut list: Vec<&Difference> = comparison
        .differences
        .iter()
        .filter(|d| d.variant == v && d.metric == "peak_price_outside")
        .filter(|d| mean(d).is_some_and(|r| r.value.is_some_and(|x| x.abs() > 1.96 * r.se.unwrap_or(0.0) && x.abs() >= 0.005)))
        .collect();
    if list.is_empty() {
        return;
    }
    let size = |d: &Difference| mean(d).and_then(|r| r.value).unwrap_or(0.0).abs();
    list.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let mut rows = vec![["", "peak", "then", "difference", "less in", "more in"].map(str::to_owned).to_vec()];
    for d in list.into_iter().take(8) {
        let of = |v: usize| {
            let value = comparison.variants[v].results.value("peak_price_outside", &d.scope, Stat::Mean);
            value.map_or_else(|| "–".to_owned(), |x| format!("{} ×", short(x)))
        };
        let share = |i: usize| d.chances[i].map_or_else(|| "–".to_owned(), |c| chance(c.value));
        let name = comparison.first().results.name(&d.scope).to_owned();
        rows.push(vec![name, of(0), of(v), told(mean(d), 1.0), share(2), share(0)]);
    }
    page.heading("HIGHEST PRICES outside the border, over the opening price, mean: what changes most");
    page.table(&rows);
}
