//! In: events about papers. Out: clocks of desks, and what may leave under general licences.

use super::{into_span, towards};
use crate::engine::{State, World};
use crate::shocks::disruption::papers::Act;
use crate::shocks::{Draws, PeriodShocks};
use crate::wide::{ONE, Row, WIDTH, ZERO, add, max, min, splat, within};

/// Takes back what was done last period.
#[inline(always)]
pub(super) fn lift(act: &Act, state: &mut State) {
    match act {
        Act::Rate { desks, .. } => desks.iter().for_each(|&d| state.rate_factor[d] = ONE),
        Act::Cap { desks, .. } => desks.iter().for_each(|&d| state.cap_by_rule[d] = splat(f64::INFINITY)),
    }
}

/// Does what is in force.
#[inline(always)]
pub(super) fn impose(act: &Act, draws: &Draws, strength: &Row, state: &mut State) {
    match act {
        Act::Rate { desks, rate } => {
            desks.iter().for_each(|&d| towards(&mut state.rate_factor[d], strength, draws.event(*rate)));
        }
        Act::Cap { desks, ratio } => {
            let ratio = draws.event(*ratio);
            for &d in desks {
                let cap = &mut state.cap_by_rule[d];
                for w in 0..WIDTH {
                    cap[w] = min(cap[w], if strength[w] > 0.0 { ratio[w] } else { f64::INFINITY });
                }
            }
        }
    }
}

/// Grants and expires general licences. A lane may have several: what was used of their sum is taken from the first ones first.
#[inline(always)]
pub(super) fn permits(world: World<'_>, now: &PeriodShocks, state: &mut State) {
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
