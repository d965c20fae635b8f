//! In: finished results. Out: the page of words printed after a run, in at most 100 columns.

use super::assumptions;
use super::outside;
pub use super::page::COLUMNS;
use super::page::Page;
use super::say::{fixed, month_year, percent, realizations, short, with_error};
use super::unfolding;
use crate::results::{Results, Stat};

/// Demand counts as unserved from this share on: less is noise of weekly orders.
const NOTICED: f64 = 0.005;

/// The page: title, headline numbers with their Monte Carlo errors, tables by region and sector, prices, what to know.
/// `folder`: where the run's files lie; `seconds`: how long it took.
pub fn page(results: &Results, folder: Option<&str>, seconds: Option<f64>) -> String {
    let mut page = Page::default();
    page.line("");
    page.wrapped("", &results.title);
    page.line(&"═".repeat(results.title.chars().count().min(COLUMNS)));
    let weeks = results.horizon;
    let took = seconds.map_or_else(String::new, |s| format!(" in {} s", if s < 10.0 { fixed(s, 1) } else { fixed(s, 0) }));
    let last = results.date(weeks.saturating_sub(1));
    let count = realizations(results.realizations);
    page.wrapped("", &format!("{count} (possible futures) of {weeks} weeks, {} to {}{took}.", month_year(results.start), month_year(last)));
    page.wrapped("", "± is the Monte Carlo error: 1.96 standard errors, what more realizations would shrink.");
    headlines(results, &mut page);
    outside::tell(results, &mut page);
    unfolding::tell(results, &mut page);
    places(results, &mut page, "region:", "BY REGION");
    places(results, &mut page, "sector:", "BY SECTOR");
    if page.text.contains("most affected first") {
        page.wrapped("  ", "not served: share of demand over the whole run, mean · 1 in 20: one future in twenty is worse than this · lost: output lost, mean · lines short: weeks in which a line runs more than 5 % short, mean · cover: weeks of use in stock at the lowest point, median · missed from: when the median future first misses demand");
    }
    prices(results, &mut page);
    assumptions::tell(results, &mut page);
    worth_knowing(results, &mut page);
    if let Some(folder) = folder {
        page.line("");
        page.line(&format!("Files: {folder}"));
    }
    page.text
}

/// A summary value with its error, times a factor, followed by a unit; "–" where there is none.
fn said(results: &Results, metric: &str, scope: &str, stat: Stat, factor: f64, unit: &str) -> String {
    match results.row(metric, scope, stat).and_then(|r| r.value.map(|v| (v, r.se))) {
        // Rounding of the last bit is nothing.
        Some((value, _)) if value.abs() < 1e-9 => format!("0{unit}"),
        Some((value, _)) if metric == "unmet_share" && value > 0.0 && value < 5e-5 => "< 0.01 %".to_owned(),
        Some((value, se)) if value.is_finite() => format!("{}{unit}", with_error(value * factor, se.map(|s| s * factor))),
        _ => "–".to_owned(),
    }
}

fn headlines(results: &Results, page: &mut Page) {
    const ROWS: [(&str, &str, f64, &str); 7] = [
        ("unmet_share", "Demand not served over the whole run", 100.0, " %"),
        ("lost_output", "Less output than in the undisturbed future", 1.0, " t"),
        ("triangle_area", "The same, in weeks of normal output", 1.0, " weeks"),
        ("line_down_weeks", "Weeks in which a line runs more than 5 % short", 1.0, " weeks"),
        ("time_to_survive", "Weeks until lines run short (the run's rest if never)", 1.0, " weeks"),
        ("time_to_recover", "Weeks until the world as a whole is back to normal", 1.0, " weeks"),
        ("not_recovered", "Futures in which it is not when the run ends", 100.0, " %"),
    ];
    let mut rows = vec![vec![String::new(), "mean".to_owned(), "1 in 20 is worse than".to_owned()]];
    for (metric, words, factor, unit) in ROWS {
        let timed = metric.starts_with("time_to_") || metric == "not_recovered";
        // The mean of times that were cut off at the end of the run says nothing.
        let cut_off = metric == "time_to_recover" && results.value("not_recovered", "world", Stat::Mean).is_some_and(|x| x > 0.02);
        if timed && results.events.is_empty() && !unfolding::any(results) || cut_off {
            continue;
        }
        if results.value(metric, "world", Stat::Mean).is_some() {
            let cell = |stat| said(results, metric, "world", stat, factor, unit);
            // Where longer is better, the bad twentieth lies below.
            let bad = if metric == "time_to_survive" { Stat::P05 } else { Stat::P95 };
            let value = |stat| results.value(metric, "world", stat);
            // Nobody runs short in nineteen futures of twenty: all of them have the rest of the run.
            let never = metric == "time_to_survive" && value(Stat::P05).is_some() && value(Stat::P05) == value(Stat::P95);
            let tail = match metric {
                "not_recovered" => "–".to_owned(),
                _ if never => "never".to_owned(),
                _ => cell(bad),
            };
            rows.push(vec![words.to_owned(), cell(Stat::Mean), tail]);
        }
    }
    if rows.len() > 1 {
        page.heading("THE WORLD");
        page.table(&rows);
    }
}

fn places(results: &Results, page: &mut Page, prefix: &str, heading: &str) {
    let mut scopes: Vec<(&str, f64)> = results
        .summary
        .iter()
        .filter(|r| r.metric == "unmet_share" && r.stat == Stat::Mean && r.scope.starts_with(prefix))
        .filter_map(|r| Some((r.scope.as_str(), r.value?)))
        .collect();
    if scopes.is_empty() {
        return;
    }
    scopes.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut rows = vec![["", "not served", "1 in 20", "lost", "lines short", "cover", "missed from"].map(str::to_owned).to_vec()];
    for (scope, _) in &scopes {
        let beyond = results.value("unmet_share", scope, Stat::P95).map_or_else(|| "–".to_owned(), percent);
        rows.push(vec![
            results.name(scope).to_owned(),
            said(results, "unmet_share", scope, Stat::Mean, 100.0, " %"),
            beyond,
            results.value("lost_output", scope, Stat::Mean).map_or_else(|| "–".to_owned(), |v| format!("{} t", short(v))),
            results.value("line_down_weeks", scope, Stat::Mean).map_or_else(|| "–".to_owned(), |v| format!("{} wk", fixed(v, 1))),
            results.value("min_cover", scope, Stat::P50).map_or_else(|| "–".to_owned(), |v| format!("{} wk", fixed(v, 1))),
            first_missed(results, scope).map_or_else(|| "never".to_owned(), |period| month_year(results.date(period))),
        ]);
    }
    page.heading(&format!("{heading}, most affected first"));
    page.table(&rows);
}

/// First period in which the median future misses demand.
fn first_missed(results: &Results, scope: &str) -> Option<usize> {
    results.series("unmet_share", scope)?.stat(Stat::P50)?.iter().position(|share| *share > NOTICED)
}

/// Which scope sees a share above what is noticed first, and when: in the median future, else in one of twenty.
fn first<'a>(results: &'a Results, variable: &'a str, prefix: &'a str) -> Option<(&'a str, usize, Stat)> {
    [Stat::P50, Stat::P95].into_iter().find_map(|stat| {
        let starts =
            results.series_of(variable, prefix).filter_map(|s| Some((s, s.stat(stat)?.iter().position(|share| *share > NOTICED)?)));
        // Of those that start together, the one hit hardest.
        let harm = |s: &crate::results::Series| s.stat(stat).map_or(0.0, |v| v.iter().filter(|x| x.is_finite()).sum::<f64>());
        let earliest = starts.min_by(|(a, i), (b, j)| i.cmp(j).then(harm(b).total_cmp(&harm(a))));
        earliest.map(|(s, period)| (s.scope.as_str(), period, stat))
    })
}

fn prices(results: &Results, page: &mut Page) {
    let scopes = |metric: &'static str| {
        let rows = results.summary.iter().filter(move |r| r.metric == metric && r.stat == Stat::Mean && r.scope.starts_with("commodity:"));
        rows.map(|r| r.scope.as_str())
    };
    let mut all: Vec<&str> = scopes("peak_price_outside").chain(scopes("peak_price_inside")).collect();
    all.sort_by_key(|scope| results.names.iter().position(|(s, _)| s == scope).unwrap_or(usize::MAX));
    all.dedup();
    if all.is_empty() {
        return;
    }
    let mut rows = vec![["", "inside", "undisturbed", "outside", "undisturbed", "1 in 20 above"].map(str::to_owned).to_vec()];
    for scope in all {
        rows.push(vec![
            results.name(scope).to_owned(),
            said(results, "peak_price_inside", scope, Stat::P50, 1.0, " ×"),
            said(results, "calm_peak_inside", scope, Stat::P50, 1.0, " ×"),
            said(results, "peak_price_outside", scope, Stat::P50, 1.0, " ×"),
            said(results, "calm_peak_outside", scope, Stat::P50, 1.0, " ×"),
            results.value("peak_price_outside", scope, Stat::P95).map_or_else(|| "–".to_owned(), |v| format!("{} ×", short(v))),
        ]);
    }
    page.heading("HIGHEST PRICES, median of all futures, over the opening price, inside and outside the border");
    page.table(&rows);
    page.wrapped("  ", "undisturbed: what the noise of prices alone does in the same futures · 1 in 20 above: outside");
}

/// A sentence for each commodity that is smuggled.
fn smuggled(results: &Results) -> Vec<String> {
    let rows = results.summary.iter().filter(|r| r.metric == "smuggled" && r.stat == Stat::Mean);
    let sentence = |scope: &str| {
        let mass = |metric, stat| results.value(metric, scope, stat).map_or_else(|| "–".to_owned(), short);
        format!(
            "{}: {} t smuggled over the whole run on average, more than {} t in one future of twenty; {} t seized.",
            results.name(scope),
            mass("smuggled", Stat::Mean),
            mass("smuggled", Stat::P95),
            mass("seized", Stat::Mean)
        )
    };
    rows.map(|r| sentence(&r.scope)).collect()
}

fn worth_knowing(results: &Results, page: &mut Page) {
    let mut points: Vec<String> = Vec::new();
    for (variable, what) in [("unmet_share", "to miss demand")] {
        for prefix in ["region:", "sector:"] {
            points.extend(first(results, variable, prefix).map(|(scope, period, stat)| {
                let future = if stat == Stat::P50 { "in the median future" } else { "in one future of twenty" };
                let when = month_year(results.date(period));
                format!("First {} {what}: {}, week {} ({when}), {future}.", prefix.trim_end_matches(':'), results.name(scope), period + 1)
            }));
        }
    }
    let mut shortfalls: Vec<(&str, f64)> = results
        .series_of("output_share", "facility:")
        .filter_map(|s| {
            let values = s.stat(Stat::Mean)?;
            Some((s.scope.as_str(), values.iter().filter(|v| v.is_finite()).map(|v| 1.0 - v).sum::<f64>()))
        })
        .filter(|(_, weeks)| *weeks >= 1.0)
        .collect();
    shortfalls.sort_by(|a, b| b.1.total_cmp(&a.1));
    let worst: Vec<String> = shortfalls
        .iter()
        .take(3)
        .map(|(scope, weeks)| {
            format!("{} ({} weeks of normal output, what it makes up for counted)", results.name(scope), fixed(*weeks, 1))
        })
        .collect();
    if !worst.is_empty() {
        points.push(format!("Facilities that fall furthest behind: {}.", worst.join("; ")));
    }
    if let (Some(tail), Some(mean)) =
        (results.value("lost_output", "world", Stat::Cvar95), results.value("lost_output", "world", Stat::Mean))
        && mean > 0.0
    {
        let ratio = tail / mean;
        points.push(format!("The worst twentieth of futures loses {} t on average, {} times the mean.", short(tail), short(ratio)));
    }
    points.extend(smuggled(results));
    points.extend(never_normal(results));
    points.extend(rents(results));
    points.extend(reserves(results));
    points.extend(results.notes.iter().cloned());
    if !points.is_empty() {
        page.heading("WORTH KNOWING");
        for point in points {
            page.wrapped("  · ", &point);
        }
    }
}

/// Share of futures from which it is said of a place that it is not back to normal.
const LASTING: f64 = 0.2;

/// Regions and sectors that are not back to normal at the end though the world as a whole may be.
fn never_normal(results: &Results) -> Option<String> {
    let rows = results.summary.iter().filter(|r| r.metric == "not_recovered" && r.stat == Stat::Mean);
    let mut list: Vec<(&str, f64)> = rows
        .filter(|r| r.scope.starts_with("region:") || r.scope.starts_with("sector:"))
        .filter_map(|r| Some((r.scope.as_str(), r.value.filter(|x| *x > LASTING)?)))
        .collect();
    list.sort_by(|a, b| b.1.total_cmp(&a.1));
    let said: Vec<String> =
        list.iter().take(4).map(|(scope, x)| format!("{} in {} of futures", results.name(scope), percent(*x))).collect();
    (!said.is_empty()).then(|| format!("Not back to normal when the run ends: {}.", said.join("; ")))
}

/// What export quotas earn at their height.
fn rents(results: &Results) -> Vec<String> {
    let peak = |s: &crate::results::Series| {
        let weeks = s.stat(Stat::P50)?.iter().copied().enumerate();
        weeks.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, x)| *x > 0.0)
    };
    let one = |s: &crate::results::Series| {
        let (week, usd) = peak(s)?;
        let when = month_year(results.date(week));
        Some(format!(
            "Under \u{201c}{}\u{201d} a kilogram earns up to {} USD at the border in the median future ({when}).",
            results.name(&s.scope),
            short(usd)
        ))
    };
    results.series_of("quota_rent", "event:").filter_map(one).collect()
}

/// What becomes of stockpiles.
fn reserves(results: &Results) -> Vec<String> {
    let one = |s: &crate::results::Series| {
        let stock = s.stat(Stat::P50)?;
        let (first, last) = (*stock.first()?, *stock.last()?);
        let name = results.name(&s.scope);
        if first <= 0.0 {
            return None;
        }
        let opened = stock.iter().position(|x| *x < 0.99 * first);
        let gone = stock.iter().position(|x| *x < 0.01 * first);
        let date = |week: usize| month_year(results.date(week));
        Some(match (opened, gone) {
            (None, _) => format!("{name}: {} t stay where they are in the median future.", short(first)),
            (Some(a), Some(b)) => {
                format!("{name}: {} t begin to leave in {} and are gone in {}, in the median future.", short(first), date(a), date(b))
            }
            (Some(a), None) => {
                format!("{name}: {} t begin to move in {}; {} t at the end, in the median future.", short(first), date(a), short(last))
            }
        })
    };
    results.series_of("reserve", "stockpile:").filter_map(one).collect()
}
