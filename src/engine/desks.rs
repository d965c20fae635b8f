//! In: licence desks, their clocks and what they hold. Out: goods let go to the carrier, goods sent back, who is eligible.
//!
//! A desk has a clock of its own, dθ = ρ dt: frozen at ρ = 0. A cohort waits in the bucket of the week of that clock in which it
//! is decided. Refusal is not here: an ineligible buyer's order is never placed (MODEL ruling 1).

use super::{State, World};
use crate::shocks::PeriodShocks;
use crate::wide::{ONE, Row, ZERO, add, each, exp1, ln1};

/// Moves the clocks, releases what is due, and sets each lane's eligible and held shares.
#[inline(always)]
pub fn desks(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let World { network, shocks, draws } = world;
    for (d, desk) in shocks.desks.iter().enumerate() {
        let strength = now.strength[desk.event];
        let age = &now.age[desk.event];
        let frozen = draws.event(desk.frozen);
        let factor = state.rate_factor[d];
        let rate =
            each(|w| if age[w] >= 0.0 && age[w] < frozen[w] { (1.0 - (frozen[w] - age[w]).min(1.0)) * factor[w] } else { factor[w] });
        let before = state.clock[d];
        let after = each(|w| before[w] + rate[w]);
        state.clock[d] = after;
        if let Some(p) = desk.applications {
            let decided = draws.event(p);
            let q = &mut state.queue[d];
            *q = each(|w| (q[w] - decided[w] * rate[w]).max(0.0));
        }
        release(world, now, d, &before, &after, state);
        if strength.iter().all(|s| *s == 0.0) {
            for h in desk.lanes.clone() {
                state.hold_share[h] = ZERO;
                state.licensed_share[h] = ONE;
            }
            state.posted[d] = ZERO;
            continue;
        }
        let (sd, rho) = (draws.event(desk.strictness), draws.event(desk.strictness_rho));
        let z = &mut state.strictness[d];
        // It begins to move with the regime in each realization, whatever its neighbours do.
        *z = each(|w| if strength[w] > 0.0 { rho[w] * z[w] + sd[w] * (1.0 - rho[w] * rho[w]).sqrt() * now.strictness[d][w] } else { z[w] });
        let strictness = *z;
        let mut limits = std::mem::take(&mut state.scratch.limits);
        limits.clear();
        limits.extend(desk.approvals.iter().map(|p| moved(draws.event(*p), &strictness)));
        let controlled = desk.controlled_share.map(|p| *draws.event(p));
        for h in desk.lanes.clone() {
            let licensed = &shocks.licensed[h];
            let part = match controlled {
                Some(c) if licensed.shared => {
                    let b = desk.scope_share;
                    if licensed.collateral {
                        each(|w| ((c[w] - b) / (1.0 - b).max(1e-9)).clamp(0.0, 1.0))
                    } else {
                        each(|w| (c[w] / b.max(1e-9)).min(1.0))
                    }
                }
                _ => ONE,
            };
            state.hold_share[h] = each(|w| strength[w] * part[w]);
            let limit = &limits[licensed.approval];
            let mut eligible = ZERO;
            for buyer in &draws.buyers[licensed.first_buyer..licensed.first_buyer + licensed.buyers] {
                for w in 0..crate::wide::WIDTH {
                    eligible[w] += if buyer[w] <= limit[w] { 1.0 } else { 0.0 };
                }
            }
            let n = licensed.buyers as f64;
            let share = state.hold_share[h];
            // A general licence makes its holders eligible, whatever the desk thinks of single files.
            let general = state.permit_share[h];
            state.licensed_share[h] = each(|w| 1.0 - share[w] * (1.0 - (eligible[w] / n).max(general[w])));
        }
        state.scratch.limits = limits;
        let mean = desk.review.mean(draws);
        let back = draws.event(desk.return_rate);
        let wait = match desk.applications {
            Some(p) => {
                let decided = draws.event(p);
                each(|w| state.queue[d][w] / decided[w])
            }
            None => ZERO,
        };
        state.posted[d] = each(|w| (mean[w] + wait[w]) / (1.0 - back[w]));
    }
    for &(lane, licensed) in &shocks.rerouted {
        let passed = state.passed[lane];
        let share = licensed.map_or(ONE, |h| state.licensed_share[h]);
        admit(network, lane, each(|w| passed[w] * share[w]), state);
    }
}

/// Approval moved by the desk's strictness, on the logit scale; 0 and 1 stay what they are.
#[inline(always)]
fn moved(p: &Row, strictness: &Row) -> Row {
    each(|w| {
        if p[w] <= 0.0 || p[w] >= 1.0 || strictness[w] == 0.0 {
            p[w]
        } else {
            let odds = ln1(p[w] / (1.0 - p[w])) + strictness[w];
            1.0 / (1.0 + exp1(-odds))
        }
    })
}

/// Sets a lane's eligible share; orders of buyers who lost eligibility are withdrawn and wanted elsewhere.
#[inline(always)]
fn admit(network: &crate::network::Network, l: usize, eligible: Row, state: &mut State) {
    let before = state.eligible[l];
    state.eligible[l] = eligible;
    let lane = &network.lanes[l];
    if (0..crate::wide::WIDTH).any(|w| eligible[w] < before[w]) {
        let b = &mut state.backorders[l];
        let gone = each(|w| if eligible[w] < before[w] { b[w] * (1.0 - eligible[w] / before[w]) } else { 0.0 });
        for w in 0..crate::wide::WIDTH {
            b[w] -= gone[w];
            state.owed[lane.from][w] -= gone[w];
            state.on_order[lane.to][w] -= gone[w];
        }
    }
}

/// Empties the buckets that the clock has passed.
#[inline(always)]
fn release(world: World<'_>, now: &PeriodShocks, d: usize, before: &Row, after: &Row, state: &mut State) {
    let World { network, shocks, .. } = world;
    let desk = &shocks.desks[d];
    let held_before = state.held[d];
    for h in desk.lanes.clone() {
        state.cleared[shocks.licensed[h].lane] = ZERO;
    }
    if held_before.iter().all(|x| *x == 0.0) {
        return;
    }
    let first = each(|w| (before[w] + 1e-9).floor());
    let last = each(|w| (after[w] + 1e-9).floor());
    let most = (0..crate::wide::WIDTH).map(|w| (last[w] - first[w]) as usize).max().unwrap_or(0);
    let mut left = ZERO;
    for step in 1..=most {
        let due = |w: usize| first[w] + step as f64 <= last[w];
        let place = |w: usize| (first[w] + step as f64) as usize % desk.ring;
        for h in desk.lanes.clone() {
            let l = shocks.licensed[h].lane;
            let lane = &network.lanes[l];
            let start = state.hold_start[h];
            let (mut go, mut back) = (ZERO, ZERO);
            for w in 0..crate::wide::WIDTH {
                if due(w) {
                    let at = start + place(w);
                    go[w] = std::mem::take(&mut state.hold[at][w]);
                    back[w] = std::mem::take(&mut state.send_back[at][w]);
                    // A paper is worth nothing at a shut border: the goods go back, the order stands.
                    if state.open[l][w] == 0.0 {
                        back[w] += std::mem::take(&mut go[w]);
                    }
                    state.applications.approved[w] += go[w];
                    state.applications.returned[w] += back[w];
                }
            }
            super::ship::carry(world, now, l, &go, state);
            add(&mut state.cleared[l], &go);
            if network.slots[lane.from].infinite {
                // A source without end takes back what it gave.
                let sourced = &mut state.sourced[lane.from];
                *sourced = each(|w| sourced[w] - back[w]);
            } else {
                add(&mut state.on_hand[lane.from], &back);
            }
            // Filed again by those who may; the others' part is wanted no more here (ruling 1).
            let again = if lane.push { ZERO } else { state.eligible[l] };
            for w in 0..crate::wide::WIDTH {
                state.backorders[l][w] += back[w] * again[w];
                state.owed[lane.from][w] += back[w] * again[w];
                state.on_order[lane.to][w] -= back[w] * (1.0 - again[w]);
            }
            for w in 0..crate::wide::WIDTH {
                left[w] += go[w] + back[w];
            }
        }
    }
    state.held[d] = each(|w| (held_before[w] - left[w]).max(0.0));
}
