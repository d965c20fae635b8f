//! In: stocks on hand and cleared flows. Out: prices (MODEL 6.6): scarcity from cover and inflow, noise, costs passed downstream.

use super::{State, World};
use crate::network::Role;
use crate::shocks::PeriodShocks;
use crate::wide::{Row, WIDTH, ZERO, add, each, exp, ln1, splat};

/// Moves every market's scarcity premium and price.
#[inline(always)]
pub fn price(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let n = world.network;
    for k in 0..n.markets.len() {
        scarcity(world, k, state);
        noise(world, now, k, state);
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
    let mut arrived = ZERO;
    for &l in &market.lanes {
        add(&mut arrived, &state.cleared[l]);
    }
    let mut stock = ZERO;
    for &s in &market.slots {
        add(&mut stock, &state.on_hand[s]);
    }
    let law = &n.price;
    let (beta, glut, gamma) = (draws.of(law.beta), draws.of(law.beta_glut), draws.of(law.gamma));
    let (up, down, phi_min) = (draws.of(law.alpha_up), draws.of(law.alpha_down), draws.of(law.phi_min));
    let (floor, kappa0, psi) = (draws.of(law.floor), draws.of(law.kappa0), draws.of(law.psi));
    let scare = &state.scare[market.region];
    let cover = &state.market_cover[k];
    let inflow = &mut state.inflow[k];
    for w in 0..WIDTH {
        inflow[w] += law.inflow_smoothing * (arrived[w] - inflow[w]);
    }
    let inflow = *inflow;
    let usage = wanted_usage(n, market, state);
    let asked_now = asked_for(n, market, &usage, state);
    let asked = &mut state.asked[k];
    for w in 0..WIDTH {
        asked[w] += law.inflow_smoothing * (asked_now[w] - asked[w]);
    }
    let asked = *asked;
    let m = &mut state.scarcity[k];
    for w in 0..WIDTH {
        let target = usage[w] * cover[w] * (1.0 + psi[w] * scare[w]);
        let bare = if target > 0.0 { stock[w] / target } else { 1.0 };
        let kappa = (bare + kappa0[w]) / (1.0 + kappa0[w]);
        let phi = (inflow[w] / asked[w].max(1e-9 * market.flow)).clamp(phi_min[w], 1.0);
        let log_kappa = ln1(kappa);
        let weight = if kappa < 1.0 { beta[w] } else { glut[w] };
        let called = (market.scarcity * (-weight * log_kappa - gamma[w] * ln1(phi))).max(floor[w]);
        let speed = if called > m[w] { up[w] } else { down[w] };
        m[w] += speed * (called - m[w]);
    }
}

/// Inflow asked for this week: orders placed, what is pushed, what refused buyers would order; and as long as suppliers owe, no
/// less than what users want to use. Little inflow is scarcity only where more was asked for.
#[inline(always)]
fn asked_for(network: &crate::network::Network, market: &crate::network::Market, usage: &Row, state: &State) -> Row {
    let (mut asked, mut owed) = (ZERO, ZERO);
    for &l in &market.lanes {
        if network.lanes[l].push {
            add(&mut asked, &state.shipped[l]);
        } else {
            add(&mut asked, &state.placed[l]);
            add(&mut owed, &state.backorders[l]);
        }
    }
    for &s in &market.slots {
        if network.slots[s].orders {
            let (reach, wanted) = (&state.reach[s], &state.usage_forecast[s]);
            for w in 0..WIDTH {
                asked[w] += (1.0 - reach[w]) * wanted[w];
            }
        }
    }
    each(|w| asked[w].max(usage[w].min(asked[w] + owed[w])))
}

/// What the market's users want to use, t/week of inflow: opening inflow times the forecast of desired usage over the opening one.
/// Desired, not realised: who starves or is refused still wants; who is told to make less does not. Users' answers to the price
/// of what they buy are taken out, so that a market does not forget its scarcity because it has driven its users away.
#[inline(always)]
fn wanted_usage(network: &crate::network::Network, market: &crate::network::Market, state: &State) -> Row {
    let (mut wanted, mut opening) = (ZERO, 0.0);
    for &s in &market.slots {
        if matches!(network.slots[s].role, Role::Input | Role::Final) {
            opening += network.slots[s].flow;
            let of_user = network.slots[s].user.is_some();
            add(&mut wanted, if of_user { &state.neutral_forecast[s] } else { &state.usage_forecast[s] });
        }
    }
    if opening <= 0.0 {
        return splat(market.flow);
    }
    each(|w| (market.flow * wanted[w] / opening).max(1e-9 * market.flow))
}

#[inline(always)]
fn noise(world: World<'_>, now: &PeriodShocks, k: usize, state: &mut State) {
    let World { network: n, draws, .. } = world;
    let sd = draws.of(n.price.noise);
    if sd.iter().all(|x| *x == 0.0) {
        return;
    }
    let (rho, common) = (draws.of(n.price.noise_rho), draws.of(n.price.noise_common));
    let (own, shared) = (&now.market[k], &now.element[n.markets[k].element]);
    let z = &mut state.noise[k];
    *z = each(|w| {
        let shock = common[w].sqrt() * shared[w] + (1.0 - common[w]).sqrt() * own[w];
        rho[w] * z[w] + sd[w] * (1.0 - rho[w] * rho[w]).sqrt() * shock
    });
}

/// Price over reference: cost of inputs, scarcity here and at the origins, noise; and what users feel of it.
#[inline(always)]
fn form(world: World<'_>, k: usize, state: &mut State) {
    let n = world.network;
    let market = &n.markets[k];
    let mut log = state.scarcity[k];
    for w in 0..WIDTH {
        log[w] += state.noise[k][w];
    }
    for &(o, share) in &market.origins {
        let there = &state.scarcity[o];
        for w in 0..WIDTH {
            log[w] += share * there[w];
        }
    }
    let mut cost: Row = [1.0; WIDTH];
    for input in &market.inputs {
        let p = &state.price[input.market];
        for w in 0..WIDTH {
            cost[w] += input.share * (p[w] - 1.0);
        }
    }
    let factor = exp(&log);
    let price = each(|w| cost[w] * factor[w]);
    state.price[k] = price;
    let felt = &mut state.price_felt[k];
    for w in 0..WIDTH {
        felt[w] += n.price.smoothing * (price[w] - felt[w]);
    }
    debug_assert!((0..WIDTH).all(|w| price[w].is_finite() && ln1(price[w]).is_finite()));
}
