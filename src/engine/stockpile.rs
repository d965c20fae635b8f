//! In: prices, covers of customers, orders of governments. Out: what stockpiles buy and release (MODEL 6.11).
//!
//! A policy begins at one threshold and ends at another. What it releases goes first to those who lack most of the cover they want,
//! class by class; what they do not lack, in proportion to what they use.

use super::ship::carry;
use super::{State, World};
use crate::network::{Buying, Customer, Releasing, Stockpile};
use crate::shocks::PeriodShocks;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, max, min, splat};

/// The state of a stockpile with a policy.
#[derive(Debug, Clone)]
pub struct StockpileState {
    /// What its policy does: 1 buys, 0 holds, −1 releases.
    pub mode: Row,
    /// Most that may leave this period, t.
    pub offered: Row,
    /// By order of events: most to release a week, and the stock that must stay.
    pub release: [Row; 2],
    /// By order of events: most to buy a week, and the stock to be reached.
    pub buy: [Row; 2],
}

impl StockpileState {
    /// It holds, and nothing is ordered of it.
    pub(super) fn open() -> StockpileState {
        StockpileState { mode: ZERO, offered: ZERO, release: [ZERO, splat(f64::INFINITY)], buy: [ZERO; 2] }
    }
}

/// Covers as they were at the opening, weeks; empty where no mandate can change them.
#[derive(Debug, Clone, Default)]
pub struct Covers {
    /// Per slot.
    pub slots: Vec<Row>,
    /// Per market.
    pub markets: Vec<Row>,
}

/// Decides what each stockpile does this week, and places what it buys with its suppliers.
#[inline(always)]
pub(super) fn decide(world: World<'_>, state: &mut State) {
    let World { network: n, draws, .. } = world;
    for (i, policy) in n.stockpiles.iter().enumerate() {
        let price = policy.market.map_or(ONE, |k| state.markets[k].felt);
        let slot = &state.slots[policy.slot];
        let (on_hand, mut position) = (slot.on_hand, slot.on_hand);
        add(&mut position, &slot.on_order);
        let before = state.stockpiles[i].mode;
        let releases = policy.release.map_or(ZERO, |r| releasing(&r, &before, &price, &cover(policy, state)));
        let buys = policy.buy.map_or(ZERO, |b| buying(&b, &before, &price, &position));
        let (mut mode, mut offered, mut wanted) = (ZERO, ZERO, ZERO);
        let limit = n.slots[policy.slot].order_limit;
        let own = policy.release.map_or(ZERO, |r| *draws.of(r.rate));
        let (rate, target) = policy.buy.map_or((ZERO, 0.0), |b| (*draws.of(b.rate), b.target));
        let ([sent, keep], [bought, reach]) = (&state.stockpiles[i].release, &state.stockpiles[i].buy);
        for w in 0..WIDTH {
            let held = if releases[w] > 0.0 { 0.0 } else { buys[w] };
            mode[w] = held - releases[w];
            // An order to release goes before one to buy, and either before the policy.
            let ordered = min(sent[w], max(on_hand[w] - keep[w], 0.0));
            let asked = min(bought[w], max(reach[w] - position[w], 0.0));
            let by_rule = if bought[w] > 0.0 { 0.0 } else { releases[w] * own[w] };
            let for_itself = if mode[w] > 0.0 { min(rate[w], max(target - position[w], 0.0)) } else { 0.0 };
            offered[w] = min(max(ordered, by_rule), on_hand[w]);
            wanted[w] = if sent[w] > 0.0 { 0.0 } else { min(max(asked, for_itself), limit) };
        }
        (state.stockpiles[i].mode, state.stockpiles[i].offered) = (mode, offered);
        buy(world, policy.slot, &wanted, state);
    }
}

/// 1 where it releases: it begins beyond either threshold, and goes on until price and cover are both back.
#[inline(always)]
fn releasing(rule: &Releasing, before: &Row, price: &Row, cover: &Row) -> Row {
    let mut on = ZERO;
    for w in 0..WIDTH {
        let begins = (price[w] > rule.above) | (cover[w] < rule.cover_below);
        let goes_on = (before[w] < 0.0) & ((price[w] > rule.until) | (cover[w] < rule.cover_until));
        on[w] = if begins | goes_on { 1.0 } else { 0.0 };
    }
    on
}

/// 1 where it buys: it begins below one price, and goes on to the other, until it holds or awaits its target.
#[inline(always)]
fn buying(rule: &Buying, before: &Row, price: &Row, position: &Row) -> Row {
    let mut on = ZERO;
    for w in 0..WIDTH {
        let cheap = (price[w] < rule.below) | ((before[w] > 0.0) & (price[w] < rule.until));
        on[w] = if cheap & (position[w] < rule.target) { 1.0 } else { 0.0 };
    }
    on
}

/// What a customer wants on its shelf, t: cover times what it expects to use.
#[inline(always)]
fn shelf(slot: usize, state: &State) -> Row {
    let (usage, cover) = (&state.slots[slot].usage_forecast, &state.slots[slot].cover);
    let mut want = ZERO;
    for w in 0..WIDTH {
        want[w] = usage[w] * cover[w];
    }
    want
}

/// What its customers have on their shelves of what they want there, each counted up to its own; one if they want nothing.
#[inline(always)]
fn cover(policy: &Stockpile, state: &State) -> Row {
    let (mut have, mut want) = (ZERO, ZERO);
    for customer in &policy.customers {
        let (shelf, on_hand) = (shelf(customer.slot, state), &state.slots[customer.slot].on_hand);
        for w in 0..WIDTH {
            have[w] += min(on_hand[w], shelf[w]);
            want[w] += shelf[w];
        }
    }
    let mut share = ZERO;
    for w in 0..WIDTH {
        let part = have[w] / want[w];
        share[w] = if want[w] > 0.0 { part } else { 1.0 };
    }
    share
}

/// Divides an order over its suppliers; one who may not sell to it gets none.
#[inline(always)]
fn buy(world: World<'_>, s: usize, wanted: &Row, state: &mut State) {
    let n = world.network;
    for &l in n.inbound[s].iter().filter(|&&l| !n.lanes[l].push) {
        let (share, eligible) = (n.lanes[l].share, &state.lanes[l].eligible);
        let mut order = ZERO;
        for w in 0..WIDTH {
            order[w] = wanted[w] * share * eligible[w];
        }
        super::order::put(n.lanes[l].from, s, l, &order, state);
    }
}

/// Divides what may be released this week among those it serves.
#[inline(always)]
pub(super) fn offer(world: World<'_>, state: &mut State) {
    let n = world.network;
    for (i, policy) in n.stockpiles.iter().enumerate() {
        let mut left = state.stockpiles[i].offered;
        for l in n.outbound[policy.slot].clone() {
            state.lanes[l].shipped = ZERO;
        }
        for turn in &policy.turns {
            serve(world, &policy.customers[turn.clone()], true, &mut left, state);
        }
        serve(world, &policy.customers, false, &mut left, state);
    }
}

/// Sends it, as far as quotas let it pass.
#[inline(always)]
pub(super) fn send(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    for policy in &world.network.stockpiles {
        let mut gone = ZERO;
        for customer in &policy.customers {
            let lane = customer.lane;
            let shipped = state.lanes[lane].shipped;
            add(&mut gone, &shipped);
            add(&mut state.slots[customer.slot].on_order, &shipped);
            if world.shocks.reroutes[customer.slot] {
                to_the_stranded(customer.slot, &shipped, state);
            }
            if state.lanes[lane].licence.is_none() {
                carry(world, now, lane, &shipped, state);
            }
        }
        let on_hand = &mut state.slots[policy.slot].on_hand;
        for w in 0..WIDTH {
            on_hand[w] = max(on_hand[w] - gone[w], 0.0);
        }
    }
}

/// Of what is sent to a slot some of whose buyers nobody else may serve, the part of what these lack is theirs.
#[inline(always)]
fn to_the_stranded(slot: usize, sent: &Row, state: &mut State) {
    let (theirs, want) = (state.stranded_on_hand(slot), shelf(slot, state));
    let slot = &mut state.slots[slot];
    for w in 0..WIDTH {
        let alone = 1.0 - slot.reach[w];
        let lack = max(alone * want[w] - theirs[w], 0.0);
        let all = lack + max(slot.reach[w] * want[w] - (slot.on_hand[w] - theirs[w]), 0.0);
        let part = lack / all;
        slot.stranded[w] += sent[w] * if all > 0.0 { part } else { alone };
    }
}

/// Divides what is left among some customers by what they lack, no more than that; or by what they use.
#[inline(always)]
fn serve(world: World<'_>, customers: &[Customer], lacking: bool, left: &mut Row, state: &mut State) {
    let n = world.network;
    let mut total = ZERO;
    let weight = |c: &Customer, state: &State| if lacking { lack(world, c, state) } else { splat(n.slots[c.slot].flow) };
    for c in customers {
        let weight = weight(c, state);
        let open = passes(world, c.lane, state);
        for w in 0..WIDTH {
            total[w] += weight[w] * open[w];
        }
    }
    let mut share = ZERO;
    for w in 0..WIDTH {
        let part = left[w] / total[w];
        let part = if lacking { min(part, 1.0) } else { part };
        share[w] = if total[w] > 0.0 { part } else { 0.0 };
    }
    for c in customers {
        let (weight, open) = (weight(c, state), passes(world, c.lane, state));
        let shipped = &mut state.lanes[c.lane].shipped;
        for w in 0..WIDTH {
            let given = min(weight[w] * open[w] * share[w], left[w]);
            shipped[w] += given;
            left[w] -= given;
        }
    }
}

/// What a customer lacks of what it wants on its shelf and owes, beyond what is on its way from here, t.
#[inline(always)]
fn lack(world: World<'_>, c: &Customer, state: &State) -> Row {
    let (want, on_hand) = (shelf(c.slot, state), &state.slots[c.slot].on_hand);
    let mut coming = super::balance::in_transit(state, c.lane);
    if let Some(h) = state.lanes[c.lane].licence {
        // What a desk holds of it is on its way too.
        add(&mut coming, &super::balance::held_on(world, state, h));
    }
    let waits = world.network.slots[c.slot].user.map_or(ZERO, |u| state.users[u].backlog);
    let mut lack = ZERO;
    for w in 0..WIDTH {
        lack[w] = max(want[w] + waits[w] - on_hand[w] - coming[w], 0.0);
    }
    lack
}

/// What a lane lets pass: one, unless a ban or a desk is over it.
#[inline(always)]
fn passes(world: World<'_>, l: usize, state: &State) -> Row {
    if !world.shocks.ruled[l] {
        return ONE;
    }
    let (open, eligible) = (&state.lanes[l].open, &state.lanes[l].eligible);
    let mut pass = ZERO;
    for w in 0..WIDTH {
        pass[w] = min(open[w], eligible[w]);
    }
    pass
}
