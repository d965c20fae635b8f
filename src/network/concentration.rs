//! In: opening flows. Out: how concentrated each stage is: the Herfindahl–Hirschman index of regions (MODEL section 11).

use std::collections::BTreeMap;

use super::Network;
use crate::scenario::schema::Stage;

/// Herfindahl–Hirschman index of some amounts: 10 000 times the sum of their squared shares. n equal ones give 10 000/n; nothing gives 0.
pub fn hhi(amounts: &[f64]) -> f64 {
    let total: f64 = amounts.iter().sum();
    if total > 0.0 { 10_000.0 * amounts.iter().map(|x| (x / total).powi(2)).sum::<f64>() } else { 0.0 }
}

/// Per stage that makes anything: the index of its regions' opening output, and which region makes most of it, with its share.
pub fn of_output(n: &Network) -> Vec<(Stage, f64, usize, f64)> {
    let mut made: BTreeMap<Stage, Vec<f64>> = BTreeMap::new();
    for activity in &n.activities {
        let facility = &n.facilities[activity.facility];
        let amount: f64 = activity.outputs.iter().map(|(_, per_unit)| per_unit * activity.rate).sum();
        made.entry(facility.stage).or_insert_with(|| vec![0.0; n.regions.len()])[facility.region] += amount;
    }
    made.into_iter().filter_map(|(stage, by_region)| told(&by_region).map(|(index, r, share)| (stage, index, r, share))).collect()
}

/// Per region that buys finished goods: the index of the regions they come from, its own included, and which sends most, with its share.
pub fn of_inflow(n: &Network) -> Vec<(usize, f64, usize, f64)> {
    let mut from = vec![vec![0.0; n.regions.len()]; n.regions.len()];
    for lane in n.lanes.iter().filter(|l| n.commodities[n.slots[l.from].commodity].finished && n.slots[l.to].user.is_some()) {
        from[n.region_of(lane.to)][n.region_of(lane.from)] += lane.flow;
    }
    let rows = from.iter().enumerate();
    rows.filter_map(|(to, by_region)| told(by_region).map(|(index, r, share)| (to, index, r, share))).collect()
}

/// The index, the place of the largest amount, its share; none if there is nothing.
fn told(amounts: &[f64]) -> Option<(f64, usize, f64)> {
    let total: f64 = amounts.iter().sum();
    let (largest, amount) = amounts.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (total > 0.0).then(|| (hhi(amounts), largest, amount / total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_shares_give_ten_thousand_over_their_number() {
        for n in 1..30 {
            assert!((hhi(&vec![2.5; n]) - 10_000.0 / n as f64).abs() < 1e-9);
        }
        assert!((hhi(&[9.0, 1.0]) - 8200.0).abs() < 1e-9);
        assert_eq!(hhi(&[0.0, 0.0]), 0.0);
    }
}
