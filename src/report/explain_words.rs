//! In: an explanation. Out: the page of words printed after it: what came of this future, where it began, what bound longest.

use super::page::{COLUMNS, Page};
use super::say::{day, fixed, month_year, percent, short};
use crate::ensemble::binding::Kind;
use crate::study::explain::{Episode, Explanation, ON_THE_WAY, Outcome, Row};

/// Share of a row's normal flow from which a week counts as bound for the story of how it spread.
const FELT: f64 = 0.1;
/// Reasons told at most: of goods on their way, and of places.
const TOLD: [usize; 2] = [5, 10];

/// The page; `of`: realizations of the run; `folder`: where the files lie.
pub fn page(explanation: &Explanation, of: u64, folder: Option<&str>) -> String {
    let mut page = Page::default();
    page.line("");
    page.wrapped("", &explanation.title);
    page.line(&"═".repeat(explanation.title.chars().count().min(COLUMNS)));
    let last = explanation.date(explanation.horizon.saturating_sub(1));
    page.wrapped(
        "",
        &format!(
            "Realization {} of {}, one possible future: {} weeks, {} to {}.",
            explanation.realization,
            fixed(of as f64, 0),
            explanation.horizon,
            month_year(explanation.start),
            month_year(last)
        ),
    );
    events(explanation, &mut page);
    outcomes(explanation, &mut page);
    spread(explanation, &mut page);
    longest(explanation, &mut page);
    if let Some(folder) = folder {
        page.line("");
        page.line(&format!("Files: {folder}"));
    }
    page.text
}

fn events(explanation: &Explanation, page: &mut Page) {
    page.heading("WHAT HAPPENED");
    if explanation.events.is_empty() {
        page.wrapped("  ", "No event.");
    }
    for event in &explanation.events {
        let end = event.end.map_or_else(|| "the end of the run".to_owned(), day);
        page.wrapped("  · ", &format!("{}: {} to {end}", event.name, day(event.date)));
    }
}

fn outcomes(explanation: &Explanation, page: &mut Page) {
    const ROWS: [(&str, &str); 5] = [
        ("unmet_share", "Demand not served over the whole run"),
        ("lost_output", "Less output than in the undisturbed future"),
        ("line_down_weeks", "Weeks in which a line runs more than 5 % short"),
        ("time_to_survive", "Weeks from the first event until lines run short"),
        ("peak_unmet", "Largest share of a week's demand not served"),
    ];
    page.heading("WHAT CAME OF IT");
    let said = |o: &Outcome| match o.metric.as_str() {
        "unmet_share" | "peak_unmet" => percent(o.value),
        "lost_output" => format!("{} t", short(o.value)),
        _ => format!("{} weeks", fixed(o.value, 1)),
    };
    let mut rows = vec![];
    for (metric, words) in ROWS {
        if let Some(o) = explanation.outcome(metric, "world") {
            let rank = o.more_than.map_or_else(String::new, |share| format!("more than in {} of futures", percent(share)));
            rows.push(vec![words.to_owned(), said(o), rank]);
        }
    }
    page.table(&rows);
    let mut places: Vec<&Outcome> = explanation
        .outcomes
        .iter()
        .filter(|o| o.metric == "unmet_share" && (o.scope.starts_with("region:") || o.scope.starts_with("sector:")) && o.value > 0.005)
        .collect();
    places.sort_by(|a, b| b.value.total_cmp(&a.value));
    let list: Vec<String> = places.iter().take(6).map(|o| format!("{} {}", explanation.name(&o.scope), percent(o.value))).collect();
    if !list.is_empty() {
        page.wrapped("  ", &format!("Most affected: {}.", list.join(", ")));
    }
}

/// In words.
fn reason(row: &Row, episode: &Episode) -> String {
    match episode.kind {
        Kind::Input if episode.what.is_empty() => "nothing left".to_owned(),
        Kind::Input => format!("no {} left", episode.what),
        Kind::Refused if row.section == ON_THE_WAY => "buyers refused a licence".to_owned(),
        Kind::Refused => format!("those who may not order have no {} left", episode.what),
        Kind::Licence => "more filed at the licence desk than let go".to_owned(),
        Kind::Ban => "banned".to_owned(),
        Kind::Quota => format!("quota used up ({})", episode.what),
        Kind::Capacity => "at capacity".to_owned(),
        Kind::Outage => "capacity out".to_owned(),
        Kind::Supplier => "nothing to send".to_owned(),
        Kind::Carrier => "carriers full".to_owned(),
        Kind::CatchUp => "catching up at full speed".to_owned(),
    }
}

/// For each section the first week in which a reason kept back a tenth of a row's normal flow.
fn spread(explanation: &Explanation, page: &mut Page) {
    let mut firsts: Vec<(usize, &Row, &Episode)> = vec![];
    for row in &explanation.rows {
        for episode in row.episodes.iter().filter(|e| e.kind != Kind::Capacity) {
            let Some(start) = episode.amounts.iter().position(|x| *x >= FELT * row.normal) else { continue };
            let better = |(t, r, e): &(usize, &Row, &Episode)| {
                start < *t || (start == *t && episode.amounts[start] / row.normal > e.amounts[*t] / r.normal)
            };
            match firsts.iter_mut().find(|(_, r, _)| r.section == row.section) {
                Some(known) if better(known) => *known = (start, row, episode),
                Some(_) => {}
                None => firsts.push((start, row, episode)),
            }
        }
    }
    firsts.sort_by_key(|(t, ..)| *t);
    if firsts.is_empty() {
        return;
    }
    page.heading("HOW IT SPREAD: the first place of each stage to lose a tenth of its normal flow");
    let rows: Vec<Vec<String>> = firsts
        .into_iter()
        .map(|(t, row, e)| {
            vec![row.section.to_owned(), format!("week {}", t + 1), day(explanation.date(t)), format!("{}: {}", row.name, reason(row, e))]
        })
        .map(|r| vec![format!("{}, {} ({})", r[0], r[1], r[2]), r[3].clone()])
        .collect();
    for row in rows {
        page.wrapped("  · ", &format!("{}: {}", row[0], row[1]));
    }
}

/// Reasons that kept back most, measured in weeks of normal flow of their row.
fn longest(explanation: &Explanation, page: &mut Page) {
    let mut list: Vec<(&Row, &Episode, f64)> = vec![];
    for row in &explanation.rows {
        for e in row.episodes.iter().filter(|e| e.kind != Kind::Capacity) {
            list.push((row, e, e.amounts.iter().map(|x| (x / row.normal).min(1.0)).sum()));
        }
    }
    list.sort_by(|a, b| b.2.total_cmp(&a.2));
    if list.is_empty() {
        page.heading("WHAT BOUND");
        page.wrapped("  ", "Nothing kept back as much as a hundredth of any place's normal flow.");
        return;
    }
    page.heading("WHAT BOUND LONGEST AND MOST, in weeks of normal flow kept back");
    let mut told = [0; 2];
    for (row, e, weeks) in &list {
        let kind = usize::from(row.section != ON_THE_WAY);
        told[kind] += 1;
        if told[kind] > TOLD[kind] {
            continue;
        }
        let Some((from, to)) = e.span() else { continue };
        let (worst, amount) = e.worst();
        page.wrapped(
            "  · ",
            &format!(
                "{} ({}): {}. {} weeks of normal flow, in {} weeks between {} and {}; at worst {} of normal, {}.",
                row.name,
                row.section.to_lowercase(),
                reason(row, e),
                fixed(*weeks, 1),
                e.weeks(),
                month_year(explanation.date(from)),
                month_year(explanation.date(to)),
                percent((amount / row.normal).min(1.0)),
                month_year(explanation.date(worst))
            ),
        );
    }
    let more: usize = told.iter().zip(TOLD).map(|(n, most)| n.saturating_sub(most)).sum();
    if more > 0 {
        page.wrapped("  ", &format!("{more} more are in bindings.csv and on the chart."));
    }
}
