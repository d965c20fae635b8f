//! In: a network without flows. Out: its opening flows, from final demand by one linear solve (MODEL ruling 3).
//!
//! The solve is a fixed-point iteration of a linear map (a Neumann series): customers' needs give lanes, lanes give activities,
//! activities give needs. Loops such as swarf converge as long as each round returns less than it takes.

use super::{Network, Role, in_use};
use crate::scenario::problem::Problems;
use crate::scenario::schema::Drive;

const ROUNDS: usize = 4000;

pub(super) fn solve(n: &mut Network, problems: &mut Problems) {
    let drains = surplus_slots(n);
    for (slot, drain) in n.slots.iter_mut().zip(&drains) {
        slot.drains = *drain;
    }
    let mut lane_flow = vec![0.0; n.lanes.len()];
    let mut rate = vec![0.0; n.activities.len()];
    let mut need = vec![0.0; n.slots.len()];
    let mut made = vec![0.0; n.slots.len()];
    let worn = in_use::opening(n);
    let mut settled = 0;
    for round in 0..ROUNDS {
        let change = round_once(n, &worn, &mut lane_flow, &mut rate, &mut need, &mut made);
        settled = if change < 1e-15 { settled + 1 } else { 0 };
        if settled >= 3 {
            break;
        }
        if round == ROUNDS - 1 && change > 1e-12 {
            problems
                .error("", format!("the opening flows do not settle: the last round still moved {change:.1e} of the largest flow"))
                .help("some loop of pushes and recipes returns as much as it takes; look at recycling yields and push shares");
            return;
        }
    }
    finish(n, &lane_flow, &rate, &need, &made, problems);
}

/// Output slots whose excess leaves to a sink: made by a recipe, but not as a driver, and not all pushed on.
fn surplus_slots(n: &Network) -> Vec<bool> {
    let mut drains = vec![false; n.slots.len()];
    for a in &n.activities {
        let drive = n.facilities[a.facility].drive;
        for (i, (slot, _)) in a.outputs.iter().enumerate() {
            let pushed: f64 = n.outbound[*slot].clone().filter(|&l| n.lanes[l].push).map(|l| n.lanes[l].share).sum();
            let driver = drive != Drive::Feed && a.drivers.contains(&i);
            drains[*slot] |= !driver && pushed < 1.0 - 1e-9;
        }
    }
    drains
}

/// One application of the linear map; returns the largest change over the largest flow.
fn round_once(n: &Network, worn: &[f64], lane_flow: &mut [f64], rate: &mut [f64], need: &mut [f64], made: &mut [f64]) -> f64 {
    need.fill(0.0);
    made.fill(0.0);
    for u in &n.users {
        need[u.slot] += u.demand;
    }
    for (a, r) in n.activities.iter().zip(rate.iter()) {
        for (slot, amount) in &a.inputs {
            need[*slot] += amount * r;
        }
        for (slot, amount) in &a.outputs {
            made[*slot] += amount * r;
        }
    }
    for (s, slot) in n.slots.iter().enumerate() {
        if slot.role == Role::Stock {
            need[s] = n.outbound[s].clone().map(|l| lane_flow[l]).sum();
        }
    }
    let mut largest: f64 = 0.0;
    let mut change: f64 = 0.0;
    for s in 0..n.slots.len() {
        let pushed: f64 = n.inbound[s].iter().filter(|&&l| n.lanes[l].push).map(|&l| lane_flow[l]).sum();
        for &l in n.inbound[s].iter().filter(|&&l| !n.lanes[l].push) {
            let flow = n.lanes[l].share * (need[s] - pushed);
            change = change.max((flow - lane_flow[l]).abs());
            largest = largest.max(flow.abs());
            lane_flow[l] = flow;
        }
    }
    for s in 0..n.slots.len() {
        let pulled: f64 = n.outbound[s].clone().filter(|&l| !n.lanes[l].push).map(|l| lane_flow[l]).sum();
        let rest = made[s] - pulled;
        for l in n.outbound[s].clone().filter(|&l| n.lanes[l].push) {
            let flow = n.lanes[l].share * rest;
            change = change.max((flow - lane_flow[l]).abs());
            lane_flow[l] = flow;
        }
    }
    for (a, r) in n.activities.iter().zip(rate.iter_mut()) {
        let out = |slot: usize| -> f64 { n.outbound[slot].clone().map(|l| lane_flow[l]).sum() };
        let new = if n.facilities[a.facility].drive == Drive::Feed {
            let feeds =
                a.inputs.iter().map(|(slot, amount)| (n.inbound[*slot].iter().map(|&l| lane_flow[l]).sum::<f64>() + worn[*slot]) / amount);
            feeds.fold(f64::INFINITY, f64::min)
        } else {
            a.drivers.iter().map(|&d| out(a.outputs[d].0) / a.outputs[d].1).fold(0.0, f64::max)
        };
        let new = if new.is_finite() { new } else { 0.0 };
        change = change.max((new - *r).abs());
        largest = largest.max(new.abs());
        *r = new;
    }
    if largest > 0.0 { change / largest } else { 0.0 }
}

fn finish(n: &mut Network, lane_flow: &[f64], rate: &[f64], need: &[f64], made: &[f64], problems: &mut Problems) {
    let year = 365.25 / 7.0;
    for (l, lane) in n.lanes.iter_mut().enumerate() {
        lane.flow = lane_flow[l];
    }
    for (a, r) in n.activities.iter_mut().zip(rate) {
        a.rate = *r;
    }
    for s in 0..n.slots.len() {
        let name = n.slots[s].name.clone();
        let pulled: f64 = n.outbound[s].clone().filter(|&l| !n.lanes[l].push).map(|l| lane_flow[l]).sum();
        let pushed_on: f64 = n.outbound[s].clone().filter(|&l| n.lanes[l].push).map(|l| lane_flow[l]).sum();
        let pushed_in: f64 = n.inbound[s].iter().filter(|&&l| n.lanes[l].push).map(|&l| lane_flow[l]).sum();
        let slot = &mut n.slots[s];
        match slot.role {
            Role::Output => {
                let rest = made[s] - pulled - pushed_on;
                if rest < -1e-9 * made[s].max(pulled).max(1e-9) {
                    problems
                        .error(
                            format!("facility[{}]", n.facilities[slot.facility].group),
                            format!("`{name}` is asked for {:.4} t/yr more than is made there", -rest * year),
                        )
                        .help("lower the shares of its customers, or raise what other suppliers give them");
                }
                // Of several drivers one binds; what the others make too much leaves as well.
                slot.drains |= rest > 1e-9 * made[s];
                slot.surplus = if slot.drains { rest.max(0.0) } else { 0.0 };
                slot.flow = pulled + pushed_on + slot.surplus;
            }
            Role::Stock => slot.flow = pulled + pushed_on,
            Role::Input | Role::Final => {
                let rest = need[s] - pushed_in;
                let feed = n.facilities[slot.facility].drive == Drive::Feed && slot.role == Role::Input;
                if rest < -1e-9 * need[s].max(1e-9) && !feed {
                    problems
                        .error(
                            format!("facility[{}]", n.facilities[slot.facility].group),
                            format!("`{name}` is sent {:.4} t/yr more than it uses", -rest * year),
                        )
                        .help("lower the push shares that end there");
                }
                slot.flow = need[s];
            }
        }
        slot.pushed_in = pushed_in;
        let lanes = n.inbound[s].iter().map(|&l| &n.lanes[l]);
        let total: f64 = lanes.clone().map(|l| l.flow).sum();
        let shares: f64 = lanes.clone().map(|l| l.share).sum();
        slot.lead = if total > 0.0 {
            lanes.map(|l| l.flow * l.lead as f64).sum::<f64>() / total
        } else if shares > 0.0 {
            lanes.map(|l| l.share * l.lead as f64).sum::<f64>() / shares
        } else if lanes.len() > 0 {
            // Planned suppliers alone.
            lanes.clone().map(|l| l.lead as f64).sum::<f64>() / lanes.len() as f64
        } else {
            0.0
        };
    }
    capacities(n, problems);
}

fn capacities(n: &Network, problems: &mut Problems) {
    for f in &n.facilities {
        let rate: f64 = n.activities[f.activities.clone()].iter().map(|a| a.rate).sum();
        if let super::Capacity::Rate(p) = f.capacity {
            let low = n.parameters.support(p).0 * f.share;
            let central = n.parameters.central(p) * f.share;
            let year = 365.25 / 7.0;
            if rate > central * (1.0 + 1e-9) {
                problems
                    .error(
                        format!("facility[{}].capacity", f.group),
                        format!(
                            "the opening balance needs {:.1} t/yr of `{}`, its capacity is {:.1} t/yr",
                            rate * year,
                            f.group,
                            central * year
                        ),
                    )
                    .help("raise the capacity, or let its customers buy elsewhere");
            } else if rate > low * (1.0 + 1e-9) {
                problems.warning(
                    format!("facility[{}].capacity", f.group),
                    format!("a low draw of capacity is below the opening rate of {:.1} t/yr", rate * year),
                );
            }
        }
    }
}
