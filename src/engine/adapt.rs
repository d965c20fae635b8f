//! In: what happened this period. Out: slow states: scare, thrift, perceived lead times, push forecasts, fill; rings turn.

use super::{State, World};
use crate::shocks::PeriodShocks;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, exp, ln, max, min, splat, within};

/// Updates everything that moves slowly, then turns the transit rings.
#[inline(always)]
pub fn adapt(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    scare(world, state);
    thrift(world, now, state);
    perceived_leads(world, state);
    expectations(world, state);
    for ring in &mut state.rings {
        ring.head = if ring.head + 1 == ring.len { 0 } else { ring.head + 1 };
    }
}

/// Inflow at this share of normal or above frightens nobody (assumed: weekly orders swing by a few per cent).
const NOTICED: f64 = 0.95;

/// The scare index of a region rises with scarce inflow, weighted by value, and decays.
#[inline(always)]
fn scare(world: World<'_>, state: &mut State) {
    let World { network: n, draws, .. } = world;
    let (gain, decay) = (draws.of(n.behaviour.scare_gain), draws.of(n.behaviour.scare_decay));
    if !n.needs.scare {
        return;
    }
    let mut missing = std::mem::take(&mut state.scratch.missing);
    missing.fill((ZERO, 0.0));
    for (k, market) in n.markets.iter().enumerate() {
        let value = market.flow * market.reference;
        let (sum, total) = &mut missing[market.region];
        *total += value;
        let (inflow, asked, least) = (&state.markets[k].inflow, &state.markets[k].asked, 1e-9 * market.flow);
        let mut lack = ZERO;
        for w in 0..WIDTH {
            lack[w] = value * max(NOTICED - inflow[w] / max(asked[w], least), 0.0);
        }
        add(sum, &lack);
    }
    for (r, (sum, total)) in missing.iter().enumerate() {
        if *total > 0.0 {
            let (mut h, share) = (state.scare[r], 1.0 / total);
            for w in 0..WIDTH {
                let kept = h[w] * (1.0 - decay[w]);
                h[w] = within(kept + gain[w] * sum[w] * share * (1.0 - kept), 0.0, 1.0);
            }
            state.scare[r] = h;
        }
    }
    state.scratch.missing = missing;
}

/// Dear elements are used less: fast by ε, slowly by ε_L with rate limits (MODEL 6.7, ruling 2). A breakthrough moves the limits.
#[inline(always)]
fn thrift(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let World { network: n, shocks, draws, .. } = world;
    let Some(thrift) = &n.thrift else { return };
    let (epsilon, long, rise) = (draws.of(n.price.epsilon), draws.of(n.price.epsilon_long), draws.of(thrift.rise));
    for (i, lot) in shocks.materials.lots.iter().enumerate() {
        let mut index = ZERO;
        let mut total = 0.0;
        for &(o, weight) in &thrift.weights[lot.grade] {
            total += weight;
            for &(k, share) in &thrift.oxides[o][lot.side] {
                let felt = &state.markets[k].felt;
                for w in 0..WIDTH {
                    index[w] += weight * share * felt[w];
                }
            }
        }
        if total == 0.0 {
            // No price speaks for or against it.
            index = ONE;
        }
        let log = ln(&index);
        let (mut slowly, mut fast) = (ZERO, ZERO);
        for w in 0..WIDTH {
            slowly[w] = -long[w] * log[w];
            fast[w] = -epsilon[w] * log[w];
        }
        let (goal, fast) = (exp(&slowly), exp(&fast));
        let [least, most, fall, lag] = limits(world, now, &lot.breakthroughs);
        let (mut slow, mut share) = (state.thrift[i], ZERO);
        for w in 0..WIDTH {
            let goal = within(goal[w], least[w], most[w]);
            let move_ = within((goal - slow[w]) / lag[w], -fall[w], rise[w]);
            slow[w] = within(slow[w] + move_, 0.0, 1.0);
            share[w] = within(slow[w] * fast[w], 0.0, 1.0);
        }
        (state.thrift[i], state.use_share[i]) = (slow, share);
    }
}

/// Place of the fastest fall among the limits of a lot.
const FALL: usize = 2;

/// Least and largest share that designs aim at, fastest fall and lag of a lot: those of the world, moved by its breakthroughs.
#[inline(always)]
fn limits(world: World<'_>, now: &PeriodShocks, breakthroughs: &[usize]) -> [Row; 4] {
    let World { network: n, shocks, draws, .. } = world;
    let Some(thrift) = &n.thrift else { return [ONE; 4] };
    let own = [*draws.of(thrift.least), ONE, *draws.of(thrift.fall), *draws.of(thrift.lag)];
    let mut limits = own;
    for &b in breakthroughs {
        let found = &shocks.materials.breakthroughs[b];
        let strength = &now.strength[found.event];
        for (i, new) in [found.least, found.most, found.fall, found.lag].into_iter().enumerate() {
            let Some(new) = new else { continue };
            let (new, own, limit) = (draws.event(new), &own[i], &mut limits[i]);
            for w in 0..WIDTH {
                // Of several the furthest holds, whatever their order: a quicker fall, all else less.
                let moved = own[w] + strength[w] * (new[w] - own[w]);
                limit[w] = if i == FALL { max(limit[w], moved) } else { min(limit[w], moved) };
            }
        }
        let [least, most, ..] = &mut limits;
        for w in 0..WIDTH {
            // Who can do with less may.
            least[w] = min(least[w], most[w]);
        }
    }
    limits
}

/// Perceived lead time of slots whose suppliers are under a desk follows what the desk posts.
#[inline(always)]
fn perceived_leads(world: World<'_>, state: &mut State) {
    let World { network: n, shocks, draws, .. } = world;
    if shocks.desks.is_empty() {
        return;
    }
    let weight = draws.of(n.behaviour.lead);
    for (s, slot) in n.slots.iter().enumerate() {
        if !shocks.reroutes[s] {
            continue;
        }
        let mut true_lead = splat(slot.lead);
        for &l in &n.inbound[s] {
            if let Some(h) = state.lanes[l].licence {
                let posted = &state.posted[shocks.licensed[h].desk];
                let (held, share) = (&state.hold_share[h], n.lanes[l].share);
                for w in 0..WIDTH {
                    true_lead[w] += share * held[w] * posted[w];
                }
            }
        }
        let mut lead = state.slots[s].lead;
        for w in 0..WIDTH {
            lead[w] += weight[w] * (min(true_lead[w], n.behaviour.lead_max) - lead[w]);
        }
        state.slots[s].lead = lead;
    }
}

/// Forecasts of what is pushed, and (where requests may be inflated) the share of requests filled.
#[inline(always)]
fn expectations(world: World<'_>, state: &mut State) {
    let World { network: n, rounds, draws, .. } = world;
    let weight = draws.of(n.behaviour.forecast);
    for &s in &rounds.pushed_to {
        let mut pushed = ZERO;
        for &l in &n.inbound[s] {
            if n.lanes[l].push {
                add(&mut pushed, &state.lanes[l].shipped);
            }
        }
        let mut forecast = state.slots[s].push_forecast;
        for w in 0..WIDTH {
            forecast[w] += weight[w] * (pushed[w] - forecast[w]);
        }
        state.slots[s].push_forecast = forecast;
    }
    for &l in &rounds.filled {
        let (shipped, owed, mut fill) = (&state.lanes[l].shipped, &state.lanes[l].backorders, state.lanes[l].fill);
        for w in 0..WIDTH {
            let asked = shipped[w] + owed[w];
            let share = shipped[w] / asked;
            let filled = if asked > 0.0 { share } else { 1.0 };
            fill[w] += weight[w] * (filled - fill[w]);
        }
        state.lanes[l].fill = fill;
        if n.needs.history {
            let (shipped, mut history) = (&state.lanes[l].shipped, state.lanes[l].history);
            for w in 0..WIDTH {
                history[w] += weight[w] * (shipped[w] - history[w]);
            }
            state.lanes[l].history = history;
        }
    }
}
