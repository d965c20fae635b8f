//! In: quotas in force. Out: what is left of them, and what may pass.

use super::into_span;
use crate::engine::{State, World};
use crate::scenario::schema::Pacing;
use crate::shocks::PeriodShocks;
use crate::wide::{ONE, Row, WIDTH, ZERO, max, splat};

/// The books of a quota, t (granted = used + lapsed + left, where it is in force).
#[derive(Debug, Clone)]
pub struct QuotaState {
    /// Left; without end while it is not in force.
    pub left: Row,
    /// Handed out since the start.
    pub granted: Row,
    /// Used since the start.
    pub used: Row,
    /// Left when a span, or the quota, ended: gone.
    pub lapsed: Row,
    /// Whether it was in force in the period before, in some realization of the batch.
    pub imposed: bool,
}

impl QuotaState {
    /// Nothing handed out yet.
    pub(in crate::engine) fn open() -> QuotaState {
        QuotaState { left: splat(f64::INFINITY), granted: ZERO, used: ZERO, lapsed: ZERO, imposed: false }
    }

    /// Takes what was used off, where the quota is in force.
    #[inline(always)]
    pub(in crate::engine) fn spend(&mut self, used: &Row) {
        for w in 0..WIDTH {
            self.used[w] += if self.left[w] < f64::INFINITY { used[w] } else { 0.0 };
            self.left[w] = max(self.left[w] - used[w], 0.0);
        }
    }
}

/// Hands out batches in their weeks. With a new span what was left lapses; within one it stays. A quota taken up again after a truce
/// begins with the part of the running batch that is for the weeks that are left.
#[inline(always)]
pub(super) fn quotas(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    for (q, quota) in world.shocks.quotas.iter().enumerate() {
        let active = now.active[quota.event];
        if !active && !state.quotas[q].imposed {
            continue;
        }
        let QuotaState { left, granted, lapsed, imposed, .. } = &mut state.quotas[q];
        *imposed = active;
        let (strength, age, span) = (&now.strength[quota.event], &now.age[quota.event], quota.span as f64);
        let mut grant = ZERO;
        for batch in quota.batches.iter().filter(|_| active) {
            let (start, end, volume) = (batch.start as f64, batch.end as f64, quota.volume(batch, world.draws));
            for w in 0..WIDTH {
                let into = into_span(age[w], span);
                let late = (into > start) & (into < end) & (left[w] == f64::INFINITY);
                let rest = volume[w] * ((end - into) / (end - start));
                grant[w] += if into == start { volume[w] } else { 0.0 } + if late { rest } else { 0.0 };
            }
        }
        for w in 0..WIDTH {
            let (ran, runs) = (left[w] < f64::INFINITY, strength[w] > 0.0);
            let before = if ran { left[w] } else { 0.0 };
            let over = (into_span(age[w], span) == 0.0) | !runs;
            let gone = if over { before } else { 0.0 };
            lapsed[w] += gone;
            granted[w] += if runs { grant[w] } else { 0.0 };
            left[w] = if runs { before - gone + grant[w] } else { f64::INFINITY };
        }
    }
}

/// What may pass this period under a quota; without end where it is not in force.
#[inline(always)]
pub fn allowance(world: World<'_>, now: &PeriodShocks, state: &State, q: usize) -> Row {
    let quota = &world.shocks.quotas[q];
    let left = &state.quotas[q].left;
    let mut may = *left;
    if quota.pacing == Pacing::FirstCome {
        return may;
    }
    let (age, span) = (&now.age[quota.event], quota.span as f64);
    for batch in &quota.batches {
        let (start, end) = (batch.start as f64, batch.end as f64);
        let mut kept = ZERO;
        // A batch of one week has no halves.
        let mut half = start;
        if let Pacing::FrontLoad(share) = quota.pacing {
            half += ((end - start) / 2.0).floor();
            let volume = quota.volume(batch, world.draws);
            for w in 0..WIDTH {
                kept[w] = (1.0 - share) * volume[w];
            }
        }
        for w in 0..WIDTH {
            let into = into_span(age[w], span);
            let early = max(left[w] - kept[w], 0.0) / (half - into);
            let even = left[w] / (end - into);
            let paced = if into < half { early } else { even };
            may[w] = if (into >= start) & (into < end) { paced } else { may[w] };
        }
    }
    may
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
