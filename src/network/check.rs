//! In: a network and the scenario's `[[check]]` rows. Out: the undisturbed balance beside sourced totals.

use super::Network;
use crate::scenario::schema::{Measure, Scenario, Stage};

const YEAR: f64 = 365.25 / 7.0;

/// A line of the balance.
#[derive(Debug, Clone)]
pub struct CheckRow {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Ours, t/yr or share 0..1.
    pub ours: f64,
    /// The source's.
    pub expected: f64,
    /// Range in the sources.
    pub low: Option<f64>,
    /// Range in the sources.
    pub high: Option<f64>,
    /// Ours over the source's, less one.
    pub deviation: f64,
    /// Whether both are shares.
    pub share: bool,
    /// Where the source's value comes from.
    pub source: String,
    /// Why ours deviates.
    pub reason: String,
}

/// Evaluates every check of a scenario on the opening flows.
pub fn check_rows(sc: &Scenario, n: &Network) -> Vec<CheckRow> {
    sc.checks
        .iter()
        .map(|c| {
            let share = matches!(c.measure, Measure::OutputShare { .. });
            // Flows are t/week, the balance speaks of years.
            let ours = measure(n, &c.measure) * if share { 1.0 } else { YEAR };
            CheckRow {
                id: c.id.clone(),
                name: c.name.clone(),
                ours,
                expected: c.expected,
                low: c.low,
                high: c.high,
                deviation: if c.expected == 0.0 { 0.0 } else { ours / c.expected - 1.0 },
                share,
                source: c.source.clone(),
                reason: c.reason.clone(),
            }
        })
        .collect()
}

/// Surplus sinks, largest first: slot name and t/yr.
pub fn surplus_rows(n: &Network) -> Vec<(String, f64)> {
    let mut rows: Vec<(String, f64)> = n.slots.iter().filter(|s| s.drains).map(|s| (s.name.clone(), s.surplus * YEAR)).collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    rows
}

fn has(list: &[String], id: &str) -> bool {
    list.is_empty() || list.iter().any(|x| x == id)
}

fn output(n: &Network, stages: &[Stage], regions: &[String], commodities: &[String]) -> f64 {
    n.activities
        .iter()
        .filter(|a| {
            let f = &n.facilities[a.facility];
            (stages.is_empty() || stages.contains(&f.stage)) && has(regions, &n.regions[f.region])
        })
        .flat_map(|a| a.outputs.iter().map(move |(s, y)| (s, y * a.rate)))
        .filter(|(s, _)| has(commodities, &n.commodities[n.slots[**s].commodity].id))
        .map(|(_, flow)| flow)
        .sum()
}

fn measure(n: &Network, m: &Measure) -> f64 {
    match m {
        Measure::Output { stages, regions, commodities } => output(n, stages, regions, commodities),
        Measure::OutputShare { stages, regions, commodities } => {
            output(n, stages, regions, commodities) / output(n, stages, &[], commodities).max(1e-300)
        }
        Measure::Shipments { from, to, commodities } => n
            .lanes
            .iter()
            .filter(|l| {
                let (a, b) = (n.region_of(l.from), n.region_of(l.to));
                a != b
                    && has(from, &n.regions[a])
                    && has(to, &n.regions[b])
                    && has(commodities, &n.commodities[n.slots[l.from].commodity].id)
            })
            .map(|l| l.flow)
            .sum(),
        Measure::Surplus { regions, commodities } => (0..n.slots.len())
            .filter(|&s| has(regions, &n.regions[n.region_of(s)]) && has(commodities, &n.commodities[n.slots[s].commodity].id))
            .map(|s| n.slots[s].surplus)
            .sum(),
        Measure::Demand { sectors, regions } => {
            n.users.iter().filter(|u| has(sectors, &n.sectors[u.sector]) && has(regions, &n.regions[u.region])).map(|u| u.demand).sum()
        }
    }
}
