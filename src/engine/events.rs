//! In: strengths of events. Out: what is in force this period: capacities, demand, open lanes, clocks, quotas, scare.

use super::{State, World};
use crate::shocks::PeriodShocks;
use crate::shocks::disruption::Effect;
use crate::wide::{ONE, Row, WIDTH, ZERO, add, each};

/// Puts this period's events in force.
#[inline(always)]
pub fn events(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let shocks = world.shocks;
    for effect in &shocks.effects {
        lift(effect, state);
    }
    for effect in &shocks.effects {
        impose(world, now, effect, state);
    }
    quotas(world, now, state);
    permits(world, now, state);
}

/// Takes back what an effect did last period.
#[inline(always)]
fn lift(effect: &Effect, state: &mut State) {
    match effect {
        Effect::Capacity { facilities, .. } => facilities.iter().for_each(|&f| state.capacity[f] = ONE),
        Effect::Demand { users, .. } => users.iter().for_each(|&u| state.demand_factor[u] = ONE),
        Effect::Ban { lanes, .. } => lanes.iter().for_each(|&l| {
            state.open[l] = ONE;
            state.passed[l] = ONE;
        }),
        Effect::DeskRate { desks, .. } => desks.iter().for_each(|&d| state.rate_factor[d] = ONE),
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
            users.iter().for_each(|&u| towards(&mut state.demand_factor[u], &now.strength[*event], draws.event(*factor)));
        }
        Effect::Ban { event, lanes, leakage, divert } => {
            for &l in lanes {
                towards(&mut state.open[l], &now.strength[*event], draws.event(*leakage));
                if *divert {
                    towards(&mut state.passed[l], &now.strength[*event], draws.event(*leakage));
                }
            }
        }
        Effect::DeskRate { event, desks, rate } => {
            desks.iter().for_each(|&d| towards(&mut state.rate_factor[d], &now.strength[*event], draws.event(*rate)));
        }
        Effect::Scare { event, regions } => {
            let rise = &now.scare[*event];
            for &r in regions {
                let h = &mut state.scare[r];
                *h = each(|w| h[w] + rise[w] * (1.0 - h[w]));
            }
        }
        Effect::Delay { .. } => {}
    }
}

/// Refills quotas at the start of each span; what was left has lapsed.
#[inline(always)]
fn quotas(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    for (q, quota) in world.shocks.quotas.iter().enumerate() {
        let volume = world.draws.event(quota.volume);
        let (strength, age) = (&now.strength[quota.event], &now.age[quota.event]);
        let left = &mut state.quota_left[q];
        *left = each(|w| {
            if strength[w] == 0.0 {
                f64::INFINITY
            } else if age[w].rem_euclid(quota.span as f64) == 0.0 || left[w] == f64::INFINITY {
                volume[w] * quota.unit
            } else {
                left[w]
            }
        });
    }
}

/// What may pass this period under a quota.
#[inline(always)]
pub(super) fn allowance(world: World<'_>, now: &PeriodShocks, state: &State, q: usize) -> Row {
    let quota = &world.shocks.quotas[q];
    let left = &state.quota_left[q];
    if quota.even {
        let age = &now.age[quota.event];
        each(|w| left[w] / (quota.span as f64 - age[w].rem_euclid(quota.span as f64)))
    } else {
        *left
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
    for permit in permits {
        let (strength, age) = (&now.strength[permit.event], &now.age[permit.event]);
        let (share, volume) = (world.draws.event(permit.share), world.draws.event(permit.volume));
        for &(h, unit) in &permit.lanes {
            let (part, used, held) = (&mut state.permits[place], &mut state.permit[h], &mut state.permit_share[h]);
            for w in 0..WIDTH {
                let taken = used[w].clamp(0.0, part[w]);
                used[w] -= taken;
                part[w] = if strength[w] == 0.0 {
                    0.0
                } else if age[w].rem_euclid(permit.span as f64) == 0.0 {
                    share[w] * volume[w] * unit
                } else {
                    part[w] - taken
                };
                held[w] = held[w].max(if strength[w] > 0.0 { share[w] } else { 0.0 });
            }
            place += 1;
        }
    }
    for h in covered() {
        state.permit[h] = ZERO;
    }
    for (place, h) in covered().enumerate() {
        add(&mut state.permit[h], &state.permits[place]);
    }
}
