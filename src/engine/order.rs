//! In: forecasts, positions, lead times. Out: orders placed with suppliers, customers before suppliers.

use super::rounds::Call;
use super::{State, World, offer, stockpile};
use crate::network::Role;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, max, min, splat};

/// Updates forecasts of desired usage, places orders, then updates forecasts of orders received.
#[inline(always)]
pub fn order(world: World<'_>, state: &mut State) {
    let World { network: n, rounds, .. } = world;
    let weight = *world.draws.of(n.behaviour.forecast);
    stockpile::decide(world, state);
    if !n.offers.is_empty() {
        offer::withdraw(world, state);
        offer::offers(world, state);
    }
    for call in &rounds.calls {
        if call.resells {
            state.slots[call.slot].desired = received(world, call.slot, state);
        }
        replenish(world, call, &weight, state);
    }
    for &s in &rounds.outputs {
        let orders = received(world, s, state);
        follow(&mut state.slots[s].order_forecast, &orders, &weight);
    }
}

/// Orders of one slot.
#[inline(always)]
fn replenish(world: World<'_>, call: &Call, weight: &Row, state: &mut State) {
    let (n, s) = (world.network, call.slot);
    let chances = if call.rerouted { Some(chances(world, s, state)) } else { None };
    if let Some(chances) = &chances {
        reach(chances, s, state);
    }
    if call.foresees {
        foresee(world, s, weight, state);
    }
    let mut wanted = wanted(world, call, state);
    if call.joined {
        let joined = &n.joined[s];
        offer::accept(joined, &mut wanted, state);
        for &l in joined {
            let order = state.offered[l];
            put(n.lanes[l].from, s, l, &order, state);
        }
    }
    place(world, call, &wanted, chances.as_ref(), state);
}

/// Moves a forecast towards what was seen.
#[inline(always)]
fn follow(forecast: &mut Row, seen: &Row, weight: &Row) {
    for w in 0..WIDTH {
        forecast[w] += weight[w] * (seen[w] - forecast[w]);
    }
}

/// Orders received this period, summed in lane order.
#[inline(always)]
fn received(world: World<'_>, s: usize, state: &State) -> Row {
    let mut sum = ZERO;
    for l in world.network.outbound[s].clone() {
        if !world.rounds.terms[l].push {
            add(&mut sum, &state.lanes[l].placed);
        }
    }
    sum
}

/// Updates the forecasts of desired usage.
#[inline(always)]
fn foresee(world: World<'_>, s: usize, weight: &Row, state: &mut State) {
    let n = world.network;
    let desired = state.slots[s].desired;
    if n.slots[s].role == Role::Input && n.facilities[n.slots[s].facility].planned {
        // It knows its own plans.
        state.slots[s].usage_forecast = desired;
        return;
    }
    follow(&mut state.slots[s].usage_forecast, &desired, weight);
    let Some(i) = n.slots[s].user.and_then(|user| n.needs.answer[user]) else { return };
    let answer = state.price_answer[i];
    let mut neutral = ZERO;
    for w in 0..WIDTH {
        neutral[w] = desired[w] / max(answer[w], 1e-300);
    }
    follow(&mut state.slots[s].neutral_forecast, &neutral, weight);
}

/// The order of a slot: what it expects to use and not to be sent, and a share of the gap to its order-up-to level.
#[inline(always)]
fn wanted(world: World<'_>, call: &Call, state: &State) -> Row {
    let World { network: n, draws, .. } = world;
    let here = &state.slots[call.slot];
    let waiting = match call.user {
        Some(u) => &state.users[u].backlog,
        None => &here.owed,
    };
    // Only those who may order count: their share of usage and target, and what is not stranded of the position.
    let (mut reach, mut position) = (ONE, ZERO);
    if call.rerouted {
        reach = here.reach;
        for w in 0..WIDTH {
            let owed = if call.user.is_some() { waiting[w] } else { reach[w] * waiting[w] };
            position[w] = here.on_hand[w] + here.on_order[w] - here.stranded[w] - owed;
        }
    } else {
        for w in 0..WIDTH {
            position[w] = here.on_hand[w] + here.on_order[w] - waiting[w];
        }
    }
    let mut order = ZERO;
    if let Some(level) = call.level {
        for w in 0..WIDTH {
            order[w] = min(max(reach[w] * level - position[w], 0.0), call.limit);
        }
        return order;
    }
    let (correction, mut cover) = (draws.of(n.behaviour.correction), here.cover);
    if n.needs.scare {
        let (psi, scare) = (draws.of(n.price.psi), &state.scare[call.region]);
        for w in 0..WIDTH {
            cover[w] *= 1.0 + psi[w] * scare[w];
        }
    }
    // Lead times are perceived anew only where a desk may delay.
    let lead = if call.rerouted { here.lead } else { splat(call.lead) };
    let pushed = call.push_forecast.map_or(here.push_forecast, splat);
    for w in 0..WIDTH {
        let usage = reach[w] * here.usage_forecast[w];
        let gap = usage * (cover[w] + lead[w]) - usage - position[w];
        order[w] = min(max(usage - pushed[w] + correction[w] * gap, 0.0), call.limit);
    }
    order
}

/// Lanes without a regime, open to buyers refused elsewhere: 1 or 0.
#[inline(always)]
fn is_free(state: &State, l: usize) -> Row {
    let (eligible, open) = (&state.lanes[l].eligible, &state.lanes[l].open);
    let mut free = ZERO;
    for w in 0..WIDTH {
        free[w] = if (eligible[w] == 1.0) & (open[w] == 1.0) { 1.0 } else { 0.0 };
    }
    free
}

/// Of a slot's wants: the share of buyers eligible on their own lanes, the share of lanes without a regime, and how much of what
/// is asked of those is filled.
#[inline(always)]
fn chances(world: World<'_>, s: usize, state: &State) -> [Row; 3] {
    let n = world.network;
    let (mut eligible, mut free, mut filled) = (ZERO, ZERO, ZERO);
    for &l in n.inbound[s].iter().filter(|&&l| !n.lanes[l].push) {
        let (share, open) = (n.lanes[l].share, is_free(state, l));
        let (may, fill) = (&state.lanes[l].eligible, &state.lanes[l].fill);
        for w in 0..WIDTH {
            eligible[w] += share * may[w];
            free[w] += share * open[w];
            filled[w] += share * open[w] * fill[w];
        }
    }
    for w in 0..WIDTH {
        let fill = filled[w] / free[w];
        filled[w] = if free[w] > 0.0 { fill } else { 0.0 };
    }
    [eligible, free, filled]
}

/// Share of a slot's wants that some lane may serve: eligible buyers on their own lane, refused ones on lanes without a regime as
/// far as these fill what they are asked. When the share falls, what the others had on hand and on order becomes theirs alone;
/// when it rises they return.
#[inline(always)]
fn reach([eligible, _, fill]: &[Row; 3], s: usize, state: &mut State) {
    let (before, on_hand, on_order) = (state.slots[s].reach, state.slots[s].on_hand, state.slots[s].on_order);
    let (mut after, mut claim) = (ZERO, state.slots[s].stranded);
    for w in 0..WIDTH {
        let some = eligible[w] + (1.0 - eligible[w]) * fill[w];
        after[w] = if eligible[w] > 1.0 - 1e-12 { 1.0 } else { some };
        let rest = max(on_hand[w] + on_order[w] - claim[w], 0.0);
        let lost = claim[w] + rest * (before[w] - after[w]) / before[w];
        let back = claim[w] * (1.0 - after[w]) / (1.0 - before[w]);
        let moved = if after[w] > before[w] { back } else { claim[w] };
        claim[w] = if after[w] < before[w] { lost } else { moved };
    }
    state.slots[s].stranded = claim;
    state.slots[s].reach = after;
}

/// Divides an order over the lanes of a slot; what refused buyers wanted goes to lanes without a regime.
#[inline(always)]
fn place(world: World<'_>, call: &Call, wanted: &Row, chances: Option<&[Row; 3]>, state: &mut State) {
    let (s, pulls) = (call.slot, &world.rounds.pulls[call.pulls.clone()]);
    let Some([eligible, free, fill]) = chances else {
        let mut on_order = state.slots[s].on_order;
        for pull in pulls {
            let (lane, supplier) = (&mut state.lanes[pull.lane], &mut state.slots[pull.from]);
            let (mut placed, mut backorders, mut owed) = (ZERO, lane.backorders, supplier.owed);
            // Booked as `put` does, in one loop.
            for w in 0..WIDTH {
                let part = wanted[w] * pull.share;
                placed[w] = part;
                backorders[w] += part;
                owed[w] += part;
                on_order[w] += part;
            }
            (lane.placed, lane.backorders, supplier.owed) = (placed, backorders, owed);
        }
        state.slots[s].on_order = on_order;
        return;
    };
    let reach = state.slots[s].reach;
    let (mut extra, mut per_reach) = (ZERO, ZERO);
    for w in 0..WIDTH {
        let more = max(1.0 - eligible[w], 0.0) * fill[w] / free[w];
        extra[w] = if free[w] > 0.0 { more } else { 0.0 };
        let per = wanted[w] / reach[w];
        per_reach[w] = if reach[w] > 0.0 { per } else { 0.0 };
    }
    for pull in pulls {
        let (open, mine) = (is_free(state, pull.lane), &state.lanes[pull.lane].eligible);
        let mut order = ZERO;
        for w in 0..WIDTH {
            order[w] = per_reach[w] * (pull.share * (mine[w] + open[w] * extra[w]));
        }
        put(pull.from, s, pull.lane, &order, state);
    }
}

/// Books one order with its supplier.
#[inline(always)]
pub(super) fn put(from: usize, to: usize, l: usize, order: &Row, state: &mut State) {
    let lane = &mut state.lanes[l];
    lane.placed = *order;
    add(&mut lane.backorders, order);
    add(&mut state.slots[from].owed, order);
    add(&mut state.slots[to].on_order, order);
}
