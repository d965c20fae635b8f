//! In: orders owed, stock on hand, quotas, licences. Out: shipments to carriers and desks; what exceeds a target is pushed on or drained.

use super::{State, World};
use crate::network::Role;
use crate::scenario::schema::SharingRule;
use crate::shocks::PeriodShocks;
use crate::wide::{Row, WIDTH, ZERO, add, all, each};

/// Shipments below this share of a lane's opening flow are left over from rounding.
const DUST: f64 = 1e-9;

/// Allocates, applies quotas, and sends.
#[inline(always)]
pub fn ship(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let n = world.network;
    for s in 0..n.slots.len() {
        let lanes = n.outbound[s].clone();
        if !lanes.is_empty() {
            allocate(world, s, lanes, state);
        }
    }
    if !world.shocks.quotas.is_empty() {
        foresee_pushes(world, state);
        export_quotas(world, now, state);
    }
    for s in 0..n.slots.len() {
        settle(world, now, s, state);
    }
    spend_quotas(world, state);
    licences(world, now, state);
}

/// Divides what a slot has among what its customers are owed: capped weighted rationing (MODEL 6.3).
#[inline(always)]
fn allocate(world: World<'_>, s: usize, lanes: std::ops::Range<usize>, state: &mut State) {
    let n = world.network;
    let slot = &n.slots[s];
    let mut asked = ZERO;
    for l in lanes.clone() {
        let lane = &n.lanes[l];
        if lane.push {
            state.shipped[l] = ZERO;
            continue;
        }
        let (owed, open, eligible, placed) = (&state.backorders[l], &state.open[l], &state.eligible[l], &state.placed[l]);
        // A lane partly shut passes that part of a normal week, however much is owed.
        let q = each(|w| {
            let passes = if open[w] < 1.0 { open[w] * placed[w].max(lane.flow) } else { f64::INFINITY };
            let most = if lane.capacity.is_finite() { lane.capacity * eligible[w] } else { f64::INFINITY };
            owed[w].min(passes).min(most)
        });
        add(&mut asked, &q);
        state.shipped[l] = q;
    }
    if slot.infinite {
        return;
    }
    let have = state.on_hand[s];
    if all(|w| asked[w] <= have[w]) {
        return;
    }
    let phantom = world.draws.of(n.behaviour.phantom);
    let plain = slot.sharing == SharingRule::Proportional && n.behaviour.priority == [1.0; 3] && phantom.iter().all(|x| *x == 0.0);
    if plain {
        let share = each(|w| if asked[w] > have[w] { have[w].max(0.0) / asked[w] } else { 1.0 });
        for l in lanes {
            let q = &mut state.shipped[l];
            for w in 0..WIDTH {
                q[w] *= share[w];
            }
        }
    } else {
        ration(world, s, lanes, &have, state);
    }
}

/// Three passes of weighted rationing under caps, then a last proportional one that uses up what is left.
#[inline(always)]
fn ration(world: World<'_>, s: usize, lanes: std::ops::Range<usize>, have: &Row, state: &mut State) {
    let n = world.network;
    let rule = n.slots[s].sharing;
    let phantom = world.draws.of(n.behaviour.phantom);
    let pulls = || lanes.clone().filter(|&l| !n.lanes[l].push);
    let [mut caps, mut weights, mut given] =
        [&mut state.scratch.caps, &mut state.scratch.weights, &mut state.scratch.given].map(std::mem::take);
    for room in [&mut caps, &mut weights, &mut given] {
        room.clear();
    }
    for l in pulls() {
        let priority = n.behaviour.priority[n.lanes[l].class as usize];
        let (owed, fill, history) = (&state.backorders[l], &state.fill[l], &state.history[l]);
        caps.push(state.shipped[l]);
        given.push(ZERO);
        weights.push(each(|w| {
            priority
                * match rule {
                    SharingRule::Proportional => owed[w] * (1.0 + phantom[w] * (1.0 - fill[w])).min(n.behaviour.phantom_max),
                    SharingRule::Uniform => 1.0,
                    SharingRule::TurnAndEarn => history[w].max(1e-12),
                }
        }));
    }
    let asked = each(|w| caps.iter().map(|q| q[w]).sum());
    let enough = each(|w| if asked[w] <= have[w] { 1.0 } else { 0.0 });
    let mut left = each(|w| have[w].max(0.0).min(asked[w]));
    let tiny = |q: f64| 1e-15 * (1.0 + q);
    for _ in 0..3 {
        let total = each(|w| (0..caps.len()).map(|i| if caps[i][w] - given[i][w] > tiny(caps[i][w]) { weights[i][w] } else { 0.0 }).sum());
        let mut used = ZERO;
        for i in 0..caps.len() {
            for w in 0..WIDTH {
                let room = caps[i][w] - given[i][w];
                if room > tiny(caps[i][w]) && total[w] > 0.0 {
                    let more = room.min(left[w] * weights[i][w] / total[w]);
                    given[i][w] += more;
                    used[w] += more;
                }
            }
        }
        left = each(|w| (left[w] - used[w]).max(0.0));
    }
    let room = each(|w| (0..caps.len()).map(|i| caps[i][w] - given[i][w]).sum());
    for (i, l) in pulls().enumerate() {
        let share = each(|w| if room[w] > 0.0 { (left[w] / room[w]).min(1.0) } else { 0.0 });
        // Where there is enough for all, all is given to the last bit: a realization must not feel that a neighbour's was rationed.
        state.shipped[l] = each(|w| if enough[w] > 0.0 { caps[i][w] } else { given[i][w] + (caps[i][w] - given[i][w]) * share[w] });
    }
    let scratch = &mut state.scratch;
    (scratch.caps, scratch.weights, scratch.given) = (caps, weights, given);
}

/// Scales what leaves under each export quota to its allowance.
#[inline(always)]
fn export_quotas(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    for (q, quota) in world.shocks.quotas.iter().enumerate() {
        if quota.lanes.is_empty() {
            continue;
        }
        let allowance = super::events::allowance(world, now, state, q);
        let mut total = ZERO;
        quota.lanes.iter().for_each(|&l| add(&mut total, &state.shipped[l]));
        let scale = each(|w| if total[w] > allowance[w] { allowance[w].max(0.0) / total[w] } else { 1.0 });
        for &l in &quota.lanes {
            let row = &mut state.shipped[l];
            *row = each(|w| row[w] * scale[w]);
        }
    }
}

/// What will be pushed on lanes under a quota, so that it counts beside what was ordered there.
#[inline(always)]
fn foresee_pushes(world: World<'_>, state: &mut State) {
    let n = world.network;
    for quota in &world.shocks.quotas {
        for &l in quota.lanes.iter().filter(|&&l| n.lanes[l].push) {
            let s = n.lanes[l].from;
            let target = state.target(world, s);
            let mut ordered = ZERO;
            n.outbound[s].clone().filter(|&l| !n.lanes[l].push).for_each(|l| add(&mut ordered, &state.shipped[l]));
            let on_hand = &state.on_hand[s];
            let excess = each(|w| (on_hand[w] - ordered[w] - target[w]).max(0.0));
            state.shipped[l] = pushed(world, l, &excess, state);
        }
    }
}

/// The part of an excess that leaves on a push lane: open, to those who may have it.
#[inline(always)]
fn pushed(world: World<'_>, l: usize, excess: &Row, state: &State) -> Row {
    let lane = &world.network.lanes[l];
    let (open, eligible) = (&state.open[l], &state.eligible[l]);
    each(|w| (excess[w] * lane.share * open[w].min(eligible[w])).min(lane.capacity))
}

/// Takes what was shipped off the quotas.
#[inline(always)]
fn spend_quotas(world: World<'_>, state: &mut State) {
    for (q, quota) in world.shocks.quotas.iter().enumerate() {
        let mut used = ZERO;
        quota.lanes.iter().for_each(|&l| add(&mut used, &state.shipped[l]));
        let left = &mut state.quota_left[q];
        *left = each(|w| (left[w] - used[w]).max(0.0));
    }
}

/// Takes what was shipped off the books and the shelf, then pushes and drains the excess.
#[inline(always)]
fn settle(world: World<'_>, now: &PeriodShocks, s: usize, state: &mut State) {
    let n = world.network;
    let slot = &n.slots[s];
    let lanes = n.outbound[s].clone();
    let mut pushes = false;
    for l in lanes.clone() {
        let lane = &n.lanes[l];
        pushes |= lane.push;
        if lane.push {
            continue;
        }
        let shipped = state.shipped[l];
        let (owed, debt) = (&mut state.backorders[l], &mut state.owed[s]);
        for w in 0..WIDTH {
            owed[w] = (owed[w] - shipped[w]).max(0.0);
            debt[w] = (debt[w] - shipped[w]).max(0.0);
        }
        if slot.infinite {
            add(&mut state.sourced[s], &shipped);
        } else {
            let on_hand = &mut state.on_hand[s];
            for w in 0..WIDTH {
                on_hand[w] = (on_hand[w] - shipped[w]).max(0.0);
            }
        }
        send(world, now, l, state);
    }
    if slot.role != Role::Output || !(pushes || slot.drains) {
        return;
    }
    let target = state.target(world, s);
    let on_hand = state.on_hand[s];
    let excess = each(|w| (on_hand[w] - target[w]).max(0.0));
    let mut gone = ZERO;
    let mut shares = 0.0;
    for l in lanes.filter(|&l| n.lanes[l].push) {
        let lane = &n.lanes[l];
        shares += lane.share;
        let mut pushed = pushed(world, l, &excess, state);
        if world.shocks.quotas.iter().any(|q| q.lanes.binary_search(&l).is_ok()) {
            let granted = &state.shipped[l];
            pushed = each(|w| pushed[w].min(granted[w]));
        }
        add(&mut gone, &pushed);
        add(&mut state.on_order[lane.to], &pushed);
        state.shipped[l] = pushed;
        send(world, now, l, state);
    }
    if slot.drains {
        let share = (1.0 - shares).max(0.0);
        let drained = each(|w| excess[w] * share);
        add(&mut gone, &drained);
        add(&mut state.drained[s], &drained);
    }
    state.on_hand[s] = each(|w| (on_hand[w] - gone[w]).max(0.0));
}

/// Hands an unlicensed shipment to the carrier.
#[inline(always)]
fn send(world: World<'_>, now: &PeriodShocks, l: usize, state: &mut State) {
    if state.under_desk[l] {
        return;
    }
    let shipped = state.shipped[l];
    state.cleared[l] = shipped;
    carry(world, now, l, &shipped, state);
}

/// Puts mass into the transit ring, due after the lead time and any delay.
#[inline(always)]
pub(super) fn carry(world: World<'_>, now: &PeriodShocks, l: usize, mass: &Row, state: &mut State) {
    let lead = world.network.lanes[l].lead;
    let ring = state.rings[l];
    if world.shocks.longest_delay[l] == 0 {
        let at = ring.head + lead;
        let at = ring.start + if at >= ring.len { at - ring.len } else { at };
        add(&mut state.transit[at], mass);
    } else {
        let delay = &now.delay[l];
        for w in 0..WIDTH {
            let at = (ring.head + lead + delay[w] as usize) % ring.len;
            state.transit[ring.start + at][w] += mass[w];
        }
    }
}

/// Routes shipments on licensed lanes: under a general licence or free of the desk to the carrier, the rest to the desk's ring.
#[inline(always)]
fn licences(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let World { shocks, draws, .. } = world;
    for (d, desk) in shocks.desks.iter().enumerate() {
        let active = now.strength[desk.event].iter().any(|s| *s > 0.0);
        let decided = desk.applications.map(|p| *draws.event(p));
        // Files of this period wait behind the queue as it stood before them (ruling 10).
        let wait = match decided {
            Some(rate) => each(|w| (state.queue[d][w] / rate[w]).floor()),
            None => ZERO,
        };
        let clock = state.clock[d];
        let mut files = ZERO;
        let mut taken = ZERO;
        for h in desk.lanes.clone() {
            let l = shocks.licensed[h].lane;
            let shipped = state.shipped[l];
            if !active {
                add(&mut state.cleared[l], &shipped);
                carry(world, now, l, &shipped, state);
                continue;
            }
            let share = state.hold_share[h];
            let permit = state.permit[h];
            let subject = each(|w| shipped[w] * share[w]);
            let permitted = each(|w| subject[w].min(permit[w]));
            state.permit[h] = each(|w| permit[w] - permitted[w]);
            let held = each(|w| subject[w] - permitted[w]);
            let free = each(|w| shipped[w] - held[w]);
            add(&mut state.cleared[l], &free);
            carry(world, now, l, &free, state);
            let (review, returned) = (&now.review[h], &now.returned[h]);
            let start = state.hold_start[h];
            let flow = world.network.lanes[l].flow;
            for w in 0..WIDTH {
                if held[w] > 0.0 {
                    // What rounding left over is no file, and takes nobody's turn.
                    files[w] += if held[w] > DUST * flow { 1.0 } else { 0.0 };
                    taken[w] += held[w];
                    let weeks = wait[w] + review[w];
                    if weeks < desk.ring as f64 {
                        let at = start + ((clock[w] + 1e-9).floor() + weeks) as usize % desk.ring;
                        let ring = if returned[w] > 0.0 { &mut state.send_back } else { &mut state.hold };
                        ring[at][w] += held[w];
                    } else {
                        state.overflow[h][w] += held[w];
                    }
                }
            }
        }
        add(&mut state.held[d], &taken);
        add(&mut state.applications.filed, &taken);
        if decided.is_some() {
            add(&mut state.queue[d], &files);
        }
    }
}
