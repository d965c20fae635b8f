//! In: events on lanes. Out: bans, duties and delays on indices.

use super::{Case, Effect, always};
use crate::network::{Market, Param};
use crate::scenario::problem::Problems;
use crate::scenario::schema::Trade;
use crate::shocks::regime::Review;
use crate::shocks::stream::{Key, key};
use crate::shocks::{Draws, PeriodShocks, Shocks};
use crate::wide::{Row, WIDTH, ZERO, min};

/// What is done to lanes.
#[derive(Debug, Clone)]
pub enum Act {
    /// Shuts lanes.
    Ban {
        /// Lanes.
        lanes: Vec<usize>,
        /// Share that still passes.
        leakage: Param,
        /// Whether buyers look elsewhere.
        divert: bool,
    },
    /// Raises prices where goods arrive.
    Duty {
        /// Markets, and the share of their opening inflow that pays.
        markets: Vec<(usize, f64)>,
        /// Duty over price, at full strength.
        rate: Param,
    },
    /// Adds weeks to transit.
    Delay {
        /// Lanes and the keys of their draws.
        lanes: Vec<(usize, Key)>,
        /// Extra weeks.
        weeks: Box<Review>,
        /// Most, weeks.
        most: f64,
        /// First of its places in [`PeriodShocks::weeks`], if the engine settles its strength.
        waits: Option<usize>,
    },
}

impl Effect {
    /// Takes back the delays of the period before.
    #[inline(always)]
    pub(in crate::shocks) fn on_time(&self, out: &mut PeriodShocks) {
        let super::Act::Trade(Act::Delay { lanes, .. }) = &self.act else { return };
        for (lane, _) in lanes {
            if out.late[*lane] {
                out.late[*lane] = false;
                out.delay[*lane] = ZERO;
            }
        }
    }

    /// Draws the delays of a period.
    #[inline(always)]
    pub(in crate::shocks) fn delay(&self, period: u32, draws: &Draws, out: &mut PeriodShocks) {
        let super::Act::Trade(Act::Delay { lanes, weeks, most, waits }) = &self.act else { return };
        if let Some(first) = waits {
            for (i, (_, k)) in lanes.iter().enumerate() {
                out.weeks[first + i] = weeks.raw(*k, period, draws).0;
            }
            return;
        }
        if !out.active[self.event] {
            return;
        }
        let strength = out.strength[self.event];
        for (lane, k) in lanes {
            let (x, _) = weeks.raw(*k, period, draws);
            hold_up(&x, &strength, *most, *lane, out);
        }
    }

    /// Puts in force the delays that waited for the engine to settle how strong they are.
    #[inline(always)]
    pub(crate) fn delay_settled(&self, out: &mut PeriodShocks) {
        let super::Act::Trade(Act::Delay { lanes, most, waits: Some(first), .. }) = &self.act else { return };
        if out.active[self.event] {
            let strength = out.strength[self.event];
            for (i, (lane, _)) in lanes.iter().enumerate() {
                let x = out.weeks[first + i];
                hold_up(&x, &strength, *most, *lane, out);
            }
        }
    }
}

/// Adds a delay to a lane.
#[inline(always)]
fn hold_up(x: &Row, strength: &Row, most: f64, lane: usize, out: &mut PeriodShocks) {
    let delay = &mut out.delay[lane];
    for w in 0..WIDTH {
        let extra = min((x[w] * strength[w]).floor(), most);
        delay[w] += if strength[w] > 0.0 { extra } else { 0.0 };
    }
    out.late[lane] = true;
}

pub(super) fn compile(case: &Case<'_>, kind: &Trade, out: &mut Shocks, problems: &mut Problems) {
    let n = case.network;
    let lanes = case.lanes();
    match kind {
        Trade::Ban { leakage, divert } => {
            if lanes.is_empty() {
                case.nothing(problems, "no lane lies in its scope");
            } else if always(leakage, 1.0) {
                case.nothing(problems, "everything leaks through");
            }
            let leakage = out.parameters.add(case.path("leakage"), leakage, 0.0, 1.0);
            case.add(super::Act::Trade(Act::Ban { lanes, leakage, divert: *divert }), out);
        }
        Trade::Duty { rate } => {
            let share =
                |m: &Market| m.lanes.iter().filter(|l| lanes.binary_search(l).is_ok()).map(|&l| n.lanes[l].flow).sum::<f64>() / m.flow;
            let markets: Vec<(usize, f64)> = n.markets.iter().map(share).enumerate().filter(|(_, share)| *share > 0.0).collect();
            if markets.is_empty() {
                case.nothing(problems, "no market takes anything on a lane in its scope");
            } else if always(rate, 0.0) {
                case.nothing(problems, "its rate is zero");
            }
            let rate = out.parameters.add(case.path("rate"), rate, 0.0, f64::INFINITY);
            markets.iter().for_each(|&(k, _)| out.dutiable[k] = true);
            case.add(super::Act::Trade(Act::Duty { markets, rate }), out);
        }
        Trade::Delay { weeks } => {
            if lanes.is_empty() {
                case.nothing(problems, "no lane lies in its scope");
            }
            let review = Review::new(&case.path("weeks"), weeks, &mut out.parameters);
            let most = review.longest(&out.parameters).floor().min(4.0 * case.scenario.run.horizon as f64);
            let address = |l: usize| key(out.seed, "delay", &format!("{}/{}", case.event.id, n.lanes[l].name));
            let lanes: Vec<(usize, Key)> = lanes.into_iter().map(|l| (l, address(l))).collect();
            for (l, _) in &lanes {
                // Delays of two events add up.
                out.longest_delay[*l] += most as usize;
            }
            let waits = out.unsettled[case.index].then_some(out.waiting_weeks);
            out.waiting_weeks += if waits.is_some() { lanes.len() } else { 0 };
            case.add(super::Act::Trade(Act::Delay { lanes, weeks: Box::new(review), most, waits }), out);
        }
    }
}
