//! In: events that cap an amount over a span. Out: quotas on indices.

use super::Case;
use crate::network::Param;
use crate::scenario::events::quotas;
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Pacing, Quotas, Volume};
use crate::shocks::Shocks;

/// A cap on what leaves, or on what is made, over a span of periods.
#[derive(Debug, Clone)]
pub struct Quota {
    /// Index of its event.
    pub event: usize,
    /// Lanes, for an export quota.
    pub lanes: Vec<usize>,
    /// Activities, for a production quota.
    pub activities: Vec<usize>,
    /// Volume drawn: t, or multiple of `opening`.
    pub volume: Param,
    /// t a span at a volume of 1: 1 for masses, opening flow for multiples.
    pub unit: f64,
    /// Weeks.
    pub span: usize,
    /// Whether what remains is spread evenly.
    pub even: bool,
}

pub(super) fn compile(case: &Case<'_>, kind: &Quotas, out: &mut Shocks, problems: &mut Problems) {
    let n = case.network;
    match kind {
        Quotas::Export(cap) => {
            let lanes = case.lanes();
            let opening: f64 = lanes.iter().map(|&l| n.lanes[l].flow).sum();
            if lanes.is_empty() || opening == 0.0 {
                case.nothing(problems, "no lane with flow lies in its scope");
            }
            let q = Quota { lanes, ..quota(case, cap, opening, out) };
            out.quotas.push(q);
        }
        Quotas::Production(cap) => {
            let chosen = case.facilities();
            let activities: Vec<usize> = (0..n.activities.len()).filter(|&a| chosen.contains(&n.activities[a].facility)).collect();
            let opening: f64 = activities.iter().map(|&a| n.activities[a].rate).sum();
            if opening == 0.0 {
                case.nothing(problems, "nothing is made in its scope");
            }
            let q = Quota { activities, ..quota(case, cap, opening, out) };
            out.quotas.push(q);
        }
    }
}

fn quota(case: &Case<'_>, cap: &quotas::Quota, opening: f64, out: &mut Shocks) -> Quota {
    let (volume, unit) = match &cap.volume {
        Volume::Mass(d) => (out.parameters.add(case.path("volume"), d, 0.0, f64::INFINITY), 1.0),
        Volume::Multiple(d) => (out.parameters.add(case.path("multiple"), d, 0.0, f64::INFINITY), opening * cap.span as f64),
    };
    Quota { event: case.index, lanes: vec![], activities: vec![], volume, unit, span: cap.span.max(1), even: cap.pacing == Pacing::Even }
}
