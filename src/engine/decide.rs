//! In: the chain as last week left it, and uniforms. Out: which events without a date begin, and this week's strengths of all of them.
//!
//! Conditions are compared with last week's state; measures of an escalation are counted from its intensity (MODEL 6.13).

use super::{State, World};
use crate::shocks::PeriodShocks;
use crate::shocks::escalation::{Condition, Escalation, Gauge};
use crate::shocks::schedule::NEVER;
use crate::wide::{Row, WIDTH, ZERO, add, any, each, exp, max, splat};

/// What has come about of events without a date.
#[derive(Debug, Clone, Default)]
pub struct Affairs {
    /// Per such event: when it began, the last time; [`NEVER`] if it has not.
    pub onset: Vec<Row>,
    /// Per such event: weeks it lasts from then on.
    pub lasts: Vec<Row>,
    /// Per such event: when it first began.
    pub first: Vec<Row>,
    /// Per such event: when its condition will have made it begin.
    pub due: Vec<Row>,
    /// Per such event: when it is announced.
    pub announced: Vec<Row>,
    /// When the first of all of them began.
    pub earliest: Row,
    /// Per escalation: its excitement, measures a week beyond its own rate.
    pub excitement: Vec<Row>,
    /// Per escalation: measures this week.
    pub now: Vec<Row>,
    /// Per escalation: measures since the start.
    pub taken: Vec<Row>,
}

/// A share beyond which a line is down: what is not served, over demand (as in the metrics).
const LINE_DOWN: f64 = 0.05;

impl Affairs {
    /// Nothing has begun.
    pub fn open(World { shocks, .. }: World<'_>) -> Affairs {
        let (events, escalations) = (shocks.pending.len(), shocks.escalations.len());
        Affairs {
            onset: vec![splat(NEVER); events],
            lasts: vec![ZERO; events],
            first: vec![splat(NEVER); events],
            due: vec![splat(NEVER); events],
            announced: vec![splat(NEVER); events],
            earliest: splat(NEVER),
            excitement: vec![ZERO; escalations],
            now: vec![ZERO; escalations],
            taken: vec![ZERO; escalations],
        }
    }

    /// An event begins at `t` where `chosen`; if it is in force it is renewed: it lasts as long again from now on.
    #[inline(always)]
    fn begin(&mut self, world: World<'_>, p: usize, t: f64, chosen: &Row) {
        let window = &world.draws.windows[world.shocks.pending[p].event];
        let (mut onset, mut lasts, mut first) = (self.onset[p], self.lasts[p], self.first[p]);
        let (duration, ramp_out, occurs) = (window.duration, window.ramp_out, window.occurs);
        for w in 0..WIDTH {
            let begins = (chosen[w] > 0.0) & (occurs[w] > 0.0);
            let running = (t >= onset[w]) & (t < onset[w] + lasts[w] + ramp_out[w]);
            let from = if running { onset[w] } else { t };
            let until = t - from + duration[w];
            onset[w] = if begins { from } else { onset[w] };
            lasts[w] = if begins { until } else { lasts[w] };
            first[w] = if begins & (first[w] == NEVER) { t } else { first[w] };
            self.earliest[w] = if begins & (self.earliest[w] == NEVER) { t } else { self.earliest[w] };
        }
        (self.onset[p], self.lasts[p], self.first[p]) = (onset, lasts, first);
    }
}

/// Decides what begins this week and fills it in. Of no use where every event has a date.
#[inline(always)]
pub fn decide(world: World<'_>, now: &mut PeriodShocks, state: &mut State) {
    let shocks = world.shocks;
    conditions(world, now, state);
    show(world, now, &state.affairs);
    if !shocks.escalations.is_empty() {
        escalate(world, now, state);
        show(world, now, &state.affairs);
    }
    for &(truce, event) in &shocks.late_truces {
        now.suspend(event, truce);
    }
    for effect in &shocks.effects {
        effect.delay_settled(now);
    }
}

/// Looks at every condition; what is due begins.
#[inline(always)]
fn conditions(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let t = now.period as f64;
    for (p, pending) in world.shocks.pending.iter().enumerate() {
        let Some(trigger) = &pending.trigger else { continue };
        let held = holds(world, now, &trigger.condition, state);
        let (delay, window) = (world.draws.event(trigger.delay), &world.draws.windows[pending.event]);
        let affairs = &mut state.affairs;
        let (onset, lasts) = (affairs.onset[p], affairs.lasts[p]);
        let (mut due, mut announced, mut chosen) = (affairs.due[p], affairs.announced[p], ZERO);
        for w in 0..WIDTH {
            let over = (due[w] < t) & (t >= onset[w] + lasts[w] + window.ramp_out[w]);
            let free = (due[w] == NEVER) | (trigger.again & over);
            let fires = (held[w] > 0.0) & free;
            // It held last week, and what it brings about comes a week after that at the earliest.
            let then = t - 1.0 + max(delay[w].ceil(), 1.0);
            due[w] = if fires { then } else { due[w] };
            announced[w] = if fires { max((then - window.lead[w]).ceil(), t) } else { announced[w] };
            chosen[w] = if due[w] == t { 1.0 } else { 0.0 };
        }
        (affairs.due[p], affairs.announced[p]) = (due, announced);
        affairs.begin(world, p, t, &chosen);
    }
}

/// Whether a condition held at the end of last week: 1 or 0.
#[inline(always)]
fn holds(world: World<'_>, now: &PeriodShocks, condition: &Condition, state: &State) -> Row {
    match condition {
        Condition::Event(event) => {
            // It has begun by last week, whatever has become of it.
            let t = now.period as f64;
            let (window, affairs) = (&world.draws.windows[*event], &state.affairs);
            let onset = match world.shocks.pending.iter().position(|p| p.event == *event) {
                Some(p) => affairs.first[p],
                None => window.onset,
            };
            each(|w| if (onset[w] < t) & (window.occurs[w] > 0.0) { 1.0 } else { 0.0 })
        }
        Condition::Measure { of, above, threshold } => {
            let (value, limit) = (read(of, state), world.draws.event(*threshold));
            let sign = if *above { 1.0 } else { -1.0 };
            // Before the first week there is nothing to look at.
            let seen = now.period > 0;
            each(|w| if (sign * (value[w] - limit[w]) > 0.0) & seen { 1.0 } else { 0.0 })
        }
    }
}

/// A number of the chain, as last week left it.
#[inline(always)]
fn read(gauge: &Gauge, state: &State) -> Row {
    match gauge {
        Gauge::Price(market) => state.markets[*market].price,
        Gauge::Scare(region) => state.scare[*region],
        Gauge::LinesDown(users) | Gauge::UnmetShare(users) => {
            let down = matches!(gauge, Gauge::LinesDown(_));
            let (mut demand, mut bad) = (ZERO, ZERO);
            for &u in users {
                let user = &state.users[u];
                for w in 0..WIDTH {
                    let missing = max(user.demand[w] - user.served[w], 0.0);
                    let stopped = if missing > LINE_DOWN * user.demand[w] { user.demand[w] } else { 0.0 };
                    bad[w] += if down { stopped } else { missing };
                }
                add(&mut demand, &user.demand);
            }
            each(|w| bad[w] / max(demand[w], 1e-300))
        }
    }
}

/// Counts the measures of every escalation and takes them.
#[inline(always)]
fn escalate(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    let (shocks, t) = (world.shocks, now.period as f64);
    for (e, escalation) in shocks.escalations.iter().enumerate() {
        let mut rate = intensity(world, escalation, t, &state.affairs.excitement[e]);
        for &(event, _) in shocks.hushed.iter().filter(|h| h.1 == e) {
            let calm = &now.strength[event];
            for w in 0..WIDTH {
                rate[w] *= 1.0 - calm[w];
            }
        }
        state.affairs.now[e] = count(&rate, &now.counts[e], escalation.most);
        add(&mut state.affairs.taken[e], &state.affairs.now[e].clone());
    }
    for (e, escalation) in shocks.escalations.iter().enumerate() {
        let taken = state.affairs.now[e];
        for m in &escalation.moves {
            let mut chosen = ZERO;
            for i in 0..escalation.most {
                let kind = &now.kinds[escalation.first_kind + i];
                for w in 0..WIDTH {
                    let this = (taken[w] > i as f64) & (kind[w] >= m.low) & (kind[w] < m.high);
                    chosen[w] = if this { 1.0 } else { chosen[w] };
                }
            }
            let announced = &mut state.affairs.announced[m.pending];
            for w in 0..WIDTH {
                announced[w] = if chosen[w] > 0.0 { t } else { announced[w] };
            }
            state.affairs.begin(world, m.pending, t, &chosen);
        }
    }
    excite(world, t, state);
}

/// Measures a week to be expected.
#[inline(always)]
fn intensity(world: World<'_>, escalation: &Escalation, t: f64, excitement: &Row) -> Row {
    let (start, base) = (world.draws.event(escalation.start), world.draws.event(escalation.rate));
    let lasts = escalation.duration.map_or(splat(f64::INFINITY), |p| *world.draws.event(p));
    each(|w| if (t >= start[w]) & (t < start[w] + lasts[w]) { base[w] + excitement[w] } else { 0.0 })
}

/// A Poisson number by the inverse of its distribution at one uniform, at most `most`.
#[inline(always)]
fn count(rate: &Row, u: &Row, most: usize) -> Row {
    let mut chance = exp(&each(|w| -rate[w]));
    let (mut below, mut n) = (chance, ZERO);
    for k in 1..=most {
        for w in 0..WIDTH {
            n[w] += if u[w] >= below[w] { 1.0 } else { 0.0 };
            chance[w] *= rate[w] / k as f64;
            below[w] += chance[w];
        }
    }
    n
}

/// This week's measures, and what provokes, excite the weeks to come; old excitement fades.
#[inline(always)]
fn excite(world: World<'_>, t: f64, state: &mut State) {
    let shocks = world.shocks;
    for (e, escalation) in shocks.escalations.iter().enumerate() {
        let (own, decay) = (world.draws.event(escalation.branching), world.draws.event(escalation.decay));
        let affairs = &mut state.affairs;
        let mut bred = each(|w| own[w] * affairs.now[e][w]);
        for &(other, share) in &escalation.answers {
            let theirs = &affairs.now[other];
            for w in 0..WIDTH {
                bred[w] += share * theirs[w];
            }
        }
        for &(event, share) in &escalation.provoked_by {
            let window = &world.draws.windows[event];
            let onset = shocks.pending.iter().position(|p| p.event == event).map_or(window.onset, |p| affairs.onset[p]);
            for w in 0..WIDTH {
                bred[w] += if (onset[w] == t) & (window.occurs[w] > 0.0) { share } else { 0.0 };
            }
        }
        let excitement = &mut affairs.excitement[e];
        for w in 0..WIDTH {
            excitement[w] = (1.0 - decay[w]) * excitement[w] + decay[w] * bred[w];
        }
    }
}

/// Writes strength, age and rise of scare of what has begun where events with a date have theirs.
#[inline(always)]
fn show(world: World<'_>, now: &mut PeriodShocks, affairs: &Affairs) {
    let t = now.period as f64;
    for (p, pending) in world.shocks.pending.iter().enumerate() {
        let (i, window) = (pending.event, &world.draws.windows[pending.event]);
        let strength = window.strength_from(now.period, &affairs.onset[p], &affairs.lasts[p]);
        now.active[i] = any(|w| strength[w] > 0.0);
        now.strength[i] = strength;
        now.age[i] = each(|w| t - affairs.onset[p][w]);
        let announced = affairs.announced[p];
        now.scare[i] = each(|w| if announced[w] == t { window.occurs[w] * window.scare[w] } else { 0.0 });
    }
}
