//! In: a sweep. Out: a page of words, at most 100 columns wide: how far each outcome ranges, and what it goes with.

use super::super::page::Page;
use super::super::say;
use crate::study::gist::Gist;
use crate::study::table::{Head, Swept};

/// Outcomes that are shown; the rest is in the table.
const SHOWN: usize = 16;

/// The page; `ran` cases were run now, in so many seconds.
pub fn page(swept: &Swept, place: &str, (ran, seconds): (usize, f64), notes: &[String]) -> String {
    let head = &swept.head;
    let cases = swept.entries.len();
    let mut page = Page::default();
    page.line("");
    page.wrapped("", &head.title);
    let part = head.shard.map(|s| format!(" (part {} of {})", s.number, s.of)).unwrap_or_default();
    let each = if cases == head.points { String::new() } else { format!(" in {}", count(cases, "case")) };
    let design = design(head);
    page.wrapped(
        "",
        &format!("{} of a {design} design{each}{part}, {} each.", count(head.points, "point"), say::realizations(head.realizations)),
    );
    page.wrapped("", &work(cases, ran, seconds));
    let gists = swept.gists();
    page.heading("MEAN OF EACH POINT, OVER ALL POINTS");
    page.line(&format!("  {:<40} {:>9} {:>9} {:>9}  rises or falls with", "", "least", "median", "largest"));
    for gist in gists.iter().take(SHOWN) {
        let variant = swept.variant_name((at(&head.scenarios, &gist.scenario), at(&head.policies, &gist.policy)));
        // The metric says what sort of scope it is.
        let scope = gist.scope.split_once(':').map(|(_, id)| format!(" {id}")).unwrap_or_default();
        let variant = if variant.is_empty() { variant } else { format!(" [{variant}]") };
        let name = cut(&format!("{}{scope}{variant}", gist.metric), 40);
        let [least, median, largest] = [gist.least.0, gist.median, gist.largest.0].map(|x| value(&gist.metric, x));
        page.line(&format!("  {name:<40} {least:>9} {median:>9} {largest:>9}  {}", strongest(head, gist)));
    }
    if gists.len() > SHOWN {
        page.line(&format!("  … and {} more in sweep.csv", gists.len() - SHOWN));
    }
    if !notes.is_empty() {
        page.heading("WORTH KNOWING");
        notes.iter().for_each(|note| page.wrapped("- ", note));
    }
    page.line("");
    page.line(&format!("Tables and charts: {place}"));
    page.text
}

/// What was run now, and what was there.
fn work(cases: usize, ran: usize, seconds: f64) -> String {
    let all = if cases == ran { "All".to_owned() } else { say::fixed(ran as f64, 0) };
    match ran {
        0 => format!("Nothing was left to run; tables and charts were written anew in {seconds:.1} s."),
        _ if ran == cases => format!("{all} run in {seconds:.1} s, {:.2} s a point.", seconds / ran as f64),
        _ => format!(
            "{all} run in {seconds:.1} s, {:.2} s a point; {} had been finished before.",
            seconds / ran as f64,
            say::fixed((cases - ran) as f64, 0)
        ),
    }
}

/// At most so many characters of a text.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
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
            let input = &head.inputs[i];
            let own = if input.name == input.path { input.path.rsplit('.').next().unwrap_or_default() } else { &input.name };
            let name = cut(own, 18);
            format!("{name} ({}{:.2})", if rho < 0.0 { "−" } else { "+" }, rho.abs())
        }
        None => String::new(),
    }
}
