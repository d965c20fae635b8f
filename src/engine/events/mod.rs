//! In: strengths of events. Out: what is in force this period: capacities, demand, open lanes, clocks, quotas, scare.
//!
//! Types of events come in families, one file each, as in `scenario/events/` and `shocks/disruption/`. What was imposed last period is
//! lifted first, then what is in force is imposed: so events on one thing multiply, or the strongest holds, whatever their order.

mod knowhow;
mod materials;
mod papers;
mod quotas;
mod reserves;
mod smuggling;
mod trade;
mod works;

pub(super) use quotas::shrink;
pub use quotas::{QuotaState, allowance};

use super::{State, World};
use crate::shocks::PeriodShocks;
use crate::shocks::disruption::Act;
use crate::wide::{Row, any, each};

/// Puts this period's events in force.
#[inline(always)]
pub fn events(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let World { shocks, draws, .. } = world;
    for (i, effect) in shocks.effects.iter().enumerate() {
        if state.imposed[i] {
            match &effect.act {
                Act::Materials(act) => materials::lift(act, world, state),
                Act::Papers(act) => papers::lift(act, state),
                Act::Reserves(act) => reserves::lift(act, world, state),
                Act::Knowhow(act) => knowhow::lift(act, state),
                Act::Smuggling(act) => smuggling::lift(act, world, state),
                Act::Trade(act) => trade::lift(act, state),
                Act::Works(act) => works::lift(act, state),
                Act::Scare(_) => {}
            }
        }
    }
    for (i, effect) in shocks.effects.iter().enumerate() {
        // A scare is announced before its event acts.
        if !(now.active[effect.event] || state.imposed[i] || matches!(effect.act, Act::Scare(_))) {
            continue;
        }
        let before = std::mem::replace(&mut state.imposed[i], now.active[effect.event]);
        let strength = &now.strength[effect.event];
        if state.imposed[i] {
            match &effect.act {
                Act::Materials(act) => materials::impose(act, world, strength, state),
                Act::Papers(act) => papers::impose(act, draws, strength, state),
                Act::Reserves(act) => reserves::impose(act, world, strength, state),
                Act::Knowhow(act) => knowhow::impose(act, draws, strength, state),
                Act::Smuggling(act) => smuggling::impose(act, world, strength, state),
                Act::Trade(act) => trade::impose(act, draws, strength, state),
                Act::Works(act) => works::impose(act, draws, now, strength, state),
                Act::Scare(_) => {}
            }
        }
        match &effect.act {
            Act::Works(act) if before && !state.imposed[i] => {
                works::end(act, state);
                works::settle(act, world, state);
            }
            Act::Works(act) if before || state.imposed[i] => works::settle(act, world, state),
            Act::Scare(regions) => frighten(&now.scare[effect.event], regions, state),
            _ => {}
        }
    }
    quotas::quotas(world, now, state);
    papers::permits(world, now, state);
    knowhow::onsets(world, now, state);
}

/// Moves a factor from one towards a value, as far as an event is in force.
#[inline(always)]
fn towards(row: &mut Row, strength: &Row, value: &Row) {
    *row = each(|w| row[w] * (1.0 - strength[w] * (1.0 - value[w])));
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
