//! In: events about smugglers. Out: what rises on illicit lanes, and what is left of illicit works, on indices.

use super::{Case, always, facility_in, lies_in, works};
use crate::network::Param;
use crate::scenario::events::Scope;
use crate::scenario::events::smuggling::{More, Smuggling};
use crate::scenario::problem::Problems;
use crate::scenario::schema::Dist;
use crate::shocks::Shocks;

/// What is done to illicit lanes; all of it raises, so that of several events the strongest holds.
#[derive(Debug, Clone)]
pub struct Act {
    /// Indices of illicit lanes.
    pub lanes: Vec<usize>,
    /// What is raised.
    pub what: What,
    /// To which value, at full strength; for [`What::Factor`] as a factor on what it was.
    pub value: Param,
}

/// What an event raises on an illicit lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Enforcement, 0..1.
    Enforcement,
    /// Share seized, 0..1.
    Seizure,
    /// Capacity, t/week.
    Capacity,
    /// Capacity, over what it was.
    Factor,
}

pub(super) fn compile(case: &Case<'_>, kind: &Smuggling, out: &mut Shocks, problems: &mut Problems) {
    let n = case.network;
    let lanes: Vec<usize> = (0..n.illicit.len()).filter(|&i| lies_in(n, &case.event.scope, n.illicit[i].lane)).collect();
    let add = |what: What, part: &str, value: &Dist, most: f64, out: &mut Shocks| {
        let value = out.parameters.add(case.path(part), value, 0.0, most);
        case.add(super::Act::Smuggling(Act { lanes: lanes.clone(), what, value }), out);
    };
    match kind {
        Smuggling::Crackdown { enforcement, seizure, illicit_mines } => {
            if let Some(value) = enforcement {
                add(What::Enforcement, "enforcement", value, 1.0, out);
            }
            if let Some(value) = seizure {
                add(What::Seizure, "seizure", value, 1.0, out);
            }
            let mines = works_in(case);
            if lanes.is_empty() && (mines.is_empty() || illicit_mines.is_none()) {
                case.nothing(problems, "no [[illicit_lane]] and no facility with illicit = true lies in its scope");
            } else if [enforcement, seizure].into_iter().flatten().all(|d| always(d, 0.0)) && illicit_mines.iter().all(|d| always(d, 1.0)) {
                case.nothing(problems, "it deters, seizes and shuts nothing");
            }
            if let Some(left) = illicit_mines.as_ref().filter(|_| !mines.is_empty()) {
                let left = out.parameters.add(case.path("illicit_mines"), left, 0.0, 1.0);
                case.add(super::Act::Works(works::Act::Capacity { facilities: mines, left }), out);
            }
        }
        Smuggling::More(more) => {
            if lanes.is_empty() {
                case.nothing(problems, "no [[illicit_lane]] lies in its scope");
            }
            match more {
                More::Capacity(rate) => add(What::Capacity, "capacity", rate, f64::INFINITY, out),
                More::Factor(factor) => {
                    if always(factor, 1.0) {
                        case.nothing(problems, "capacity is multiplied by 1");
                    }
                    add(What::Factor, "factor", factor, f64::INFINITY, out);
                }
            }
        }
    }
}

/// Illicit facilities in scope that make something; where the goods go does not narrow them.
fn works_in(case: &Case<'_>) -> Vec<usize> {
    let n = case.network;
    let scope = Scope { to: vec![], ..case.event.scope.clone() };
    let illicit = |f: &usize| n.facilities[*f].illicit && !n.facilities[*f].activities.is_empty();
    (0..n.facilities.len()).filter(illicit).filter(|&f| facility_in(n, &scope, f)).collect()
}
