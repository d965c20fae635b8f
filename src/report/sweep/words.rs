//! In: a sweep. Out: a page of words, at most 100 columns wide: how far each outcome ranges, and what it goes with.

use std::fmt::Write;

use super::super::say;
use crate::study::gist::Gist;
use crate::study::table::{Head, Swept};

/// Outcomes that are shown; the rest is in the table.
const SHOWN: usize = 16;

/// The page; `ran` cases were run now, in so many seconds.
pub fn page(swept: &Swept, place: &str, (ran, seconds): (usize, f64), notes: &[String]) -> String {
    let mut text = String::new();
    // A String takes whatever is written to it.
    let _ = write(&mut text, swept, place, (ran, seconds), notes);
    text
}

fn write(text: &mut String, swept: &Swept, place: &str, (ran, seconds): (usize, f64), notes: &[String]) -> std::fmt::Result {
    let head = &swept.head;
    let cases = swept.entries.len();
    writeln!(text, "{}", head.title)?;
    let part = head.shard.map(|(i, n)| format!(" (part {i} of {n})")).unwrap_or_default();
    writeln!(text, "{} of a {} design{part}, {} each", count(cases, "point"), design(head), say::realizations(head.realizations))?;
    let before = if ran < cases { format!("; {} finished before", say::fixed((cases - ran) as f64, 0)) } else { String::new() };
    let each = if ran > 0 { format!(", {:.2} s a point", seconds / ran as f64) } else { String::new() };
    writeln!(text, "{} run in {seconds:.1} s{each}{before}", count(ran, "point"))?;
    let gists = swept.gists();
    writeln!(text, "\nMEAN OF EACH POINT, OVER ALL POINTS")?;
    writeln!(text, "  {:<44} {:>10} {:>10} {:>10}  {}", "", "least", "median", "largest", "goes with")?;
    for gist in gists.iter().take(SHOWN) {
        let variant = swept.variant_name((at(&head.scenarios, &gist.scenario), at(&head.policies, &gist.policy)));
        let scope = if gist.scope == "world" { String::new() } else { format!(" {}", gist.scope) };
        let variant = if variant.is_empty() { variant } else { format!(" [{variant}]") };
        let name: String = format!("{}{scope}{variant}", gist.metric).chars().take(44).collect();
        let said = |x: f64| value(&gist.metric, x);
        let [least, median, largest] = [gist.least.0, gist.median, gist.largest.0].map(said);
        writeln!(text, "  {name:<44} {least:>10} {median:>10} {largest:>10}  {}", strongest(head, gist))?;
    }
    if gists.len() > SHOWN {
        writeln!(text, "  … and {} more in sweep.csv", gists.len() - SHOWN)?;
    }
    if !notes.is_empty() {
        writeln!(text, "\nWORTH KNOWING")?;
        notes.iter().try_for_each(|note| writeln!(text, "  {note}"))?;
    }
    writeln!(text, "\nTables and charts: {place}")
}

fn at(names: &[String], name: &str) -> usize {
    names.iter().position(|n| n == name).unwrap_or(0)
}

fn count(n: usize, noun: &str) -> String {
    format!("{} {noun}{}", say::fixed(n as f64, 0), if n == 1 { "" } else { "s" })
}

/// The design in words.
pub fn design(head: &Head) -> &'static str {
    match head.design.as_str() {
        "grid" => "grid",
        "latin_hypercube" => "Latin hypercube",
        "sobol" => "scrambled Sobol",
        "one_at_a_time" => "one-at-a-time",
        _ => "listed",
    }
}

/// A value of a metric as people say it.
pub fn value(metric: &str, x: f64) -> String {
    if is_share(metric) { say::percent(x) } else { say::short(x) }
}

/// Whether a metric is said as a percentage.
pub fn is_share(metric: &str) -> bool {
    matches!(metric, "unmet_share" | "fill_rate" | "peak_unmet" | "not_recovered" | "peak_premium" | "calm_peak_premium")
}

/// The parameter with the strongest rank correlation.
fn strongest(head: &Head, gist: &Gist) -> String {
    let told = gist.ranks.iter().enumerate().filter_map(|(i, rho)| Some((i, (*rho)?)));
    match told.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())) {
        Some((i, rho)) => {
            let name: String = head.inputs[i].name.chars().take(28).collect();
            format!("{name} ({}{:.2})", if rho < 0.0 { "−" } else { "+" }, rho.abs())
        }
        None => String::new(),
    }
}
