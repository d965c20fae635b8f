//! In: forecasts, positions, lead times. Out: orders placed with suppliers, customers before suppliers.

use super::{State, World};
use crate::network::Role;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, all, each};

/// Updates forecasts of desired usage, places orders, then updates forecasts of orders received.
#[inline(always)]
pub fn order(world: World<'_>, state: &mut State) {
    let n = world.network;
    let weight = *world.draws.of(n.behaviour.forecast);
    for &s in &n.order_sequence {
        if n.slots[s].role == Role::Stock {
            state.desired[s] = received(world, s, state);
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
    let waiting = match slot.user {
        Some(u) => state.backlog[u],
        None => state.owed[s],
    };
    let (on_hand, on_order, unplaced) = (&state.on_hand[s], &state.on_order[s], &state.unplaced[s]);
    let position = each(|w| on_hand[w] + on_order[w] + unplaced[w] - waiting[w]);
    if let Some(level) = slot.base_stock {
        return each(|w| (level - position[w]).max(0.0).min(slot.order_limit));
    }
    let correction = draws.of(n.behaviour.correction);
    let psi = draws.of(n.price.psi);
    let scare = &state.scare[n.facilities[slot.facility].region];
    let (cover, lead, pushed) = (&state.cover[s], &state.lead[s], &state.push_forecast[s]);
    each(|w| {
        let level = forecast[w] * (cover[w] * (1.0 + psi[w] * scare[w]) + lead[w]);
        let order = forecast[w] - pushed[w] + correction[w] * (level - forecast[w] - position[w]);
        order.max(0.0).min(slot.order_limit)
    })
}

/// Divides an order over the lanes of a slot. What ineligible buyers wanted goes to lanes without a regime, or stays unplaced.
#[inline(always)]
fn place(world: World<'_>, s: usize, wanted: &Row, state: &mut State) {
    let World { network: n, shocks, .. } = world;
    if !shocks.reroutes[s] {
        for &l in &n.inbound[s] {
            let lane = &n.lanes[l];
            if !lane.push {
                put(lane.from, s, l, &each(|w| wanted[w] * lane.share), state);
            }
        }
        return;
    }
    let pulls = || n.inbound[s].iter().copied().filter(|&l| !n.lanes[l].push);
    let (mut reach, mut free) = (ZERO, ZERO);
    for l in pulls() {
        let share = n.lanes[l].share;
        let (eligible, open) = (&state.eligible[l], &state.open[l]);
        for w in 0..WIDTH {
            reach[w] += share * eligible[w];
            free[w] += if eligible[w] == 1.0 && open[w] == 1.0 { share } else { 0.0 };
        }
    }
    // Buyers who became eligible again want again what they could not place.
    let before = state.reach[s];
    let diverted = each(|w| if free[w] > 0.0 { (1.0 - reach[w]).max(0.0) } else { 0.0 });
    let total = each(|w| (reach[w] + diverted[w]).min(1.0));
    state.reach[s] = total;
    for w in 0..WIDTH {
        if total[w] > before[w] {
            state.unplaced[s][w] *= (1.0 - total[w]) / (1.0 - before[w]);
        }
        state.unplaced[s][w] += wanted[w] * (1.0 - total[w]).max(0.0);
    }
    let per_free = each(|w| if free[w] > 0.0 { diverted[w] / free[w] } else { 0.0 });
    for l in pulls() {
        let share = n.lanes[l].share;
        let (eligible, open) = (state.eligible[l], state.open[l]);
        let part = each(|w| share * (eligible[w] + if eligible[w] == 1.0 && open[w] == 1.0 { per_free[w] } else { 0.0 }));
        put(n.lanes[l].from, s, l, &each(|w| wanted[w] * part[w]), state);
    }
    debug_assert!(all(|w| total[w] <= ONE[w]));
}

/// Books one order with its supplier.
#[inline(always)]
fn put(from: usize, to: usize, l: usize, order: &Row, state: &mut State) {
    state.placed[l] = *order;
    add(&mut state.backorders[l], order);
    add(&mut state.owed[from], order);
    add(&mut state.on_order[to], order);
}
