//! In: a network and what is scheduled. Out: the rounds of the verbs: what each of them visits, with what it needs to know at hand.
//!
//! Made once a run. A verb walks a list of what it has to do and finds its numbers side by side, instead of asking every slot and
//! lane of the network whether it is concerned: what does not follow from a draw is asked here, once.

use std::ops::Range;

use crate::network::{Network, Role};
use crate::shocks::Shocks;

/// What the verbs visit.
#[derive(Debug, Clone)]
pub struct Rounds {
    /// Per lane, illicit ones too: its terms.
    pub terms: Vec<Terms>,
    /// Slots that order, customers before suppliers.
    pub calls: Vec<Call>,
    /// Lanes on which they order, call by call; those that join are not among them.
    pub pulls: Vec<Pull>,
    /// Outputs, whose forecasts follow the orders received.
    pub outputs: Vec<usize>,
    /// Slots from which something leaves.
    pub outlets: Vec<Outlet>,
    /// Facilities with recipes.
    pub works: Vec<Work>,
    /// Slots that are sent what they have not ordered.
    pub pushed_to: Vec<usize>,
    /// Lanes of which it is asked how much of what was requested was filled.
    pub filled: Vec<usize>,
}

/// On what terms goods go on a lane.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Weeks from shipping to arrival.
    pub lead: usize,
    /// Most a week, t (infinite: none).
    pub capacity: f64,
    /// Opening flow, t/week.
    pub flow: f64,
    /// Whether it is pushed.
    pub push: bool,
    /// Whether a ban may shut it, or a desk refuse its buyers.
    pub ruled: bool,
    /// Whether its shipments pass a desk.
    pub desk: bool,
}

/// A slot that orders.
#[derive(Debug, Clone)]
pub struct Call {
    /// The slot.
    pub slot: usize,
    /// Index of its region.
    pub region: usize,
    /// Whether its buyers may be turned away, and look elsewhere.
    pub rerouted: bool,
    /// Whether lanes of planned suppliers join it.
    pub joined: bool,
    /// Whether its forecast of usage is asked for.
    pub foresees: bool,
    /// Whether what it uses is what it is asked for.
    pub resells: bool,
    /// The user there, if there is one.
    pub user: Option<usize>,
    /// Base-stock level, t; none: it orders up to a cover.
    pub level: Option<f64>,
    /// Largest order a week, t.
    pub limit: f64,
    /// Mean lead time of its lanes at the opening, weeks.
    pub lead: f64,
    /// What it expects to be pushed to it, t/week, if that never changes.
    pub push_forecast: Option<f64>,
    /// Its lanes, as a range of [`Rounds::pulls`].
    pub pulls: Range<usize>,
}

/// A lane on which a slot orders.
#[derive(Debug, Clone, Copy)]
pub struct Pull {
    /// The lane.
    pub lane: usize,
    /// The supplier's slot.
    pub from: usize,
    /// Share of the orders.
    pub share: f64,
}

/// A slot from which something leaves.
#[derive(Debug, Clone)]
pub struct Outlet {
    /// The slot.
    pub slot: usize,
    /// Its leaving lanes.
    pub lanes: Range<usize>,
    /// Whether it never runs out.
    pub infinite: bool,
    /// Whether one customer, under no rule, orders all that leaves: there is nothing to divide.
    pub alone: bool,
    /// Whether a quota looks at what leaves it.
    pub rationed: bool,
    /// Whether its excess is pushed on or drained.
    pub pushes: bool,
}

/// A facility with recipes.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// The facility.
    pub facility: usize,
    /// Whether a quota looks at what it makes.
    pub rationed: bool,
}

impl Rounds {
    /// The rounds through a network in which so much is scheduled.
    pub fn new(n: &Network, shocks: &Shocks) -> Rounds {
        let mut pulls = vec![];
        let calls = n.order_sequence.iter().map(|&s| call(n, shocks, s, &mut pulls)).collect();
        let terms: Vec<Terms> = (0..n.lanes.len()).map(|l| self::terms(n, shocks, l)).collect();
        let outlets = (0..n.slots.len()).filter_map(|s| outlet(n, shocks, s, &terms)).collect();
        let mut rationed = vec![false; n.facilities.len()];
        shocks.quotas.iter().flat_map(|q| &q.activities).for_each(|&a| rationed[n.activities[a].facility] = true);
        let works = (0..n.facilities.len()).filter(|&f| !n.facilities[f].activities.is_empty());
        let filled = |l: &usize| !n.lanes[*l].push && (n.needs.fills || shocks.reroutes[n.lanes[*l].to]);
        Rounds {
            calls,
            pulls,
            outputs: (0..n.slots.len()).filter(|&s| n.slots[s].role == Role::Output).collect(),
            outlets,
            works: works.map(|facility| Work { facility, rationed: rationed[facility] }).collect(),
            pushed_to: (0..n.slots.len()).filter(|&s| n.slots[s].takes_push).collect(),
            filled: (0..n.lanes.len()).filter(filled).collect(),
            terms,
        }
    }
}

fn terms(n: &Network, shocks: &Shocks, l: usize) -> Terms {
    let lane = &n.lanes[l];
    Terms {
        lead: lane.lead,
        capacity: lane.capacity,
        flow: lane.flow,
        push: lane.push,
        ruled: shocks.ruled[l],
        desk: shocks.licence_of(l).is_some(),
    }
}

fn call(n: &Network, shocks: &Shocks, s: usize, pulls: &mut Vec<Pull>) -> Call {
    let slot = &n.slots[s];
    let first = pulls.len();
    let ordered = n.inbound[s].iter().filter(|&&l| !n.lanes[l].push && n.lanes[l].joins.is_none());
    pulls.extend(ordered.map(|&lane| Pull { lane, from: n.lanes[lane].from, share: n.lanes[lane].share }));
    let foresees = n.needs.forecast[s] || shocks.reroutes[s]; // markets ask what refused buyers would use
    Call {
        slot: s,
        region: n.facilities[slot.facility].region,
        rerouted: shocks.reroutes[s],
        joined: n.joined.get(s).is_some_and(|joined| !joined.is_empty()),
        foresees,
        resells: foresees && slot.role == Role::Stock,
        user: slot.user,
        level: slot.base_stock,
        limit: slot.order_limit,
        lead: slot.lead,
        push_forecast: (!slot.takes_push).then_some(slot.pushed_in),
        pulls: first..pulls.len(),
    }
}

fn outlet(n: &Network, shocks: &Shocks, s: usize, terms: &[Terms]) -> Option<Outlet> {
    let slot = &n.slots[s];
    let (lanes, rationed) = (n.outbound[s].clone(), shocks.rationed[s]);
    let pushes = slot.role == Role::Output && (n.needs.pushes[s] || slot.drains);
    let alone = match &terms[lanes.clone()] {
        // A cap on what is filed for is a rule of a desk.
        [terms] => !terms.push && !terms.ruled && !terms.desk && !rationed && !pushes,
        _ => false,
    };
    (!lanes.is_empty() || pushes).then_some(Outlet { slot: s, lanes, infinite: slot.infinite, alone, rationed, pushes })
}
