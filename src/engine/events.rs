//! In: strengths of events. Out: what is in force this period: capacities, demand, open lanes, clocks, quotas, scare.

use super::{State, World};
use crate::shocks::PeriodShocks;
use crate::shocks::disruption::Effect;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, any, each, max, splat, within};

/// Puts this period's events in force.
#[inline(always)]
pub fn events(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let shocks = world.shocks;
    for (i, effect) in shocks.effects.iter().enumerate() {
        if state.imposed[i] {
            lift(effect, state);
        }
    }
    for (i, effect) in shocks.effects.iter().enumerate() {
        let before = std::mem::replace(&mut state.imposed[i], now.active[effect.event()]);
        if state.imposed[i] {
            impose(world, now, effect, state);
        }
        if (before || state.imposed[i])
            && let Effect::Capacity { facilities, .. } = effect
        {
            for &f in facilities {
                state.ceiling[f] = state.capacity_of(world, f);
            }
        }
        if let Effect::Scare { event, regions } = effect {
            frighten(&now.scare[*event], regions, state);
        }
    }
    quotas(world, now, state);
    permits(world, now, state);
}

/// Takes back what an effect did last period.
#[inline(always)]
fn lift(effect: &Effect, state: &mut State) {
    match effect {
        Effect::Capacity { facilities, .. } => facilities.iter().for_each(|&f| state.capacity[f] = ONE),
        Effect::Demand { users, .. } => users.iter().for_each(|&u| state.users[u].demand_factor = ONE),
        Effect::Ban { lanes, .. } => lanes.iter().for_each(|&l| {
            state.lanes[l].open = ONE;
            state.lanes[l].passed = ONE;
        }),
        Effect::DeskRate { desks, .. } => desks.iter().for_each(|&d| state.rate_factor[d] = ONE),
        Effect::Duty { markets, .. } => markets.iter().for_each(|&(k, _)| state.markets[k].duty = ZERO),
        Effect::Delay { .. } | Effect::Scare { .. } => {}
    }
}

#[inline(always)]
fn impose(world: World<'_>, now: &PeriodShocks, effect: &Effect, state: &mut State) {
    let draws = world.draws;
    let towards = |row: &mut Row, strength: &Row, value: &Row| {
        *row = each(|w| row[w] * (1.0 - strength[w] * (1.0 - value[w])));
    };
    match effect {
        Effect::Capacity { event, facilities, left } => {
            facilities.iter().for_each(|&f| towards(&mut state.capacity[f], &now.strength[*event], draws.event(*left)));
        }
        Effect::Demand { event, users, factor } => {
            users.iter().for_each(|&u| towards(&mut state.users[u].demand_factor, &now.strength[*event], draws.event(*factor)));
        }
        Effect::Ban { event, lanes, leakage, divert } => {
            for &l in lanes {
                towards(&mut state.lanes[l].open, &now.strength[*event], draws.event(*leakage));
                if *divert {
                    towards(&mut state.lanes[l].passed, &now.strength[*event], draws.event(*leakage));
                }
            }
        }
        Effect::DeskRate { event, desks, rate } => {
            desks.iter().for_each(|&d| towards(&mut state.rate_factor[d], &now.strength[*event], draws.event(*rate)));
        }
        Effect::Duty { event, markets, rate } => {
            let (strength, rate) = (&now.strength[*event], draws.event(*rate));
            for &(k, share) in markets {
                let duty = &mut state.markets[k].duty;
                for w in 0..WIDTH {
                    duty[w] += share * strength[w] * rate[w];
                }
            }
        }
        Effect::Scare { .. } | Effect::Delay { .. } => {}
    }
}

/// An announcement frightens before its event acts.
#[inline(always)]
fn frighten(rise: &Row, regions: &[usize], state: &mut State) {
    if !any(|w| rise[w] > 0.0) {
        return;
    }
    for &r in regions {
        let h = &mut state.scare[r];
        *h = each(|w| h[w] + rise[w] * (1.0 - h[w]));
    }
}

/// Periods since the span of a repeating quota or licence began; 0 in its first.
#[inline(always)]
fn into_span(age: f64, span: f64) -> f64 {
    age - span * (age / span).floor()
}

/// Refills quotas at the start of each span; what was left has lapsed.
#[inline(always)]
fn quotas(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    for (q, quota) in world.shocks.quotas.iter().enumerate() {
        let left = &mut state.quota_left[q];
        if !now.active[quota.event] {
            *left = splat(f64::INFINITY);
            continue;
        }
        let volume = world.draws.event(quota.volume);
        let (strength, age) = (&now.strength[quota.event], &now.age[quota.event]);
        let span = quota.span as f64;
        let before = *left;
        for w in 0..WIDTH {
            let fresh = (into_span(age[w], span) == 0.0) | (before[w] == f64::INFINITY);
            let running = if fresh { volume[w] * quota.unit } else { before[w] };
            left[w] = if strength[w] == 0.0 { f64::INFINITY } else { running };
        }
    }
}

/// What may pass this period under a quota.
#[inline(always)]
pub(super) fn allowance(world: World<'_>, now: &PeriodShocks, state: &State, q: usize) -> Row {
    let quota = &world.shocks.quotas[q];
    let left = &state.quota_left[q];
    if quota.even {
        let (age, span) = (&now.age[quota.event], quota.span as f64);
        each(|w| left[w] / (span - into_span(age[w], span)))
    } else {
        *left
    }
}

/// By what factor a total has to shrink to keep to a quota's allowance.
#[inline(always)]
pub(super) fn shrink(total: &Row, allowance: &Row) -> Row {
    let mut factor = ONE;
    for w in 0..WIDTH {
        let part = max(allowance[w], 0.0) / total[w];
        factor[w] = if total[w] > allowance[w] { part } else { 1.0 };
    }
    factor
}

/// Takes what was used off a quota.
#[inline(always)]
pub(super) fn spend(left: &mut Row, used: &Row) {
    for w in 0..WIDTH {
        left[w] = max(left[w] - used[w], 0.0);
    }
}

/// Grants and expires general licences. A lane may have several: what was used of their sum is taken from the first ones first.
#[inline(always)]
fn permits(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let permits = &world.shocks.permits;
    let covered = || permits.iter().flat_map(|p| &p.lanes).map(|(h, _)| *h);
    // What is left becomes what was used: the sum of the parts, less what is left of it. Each lane once, so signs turn at its first part.
    for h in covered() {
        state.permit_share[h] = ZERO;
    }
    for (place, h) in covered().enumerate() {
        let part = state.permits[place];
        let (used, turned) = (&mut state.permit[h], &mut state.permit_share[h]);
        for w in 0..WIDTH {
            used[w] = part[w] + if turned[w] == 0.0 { -used[w] } else { used[w] };
            turned[w] = 1.0;
        }
    }
    for h in covered() {
        state.permit_share[h] = ZERO;
    }
    let mut place = 0;
    for (permit, granted) in permits.iter().zip(&mut state.granted) {
        let before = *granted;
        let (strength, age) = (&now.strength[permit.event], &now.age[permit.event]);
        let (share, volume) = (world.draws.event(permit.share), world.draws.event(permit.volume));
        for &(h, unit) in &permit.lanes {
            let (part, used, held) = (&mut state.permits[place], &mut state.permit[h], &mut state.permit_share[h]);
            for w in 0..WIDTH {
                let taken = within(used[w], 0.0, part[w]);
                used[w] -= taken;
                // As a quota: a new volume with each span, and after a truce.
                let fresh = (into_span(age[w], permit.span as f64) == 0.0) | (before[w] == 0.0);
                let running = if fresh { share[w] * volume[w] * unit } else { part[w] - taken };
                part[w] = if strength[w] == 0.0 { 0.0 } else { running };
                held[w] = max(held[w], if strength[w] > 0.0 { share[w] } else { 0.0 });
            }
            place += 1;
        }
        for w in 0..WIDTH {
            granted[w] = if strength[w] > 0.0 { 1.0 } else { 0.0 };
        }
    }
    for h in covered() {
        state.permit[h] = ZERO;
    }
    for (place, h) in covered().enumerate() {
        add(&mut state.permit[h], &state.permits[place]);
    }
}
