//! In: what is scheduled, and a network. Out: room for what happens to a batch in one period.

use super::Shocks;
use super::stream::{SPAN, Single};
use crate::network::Network;
use crate::wide::{ONE, Row, WIDTH, Wide, ZERO, any};

/// What happens in one period.
#[derive(Debug, Clone)]
pub struct PeriodShocks {
    /// Period, 0 the first.
    pub period: usize,
    /// Whether each event acts, in some realization of the batch.
    pub active: Vec<bool>,
    /// Strength 0..1 of each event.
    pub strength: Vec<Row>,
    /// Periods since each event's onset (negative before).
    pub age: Vec<Row>,
    /// Rise of scare announced this period, per event.
    pub scare: Vec<Row>,
    /// Factor on demand per facility (one without demand).
    pub demand: Vec<Row>,
    /// Standard normals per element.
    pub element: Vec<Row>,
    /// Standard normals per market.
    pub market: Vec<Row>,
    /// Steps of the log price per market; empty if no price walks.
    pub wander: Vec<Row>,
    /// Standard normals per desk.
    pub strictness: Vec<Row>,
    /// Weeks of review per licensed lane, at least 1.
    pub review: Vec<Row>,
    /// Whether a file is sent back, per licensed lane: 1 or 0.
    pub returned: Vec<Row>,
    /// Uniforms per project whose start follows from price and risk.
    pub project: Vec<Row>,
    /// Uniforms for the number of measures, per escalation.
    pub counts: Vec<Row>,
    /// Uniforms for their types, of all escalations.
    pub kinds: Vec<Row>,
    /// Weeks drawn for the lanes of delays that the engine settles, before it is known how far they are in force.
    pub weeks: Vec<Row>,
    /// Uniforms of what may break down.
    pub breaks: Vec<Row>,
    /// Whole extra weeks per lane.
    pub delay: Vec<Row>,
    /// Uniforms that decide seizures, per illicit lane; drawn for those where a week's shipment is seized whole or not at all.
    pub seizure: Vec<Row>,
    /// Per lane: whether it has extra weeks in some realization of the batch.
    pub late: Vec<bool>,
    /// The span of periods whose normals are at hand.
    pub(super) span: Option<usize>,
    pub(super) demand_normals: Vec<[Single; SPAN]>,
    pub(super) element_normals: Vec<[Single; SPAN]>,
    pub(super) market_normals: Vec<[Single; SPAN]>,
}

impl PeriodShocks {
    /// Weakens an event by as much as another is in force.
    #[inline(always)]
    pub(crate) fn suspend(&mut self, event: usize, by: usize) {
        if self.active[event] && self.active[by] {
            let (mut left, truce) = (self.strength[event], self.strength[by]);
            for w in 0..WIDTH {
                left[w] *= 1.0 - truce[w];
            }
            self.active[event] = any(|w| left[w] > 0.0);
            self.strength[event] = left;
        }
    }
}

impl Shocks {
    /// Room for one period's shocks, to be reused.
    pub fn period(&self, network: &Network) -> PeriodShocks {
        let normals = |keys: usize| vec![[Wide([0.0; WIDTH]); SPAN]; keys];
        PeriodShocks {
            period: 0,
            active: vec![false; self.schedules.len()],
            strength: vec![ZERO; self.schedules.len()],
            age: vec![ZERO; self.schedules.len()],
            scare: vec![ZERO; self.schedules.len()],
            demand: vec![ONE; network.facilities.len()],
            element: vec![ZERO; network.elements.len()],
            market: vec![ZERO; network.markets.len()],
            wander: vec![ZERO; if network.needs.walks { network.markets.len() } else { 0 }],
            strictness: vec![ZERO; self.desks.len()],
            review: vec![ONE; self.licensed.len()],
            returned: vec![ZERO; self.licensed.len()],
            project: vec![ONE; self.noise.projects.len()],
            counts: vec![ZERO; self.escalations.len()],
            kinds: vec![ZERO; self.escalations.iter().map(|e| e.most).sum()],
            weeks: vec![ZERO; self.waiting_weeks],
            breaks: vec![ZERO; self.units],
            delay: vec![ZERO; if self.longest_delay.iter().any(|d| *d > 0) { network.lanes.len() } else { 0 }],
            seizure: vec![ZERO; network.illicit.len()],
            late: vec![false; network.lanes.len()],
            span: None,
            demand_normals: normals(self.noise.demand.len()),
            element_normals: normals(self.noise.elements.len()),
            market_normals: normals(self.noise.markets.len()),
        }
    }
}
