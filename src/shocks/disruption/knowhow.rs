//! In: events about people, technology and projects. Out: factors on clocks, people and starts, on indices.

use super::{Case, always, has};
use crate::network::{Network, Param};
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Dist, Knowhow};
use crate::shocks::Shocks;

/// What is done to projects and pools while an event lasts.
#[derive(Debug, Clone)]
pub enum Act {
    /// Makes projects slower and worse.
    Ban {
        /// Projects.
        projects: Vec<usize>,
        /// Speed of clocks at full strength.
        clock: Param,
        /// Factor on the time of building.
        build: Param,
        /// Factor on the people needed.
        people: Param,
        /// Factor on what is spoiled.
        loss: Param,
    },
    /// Lets fewer people come.
    Inflow {
        /// Pools.
        pools: Vec<usize>,
        /// Factor at full strength.
        factor: Param,
        /// Share that is got round.
        leak: Param,
    },
    /// Lets those who decide count on a price.
    Floor {
        /// (project, place in its basket, one over the reference price).
        prices: Vec<(usize, usize, f64)>,
        /// USD/kg.
        price: Param,
    },
    /// Lets those who decide count on a buyer.
    Offtake {
        /// Projects.
        projects: Vec<usize>,
        /// Share of output.
        share: Param,
    },
}

/// What is done once, at the onset of an event.
#[derive(Debug, Clone)]
pub struct Onset {
    /// Index of the event.
    pub event: usize,
    /// What is done.
    pub what: Once,
}

/// What is done once.
#[derive(Debug, Clone)]
pub enum Once {
    /// A share of the people of pools leaves, but for those who get round it.
    Recall(Vec<usize>, Param, Param),
    /// A project begins.
    Begin(usize),
    /// Projects stand still for some weeks.
    Delay(Vec<usize>, Param),
    /// Projects that deliver nothing yet are given up.
    Cancel(Vec<usize>),
}

pub(super) fn compile(case: &Case<'_>, kind: &Knowhow, out: &mut Shocks, problems: &mut Problems) {
    let (n, e) = (case.network, case.event);
    if n.projects.is_empty() && n.pools.is_empty() {
        case.nothing(problems, "the world has no projects");
        return;
    }
    let add = |part: &str, dist: &Dist, high: f64, out: &mut Shocks| out.parameters.add(case.path(part), dist, 0.0, high);
    let projects: Vec<usize> = (0..n.projects.len()).filter(|&p| abroad(case, n.plants[n.projects[p].plant].facility)).collect();
    let decided: Vec<usize> = projects.iter().copied().filter(|&p| n.projects[p].hazard.is_some()).collect();
    let named = |ids: &[String]| -> Vec<usize> { (0..n.projects.len()).filter(|&p| ids.contains(&n.projects[p].id)).collect() };
    let once = |what: Once, out: &mut Shocks| out.onsets.push(Onset { event: case.index, what });
    match kind {
        Knowhow::TechnologyBan { clock, build, people, loss } => {
            if projects.is_empty() {
                case.nothing(problems, "no project lies in its scope");
            } else if [clock, build, people, loss].iter().all(|d| always(d, 1.0)) {
                case.nothing(problems, "all its factors are 1");
            }
            let act = Act::Ban {
                projects,
                clock: add("clock", clock, 1.0, out),
                build: add("build", build, 1e6, out),
                people: add("people", people, 1e6, out),
                loss: add("loss", loss, 1e6, out),
            };
            case.add(super::Act::Knowhow(act), out);
        }
        Knowhow::PersonnelRestriction { inflow, recall, leak } => {
            let scope = &e.scope;
            let pools: Vec<usize> =
                (0..n.pools.len()).filter(|&p| outside(n, &scope.to, n.pools[p].region) && has(&scope.stages, &n.pools[p].stage)).collect();
            if pools.is_empty() {
                case.nothing(problems, "no pool of people lies in its scope");
            } else if always(inflow, 1.0) && always(recall, 0.0) || always(leak, 1.0) {
                case.nothing(problems, "nobody is held back or called back");
            } else if !pools.iter().any(|&p| n.projects.iter().any(|x| x.pool == Some(p))) {
                case.nothing(problems, "no project needs the people in its scope");
            }
            let (factor, leak) = (add("inflow", inflow, 1e6, out), add("leak", leak, 1.0, out));
            let recalled = add("recall", recall, 1.0, out);
            once(Once::Recall(pools.clone(), recalled, leak), out);
            case.add(super::Act::Knowhow(Act::Inflow { pools, factor, leak }), out);
        }
        Knowhow::Project { project } => {
            if let Some(p) = n.projects.iter().position(|x| x.id == *project) {
                once(Once::Begin(p), out);
            }
        }
        Knowhow::ProjectDelay { projects, weeks } => {
            if projects.is_empty() || always(weeks, 0.0) {
                case.nothing(problems, "nothing is delayed");
            }
            let weeks = add("weeks", weeks, f64::INFINITY, out);
            once(Once::Delay(named(projects), weeks), out);
        }
        Knowhow::ProjectCancel { projects } => {
            if projects.is_empty() {
                case.nothing(problems, "it names no project");
            }
            once(Once::Cancel(named(projects)), out);
        }
        Knowhow::PriceFloor { price } => {
            let mut prices = vec![];
            for &p in &decided {
                for (i, (k, _)) in n.projects[p].basket.iter().enumerate() {
                    if has(&e.scope.commodities, &n.commodities[n.markets[*k].commodity].id) {
                        prices.push((p, i, 1.0 / n.markets[*k].reference));
                    }
                }
            }
            if prices.is_empty() {
                case.nothing(problems, "no project that waits for a price makes what is in its scope");
            }
            let price = add("price", price, f64::INFINITY, out);
            case.add(super::Act::Knowhow(Act::Floor { prices, price }), out);
        }
        Knowhow::Offtake { share } => {
            if decided.is_empty() {
                case.nothing(problems, "no project that waits for a price lies in its scope");
            }
            let share = add("share", share, 1.0, out);
            case.add(super::Act::Knowhow(Act::Offtake { projects: decided, share }), out);
        }
    }
}

/// Whether a facility lies in the scope of a measure against those who build elsewhere.
fn abroad(case: &Case<'_>, f: usize) -> bool {
    let (n, scope) = (case.network, &case.event.scope);
    let facility = &n.facilities[f];
    outside(n, &scope.to, facility.region) && has(&scope.stages, &facility.stage) && has(&scope.facilities, &facility.group)
}

/// Whether a region is named; if none is, whether it lies outside the border.
fn outside(n: &Network, named: &[String], region: usize) -> bool {
    if named.is_empty() { !n.inside[region] } else { named.contains(&n.regions[region]) }
}
