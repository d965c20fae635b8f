//! In: rank correlations of outcomes with what was drawn. Out: the assumed numbers that the headline follows most, in words.

use super::page::Page;
use super::say::fixed;
use crate::results::Results;
use crate::results::drivers::DriverRow;
use crate::scenario::schema::Basis;

/// Most rows of a table.
const MOST: usize = 5;

/// An outcome of which it is told what it follows.
struct Headline<'a> {
    rows: Vec<&'a DriverRow>,
    words: String,
}

/// Shares of heavy separation and magnets made outside after as many years as there are; else the output lost, else the demand not served.
fn headlines(results: &Results) -> Vec<Headline<'_>> {
    let of = |metric: &str, scope: &str| -> Vec<&DriverRow> {
        results.drivers.iter().filter(|d| d.metric == metric && d.scope == scope).collect()
    };
    let mut list = vec![];
    for scope in ["stage:separation_heavy", "stage:magnet"] {
        for years in [10, 5, 2] {
            let rows = of(&format!("outside_share_{years}y"), scope);
            if !rows.is_empty() {
                let stage = results.name(scope).to_lowercase();
                list.push(Headline { rows, words: format!("{stage}, the share made outside after {years} years") });
                break;
            }
        }
    }
    for (metric, words) in [("lost_output", "the output lost"), ("unmet_share", "the demand not served")] {
        let rows = of(metric, "world");
        if list.is_empty() && !rows.is_empty() {
            list.push(Headline { rows, words: words.to_owned() });
        }
    }
    list
}

/// The assumed numbers that each headline follows most, with intervals.
pub(super) fn tell(results: &Results, page: &mut Page) {
    for Headline { rows, words } in headlines(results) {
        let assumed = |d: &DriverRow| d.basis == Some(Basis::Assumed);
        let count = rows.iter().filter(|d| assumed(d)).count();
        let told: Vec<&DriverRow> = rows.into_iter().filter(|d| d.told).collect();
        if count == 0 && told.is_empty() {
            continue;
        }
        page.heading(&format!("WHICH ASSUMED NUMBERS MOVE IT: {words}"));
        let listed: Vec<&DriverRow> = told.iter().copied().filter(|d| assumed(d)).take(MOST).collect();
        if listed.is_empty() {
            page.wrapped("  ", &format!("None of the {count} assumed numbers that were drawn stands out from chance."));
        } else {
            let mut table = vec![["", "rank correlation", "95 % interval"].map(str::to_owned).to_vec()];
            table.extend(
                listed
                    .iter()
                    .map(|d| vec![d.parameter.clone(), signed(d.rank_correlation), format!("{} to {}", signed(d.lo95), signed(d.hi95))]),
            );
            page.table(&table);
            page.wrapped(
                "  ",
                &format!("of {count} assumed numbers that were drawn · + : more where it is larger · all of them in drivers.csv"),
            );
        }
        if let Some(other) = told.iter().find(|d| !assumed(d)) {
            let basis = other.basis.map_or("of unstated origin", Basis::word);
            page.wrapped("  ", &format!("Strongest of the others: {} ({basis}), {}.", other.parameter, signed(other.rank_correlation)));
        }
    }
}

/// A correlation with its sign.
fn signed(rho: f64) -> String {
    let sign = if rho < 0.0 { "\u{2212}" } else { "+" };
    format!("{sign}{}", fixed(rho.abs(), 2))
}
