//! In: events that cap an amount over a span. Out: quotas on indices.

use super::Case;
use crate::network::{Network, Param};
use crate::scenario::events::quotas;
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Dist, Pacing, Quotas, Volume};
use crate::shocks::{Draws, Shocks};
use crate::wide::{Row, WIDTH, ZERO, times};

/// A cap on what leaves, or on what is made, over a span of periods.
#[derive(Debug, Clone)]
pub struct Quota {
    /// Index of its event.
    pub event: usize,
    /// Lanes, for an export quota.
    pub lanes: Vec<usize>,
    /// Activities, for a production quota.
    pub activities: Vec<usize>,
    /// What is handed out in a span, in the order of time.
    pub batches: Vec<Batch>,
    /// Factor on every batch, if volumes are not published.
    pub unpublished: Option<Param>,
    /// Weeks.
    pub span: usize,
    /// How a batch is spread over its weeks.
    pub pacing: Pacing,
    /// Power of the margin by which lanes share what is not enough; 0: all are scaled alike.
    pub exponent: f64,
    /// Per lane: where its margin is seen.
    pub margins: Vec<Margin>,
}

/// Part of a quota's volume.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Weeks of the span before it.
    pub start: usize,
    /// Weeks of the span until the next, or the end.
    pub end: usize,
    /// Volume drawn: t, or multiple of the opening flow.
    pub volume: Param,
    /// t at a volume of 1: 1 for masses, opening flow over its weeks for multiples.
    pub unit: f64,
}

/// The two prices between which a lane earns.
#[derive(Debug, Clone, Copy)]
pub struct Margin {
    /// Market where the goods are taken.
    pub from: Option<usize>,
    /// Market where they are sold.
    pub to: Option<usize>,
}

impl Quota {
    /// Volume of a batch, t.
    #[inline(always)]
    pub fn volume(&self, batch: &Batch, draws: &Draws) -> Row {
        let (drawn, mut volume) = (draws.event(batch.volume), ZERO);
        for w in 0..WIDTH {
            volume[w] = drawn[w] * batch.unit;
        }
        if let Some(p) = self.unpublished {
            times(&mut volume, draws.event(p));
        }
        volume
    }
}

pub(super) fn compile(case: &Case<'_>, kind: &Quotas, out: &mut Shocks, problems: &mut Problems) {
    let n = case.network;
    match kind {
        Quotas::Export { quota: cap, margin_exponent } => {
            let lanes = case.lanes();
            let opening: f64 = lanes.iter().map(|&l| n.lanes[l].flow).sum();
            if lanes.is_empty() || opening == 0.0 {
                case.nothing(problems, "no lane with flow lies in its scope");
            }
            let margins: Vec<Margin> = lanes.iter().map(|&l| margin(n, l)).collect();
            if *margin_exponent > 0.0 && margins.iter().all(|m| m.to.is_none()) {
                let path = format!("event[{}].margin_exponent", case.event.id);
                problems.warning(path, "`margin_exponent` changes nothing: nothing in scope has a price where it arrives");
            }
            let q = Quota { lanes, margins, exponent: *margin_exponent, ..quota(case, cap, opening, out) };
            out.quotas.push(q);
        }
        Quotas::Production(cap) => {
            let chosen = case.facilities();
            // Who makes without leave asks for none.
            let ruled = |f: usize| chosen.contains(&f) && !n.facilities[f].illicit;
            let activities: Vec<usize> = (0..n.activities.len()).filter(|&a| ruled(n.activities[a].facility)).collect();
            let opening: f64 = activities.iter().map(|&a| n.activities[a].rate).sum();
            if opening == 0.0 {
                case.nothing(problems, "nothing is made in its scope");
            }
            let q = Quota { activities, ..quota(case, cap, opening, out) };
            out.quotas.push(q);
        }
    }
}

fn margin(n: &Network, l: usize) -> Margin {
    let lane = &n.lanes[l];
    let commodity = n.slots[lane.from].commodity;
    let at = |slot: usize| n.markets.iter().position(|m| m.commodity == commodity && m.region == n.region_of(slot));
    Margin { from: at(lane.from), to: at(lane.to) }
}

fn quota(case: &Case<'_>, cap: &quotas::Quota, opening: f64, out: &mut Shocks) -> Quota {
    let several = cap.batches.len() > 1;
    let mut batches = vec![];
    for (i, batch) in cap.batches.iter().enumerate() {
        let end = cap.batches.get(i + 1).map_or(cap.span, |next| next.start);
        let path = |part: &str| if several { case.path(&format!("batches.{i}.{part}")) } else { case.path(part) };
        let weeks = end.saturating_sub(batch.start) as f64;
        let (volume, unit) = match &batch.volume {
            Volume::Mass(d) => (out.parameters.add(path("volume"), d, 0.0, f64::INFINITY), 1.0),
            Volume::Multiple(d) => (out.parameters.add(path("multiple"), d, 0.0, f64::INFINITY), opening * weeks),
        };
        batches.push(Batch { start: batch.start, end, volume, unit });
    }
    let unpublished = (cap.unpublished_cv > 0.0).then(|| {
        // Lognormal around the volume: its mean is what would have been published.
        let sigma = (1.0 + cap.unpublished_cv * cap.unpublished_cv).ln().sqrt();
        let around = Dist::Lognormal { median: (-0.5 * sigma * sigma).exp(), sigma };
        out.parameters.add(case.path("unpublished"), &around, 0.0, f64::INFINITY)
    });
    Quota {
        event: case.index,
        lanes: vec![],
        activities: vec![],
        batches,
        unpublished,
        span: cap.span.max(1),
        pacing: cap.pacing,
        exponent: 0.0,
        margins: vec![],
    }
}
