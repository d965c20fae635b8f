//! In: forecasts, positions, lead times. Out: orders placed with suppliers, customers before suppliers.

use super::{State, World};
use crate::network::Role;
use crate::wide::{Row, WIDTH, ZERO, add, each};

/// Updates forecasts of desired usage, places orders, then updates forecasts of orders received.
#[inline(always)]
pub fn order(world: World<'_>, state: &mut State) {
    let n = world.network;
    let weight = *world.draws.of(n.behaviour.forecast);
    for &s in &n.order_sequence {
        if n.slots[s].role == Role::Stock {
            state.desired[s] = received(world, s, state);
        }
        if world.shocks.reroutes[s] {
            reach(world, s, state);
        }
        let wanted = wanted(world, s, &weight, state);
        place(world, s, &wanted, state);
    }
    for s in 0..n.slots.len() {
        if n.slots[s].role == Role::Output {
            let orders = received(world, s, state);
            let forecast = &mut state.order_forecast[s];
            for w in 0..WIDTH {
                forecast[w] += weight[w] * (orders[w] - forecast[w]);
            }
        }
    }
}

/// Orders received this period, summed in lane order.
#[inline(always)]
fn received(world: World<'_>, s: usize, state: &State) -> Row {
    let mut sum = ZERO;
    for l in world.network.outbound[s].clone() {
        if !world.network.lanes[l].push {
            add(&mut sum, &state.placed[l]);
        }
    }
    sum
}

/// The order of a slot: what it expects to use and not to be sent, and a share of the gap to its order-up-to level.
#[inline(always)]
fn wanted(world: World<'_>, s: usize, weight: &Row, state: &mut State) -> Row {
    let World { network: n, draws, .. } = world;
    let slot = &n.slots[s];
    let desired = &state.desired[s];
    let forecast = &mut state.usage_forecast[s];
    for w in 0..WIDTH {
        forecast[w] += weight[w] * (desired[w] - forecast[w]);
    }
    let forecast = *forecast;
    if let Some(u) = slot.user {
        let (neutral, answer) = (&mut state.neutral_forecast[s], &state.price_answer[u]);
        for w in 0..WIDTH {
            neutral[w] += weight[w] * (state.desired[s][w] / answer[w].max(1e-300) - neutral[w]);
        }
    }
    let waiting = match slot.user {
        Some(u) => state.backlog[u],
        None => state.owed[s],
    };
    // Only those who may order count: their share of usage and target, and what is not stranded of the position.
    let (on_hand, on_order, stranded, reach) = (&state.on_hand[s], &state.on_order[s], &state.stranded[s], &state.reach[s]);
    let position = each(|w| on_hand[w] + on_order[w] - stranded[w] - if slot.user.is_some() { waiting[w] } else { reach[w] * waiting[w] });
    if let Some(level) = slot.base_stock {
        return each(|w| (reach[w] * level - position[w]).max(0.0).min(slot.order_limit));
    }
    let correction = draws.of(n.behaviour.correction);
    let psi = draws.of(n.price.psi);
    let scare = &state.scare[n.facilities[slot.facility].region];
    let (cover, lead, pushed) = (&state.cover[s], &state.lead[s], &state.push_forecast[s]);
    each(|w| {
        let usage = reach[w] * forecast[w];
        let level = usage * (cover[w] * (1.0 + psi[w] * scare[w]) + lead[w]);
        let order = usage - pushed[w] + correction[w] * (level - usage - position[w]);
        order.max(0.0).min(slot.order_limit)
    })
}

/// Lanes without a regime, open to buyers refused elsewhere: 1 or 0.
#[inline(always)]
fn is_free(state: &State, l: usize) -> Row {
    let (eligible, open) = (&state.eligible[l], &state.open[l]);
    each(|w| if eligible[w] == 1.0 && open[w] == 1.0 { 1.0 } else { 0.0 })
}

/// Of a slot's wants: the share of buyers eligible on their own lanes, the share of lanes without a regime, and how much of what
/// is asked of those is filled.
#[inline(always)]
fn chances(world: World<'_>, s: usize, state: &State) -> [Row; 3] {
    let n = world.network;
    let (mut eligible, mut free, mut filled) = (ZERO, ZERO, ZERO);
    for &l in n.inbound[s].iter().filter(|&&l| !n.lanes[l].push) {
        let (share, open) = (n.lanes[l].share, is_free(state, l));
        for w in 0..WIDTH {
            eligible[w] += share * state.eligible[l][w];
            free[w] += share * open[w];
            filled[w] += share * open[w] * state.fill[l][w];
        }
    }
    let fill = each(|w| if free[w] > 0.0 { filled[w] / free[w] } else { 0.0 });
    [eligible, free, fill]
}

/// Share of a slot's wants that some lane may serve: eligible buyers on their own lane, refused ones on lanes without a regime as
/// far as these fill what they are asked. When the share falls, what the others had on hand and on order becomes theirs alone;
/// when it rises they return.
#[inline(always)]
fn reach(world: World<'_>, s: usize, state: &mut State) {
    let [eligible, _, fill] = chances(world, s, state);
    let before = state.reach[s];
    let after = each(|w| if eligible[w] > 1.0 - 1e-12 { 1.0 } else { eligible[w] + (1.0 - eligible[w]) * fill[w] });
    let (on_hand, on_order) = (&state.on_hand[s], &state.on_order[s]);
    let claim = &mut state.stranded[s];
    for w in 0..WIDTH {
        if after[w] < before[w] {
            let rest = (on_hand[w] + on_order[w] - claim[w]).max(0.0);
            claim[w] += rest * (before[w] - after[w]) / before[w];
        } else if after[w] > before[w] {
            claim[w] *= (1.0 - after[w]) / (1.0 - before[w]);
        }
    }
    state.reach[s] = after;
}

/// Divides an order over the lanes of a slot; what refused buyers wanted goes to lanes without a regime.
#[inline(always)]
fn place(world: World<'_>, s: usize, wanted: &Row, state: &mut State) {
    let World { network: n, shocks, .. } = world;
    let pulls = || n.inbound[s].iter().copied().filter(|&l| !n.lanes[l].push);
    if !shocks.reroutes[s] {
        for l in pulls() {
            let lane = &n.lanes[l];
            put(lane.from, s, l, &each(|w| wanted[w] * lane.share), state);
        }
        return;
    }
    let [eligible, free, fill] = chances(world, s, state);
    let reach = state.reach[s];
    let extra = each(|w| if free[w] > 0.0 { (1.0 - eligible[w]).max(0.0) * fill[w] / free[w] } else { 0.0 });
    for l in pulls() {
        let (share, open, mine) = (n.lanes[l].share, is_free(state, l), state.eligible[l]);
        let part = each(|w| if reach[w] > 0.0 { share * (mine[w] + open[w] * extra[w]) / reach[w] } else { 0.0 });
        put(n.lanes[l].from, s, l, &each(|w| wanted[w] * part[w]), state);
    }
}

/// Books one order with its supplier.
#[inline(always)]
fn put(from: usize, to: usize, l: usize, order: &Row, state: &mut State) {
    state.placed[l] = *order;
    add(&mut state.backorders[l], order);
    add(&mut state.owed[from], order);
    add(&mut state.on_order[to], order);
}
