//! In: when an event starts, how long it lasts, how it comes and goes. Out: its strength in each period of each realization.

use super::PeriodShocks;
use super::stream::{fill, key};
use crate::network::{Param, Parameters};
use crate::wide::{Row, WIDTH, ZERO, any, each, max, min, splat};

/// When an event may happen.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Weeks after the start of the run; none: it begins when the run makes it.
    pub start: Option<Param>,
    /// Weeks; none: permanent.
    pub duration: Option<Param>,
    /// Weeks from nothing to full.
    pub ramp_in: Param,
    /// Weeks from full to nothing.
    pub ramp_out: Param,
    /// Cause and name of the uniform on which it hangs whether it happens, and between which values: those of a group share theirs.
    pub chance: (&'static str, String, f64, f64),
    /// Weeks before its start at which it is known.
    pub announce_lead: Param,
    /// Rise of scare when announced.
    pub scare: Param,
}

/// Onset of what has not begun, periods: later than any run lasts, and a number that can be subtracted.
pub const NEVER: f64 = 1e9;

/// When an event happens, in each realization of a batch.
#[derive(Debug, Clone)]
pub struct Window {
    /// Onset, period: the first that starts on or after the event's start.
    pub onset: Row,
    /// Periods it lasts (infinite: permanent).
    pub duration: Row,
    /// Weeks from nothing to full.
    ramp_in: Row,
    /// Weeks from full to nothing.
    pub ramp_out: Row,
    /// 1 if it happens; of an event without a date: if it may.
    pub occurs: Row,
    /// Weeks before its onset at which it is known.
    pub lead: Row,
    announced_at: Row,
    /// Rise of scare when announced.
    pub scare: Row,
    /// First and last period in which it has strength in some realization of the batch.
    acts: (f64, f64),
    /// First and last period in which it is announced with some scare in some realization of the batch.
    frightens: (f64, f64),
}

/// Least and largest of the columns for which something holds; an empty span if none.
fn span(low: impl Fn(usize) -> f64, high: impl Fn(usize) -> f64, holds: impl Fn(usize) -> bool) -> (f64, f64) {
    let mut span = (f64::INFINITY, f64::NEG_INFINITY);
    for w in (0..WIDTH).filter(|w| holds(*w)) {
        span = (min(span.0, low(w)), max(span.1, high(w)));
    }
    span
}

impl Schedule {
    pub(super) fn window(&self, seed: u64, first: u64, values: &[Row]) -> Window {
        let mut u = ZERO;
        let (cause, name, low, high) = &self.chance;
        fill(key(seed, cause, name), 0, first, &mut u);
        let start = self.start.map_or(splat(NEVER), |p| values[p.0]);
        let lead = values[self.announce_lead.0];
        let onset = each(|w| (start[w] - 1e-9).ceil());
        let duration = match self.duration {
            Some(p) => values[p.0],
            None => splat(f64::INFINITY),
        };
        let (ramp_out, scare) = (values[self.ramp_out.0], values[self.scare.0]);
        let occurs = each(|w| if u[w] >= *low && u[w] < *high { 1.0 } else { 0.0 });
        let announced_at = each(|w| max((start[w] - lead[w] - 1e-9).ceil(), 0.0));
        let happens = |w: usize| occurs[w] > 0.0 && self.start.is_some();
        Window {
            acts: span(|w| onset[w], |w| onset[w] + duration[w] + ramp_out[w], happens),
            frightens: span(|w| announced_at[w], |w| announced_at[w], |w| happens(w) && scare[w] > 0.0),
            onset,
            duration,
            ramp_in: values[self.ramp_in.0],
            ramp_out,
            occurs,
            lead,
            announced_at,
            scare,
        }
    }

    /// What a chart marks of it: nothing, if it has no date.
    pub(super) fn mark(&self, parameters: &Parameters) -> Option<(String, String, f64, Option<f64>)> {
        let start = parameters.central(self.start?);
        let end = self.duration.map(|d| start + parameters.central(d));
        Some((self.id.clone(), self.name.clone(), start, end))
    }
}

impl Window {
    /// Writes what holds in a period: strength, age and rise of scare of event `i`.
    #[inline(always)]
    pub fn fill(&self, period: usize, out: &mut PeriodShocks, i: usize) {
        let t = period as f64;
        let onset = self.onset;
        let age = &mut out.age[i];
        for w in 0..WIDTH {
            age[w] = t - onset[w];
        }
        if t >= self.acts.0 && t <= self.acts.1 {
            let strength = self.strength(period);
            out.active[i] = any(|w| strength[w] > 0.0);
            out.strength[i] = strength;
        } else if out.active[i] {
            // What does not act has no strength already.
            out.active[i] = false;
            out.strength[i] = ZERO;
        }
        out.scare[i] = ZERO;
        if t >= self.frightens.0 && t <= self.frightens.1 {
            out.scare[i] = each(|w| if self.announced_at[w] == t { self.occurs[w] * self.scare[w] } else { 0.0 });
        }
    }

    /// Strength 0..1 in a period: a trapezoid of time.
    #[inline(always)]
    pub fn strength(&self, period: usize) -> Row {
        self.strength_from(period, &self.onset, &self.duration)
    }

    /// The same for an onset and a duration that the run has brought about.
    #[inline(always)]
    pub fn strength_from(&self, period: usize, onset: &Row, duration: &Row) -> Row {
        let t = period as f64;
        let Window { ramp_in, ramp_out, occurs, .. } = *self;
        let mut strength = ZERO;
        for w in 0..WIDTH {
            let age = t - onset[w];
            let rising = min((age + 1.0) / (ramp_in[w] + 1.0), 1.0);
            let up = if age < 0.0 { 0.0 } else { rising };
            let over = age - duration[w];
            let fading = max(1.0 - (over + 1.0) / (ramp_out[w] + 1.0), 0.0);
            let down = if over < 0.0 { 1.0 } else { fading };
            strength[w] = occurs[w] * up * down;
        }
        strength
    }
}
