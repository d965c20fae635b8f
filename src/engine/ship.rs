//! In: orders owed, stock on hand, quotas, licences. Out: shipments to carriers and desks; what exceeds a target is pushed on or drained.

use super::events::{allowance, shrink};
use super::rounds::Outlet;
use super::state::Ring;
use super::{State, World, pool, share, smuggle, stockpile};
use crate::network::Role;
use crate::shocks::PeriodShocks;
use crate::shocks::disruption::quotas::Quota;
use crate::wide::{Row, WIDTH, ZERO, add, any, each, max, min, times};

/// Shipments below this share of a lane's opening flow are left over from rounding.
const DUST: f64 = 1e-9;

/// Allocates, applies quotas, and sends.
#[inline(always)]
pub fn ship(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let World { network: n, shocks, rounds, .. } = world;
    // A slot no quota looks at is settled at once, while its rows are at hand.
    for outlet in &rounds.outlets {
        if outlet.alone {
            hand_over(world, now, outlet, state);
            continue;
        }
        allocate(world, outlet, state);
        if !outlet.rationed {
            settle(world, now, outlet, state);
        }
    }
    stockpile::offer(world, state);
    let in_force = || shocks.quotas.iter().enumerate().filter(|(_, quota)| now.active[quota.event]);
    for (_, quota) in in_force() {
        foresee_pushes(world, quota, state);
    }
    for (q, quota) in in_force() {
        let (asked, may) = (shipped(&quota.lanes, state), allowance(world, now, state, q));
        if quota.exponent > 0.0 {
            pool::ration(world, quota, &asked, &may, state);
            continue;
        }
        let factor = shrink(&asked, &may);
        for &l in &quota.lanes {
            times(&mut state.lanes[l].shipped, &factor);
        }
    }
    for outlet in rounds.outlets.iter().filter(|outlet| outlet.rationed) {
        settle(world, now, outlet, state);
    }
    for (q, quota) in in_force() {
        let used = shipped(&quota.lanes, state);
        state.quotas[q].spend(&used);
    }
    stockpile::send(world, now, state);
    licences(world, now, state);
    if !n.illicit.is_empty() {
        smuggle::smuggle(world, now, state);
    }
}

/// What is shipped this period on some lanes together.
#[inline(always)]
fn shipped(lanes: &[usize], state: &State) -> Row {
    let mut sum = ZERO;
    for &l in lanes {
        add(&mut sum, &state.lanes[l].shipped);
    }
    sum
}

/// Most that may leave on a lane this period, t: what is owed, as far as it is open, its buyers eligible and carriers to be had.
#[inline(always)]
fn may_leave(world: World<'_>, l: usize, state: &State) -> Row {
    let terms = &world.rounds.terms[l];
    let mut most = state.lanes[l].backorders;
    if terms.ruled {
        let (open, eligible, placed) = (&state.lanes[l].open, &state.lanes[l].eligible, &state.lanes[l].placed);
        for w in 0..WIDTH {
            // A lane partly shut passes that part of a normal week, however much is owed.
            let part = open[w] * max(placed[w], terms.flow);
            most[w] = min(most[w], if open[w] < 1.0 { part } else { f64::INFINITY });
        }
        if terms.capacity < f64::INFINITY {
            for w in 0..WIDTH {
                most[w] = min(most[w], terms.capacity * eligible[w]);
            }
        }
    } else if terms.capacity < f64::INFINITY {
        for w in 0..WIDTH {
            most[w] = min(most[w], terms.capacity);
        }
    }
    if world.shocks.capped
        && let Some(h) = state.lanes[l].licence
        && !world.shocks.licensed[h].collateral
        && world.network.lanes[l].joins.is_none()
    {
        // Who may not hoard files for no more than normal trade, times what is allowed, and its share of it.
        let (cap, eligible) = (&state.volume_cap[world.shocks.licensed[h].desk], &state.lanes[l].eligible);
        for w in 0..WIDTH {
            let part = cap[w] * terms.flow * eligible[w];
            most[w] = min(most[w], if cap[w] < f64::INFINITY { part } else { f64::INFINITY });
        }
    }
    most
}

/// Sends the one customer of a slot what it is owed, as far as there is enough.
#[inline(always)]
fn hand_over(world: World<'_>, now: &PeriodShocks, outlet: &Outlet, state: &mut State) {
    let l = outlet.lanes.start;
    let capacity = world.rounds.terms[l].capacity;
    let (here, lane) = (&mut state.slots[outlet.slot], &mut state.lanes[l]);
    // What is on time goes into the ring in the same loop.
    let on_time = if now.late[l] { None } else { Some(due(world, l, state.rings[l])) };
    let (mut on_hand, mut owed, mut backorders, mut shipped) = (here.on_hand, here.owed, lane.backorders, ZERO);
    let mut arriving = on_time.map_or(ZERO, |at| state.transit[at]);
    if outlet.infinite {
        for w in 0..WIDTH {
            let q = min(backorders[w], capacity);
            backorders[w] = max(backorders[w] - q, 0.0);
            owed[w] = max(owed[w] - q, 0.0);
            arriving[w] += q;
            shipped[w] = q;
        }
        add(&mut here.sourced, &shipped);
    } else {
        for w in 0..WIDTH {
            let q = min(min(backorders[w], capacity), on_hand[w]);
            backorders[w] = max(backorders[w] - q, 0.0);
            owed[w] = max(owed[w] - q, 0.0);
            on_hand[w] = max(on_hand[w] - q, 0.0);
            arriving[w] += q;
            shipped[w] = q;
        }
        here.on_hand = on_hand;
    }
    (here.owed, lane.backorders, lane.shipped) = (owed, backorders, shipped);
    match on_time {
        Some(at) => state.transit[at] = arriving,
        None => carry(world, now, l, &shipped, state),
    }
}

/// Divides what a slot has among what its customers are owed: capped weighted rationing (MODEL 6.3).
#[inline(always)]
fn allocate(world: World<'_>, outlet: &Outlet, state: &mut State) {
    let s = outlet.slot;
    let have = state.slots[s].on_hand;
    if outlet.lanes.len() == 1 && !world.rounds.terms[outlet.lanes.start].push {
        // One customer: nothing to divide.
        let mut q = may_leave(world, outlet.lanes.start, state);
        if !outlet.infinite {
            for w in 0..WIDTH {
                q[w] = min(q[w], have[w]);
            }
        }
        state.lanes[outlet.lanes.start].shipped = q;
        return;
    }
    let mut asked = ZERO;
    for l in outlet.lanes.clone() {
        let mut q = ZERO;
        if !world.rounds.terms[l].push {
            q = may_leave(world, l, state);
            add(&mut asked, &q);
        }
        state.lanes[l].shipped = q;
    }
    if outlet.infinite || !any(|w| asked[w] > have[w]) {
        return;
    }
    share::share(world, s, &have, &asked, state);
}

/// What will be pushed on lanes under a quota, so that it counts beside what was ordered there.
#[inline(always)]
fn foresee_pushes(world: World<'_>, quota: &Quota, state: &mut State) {
    let n = world.network;
    // What a stockpile releases is known already.
    for &l in quota.lanes.iter().filter(|&&l| n.lanes[l].push && n.slots[n.lanes[l].from].role == Role::Output) {
        let s = n.lanes[l].from;
        let target = state.target(world, s);
        let mut ordered = ZERO;
        for l in n.outbound[s].clone().filter(|&l| !n.lanes[l].push) {
            add(&mut ordered, &state.lanes[l].shipped);
        }
        let on_hand = &state.slots[s].on_hand;
        let excess = each(|w| max(on_hand[w] - ordered[w] - target[w], 0.0));
        state.lanes[l].shipped = pushed(world, l, &excess, state);
    }
}

/// The part of an excess that leaves on a push lane: open, to those who may have it.
#[inline(always)]
fn pushed(world: World<'_>, l: usize, excess: &Row, state: &State) -> Row {
    let lane = &world.network.lanes[l];
    let mut most = ZERO;
    for w in 0..WIDTH {
        most[w] = min(excess[w] * lane.share, lane.capacity);
    }
    if world.shocks.ruled[l] {
        let (open, eligible) = (&state.lanes[l].open, &state.lanes[l].eligible);
        for w in 0..WIDTH {
            most[w] = min(excess[w] * lane.share * min(open[w], eligible[w]), lane.capacity);
        }
    }
    most
}

/// Takes what was shipped off the books and the shelf, then pushes and drains the excess.
#[inline(always)]
fn settle(world: World<'_>, now: &PeriodShocks, outlet: &Outlet, state: &mut State) {
    let (s, terms) = (outlet.slot, &world.rounds.terms);
    if !outlet.lanes.is_empty() {
        let (mut debt, mut on_hand) = (state.slots[s].owed, state.slots[s].on_hand);
        for l in outlet.lanes.clone().filter(|&l| !terms[l].push) {
            let lane = &mut state.lanes[l];
            let (shipped, mut backorders) = (lane.shipped, lane.backorders);
            for w in 0..WIDTH {
                backorders[w] = max(backorders[w] - shipped[w], 0.0);
                debt[w] = max(debt[w] - shipped[w], 0.0);
            }
            lane.backorders = backorders;
            if outlet.infinite {
                add(&mut state.slots[s].sourced, &shipped);
            } else {
                for w in 0..WIDTH {
                    on_hand[w] = max(on_hand[w] - shipped[w], 0.0);
                }
            }
            if !terms[l].desk {
                carry(world, now, l, &shipped, state);
            }
        }
        let here = &mut state.slots[s];
        (here.owed, here.on_hand) = (debt, on_hand);
    }
    if outlet.pushes {
        push(world, now, s, state);
    }
}

/// Pushes on and drains what exceeds the target of an output.
#[inline(always)]
fn push(world: World<'_>, now: &PeriodShocks, s: usize, state: &mut State) {
    let World { network: n, shocks, .. } = world;
    let (target, on_hand) = (state.target(world, s), state.slots[s].on_hand);
    let excess = each(|w| max(on_hand[w] - target[w], 0.0));
    let mut gone = ZERO;
    let mut shares = 0.0;
    for l in n.outbound[s].clone().filter(|&l| world.rounds.terms[l].push) {
        let lane = &n.lanes[l];
        shares += lane.share;
        let mut pushed = pushed(world, l, &excess, state);
        for quota in shocks.quotas.iter().filter(|q| now.active[q.event] && q.lanes.binary_search(&l).is_ok()) {
            // Only where the quota is in force: a realization must not feel that it is for a neighbour.
            let (granted, strength) = (&state.lanes[l].shipped, &now.strength[quota.event]);
            for w in 0..WIDTH {
                let held = min(pushed[w], granted[w]);
                pushed[w] = if strength[w] > 0.0 { held } else { pushed[w] };
            }
        }
        add(&mut gone, &pushed);
        add(&mut state.slots[lane.to].on_order, &pushed);
        state.lanes[l].shipped = pushed;
        if !world.rounds.terms[l].desk {
            carry(world, now, l, &pushed, state);
        }
    }
    if n.slots[s].drains {
        let share = (1.0 - shares).max(0.0);
        let mut drained = ZERO;
        for w in 0..WIDTH {
            drained[w] = excess[w] * share;
        }
        add(&mut state.slots[s].drained, &drained);
        add(&mut gone, &drained);
    }
    state.slots[s].on_hand = each(|w| max(on_hand[w] - gone[w], 0.0));
}

/// Puts mass into the transit ring, due after the lead time and any delay.
#[inline(always)]
pub(super) fn carry(world: World<'_>, now: &PeriodShocks, l: usize, mass: &Row, state: &mut State) {
    if now.late[l] {
        let (ring, delay, lead) = (state.rings[l], &now.delay[l], world.rounds.terms[l].lead);
        for w in 0..WIDTH {
            let at = (ring.head + lead + delay[w] as usize) % ring.len;
            state.transit[ring.start + at][w] += mass[w];
        }
    } else {
        add(&mut state.transit[due(world, l, state.rings[l])], mass);
    }
}

/// Row of the transit ring in which what leaves now and is on time will arrive.
#[inline(always)]
fn due(world: World<'_>, l: usize, ring: Ring) -> usize {
    let at = ring.head + world.rounds.terms[l].lead;
    ring.start + if at >= ring.len { at - ring.len } else { at }
}

/// Routes shipments on licensed lanes: under a general licence or free of the desk to the carrier, the rest to the desk's calendar.
#[inline(always)]
fn licences(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let World { shocks, draws, .. } = world;
    for (d, desk) in shocks.desks.iter().enumerate() {
        let active = now.active[desk.event];
        // Files of this period wait behind the queue as it stood before them (ruling 10), in the week of the clock.
        let (clock, queue) = (state.clock[d], state.queue[d]);
        let mut wait = ZERO;
        if let Some(p) = desk.applications {
            let decided = draws.event(p);
            wait = each(|w| (queue[w] / decided[w]).floor());
        }
        if active {
            state.calendars[d].open();
        }
        let (mut files, mut taken) = (ZERO, ZERO);
        for h in desk.lanes.clone() {
            let l = shocks.licensed[h].lane;
            let shipped = state.lanes[l].shipped;
            if !active {
                add(&mut state.lanes[l].cleared, &shipped);
                carry(world, now, l, &shipped, state);
                continue;
            }
            let (share, mut permit) = (&state.hold_share[h], state.permit[h]);
            let (mut held, mut free) = (ZERO, ZERO);
            // What rounding left over is no file, and takes nobody's turn.
            let dust = DUST * world.network.lanes[l].flow;
            for w in 0..WIDTH {
                let subject = shipped[w] * share[w];
                let permitted = min(subject, permit[w]);
                permit[w] -= permitted;
                held[w] = subject - permitted;
                free[w] = shipped[w] - held[w];
                files[w] += if held[w] > dust { 1.0 } else { 0.0 };
                taken[w] += held[w];
            }
            state.permit[h] = permit;
            add(&mut state.lanes[l].cleared, &free);
            carry(world, now, l, &free, state);
            let mut weeks = now.review[h];
            add(&mut weeks, &wait);
            state.calendars[d].file(h - desk.lanes.start, &held, &clock, &weeks, &now.returned[h]);
        }
        add(&mut state.held[d], &taken);
        add(&mut state.applications.filed, &taken);
        if desk.applications.is_some() {
            add(&mut state.queue[d], &files);
        }
    }
}
