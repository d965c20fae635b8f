//! In: what is on hand. Out: what facilities make of it, and what final demand is served.

use super::{State, World};
use crate::scenario::schema::Drive;
use crate::shocks::PeriodShocks;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, each, exp, exp1, ln, ln1, splat};

/// Leontief production with co-products, then final service. Each facility uses only its own slots, so order does not matter.
#[inline(always)]
pub fn produce(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let n = world.network;
    for f in 0..n.facilities.len() {
        if !n.facilities[f].activities.is_empty() {
            make(world, f, state);
        }
    }
    production_quotas(world, now, state);
    for f in &n.facilities {
        for a in f.activities.clone() {
            run(world, a, state);
        }
    }
    spend_quotas(world, state);
    serve(world, now, state);
}

/// Sets the desired activity of each recipe of a facility, within its capacity.
#[inline(always)]
fn make(world: World<'_>, f: usize, state: &mut State) {
    let n = world.network;
    let facility = &n.facilities[f];
    let mut total = ZERO;
    for a in facility.activities.clone() {
        let wanted = match facility.drive {
            Drive::Pull => pulled(world, a, state),
            Drive::Throttle => throttled(world, a, state),
            Drive::Feed => fed(world, a, state),
        };
        add(&mut total, &wanted);
        state.activity[a] = wanted;
    }
    let capacity = state.capacity_of(world, f);
    if !crate::wide::all(|w| total[w] <= capacity[w]) {
        for a in facility.activities.clone() {
            let row = &mut state.activity[a];
            *row = each(|w| if total[w] > capacity[w] { row[w] * (capacity[w] / total[w]) } else { row[w] });
        }
    }
    if facility.drive != Drive::Feed {
        let inputs = || facility.activities.clone().flat_map(|a| n.activities[a].inputs.iter().map(move |input| (a, input)));
        inputs().for_each(|(_, (slot, _))| state.desired[*slot] = ZERO);
        for (a, (slot, amount)) in inputs() {
            // Several recipes may take the same.
            let (row, desired) = (&state.activity[a], &mut state.desired[*slot]);
            for w in 0..WIDTH {
                desired[w] += row[w] * amount;
            }
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
        let (forecast, on_hand, owed, cover) = (&state.order_forecast[slot], &state.on_hand[slot], &state.owed[slot], &state.cover[slot]);
        for w in 0..WIDTH {
            let gap = cover[w] * forecast[w] - (on_hand[w] - owed[w]);
            most[w] = f64::max(most[w], (forecast[w] + correction[w] * gap) / per_unit);
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
    let (on_hand, owed, cover) = (&state.on_hand[slot], &state.owed[slot], &state.cover[slot]);
    let flow = n.slots[slot].flow;
    let elasticity = world.draws.of(n.price.mine_elasticity);
    let answer = if elasticity.iter().all(|e| *e == 0.0) || activity.basket.is_empty() {
        ONE
    } else {
        each(|w| {
            let value: f64 = activity.basket.iter().map(|(m, share)| share * state.price_felt[*m][w]).sum();
            exp1(elasticity[w] * ln1(value))
        })
    };
    each(|w| {
        // Without much of a stockpile a week's flow is the measure: else the mine would dig double in one week and rest in the next.
        let scale = (cover[w].max(1.0) * flow).max(1e-12);
        let target = cover[w] * flow;
        activity.rate * answer[w] * (1.0 + target / scale - (on_hand[w] - owed[w]) / scale).max(0.0)
    })
}

/// A fixed share of what lies in the works: stock over cover plus one week.
#[inline(always)]
fn fed(world: World<'_>, a: usize, state: &State) -> Row {
    let activity = &world.network.activities[a];
    let mut least = splat(f64::INFINITY);
    for (slot, amount) in &activity.inputs {
        let (on_hand, cover) = (&state.on_hand[*slot], &state.cover[*slot]);
        for w in 0..WIDTH {
            least[w] = least[w].min(on_hand[w] / ((cover[w] + 1.0) * amount));
        }
    }
    each(|w| if least[w].is_finite() { least[w].max(0.0) } else { 0.0 })
}

/// Holds the activities under a production quota to its allowance.
#[inline(always)]
fn production_quotas(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    for (q, quota) in world.shocks.quotas.iter().enumerate() {
        if quota.activities.is_empty() {
            continue;
        }
        let allowance = super::events::allowance(world, now, state, q);
        let mut total = ZERO;
        quota.activities.iter().for_each(|&a| add(&mut total, &state.activity[a]));
        let scale = each(|w| if total[w] > allowance[w] { allowance[w].max(0.0) / total[w] } else { 1.0 });
        for &a in &quota.activities {
            let row = &mut state.activity[a];
            *row = each(|w| row[w] * scale[w]);
        }
    }
}

/// Takes what was made off the quotas: what lacked its inputs has used up nothing.
#[inline(always)]
fn spend_quotas(world: World<'_>, state: &mut State) {
    for (q, quota) in world.shocks.quotas.iter().enumerate() {
        let mut used = ZERO;
        quota.activities.iter().for_each(|&a| add(&mut used, &state.activity[a]));
        let left = &mut state.quota_left[q];
        *left = each(|w| (left[w] - used[w]).max(0.0));
    }
}

/// Runs one recipe as far as its scarcest input allows.
#[inline(always)]
fn run(world: World<'_>, a: usize, state: &mut State) {
    let activity = &world.network.activities[a];
    let mut u = state.activity[a];
    for (slot, amount) in &activity.inputs {
        let usable = if world.shocks.reroutes[*slot] { usable(*slot, &u, *amount, state) } else { state.on_hand[*slot] };
        for w in 0..WIDTH {
            u[w] = u[w].min(usable[w] / amount).max(0.0);
        }
    }
    for (slot, amount) in &activity.inputs {
        if world.shocks.reroutes[*slot] {
            let theirs = state.stranded_on_hand(*slot);
            let reach = state.reach[*slot];
            let claim = &mut state.stranded[*slot];
            for w in 0..WIDTH {
                claim[w] = (claim[w] - ((1.0 - reach[w]) * amount * u[w]).min(theirs[w])).max(0.0);
            }
        }
    }
    for (slot, amount) in &activity.inputs {
        let on_hand = &mut state.on_hand[*slot];
        for w in 0..WIDTH {
            on_hand[w] = (on_hand[w] - amount * u[w]).max(0.0);
        }
    }
    for (slot, amount) in &activity.outputs {
        let on_hand = &mut state.on_hand[*slot];
        for w in 0..WIDTH {
            on_hand[w] += amount * u[w];
        }
    }
    state.activity[a] = u;
    add(&mut state.worked[a], &u);
}

/// What may be used of an input some of whose buyers are stranded: each side its own, for its own share of the work.
#[inline(always)]
fn usable(slot: usize, activity: &Row, amount: f64, state: &State) -> Row {
    let theirs = state.stranded_on_hand(slot);
    let (here, reach) = (&state.on_hand[slot], &state.reach[slot]);
    each(|w| {
        let wanted = activity[w] * amount;
        (reach[w] * wanted).min(here[w] - theirs[w]) + ((1.0 - reach[w]) * wanted).min(theirs[w])
    })
}

/// Demand of this period: growth, events, price, noise, grade mix; then service, first what waits, then what is new.
#[inline(always)]
fn serve(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let World { network: n, draws, shocks } = world;
    let years = state.period as f64 * 7.0 / 365.25;
    for u in 0..n.users.len() {
        let user = &n.users[u];
        let market = n.slots[user.slot].market;
        let growth = draws.of(user.growth);
        let elasticity = draws.of(user.elasticity);
        let mut level = state.demand_factor[u];
        if growth.iter().any(|g| *g != 0.0) {
            let log = ln(&each(|w| 1.0 + growth[w]));
            let factor = exp(&each(|w| years * log[w]));
            level = each(|w| level[w] * factor[w]);
        }
        if let Some(m) = market
            && elasticity.iter().any(|e| *e != 0.0)
        {
            let felt = &state.price_felt[m];
            let log = ln(felt);
            let answer = exp(&each(|w| -elasticity[w] * log[w]));
            level = each(|w| level[w] * answer[w]);
            state.price_answer[u] = answer;
        }
        let noise = &now.demand[user.facility];
        // Noise and growth act on the facility; the mix decides how much of it is this grade.
        let mix = mix(n, u, state);
        state.demand[u] = each(|w| level[w] * noise[w] * mix[w]);
    }
    for u in 0..n.users.len() {
        let user = &n.users[u];
        let headroom = user.headroom.map(|p| *draws.of(p));
        let demand = state.demand[u];
        let most = match headroom {
            // Catch-up is bounded by capacity, this week's own demand never by less than the opening.
            Some(h) => each(|w| h[w] * demand[w].max(user.demand)),
            None => splat(f64::MAX),
        };
        // Buyers who may not order live on what was theirs; the others on the rest.
        let theirs = if shocks.reroutes[user.slot] { state.stranded_on_hand(user.slot) } else { ZERO };
        let reach = state.reach[user.slot];
        let on_hand = &mut state.on_hand[user.slot];
        for w in 0..WIDTH {
            let stranded_need = (1.0 - reach[w]) * demand[w];
            let stranded_served = stranded_need.min(theirs[w]);
            let need = reach[w] * demand[w] + state.backlog[u][w];
            let served = need.min(reach[w] * most[w]).min(on_hand[w] - theirs[w]).max(0.0);
            let unmet = need - served;
            state.backlog[u][w] = user.backlog * unmet;
            state.lost[u][w] = (1.0 - user.backlog) * unmet + stranded_need - stranded_served;
            state.served[u][w] = served + stranded_served;
            state.served_total[u][w] += served + stranded_served;
            on_hand[w] = (on_hand[w] - served - stranded_served).max(0.0);
            state.stranded[user.slot][w] = (state.stranded[user.slot][w] - stranded_served).max(0.0);
        }
        state.desired[user.slot] = each(|w| demand[w].min(most[w]));
    }
}

/// Demand for one grade at opening levels, t/week, after what gives way and what takes its place.
#[inline(always)]
fn mix(n: &crate::network::Network, u: usize, state: &State) -> Row {
    let user = &n.users[u];
    let side = usize::from(!n.inside[user.region]);
    if let Some(grade) = user.grade {
        let share = &state.use_share[grade][side];
        return each(|w| user.demand * share[w]);
    }
    let mut demand = splat(user.demand);
    for &other in &user.gains_from {
        if let Some(grade) = n.users[other].grade {
            let share = &state.use_share[grade][side];
            for w in 0..WIDTH {
                demand[w] += n.users[other].demand * (1.0 - share[w]);
            }
        }
    }
    demand
}
