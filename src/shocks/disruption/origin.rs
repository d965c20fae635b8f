//! In: the opening flows of a network. Out: how much of what lies in each slot was made in some regions.

use crate::network::{Network, Role};

/// Share of the element mass of each slot that was made in `origin` regions, 0..1, at the opening flows. What a facility there makes
/// counts as made there, whatever it is made of; elsewhere a product has the share of its inputs.
pub(super) fn share(n: &Network, origin: &[bool]) -> Vec<f64> {
    let there = |slot: usize| origin[n.region_of(slot)];
    let mass = |slot: usize| n.commodities[n.slots[slot].commodity].content.iter().sum::<f64>();
    let mut share: Vec<f64> = (0..n.slots.len())
        .map(|s| if there(s) && (n.slots[s].role == Role::Output || n.inbound[s].is_empty()) { 1.0 } else { 0.0 })
        .collect();
    // Loops (swarf) converge, since each round returns less than it takes; a chain is known after as many rounds as it has links.
    for _ in 0..200 {
        let before = share.clone();
        for s in 0..n.slots.len() {
            if !n.inbound[s].is_empty() {
                // What is planned opens without flow: it will take what its shares say.
                let flows = n.inbound[s].iter().any(|&l| n.lanes[l].flow > 0.0);
                let weight = |l: usize| if flows { n.lanes[l].flow } else { n.lanes[l].share };
                share[s] = mean(n.inbound[s].iter().map(|&l| (weight(l), share[n.lanes[l].from])));
            }
        }
        for activity in n.activities.iter().filter(|a| !a.inputs.is_empty() && !origin[n.facilities[a.facility].region]) {
            let made = mean(activity.inputs.iter().map(|&(s, amount)| (amount * mass(s), share[s])));
            activity.outputs.iter().for_each(|&(s, _)| share[s] = made);
        }
        if before.iter().zip(&share).all(|(a, b)| (a - b).abs() < 1e-12) {
            break;
        }
    }
    share
}

/// A mean with weights; zero if they are.
fn mean(parts: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (weight, sum) = parts.fold((0.0, 0.0), |(weight, sum), (w, x)| (weight + w, sum + w * x));
    if weight > 0.0 { sum / weight } else { 0.0 }
}
