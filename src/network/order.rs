//! In: lanes. Out: the order in which slots place their orders, customers before suppliers; a cycle of orders is an error.

use super::{Network, Role};
use crate::scenario::problem::Problems;
use crate::scenario::schema::Drive;

/// Slots whose orders must be known before this slot can order: those it supplies, directly or through a recipe driven by orders.
fn customers(n: &Network, slot: usize) -> Vec<usize> {
    let outs: Vec<usize> = match n.slots[slot].role {
        Role::Stock => vec![slot],
        // Production of this period is set before orders, from forecasts: a recipe breaks the chain, but downstream first gives
        // the order of MODEL section 5.
        Role::Input => n.activities[n.facilities[n.slots[slot].facility].activities.clone()]
            .iter()
            .filter(|a| a.inputs.iter().any(|(s, _)| *s == slot) && n.facilities[a.facility].drive == Drive::Pull)
            .flat_map(|a| a.drivers.iter().map(|&d| a.outputs[d].0))
            .collect(),
        Role::Output | Role::Final => vec![],
    };
    outs.iter().flat_map(|&s| n.outbound[s].clone()).filter(|&l| !n.lanes[l].push).map(|l| n.lanes[l].to).collect()
}

pub(super) fn sequence(n: &mut Network, problems: &mut Problems) {
    let count = n.slots.len();
    let mut waiting: Vec<usize> = vec![0; count];
    let mut suppliers: Vec<Vec<usize>> = vec![vec![]; count];
    for s in 0..count {
        for c in customers(n, s) {
            waiting[s] += 1;
            suppliers[c].push(s);
        }
    }
    let mut ready: std::collections::BTreeSet<usize> = (0..count).filter(|&s| waiting[s] == 0).collect();
    let mut done = vec![];
    while let Some(s) = ready.pop_first() {
        done.push(s);
        for &up in &suppliers[s] {
            waiting[up] -= 1;
            if waiting[up] == 0 {
                ready.insert(up);
            }
        }
    }
    if done.len() < count {
        let names: Vec<&str> = (0..count).filter(|&s| waiting[s] > 0).take(4).map(|s| n.slots[s].name.as_str()).collect();
        let first = &n.slots[(0..count).find(|&s| waiting[s] > 0).unwrap_or(0)];
        let path = format!("supply[{}/{}]", n.facilities[first.facility].group, n.commodities[first.commodity].id);
        problems
            .error(path, format!("orders run in a circle through {}", names.join(", ")))
            .help("make one of these lanes a [[push]]: what comes back is pushed, not ordered");
    }
    // Stockpiles order by their policies, before all others.
    let policy = |s: usize| n.stockpiles.iter().any(|p| p.slot == s);
    n.order_sequence = done.into_iter().filter(|&s| n.slots[s].orders && !policy(s)).collect();
}
