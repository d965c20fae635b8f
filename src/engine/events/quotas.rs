//! In: quotas in force. Out: what is left of them, and what may pass.

use super::into_span;
use crate::engine::{State, World};
use crate::shocks::PeriodShocks;
use crate::wide::{ONE, Row, WIDTH, each, max, splat};

/// Refills quotas at the start of each span; what was left has lapsed.
#[inline(always)]
pub(super) fn quotas(world: World<'_>, now: &PeriodShocks, state: &mut State) {
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
pub(in crate::engine) fn allowance(world: World<'_>, now: &PeriodShocks, state: &State, q: usize) -> Row {
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
pub(in crate::engine) fn shrink(total: &Row, allowance: &Row) -> Row {
    let mut factor = ONE;
    for w in 0..WIDTH {
        let part = max(allowance[w], 0.0) / total[w];
        factor[w] = if total[w] > allowance[w] { part } else { 1.0 };
    }
    factor
}

/// Takes what was used off a quota.
#[inline(always)]
pub(in crate::engine) fn spend(left: &mut Row, used: &Row) {
    for w in 0..WIDTH {
        left[w] = max(left[w] - used[w], 0.0);
    }
}
