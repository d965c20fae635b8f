//! In: stocks on hand and cleared flows. Out: prices (MODEL 6.6): scarcity from cover and inflow, noise, costs passed downstream.

use super::{State, World};
use crate::network::{Market, Network, Role};
use crate::shocks::PeriodShocks;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, exp1, ln1, max, min, splat, within};

/// Moves every market's scarcity premium and price.
#[inline(always)]
pub fn price(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let n = world.network;
    for k in 0..n.markets.len() {
        scarcity(world, k, state);
    }
    if n.needs.noise {
        for k in 0..n.markets.len() {
            noise(world, now, k, state);
        }
    }
    if n.needs.walks {
        for (market, step) in state.markets.iter_mut().zip(&now.wander) {
            add(&mut market.walked, step);
        }
    }
    for k in 0..n.markets.len() {
        form(world, k, state);
    }
}

/// Partial adjustment towards what cover and cleared inflow call for; faster up than down.
#[inline(always)]
fn scarcity(world: World<'_>, k: usize, state: &mut State) {
    let World { network: n, draws, .. } = world;
    let market = &n.markets[k];
    let (usage, mut stock) = (wanted_usage(n, market, state), ZERO);
    for &s in &market.slots {
        add(&mut stock, &state.slots[s].on_hand);
    }
    let law = &n.price;
    let (mut fear, mut choked) = (ZERO, ZERO);
    if n.needs.scare {
        let (psi, scare) = (draws.of(law.psi), &state.scare[market.region]);
        for w in 0..WIDTH {
            fear[w] = psi[w] * scare[w];
        }
    }
    if n.needs.inflow {
        let (gamma, phi) = (draws.of(law.gamma), inflow(world, k, &usage, state));
        for w in 0..WIDTH {
            choked[w] = gamma[w] * ln1(phi[w]);
        }
    }
    let (beta, glut, kappa0) = (draws.of(law.beta), draws.of(law.beta_glut), draws.of(law.kappa0));
    let (up, down, floor) = (draws.of(law.alpha_up), draws.of(law.alpha_down), draws.of(law.floor));
    let cover = &state.markets[k].cover;
    let mut m = state.markets[k].scarcity;
    // One loop for the whole formula: between loops every row would pass through memory.
    for w in 0..WIDTH {
        let target = usage[w] * cover[w] * (1.0 + fear[w]);
        let covered = stock[w] / target;
        let bare = if target > 0.0 { covered } else { 1.0 };
        let kappa = (bare + kappa0[w]) / (1.0 + kappa0[w]);
        let weight = if kappa < 1.0 { beta[w] } else { glut[w] };
        let called = max(market.scarcity * (-weight * ln1(kappa) - choked[w]), floor[w]);
        let speed = if called > m[w] { up[w] } else { down[w] };
        m[w] += speed * (called - m[w]);
    }
    state.markets[k].scarcity = m;
}

/// Smooths what arrived and what was asked for, and gives their ratio: little inflow is scarcity only where more was asked for.
#[inline(always)]
fn inflow(world: World<'_>, k: usize, usage: &Row, state: &mut State) -> Row {
    let World { network: n, draws, .. } = world;
    let (orders, owed) = asked_for(world, &n.markets[k], state);
    let mut arrived = ZERO;
    for &l in &n.markets[k].lanes {
        add(&mut arrived, state.lanes[l].departed());
    }
    let (weight, floor) = (n.price.inflow_smoothing, 1e-9 * n.markets[k].flow);
    let least = draws.of(n.price.phi_min);
    let (mut inflow, mut asked, mut phi) = (state.markets[k].inflow, state.markets[k].asked, ZERO);
    for w in 0..WIDTH {
        // As long as suppliers owe, no less is asked for than what users want to use.
        let now = max(orders[w], min(usage[w], orders[w] + owed[w]));
        inflow[w] += weight * (arrived[w] - inflow[w]);
        asked[w] += weight * (now - asked[w]);
        phi[w] = within(inflow[w] / max(asked[w], floor), least[w], 1.0);
    }
    (state.markets[k].inflow, state.markets[k].asked) = (inflow, asked);
    phi
}

/// Inflow asked for this week: orders placed, what is pushed, what refused buyers would order; and what suppliers owe.
#[inline(always)]
fn asked_for(world: World<'_>, market: &Market, state: &State) -> (Row, Row) {
    let World { network: n, shocks, .. } = world;
    let (mut asked, mut owed) = (ZERO, ZERO);
    for &l in &market.lanes {
        if n.lanes[l].push {
            add(&mut asked, &state.lanes[l].shipped);
        } else {
            add(&mut asked, &state.lanes[l].placed);
            add(&mut owed, &state.lanes[l].backorders);
        }
    }
    for &s in market.slots.iter().filter(|&&s| shocks.reroutes[s] && n.slots[s].orders) {
        let (reach, wanted) = (&state.slots[s].reach, &state.slots[s].usage_forecast);
        for w in 0..WIDTH {
            asked[w] += (1.0 - reach[w]) * wanted[w];
        }
    }
    (asked, owed)
}

/// What the market's users want to use, t/week of inflow: opening inflow times the forecast of desired usage over the opening one.
/// Desired, not realised: who starves or is refused still wants; who is told to make less does not. Users' answers to the price
/// of what they buy are taken out, so that a market does not forget its scarcity because it has driven its users away.
#[inline(always)]
fn wanted_usage(network: &Network, market: &Market, state: &State) -> Row {
    let (mut wanted, mut opening) = (ZERO, 0.0);
    for &s in &market.slots {
        let slot = &network.slots[s];
        if matches!(slot.role, Role::Input | Role::Final) {
            opening += slot.flow;
            let answers = slot.user.is_some_and(|user| network.needs.answer[user].is_some());
            add(&mut wanted, if answers { &state.slots[s].neutral_forecast } else { &state.slots[s].usage_forecast });
        }
    }
    if opening <= 0.0 {
        return splat(market.flow);
    }
    let (scale, least) = (market.flow / opening, 1e-9 * market.flow);
    for w in 0..WIDTH {
        wanted[w] = max(scale * wanted[w], least);
    }
    wanted
}

#[inline(always)]
fn noise(world: World<'_>, now: &PeriodShocks, k: usize, state: &mut State) {
    let World { network: n, draws, .. } = world;
    let (rho, own, [common, alone]) = (draws.of(n.price.noise_rho), &now.market[k], &state.noise_weights);
    let mut z = state.markets[k].noise;
    for w in 0..WIDTH {
        z[w] = rho[w] * z[w] + alone[w] * own[w];
    }
    if n.needs.shared_noise {
        let shared = &now.element[n.markets[k].element];
        for w in 0..WIDTH {
            z[w] += common[w] * shared[w];
        }
    }
    state.markets[k].noise = z;
}

/// Price over reference: cost of inputs, scarcity here and at the origins, noise; and what users feel of it.
#[inline(always)]
fn form(world: World<'_>, k: usize, state: &mut State) {
    let n = world.network;
    let market = &n.markets[k];
    let mut log = state.markets[k].scarcity;
    add(&mut log, &state.markets[k].noise);
    if n.needs.walks {
        add(&mut log, &state.markets[k].walked);
    }
    for &(o, share) in &market.origins {
        let there = &state.markets[o].scarcity;
        for w in 0..WIDTH {
            log[w] += share * there[w];
        }
    }
    let mut cost = ONE;
    for input in &market.inputs {
        let p = &state.markets[input.market].price;
        for w in 0..WIDTH {
            cost[w] += input.share * (p[w] - 1.0);
        }
    }
    if world.shocks.dutiable[k] {
        let (duty, reference) = (&state.markets[k].duty, &state.markets[k].reference);
        for w in 0..WIDTH {
            cost[w] *= (1.0 + duty[w]) * reference[w];
        }
    }
    let (mut price, mut felt) = (ZERO, state.markets[k].felt);
    for w in 0..WIDTH {
        price[w] = cost[w] * exp1(log[w]);
        felt[w] += n.price.smoothing * (price[w] - felt[w]);
    }
    (state.markets[k].price, state.markets[k].felt) = (price, felt);
    debug_assert!((0..WIDTH).all(|w| price[w].is_finite() && price[w] > 0.0));
}
