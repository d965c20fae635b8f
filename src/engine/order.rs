//! In: forecasts, positions, lead times. Out: orders placed with suppliers, customers before suppliers.

use super::{State, World, offer, stockpile};
use crate::network::Role;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, max, min};

/// Updates forecasts of desired usage, places orders, then updates forecasts of orders received.
#[inline(always)]
pub fn order(world: World<'_>, state: &mut State) {
    let n = world.network;
    let weight = *world.draws.of(n.behaviour.forecast);
    stockpile::decide(world, state);
    if !n.offers.is_empty() {
        offer::withdraw(world, state);
        offer::offers(world, state);
    }
    for &s in &n.order_sequence {
        // Markets ask what refused buyers would use.
        let wants = n.needs.forecast[s] || world.shocks.reroutes[s];
        if n.slots[s].role == Role::Stock && wants {
            state.slots[s].desired = received(world, s, state);
        }
        let chances = if world.shocks.reroutes[s] { Some(chances(world, s, state)) } else { None };
        if let Some(chances) = &chances {
            reach(chances, s, state);
        }
        if wants {
            foresee(world, s, &weight, state);
        }
        let mut wanted = wanted(world, s, state);
        if let Some(joined) = n.joined.get(s).filter(|joined| !joined.is_empty()) {
            offer::accept(joined, &mut wanted, state);
            for &l in joined {
                let order = state.offered[l];
                put(n.lanes[l].from, s, l, &order, state);
            }
        }
        place(world, s, &wanted, chances.as_ref(), state);
    }
    for s in 0..n.slots.len() {
        if n.slots[s].role == Role::Output {
            let orders = received(world, s, state);
            follow(&mut state.slots[s].order_forecast, &orders, &weight);
        }
    }
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
        if !world.network.lanes[l].push {
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
    let Some(user) = n.slots[s].user else { return };
    match n.needs.answer[user] {
        Some(i) => {
            let answer = state.price_answer[i];
            let mut neutral = ZERO;
            for w in 0..WIDTH {
                neutral[w] = desired[w] / max(answer[w], 1e-300);
            }
            follow(&mut state.slots[s].neutral_forecast, &neutral, weight);
        }
        None => state.slots[s].neutral_forecast = state.slots[s].usage_forecast,
    }
}

/// The order of a slot: what it expects to use and not to be sent, and a share of the gap to its order-up-to level.
#[inline(always)]
fn wanted(world: World<'_>, s: usize, state: &State) -> Row {
    let World { network: n, draws, shocks } = world;
    let slot = &n.slots[s];
    let waiting = match slot.user {
        Some(u) => state.users[u].backlog,
        None => state.slots[s].owed,
    };
    // Only those who may order count: their share of usage and target, and what is not stranded of the position.
    let (on_hand, on_order) = (state.slots[s].on_hand, state.slots[s].on_order);
    let (reach, mut position) = (if shocks.reroutes[s] { state.slots[s].reach } else { ONE }, ZERO);
    if shocks.reroutes[s] {
        let stranded = state.slots[s].stranded;
        let user = slot.user.is_some();
        for w in 0..WIDTH {
            let owed = if user { waiting[w] } else { reach[w] * waiting[w] };
            position[w] = on_hand[w] + on_order[w] - stranded[w] - owed;
        }
    } else {
        for w in 0..WIDTH {
            position[w] = on_hand[w] + on_order[w] - waiting[w];
        }
    }
    let limit = slot.order_limit;
    let mut order = ZERO;
    if let Some(level) = slot.base_stock {
        for w in 0..WIDTH {
            order[w] = min(max(reach[w] * level - position[w], 0.0), limit);
        }
        return order;
    }
    let correction = draws.of(n.behaviour.correction);
    let (forecast, pushed) = (state.slots[s].usage_forecast, state.slots[s].push_forecast);
    let (cover, lead) = (state.slots[s].cover, state.slots[s].lead);
    if n.needs.scare {
        let psi = draws.of(n.price.psi);
        let scare = state.scare[n.facilities[slot.facility].region];
        for w in 0..WIDTH {
            let usage = reach[w] * forecast[w];
            let level = usage * (cover[w] * (1.0 + psi[w] * scare[w]) + lead[w]);
            order[w] = usage - pushed[w] + correction[w] * (level - usage - position[w]);
        }
    } else {
        for w in 0..WIDTH {
            let usage = reach[w] * forecast[w];
            let level = usage * (cover[w] + lead[w]);
            order[w] = usage - pushed[w] + correction[w] * (level - usage - position[w]);
        }
    }
    for w in 0..WIDTH {
        order[w] = min(max(order[w], 0.0), limit);
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
fn place(world: World<'_>, s: usize, wanted: &Row, chances: Option<&[Row; 3]>, state: &mut State) {
    let n = world.network;
    let pulls = || n.inbound[s].iter().copied().filter(|&l| !n.lanes[l].push && n.lanes[l].joins.is_none());
    let Some([eligible, free, fill]) = chances else {
        for l in pulls() {
            let share = n.lanes[l].share;
            let mut order = *wanted;
            if share != 1.0 {
                for w in 0..WIDTH {
                    order[w] *= share;
                }
            }
            put(n.lanes[l].from, s, l, &order, state);
        }
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
    for l in pulls() {
        let (share, open, mine) = (n.lanes[l].share, is_free(state, l), &state.lanes[l].eligible);
        let mut order = ZERO;
        for w in 0..WIDTH {
            order[w] = per_reach[w] * (share * (mine[w] + open[w] * extra[w]));
        }
        put(n.lanes[l].from, s, l, &order, state);
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
