//! In: what is on hand. Out: what facilities make of it, and what final demand is served.

use super::events::{allowance, shrink};
use super::offer::{AHEAD, READY};
use super::{State, World, in_use};
use crate::scenario::schema::Drive;
use crate::shocks::PeriodShocks;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, any, exp, ln, max, min, splat, sum_of, times};

/// Leontief production with co-products, then final service. Each facility uses only its own slots, so order does not matter.
#[inline(always)]
pub fn produce(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let World { network: n, shocks, rounds, .. } = world;
    // What no quota looks at is made at once, while its rows are at hand.
    for work in &rounds.works {
        make(world, work.facility, state);
        if !work.rationed {
            run_all(world, work.facility, state);
        }
    }
    for (q, quota) in shocks.quotas.iter().enumerate().filter(|(_, quota)| now.active[quota.event]) {
        let factor = shrink(&sum_of(&state.activity, &quota.activities), &allowance(world, now, state, q));
        for &a in &quota.activities {
            times(&mut state.activity[a], &factor);
        }
    }
    for work in rounds.works.iter().filter(|work| work.rationed) {
        run_all(world, work.facility, state);
    }
    in_use::recover(world, state);
    for k in 0..n.plants.len() {
        spoil(world, k, state);
    }
    // What lacked its inputs has used up nothing.
    for (q, quota) in shocks.quotas.iter().enumerate().filter(|(_, quota)| now.active[quota.event]) {
        let used = sum_of(&state.activity, &quota.activities);
        state.quotas[q].spend(&used);
    }
    demand(world, now, state);
    for u in 0..n.users.len() {
        serve(world, u, state);
    }
    in_use::enter(world, state);
}

/// Sets the desired activity of each recipe of a facility, within its capacity.
#[inline(always)]
fn make(world: World<'_>, f: usize, state: &mut State) {
    let n = world.network;
    let facility = &n.facilities[f];
    let mut total = ZERO;
    for a in facility.activities.clone() {
        let mut wanted = match facility.drive {
            Drive::Pull => pulled(world, a, state),
            Drive::Throttle => throttled(world, a, state),
            Drive::Feed => fed(world, a, state),
        };
        if let Some(plant) = facility.plant {
            make_good(&mut wanted, &state.plants[plant].loss);
        }
        add(&mut total, &wanted);
        state.activity[a] = wanted;
    }
    let ceiling = state.ceiling[f];
    if any(|w| total[w] > ceiling[w]) {
        for a in facility.activities.clone() {
            let mut row = state.activity[a];
            for w in 0..WIDTH {
                let part = row[w] * (ceiling[w] / total[w]);
                row[w] = if total[w] > ceiling[w] { part } else { row[w] };
            }
            state.activity[a] = row;
        }
    }
    if facility.drive != Drive::Feed {
        // Several recipes may take the same.
        for a in facility.activities.clone() {
            for (slot, _) in &n.activities[a].inputs {
                state.slots[*slot].desired = ZERO;
            }
        }
        for a in facility.activities.clone() {
            let mut row = state.activity[a];
            if facility.planned {
                row = outlook(world, a, &ceiling, state);
            }
            for (slot, amount) in &n.activities[a].inputs {
                let desired = &mut state.slots[*slot].desired;
                for w in 0..WIDTH {
                    desired[w] += row[w] * amount;
                }
            }
        }
    }
}

/// Activity for which a planned facility lays in feed: up to twice what is ordered of it, as it grows into its capacity.
#[inline(always)]
fn outlook(world: World<'_>, a: usize, ceiling: &Row, state: &State) -> Row {
    let activity = &world.network.activities[a];
    let mut units = ZERO;
    for &d in &activity.drivers {
        let (slot, per_unit) = activity.outputs[d];
        let (forecast, scale) = (&state.slots[slot].order_forecast, AHEAD / per_unit);
        for w in 0..WIDTH {
            units[w] = min(max(units[w], scale * forecast[w] + READY * ceiling[w]), ceiling[w]);
        }
    }
    units
}

/// Makes as much more as will be spoiled.
#[inline(always)]
fn make_good(wanted: &mut Row, loss: &Row) {
    for w in 0..WIDTH {
        wanted[w] /= 1.0 - loss[w];
    }
}

/// Takes what a plant that still learns has spoiled off its shelf.
#[inline(always)]
fn spoil(world: World<'_>, k: usize, state: &mut State) {
    let n = world.network;
    let Some(a) = n.plants[k].learns else { return };
    let (made, loss) = (state.activity[a], state.plants[k].loss);
    for (i, &(slot, amount)) in n.activities[a].outputs.iter().enumerate() {
        let (on_hand, spoiled) = (&mut state.slots[slot].on_hand, &mut state.plants[k].spoiled[i]);
        for w in 0..WIDTH {
            let gone = min(amount * made[w] * loss[w], on_hand[w]);
            on_hand[w] -= gone;
            spoiled[w] += gone;
        }
    }
}

/// Orders expected, and a share of the gap between the output target and what is on hand net of what is owed.
#[inline(always)]
fn pulled(world: World<'_>, a: usize, state: &State) -> Row {
    let n = world.network;
    let correction = world.draws.of(n.behaviour.output_correction);
    let mut most = ZERO;
    for &d in &n.activities[a].drivers {
        let (slot, per_unit) = n.activities[a].outputs[d];
        let units = 1.0 / per_unit;
        let (forecast, cover) = (&state.slots[slot].order_forecast, &state.slots[slot].cover);
        let (on_hand, owed) = (&state.slots[slot].on_hand, &state.slots[slot].owed);
        for w in 0..WIDTH {
            let gap = cover[w] * forecast[w] - (on_hand[w] - owed[w]);
            most[w] = max(most[w], (forecast[w] + correction[w] * gap) * units);
        }
    }
    most
}

/// The opening rate, answering basket value, down to zero between one and two times the concentrate target, up below it.
#[inline(always)]
fn throttled(world: World<'_>, a: usize, state: &State) -> Row {
    let n = world.network;
    let activity = &n.activities[a];
    let Some(&(slot, _)) = activity.drivers.first().and_then(|&d| activity.outputs.get(d)) else { return ZERO };
    let (on_hand, owed, cover) = (state.slots[slot].on_hand, state.slots[slot].owed, state.slots[slot].cover);
    let flow = n.slots[slot].flow;
    let mut answer = ONE;
    if n.needs.mines_answer && !activity.basket.is_empty() {
        let elasticity = world.draws.of(n.price.mine_elasticity);
        let mut value = ZERO;
        for (m, share) in &activity.basket {
            let felt = &state.markets[*m].felt;
            for w in 0..WIDTH {
                value[w] += share * felt[w];
            }
        }
        value = ln(&value);
        for w in 0..WIDTH {
            value[w] *= elasticity[w];
        }
        answer = exp(&value);
    }
    let mut wanted = ZERO;
    for w in 0..WIDTH {
        // Without much of a stockpile a week's flow is the measure: else the mine would dig double in one week and rest in the next.
        let scale = max(max(cover[w], 1.0) * flow, 1e-12);
        let gap = cover[w] * flow - (on_hand[w] - owed[w]);
        wanted[w] = activity.rate * answer[w] * max(1.0 + gap / scale, 0.0);
    }
    wanted
}

/// A fixed share of what lies in the works: stock over cover plus one week.
#[inline(always)]
fn fed(world: World<'_>, a: usize, state: &State) -> Row {
    let activity = &world.network.activities[a];
    let mut least = splat(f64::INFINITY);
    for (slot, amount) in &activity.inputs {
        let (on_hand, cover) = (&state.slots[*slot].on_hand, &state.slots[*slot].cover);
        for w in 0..WIDTH {
            least[w] = min(on_hand[w] / ((cover[w] + 1.0) * amount), least[w]);
        }
    }
    for w in 0..WIDTH {
        least[w] = if least[w] < f64::INFINITY { max(least[w], 0.0) } else { 0.0 };
    }
    least
}

/// Runs the recipes of a facility.
#[inline(always)]
fn run_all(world: World<'_>, f: usize, state: &mut State) {
    for a in world.network.facilities[f].activities.clone() {
        run(world, a, state);
    }
}

/// Runs one recipe as far as its scarcest input allows.
#[inline(always)]
fn run(world: World<'_>, a: usize, state: &mut State) {
    let activity = &world.network.activities[a];
    let mut u = state.activity[a];
    for (slot, amount) in &activity.inputs {
        let units = 1.0 / amount;
        let usable = if world.shocks.reroutes[*slot] { &usable(*slot, &u, *amount, state) } else { &state.slots[*slot].on_hand };
        for w in 0..WIDTH {
            u[w] = max(min(u[w], usable[w] * units), 0.0);
        }
    }
    for (slot, amount) in &activity.inputs {
        if world.shocks.reroutes[*slot] {
            let theirs = state.stranded_on_hand(*slot);
            let slot = &mut state.slots[*slot];
            for w in 0..WIDTH {
                slot.stranded[w] = max(slot.stranded[w] - min((1.0 - slot.reach[w]) * amount * u[w], theirs[w]), 0.0);
            }
        }
    }
    for (slot, amount) in &activity.inputs {
        let on_hand = &mut state.slots[*slot].on_hand;
        for w in 0..WIDTH {
            on_hand[w] = max(on_hand[w] - amount * u[w], 0.0);
        }
    }
    for (slot, amount) in &activity.outputs {
        let on_hand = &mut state.slots[*slot].on_hand;
        for w in 0..WIDTH {
            on_hand[w] += amount * u[w];
        }
    }
    state.activity[a] = u;
    if activity.moves_mass {
        add(&mut state.worked[a], &u);
    }
}

/// What may be used of an input some of whose buyers are stranded: each side its own, for its own share of the work.
#[inline(always)]
fn usable(slot: usize, activity: &Row, amount: f64, state: &State) -> Row {
    let theirs = state.stranded_on_hand(slot);
    let (here, reach) = (&state.slots[slot].on_hand, &state.slots[slot].reach);
    let mut usable = ZERO;
    for w in 0..WIDTH {
        let wanted = activity[w] * amount;
        usable[w] = min(reach[w] * wanted, here[w] - theirs[w]) + min((1.0 - reach[w]) * wanted, theirs[w]);
    }
    usable
}

/// Demand of this period: growth, events, price, noise, grade mix.
#[inline(always)]
fn demand(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let World { network: n, draws, .. } = world;
    for (i, &(market, elasticity)) in n.needs.answers.iter().enumerate() {
        let elasticity = draws.of(elasticity);
        let mut log = ln(&state.markets[market].felt);
        for w in 0..WIDTH {
            log[w] *= -elasticity[w];
        }
        state.price_answer[i] = exp(&log);
    }
    for (u, user) in n.users.iter().enumerate() {
        let mut level = state.users[u].demand_factor;
        if let Some(i) = n.needs.growth[u] {
            times(&mut level, &state.growth[i]);
        }
        if let Some(i) = n.needs.answer[u] {
            times(&mut level, &state.price_answer[i]);
        }
        // Noise and growth act on the facility; the mix decides how much of it is this grade.
        times(&mut level, &now.demand[user.facility]);
        times(&mut level, &mix(world, u, state));
        state.users[u].demand = level;
    }
    for (growth, pace) in state.growth.iter_mut().zip(&state.pace) {
        times(growth, pace);
    }
}

/// Serves a user: first what waits, then what is new.
#[inline(always)]
fn serve(world: World<'_>, u: usize, state: &mut State) {
    let World { network: n, draws, shocks, .. } = world;
    let user = &n.users[u];
    let demand = state.users[u].demand;
    let mut most = splat(f64::MAX);
    if let Some(p) = user.headroom {
        // Catch-up is bounded by capacity, this week's own demand never by less than the opening.
        let headroom = draws.of(p);
        for w in 0..WIDTH {
            most[w] = headroom[w] * max(demand[w], user.demand);
        }
    }
    let (waits, leaves) = (user.backlog, 1.0 - user.backlog);
    let (mut served, mut backlog, mut lost) = (ZERO, state.users[u].backlog, ZERO);
    if shocks.reroutes[user.slot] {
        // Buyers who may not order live on what was theirs; the others on the rest.
        let theirs = state.stranded_on_hand(user.slot);
        let slot = &mut state.slots[user.slot];
        let (reach, mut claim, mut on_hand) = (slot.reach, slot.stranded, slot.on_hand);
        for w in 0..WIDTH {
            let stranded_need = (1.0 - reach[w]) * demand[w];
            let stranded_served = min(stranded_need, theirs[w]);
            let need = reach[w] * demand[w] + backlog[w];
            let rest = max(min(min(need, reach[w] * most[w]), on_hand[w] - theirs[w]), 0.0);
            let unmet = need - rest;
            backlog[w] = waits * unmet;
            lost[w] = leaves * unmet + stranded_need - stranded_served;
            served[w] = rest + stranded_served;
            on_hand[w] = max(on_hand[w] - rest - stranded_served, 0.0);
            claim[w] = max(claim[w] - stranded_served, 0.0);
        }
        (slot.stranded, slot.on_hand) = (claim, on_hand);
    } else {
        let mut on_hand = state.slots[user.slot].on_hand;
        for w in 0..WIDTH {
            let need = demand[w] + backlog[w];
            served[w] = max(min(min(need, most[w]), on_hand[w]), 0.0);
            let unmet = need - served[w];
            backlog[w] = waits * unmet;
            lost[w] = leaves * unmet;
            on_hand[w] = max(on_hand[w] - served[w], 0.0);
        }
        state.slots[user.slot].on_hand = on_hand;
    }
    let desired = &mut state.slots[user.slot].desired;
    for w in 0..WIDTH {
        desired[w] = min(demand[w], most[w]);
    }
    let user = &mut state.users[u];
    add(&mut user.served_total, &served);
    (user.served, user.backlog, user.lost) = (served, backlog, lost);
}

/// Demand for one grade at opening levels, t/week, after what gives way and what takes its place.
#[inline(always)]
fn mix(world: World<'_>, u: usize, state: &State) -> Row {
    let World { network: n, shocks, .. } = world;
    let user = &n.users[u];
    let mut demand = splat(user.demand);
    if let Some(lot) = shocks.materials.lot_of[u] {
        let share = &state.use_share[lot];
        for w in 0..WIDTH {
            demand[w] *= share[w];
        }
        return demand;
    }
    for &other in &user.gains_from {
        if let Some(lot) = shocks.materials.lot_of[other] {
            let (share, gone) = (&state.use_share[lot], n.users[other].demand);
            for w in 0..WIDTH {
                demand[w] += gone * (1.0 - share[w]);
            }
        }
    }
    demand
}
