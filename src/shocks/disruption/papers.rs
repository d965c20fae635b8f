//! In: events about papers. Out: desks, their clocks, general licences, on indices.

use super::{Case, always, lane_in};
use crate::network::Param;
use crate::scenario::problem::Problems;
use crate::scenario::schema::{EventKind, Papers};
use crate::shocks::Shocks;
use crate::shocks::regime::{add_desk, add_permit};

/// What is done to desks.
#[derive(Debug, Clone)]
pub enum Act {
    /// Sets the clock of desks.
    Rate {
        /// Desks.
        desks: Vec<usize>,
        /// Rate at full strength.
        rate: Param,
    },
    /// Caps what is filed for at desks.
    Cap {
        /// Desks.
        desks: Vec<usize>,
        /// Most a week over the opening flow.
        ratio: Param,
    },
}

/// The desk of a licence event.
pub(super) fn desk(case: &Case<'_>, out: &mut Shocks, problems: &mut Problems) {
    let EventKind::Papers(Papers::ExportLicence(licence)) = &case.event.kind else { return };
    let mut lanes = case.lanes();
    let some = !lanes.is_empty();
    if let Some((regions, threshold)) = &licence.origin {
        let n = case.network;
        let origin: Vec<bool> = n.regions.iter().map(|r| regions.contains(r)).collect();
        let share = super::origin::share(n, &origin);
        let third = |slot: usize| !origin[n.region_of(slot)];
        lanes.retain(|&l| third(n.lanes[l].from) && third(n.lanes[l].to) && share[n.lanes[l].from] > *threshold);
    }
    if lanes.is_empty() {
        let why = if some { "no goods on the lanes in its scope hold so much of that origin" } else { "no lane lies in its scope" };
        case.nothing(problems, why);
    }
    add_desk(case.event, case.index, licence, &lanes, case.network, out, problems);
}

fn named(names: &[String], out: &Shocks) -> Vec<usize> {
    (0..out.desks.len()).filter(|&d| names.is_empty() || names.contains(&out.desks[d].id)).collect()
}

/// What the other events do to desks.
pub(super) fn compile(case: &Case<'_>, kind: &Papers, out: &mut Shocks, problems: &mut Problems) {
    match kind {
        Papers::ExportLicence(_) => {}
        Papers::DeskRate { desks, rate } => {
            let desks = named(desks, out);
            if desks.is_empty() {
                case.nothing(problems, "there is no desk whose clock it could set");
            } else if always(rate, 1.0) {
                case.nothing(problems, "a clock that runs at rate 1 is what it is anyway");
            }
            let rate = out.parameters.add(case.path("rate"), rate, 0.0, 100.0);
            case.add(super::Act::Papers(Act::Rate { desks, rate }), out);
        }
        Papers::AntiHoarding { desks, volume_cap_ratio } => {
            let desks = named(desks, out);
            if desks.is_empty() {
                case.nothing(problems, "there is no desk at which it could cap volumes");
            }
            let ratio = out.parameters.add(case.path("volume_cap_ratio"), volume_cap_ratio, 0.0, f64::INFINITY);
            out.capped = true;
            case.add(super::Act::Papers(Act::Cap { desks, ratio }), out);
        }
        Papers::GeneralLicence { desks, share, volume, span } => {
            let desks = named(desks, out);
            let in_scope = |l| lane_in(case.network, &case.event.scope, l);
            if !add_permit(case.event, case.index, &desks, &in_scope, (share, volume, (*span).max(1)), case.network, out) {
                case.nothing(problems, "no licensed lane lies in its scope");
            }
        }
    }
}
