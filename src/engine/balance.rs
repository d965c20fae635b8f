//! In: a state. Out: whether mass, orders and signs are right (MODEL section 9).

use super::calendar::Calendar;
use super::{State, World};
use crate::wide::{Row, WIDTH, ZERO, add, each};

/// Element mass in and out of the chain, t: everything that must add up.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// On hand, in transit, held and in use, per element.
    pub inside: Vec<Row>,
    /// Mined and taken from infinite sources since the start.
    pub mined: Vec<Row>,
    /// Served, drained, spoiled, lost, seized and dissipated since the start.
    pub left: Vec<Row>,
}

/// No stock, ring or backorder is negative or not a number.
pub fn nothing_negative(state: &State) -> bool {
    let good = |row: &Row| row.iter().all(|x| *x >= 0.0);
    state.slots.iter().all(|s| good(&s.on_hand) && good(&s.stranded))
        && state.lanes.iter().all(|l| good(&l.backorders))
        && state.transit.iter().all(good)
        && state.in_use.iter().all(good)
        && state.calendars.iter().flat_map(Calendar::waiting).flatten().all(|row| good(&row))
}

/// Adds up every element.
pub fn ledger(world: World<'_>, state: &State) -> Ledger {
    let n = world.network;
    let elements = n.elements.len();
    let mut out = Ledger { inside: vec![ZERO; elements], mined: vec![ZERO; elements], left: vec![ZERO; elements] };
    let book = |to: &mut Vec<Row>, commodity: usize, mass: &Row| {
        for (e, content) in n.commodities[commodity].content.iter().enumerate() {
            for w in 0..WIDTH {
                to[e][w] += content * mass[w];
            }
        }
    };
    for (s, slot) in n.slots.iter().enumerate() {
        if !slot.infinite {
            book(&mut out.inside, slot.commodity, &state.slots[s].on_hand);
        }
        book(&mut out.left, slot.commodity, &state.slots[s].drained);
        book(&mut out.mined, slot.commodity, &state.slots[s].sourced);
    }
    for (l, lane) in n.lanes.iter().enumerate() {
        book(&mut out.inside, n.slots[lane.from].commodity, &in_transit(state, l));
    }
    for (lane, here) in n.illicit.iter().zip(&state.illicit) {
        book(&mut out.left, n.slots[n.lanes[lane.lane].from].commodity, &here.seized_total);
    }
    let waiting = held(state);
    for (h, licensed) in world.shocks.licensed.iter().enumerate() {
        let commodity = n.slots[n.lanes[licensed.lane].from].commodity;
        book(&mut out.inside, commodity, &waiting[h]);
    }
    for (a, activity) in n.activities.iter().enumerate() {
        let worked = &state.worked[a];
        for (e, loss) in activity.loss.iter().enumerate() {
            let to = if activity.inputs.is_empty() { &mut out.mined[e] } else { &mut out.left[e] };
            for w in 0..WIDTH {
                to[w] += loss.abs() * worked[w];
            }
        }
    }
    for (plant, here) in n.plants.iter().zip(&state.plants) {
        let Some(a) = plant.learns else { continue };
        for (&(slot, _), spoiled) in n.activities[a].outputs.iter().zip(&here.spoiled) {
            book(&mut out.left, n.slots[slot].commodity, spoiled);
        }
    }
    // What a programme wins back is not lost.
    for (recovery, won) in world.shocks.materials.recoveries.iter().zip(&state.recovered) {
        for (slot, amount) in &n.activities[recovery.activity].outputs {
            for (e, content) in n.commodities[n.slots[*slot].commodity].content.iter().enumerate() {
                for w in 0..WIDTH {
                    out.left[e][w] -= amount * content * won[w];
                }
            }
        }
    }
    // What is served is gone, unless it is in use until it wears out.
    let mut followed = vec![false; n.users.len()];
    let mut first = 0;
    for (x, wear) in n.in_use.iter().zip(&state.wear) {
        let commodity = n.slots[n.users[x.user].slot].commodity;
        state.in_use[first..first + x.stages].iter().for_each(|row| book(&mut out.inside, commodity, row));
        book(&mut out.left, commodity, &wear.dissipated);
        followed[x.user] = true;
        first += x.stages;
    }
    for (u, user) in n.users.iter().enumerate().filter(|(u, _)| !followed[*u]) {
        book(&mut out.left, n.slots[user.slot].commodity, &state.users[u].served_total);
    }
    out
}

/// Largest relative error of element mass since `before`: what is inside and left, less what was mined, must not have changed.
pub fn mass_error(before: &Ledger, now: &Ledger) -> f64 {
    let mut worst: f64 = 0.0;
    for e in 0..now.inside.len() {
        for w in 0..WIDTH {
            let total = |l: &Ledger| l.inside[e][w] + l.left[e][w] - l.mined[e][w];
            let scale = before.inside[e][w].max(now.mined[e][w]).max(1e-9);
            worst = worst.max((total(now) - total(before)).abs() / scale);
        }
    }
    worst
}

/// Mass in a lane's transit ring.
pub fn in_transit(state: &State, lane: usize) -> Row {
    let ring = state.rings[lane];
    let mut sum = ZERO;
    state.transit[ring.start..ring.start + ring.len].iter().for_each(|r| add(&mut sum, r));
    sum
}

/// Mass of each licensed lane held at its desk.
pub fn held(state: &State) -> Vec<Row> {
    state.calendars.iter().flat_map(Calendar::waiting).map(total_of).collect()
}

/// The same of one licensed lane.
pub fn held_on(world: World<'_>, state: &State, licensed: usize) -> Row {
    let desk = world.shocks.licensed[licensed].desk;
    total_of(state.calendars[desk].of_lane(licensed - world.shocks.desks[desk].lanes.start))
}

fn total_of(rows: impl Iterator<Item = Row>) -> Row {
    let mut sum = ZERO;
    rows.for_each(|row| add(&mut sum, &row));
    sum
}

/// Largest relative gap between the running sum of what a slot has on order and the books of its lanes.
pub fn on_order_gap(world: World<'_>, state: &State) -> f64 {
    let n = world.network;
    let mut worst: f64 = 0.0;
    let waiting = held(state);
    for s in 0..n.slots.len() {
        let mut sum = ZERO;
        // A stockpile has no flow, and is as large as what it holds.
        let mut scale = n.slots[s].flow.max(n.slots[s].stock.unwrap_or(0.0));
        for &l in &n.inbound[s] {
            add(&mut sum, &in_transit(state, l));
            if !n.lanes[l].push {
                add(&mut sum, &state.lanes[l].backorders);
            }
            if let Some(h) = state.lanes[l].licence {
                add(&mut sum, &waiting[h]);
            }
        }
        // Of a running sum rounding may leave grains: a gram is the least that counts.
        scale = sum.iter().copied().fold(scale, f64::max).max(1e-6);
        let gap = each(|w| (sum[w] - state.slots[s].on_order[w]).abs() / scale);
        worst = gap.iter().copied().fold(worst, f64::max);
    }
    worst
}
