//! In: licence desks, their clocks and what they hold. Out: goods let go to the carrier, goods sent back, who is eligible.
//!
//! A desk has a clock of its own, dθ = ρ dt: frozen at ρ = 0. A file waits in its calendar until
//! the week of that clock in which it is decided. Refusal is not here: an ineligible buyer's order is never placed (MODEL ruling 1).

use super::calendar::pass;
use super::{State, World};
use crate::shocks::PeriodShocks;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, any, each, exp, ln, max, min, splat, within};

/// Moves the clocks, releases what is due, and sets each lane's eligible and held shares.
#[inline(always)]
pub fn desks(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let World { network, shocks, draws, .. } = world;
    for (d, desk) in shocks.desks.iter().enumerate() {
        let strength = now.strength[desk.event];
        let age = &now.age[desk.event];
        let frozen = draws.event(desk.frozen);
        if shocks.capped {
            let own = desk.volume_cap_ratio.map_or(splat(f64::INFINITY), |p| *draws.event(p));
            let by_rule = state.cap_by_rule[d];
            state.volume_cap[d] = each(|w| min(by_rule[w], if strength[w] > 0.0 { own[w] } else { f64::INFINITY }));
        }
        let factor = state.rate_factor[d];
        let mut rate = factor;
        for w in 0..WIDTH {
            let part = (1.0 - min(frozen[w] - age[w], 1.0)) * factor[w];
            rate[w] = if (age[w] >= 0.0) & (age[w] < frozen[w]) { part } else { factor[w] };
        }
        let before = state.clock[d];
        let after = each(|w| before[w] + rate[w]);
        state.clock[d] = after;
        if let Some(p) = desk.applications {
            let decided = draws.event(p);
            let q = &mut state.queue[d];
            *q = each(|w| max(q[w] - decided[w] * rate[w], 0.0));
        }
        release(world, now, d, &before, &after, state);
        if !now.active[desk.event] {
            for h in desk.lanes.clone() {
                state.hold_share[h] = ZERO;
                state.licensed_share[h] = ONE;
            }
            state.posted[d] = ZERO;
            continue;
        }
        let (sd, rho) = (draws.event(desk.strictness), draws.event(desk.strictness_rho));
        let mut z = state.strictness[d];
        // It begins to move with the regime in each realization, whatever its neighbours do.
        let shock = &now.strictness[d];
        for w in 0..WIDTH {
            let moved = rho[w] * z[w] + sd[w] * (1.0 - rho[w] * rho[w]).sqrt() * shock[w];
            z[w] = if strength[w] > 0.0 { moved } else { z[w] };
        }
        state.strictness[d] = z;
        let strictness = z;
        let mut limits = std::mem::take(&mut state.scratch.limits);
        limits.clear();
        for p in &desk.approvals {
            limits.push(moved(draws.event(*p), &strictness));
        }
        let controlled = desk.controlled_share.map(|p| *draws.event(p));
        for h in desk.lanes.clone() {
            let licensed = &shocks.licensed[h];
            let part = match controlled {
                Some(c) if licensed.shared => {
                    let b = desk.scope_share;
                    if licensed.collateral {
                        each(|w| within((c[w] - b) / (1.0 - b).max(1e-9), 0.0, 1.0))
                    } else {
                        each(|w| min(c[w] / b.max(1e-9), 1.0))
                    }
                }
                _ => ONE,
            };
            state.hold_share[h] = each(|w| strength[w] * part[w]);
            let limit = &limits[licensed.approval];
            let mut eligible = ZERO;
            for buyer in &draws.buyers[licensed.first_buyer..licensed.first_buyer + licensed.buyers] {
                for w in 0..WIDTH {
                    eligible[w] += if buyer[w] <= limit[w] { 1.0 } else { 0.0 };
                }
            }
            let n = licensed.buyers as f64;
            let share = state.hold_share[h];
            // A general licence makes its holders eligible, whatever the desk thinks of single files.
            let general = state.permit_share[h];
            state.licensed_share[h] = each(|w| 1.0 - share[w] * (1.0 - max(eligible[w] / n, general[w])));
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
        let passed = state.lanes[lane].passed;
        let share = licensed.map_or(ONE, |h| state.licensed_share[h]);
        admit(network, lane, each(|w| passed[w] * share[w]), state);
    }
}

/// Approval moved by the desk's strictness, on the logit scale; 0 and 1 stay what they are.
#[inline(always)]
fn moved(p: &Row, strictness: &Row) -> Row {
    let odds = ln(&each(|w| p[w] / (1.0 - p[w])));
    let unlikely = exp(&each(|w| -(odds[w] + strictness[w])));
    let mut moved = ZERO;
    for w in 0..WIDTH {
        let certain = (p[w] <= 0.0) | (p[w] >= 1.0) | (strictness[w] == 0.0);
        moved[w] = if certain { p[w] } else { 1.0 / (1.0 + unlikely[w]) };
    }
    moved
}

/// Sets a lane's eligible share; orders of buyers who lost eligibility are withdrawn and wanted elsewhere.
#[inline(always)]
fn admit(network: &crate::network::Network, l: usize, eligible: Row, state: &mut State) {
    let before = state.lanes[l].eligible;
    state.lanes[l].eligible = eligible;
    let lane = &network.lanes[l];
    if any(|w| eligible[w] < before[w]) {
        let (mut b, mut owed, mut on_order) = (state.lanes[l].backorders, state.slots[lane.from].owed, state.slots[lane.to].on_order);
        for w in 0..WIDTH {
            let part = b[w] * (1.0 - eligible[w] / before[w]);
            let gone = if eligible[w] < before[w] { part } else { 0.0 };
            b[w] -= gone;
            owed[w] -= gone;
            on_order[w] -= gone;
        }
        (state.lanes[l].backorders, state.slots[lane.from].owed, state.slots[lane.to].on_order) = (b, owed, on_order);
    }
}

/// Decides what is due in the weeks that the clock has passed.
#[inline(always)]
fn release(world: World<'_>, now: &PeriodShocks, d: usize, before: &Row, after: &Row, state: &mut State) {
    let World { network, shocks, .. } = world;
    let desk = &shocks.desks[d];
    let held_before = state.held[d];
    for h in desk.lanes.clone() {
        state.lanes[shocks.licensed[h].lane].cleared = ZERO;
    }
    if state.calendars[d].is_empty() {
        return;
    }
    let mut calendar = std::mem::take(&mut state.calendars[d]);
    pass(before, after, &mut state.scratch.passing);
    let mut left = ZERO;
    for h in desk.lanes.clone() {
        let l = shocks.licensed[h].lane;
        let lane = &network.lanes[l];
        let [mut go, mut back] = calendar.decide(h - desk.lanes.start, &state.scratch.passing, &mut state.scratch.hits);
        // A paper is worth nothing at a shut border: the goods go back, the order stands.
        let open = &state.lanes[l].open;
        for w in 0..WIDTH {
            let (shut, let_go) = (open[w] == 0.0, go[w]);
            back[w] += if shut { let_go } else { 0.0 };
            go[w] = if shut { 0.0 } else { let_go };
        }
        super::ship::carry(world, now, l, &go, state);
        let (here, supplier) = (&mut state.lanes[l], &mut state.slots[lane.from]);
        add(&mut here.cleared, &go);
        add(&mut state.applications.approved, &go);
        add(&mut state.applications.returned, &back);
        if network.slots[lane.from].infinite {
            // A source without end takes back what it gave.
            for w in 0..WIDTH {
                supplier.sourced[w] -= back[w];
            }
        } else {
            add(&mut supplier.on_hand, &back);
        }
        // Filed again by those who may; the others' part is wanted no more here (ruling 1).
        let again = if lane.push { ZERO } else { here.eligible };
        let (mut wanted, mut dropped) = (ZERO, ZERO);
        for w in 0..WIDTH {
            wanted[w] = back[w] * again[w];
            dropped[w] = back[w] * (1.0 - again[w]);
            left[w] += go[w] + back[w];
        }
        add(&mut here.backorders, &wanted);
        add(&mut supplier.owed, &wanted);
        let on_order = &mut state.slots[lane.to].on_order;
        for w in 0..WIDTH {
            on_order[w] -= dropped[w];
        }
    }
    calendar.close();
    state.calendars[d] = calendar;
    state.held[d] = each(|w| max(held_before[w] - left[w], 0.0));
}
