//! In: when an event starts, how long it lasts, how it comes and goes. Out: its strength in each period of each realization.

use super::stream::{fill, key};
use crate::network::{Param, Parameters};
use crate::wide::{Row, ZERO, each};

/// When an event may happen.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Weeks after the start of the run.
    pub start: Param,
    /// Weeks; none: permanent.
    pub duration: Option<Param>,
    /// Weeks from nothing to full.
    pub ramp_in: Param,
    /// Weeks from full to nothing.
    pub ramp_out: Param,
    /// Chance that it happens.
    pub probability: f64,
    /// Weeks before its start at which it is known.
    pub announce_lead: Param,
    /// Rise of scare when announced.
    pub scare: Param,
}

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
    ramp_out: Row,
    /// 1 if it happens.
    pub occurs: Row,
    announced_at: Row,
    scare: Row,
}

impl Schedule {
    pub(super) fn window(&self, seed: u64, first: u64, values: &[Row]) -> Window {
        let mut u = ZERO;
        fill(key(seed, "occurrence", &self.id), 0, first, &mut u);
        let start = values[self.start.0];
        let lead = values[self.announce_lead.0];
        Window {
            onset: each(|w| (start[w] - 1e-9).ceil()),
            duration: match self.duration {
                Some(p) => values[p.0],
                None => [f64::INFINITY; crate::wide::WIDTH],
            },
            ramp_in: values[self.ramp_in.0],
            ramp_out: values[self.ramp_out.0],
            occurs: each(|w| if u[w] < self.probability { 1.0 } else { 0.0 }),
            announced_at: each(|w| (start[w] - lead[w] - 1e-9).ceil().max(0.0)),
            scare: values[self.scare.0],
        }
    }

    pub(super) fn mark(&self, parameters: &Parameters) -> (String, String, f64, Option<f64>) {
        let start = parameters.central(self.start);
        let end = self.duration.map(|d| start + parameters.central(d));
        (self.id.clone(), self.name.clone(), start, end)
    }
}

impl Window {
    /// Strength 0..1 in a period: a trapezoid of time.
    pub fn strength(&self, period: usize) -> Row {
        let t = period as f64;
        each(|w| {
            let age = t - self.onset[w];
            let up = if age < 0.0 {
                0.0
            } else if self.ramp_in[w] > 0.0 {
                ((age + 1.0) / (self.ramp_in[w] + 1.0)).min(1.0)
            } else {
                1.0
            };
            let over = age - self.duration[w];
            let down = if over < 0.0 {
                1.0
            } else if self.ramp_out[w] > 0.0 {
                (1.0 - (over + 1.0) / (self.ramp_out[w] + 1.0)).max(0.0)
            } else {
                0.0
            };
            self.occurs[w] * up * down
        })
    }

    /// Periods since onset, negative before.
    pub fn age(&self, period: usize) -> Row {
        each(|w| period as f64 - self.onset[w])
    }

    /// Rise of the scare index in this period.
    pub fn announced(&self, period: usize) -> Row {
        each(|w| if self.announced_at[w] == period as f64 { self.occurs[w] * self.scare[w] } else { 0.0 })
    }
}
