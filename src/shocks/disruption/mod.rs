//! In: a scenario's events. Out: schedules and effects on indices of the network; an event that changes nothing is a warning.
//!
//! Types of events come in families, one file each, as in `scenario/events/` and `engine/events/`.

pub mod knowhow;
pub mod materials;
mod origin;
pub mod papers;
pub mod politics;
pub mod quotas;
pub mod reserves;
pub mod smuggling;
pub mod trade;
pub mod works;

use super::Shocks;
use super::schedule::Schedule;
use crate::network::Network;
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Dist, Event, EventKind, Scenario, Scope};

/// What an event does to the chain while it lasts; one event may have several.
#[derive(Debug, Clone)]
pub struct Effect {
    /// Index of the event.
    pub event: usize,
    /// What it does.
    pub act: Act,
}

/// What events do, by family.
#[derive(Debug, Clone)]
pub enum Act {
    /// Moves what is collected and won back, and reference prices.
    Materials(materials::Act),
    /// Sets clocks of desks.
    Papers(papers::Act),
    /// Orders stockpiles and covers.
    Reserves(reserves::Act),
    /// Slows clocks of projects, holds people back.
    Knowhow(knowhow::Act),
    /// Raises what illicit lanes carry and risk.
    Smuggling(smuggling::Act),
    /// Shuts or slows lanes, raises prices.
    Trade(trade::Act),
    /// Changes capacity or demand.
    Works(works::Act),
    /// Raises the scare index of these regions when announced.
    Scare(Vec<usize>),
}

/// An event being compiled: what its file says, in the network it is about.
pub(super) struct Case<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Its network.
    pub network: &'a Network,
    /// The event.
    pub event: &'a Event,
    /// Its index.
    pub index: usize,
}

impl Case<'_> {
    /// Name of a parameter of the event.
    pub fn path(&self, part: &str) -> String {
        format!("event.{}.{part}", self.event.id)
    }

    /// Lanes in scope.
    pub fn lanes(&self) -> Vec<usize> {
        (0..self.network.lanes.len()).filter(|&l| lane_in(self.network, &self.event.scope, l)).collect()
    }

    /// Facilities in scope.
    pub fn facilities(&self) -> Vec<usize> {
        (0..self.network.facilities.len()).filter(|&f| facility_in(self.network, &self.event.scope, f)).collect()
    }

    /// Warns that the event changes nothing.
    pub fn nothing(&self, problems: &mut Problems, why: &str) {
        let id = &self.event.id;
        problems.warning(format!("event[{id}]"), format!("event `{id}` changes nothing: {why}")).help(
            "look at its scope, dates and numbers; `from` and `to` are regions, and lanes within a region count only with domestic = true",
        );
    }

    /// Adds what it does.
    pub fn add(&self, act: Act, out: &mut Shocks) {
        out.effects.push(Effect { event: self.index, act });
    }
}

/// Whether a distribution is this number.
pub(super) fn always(d: &Dist, x: f64) -> bool {
    *d == Dist::Fixed(x)
}

pub(super) fn has<T: PartialEq<U>, U>(list: &[T], x: &U) -> bool {
    list.is_empty() || list.iter().any(|y| y == x)
}

/// Whether a lane of lawful trade lies in scope: events on trade touch no other.
pub(super) fn lane_in(n: &Network, scope: &Scope, l: usize) -> bool {
    n.lanes[l].illicit.is_none() && lies_in(n, scope, l)
}

/// Whether a lane lies in scope, lawful or not.
fn lies_in(n: &Network, scope: &Scope, l: usize) -> bool {
    let lane = &n.lanes[l];
    let (a, b) = (&n.facilities[n.slots[lane.from].facility], &n.facilities[n.slots[lane.to].facility]);
    (scope.domestic || a.region != b.region)
        && has(&scope.from, &n.regions[a.region])
        && has(&scope.to, &n.regions[b.region])
        && has(&scope.commodities, &n.commodities[n.slots[lane.from].commodity].id)
        && has(&scope.classes, &lane.class)
        && (scope.facilities.is_empty() || [a, b].iter().any(|f| has(&scope.facilities, &f.group) || has(&scope.facilities, &f.id)))
        && (scope.buyers.is_empty() || has(&scope.buyers, &b.group) || has(&scope.buyers, &b.id))
        && (scope.stages.is_empty() || [a, b].iter().any(|f| scope.stages.contains(&f.stage)))
        && (scope.sectors.is_empty() || b.sector.is_some_and(|s| scope.sectors.contains(&n.sectors[s])))
}

/// Whether a facility lies in scope; its region may be named under `from` or `to`.
pub(super) fn facility_in(n: &Network, scope: &Scope, f: usize) -> bool {
    let facility = &n.facilities[f];
    let region = &n.regions[facility.region];
    let makes = |c: &String| n.slots[facility.slots.clone()].iter().any(|s| &n.commodities[s.commodity].id == c);
    has(&scope.from, region)
        && has(&scope.to, region)
        && (scope.facilities.is_empty() || scope.facilities.iter().any(|x| *x == facility.group || *x == facility.id))
        && has(&scope.stages, &facility.stage)
        && (scope.commodities.is_empty() || scope.commodities.iter().any(makes))
        && (scope.sectors.is_empty() || facility.sector.is_some_and(|s| scope.sectors.contains(&n.sectors[s])))
}

pub(super) fn compile(sc: &Scenario, n: &Network, out: &mut Shocks, problems: &mut Problems) {
    let cases: Vec<Case<'_>> = sc.events.iter().enumerate().map(|(index, event)| Case { scenario: sc, network: n, event, index }).collect();
    for case in &cases {
        schedule(case, out, problems);
        choices(case, problems);
    }
    // Desks first: other events name them.
    for case in &cases {
        papers::desk(case, out, problems);
    }
    for case in &cases {
        match &case.event.kind {
            EventKind::Materials(kind) => materials::compile(case, kind, out, problems),
            EventKind::Papers(kind) => papers::compile(case, kind, out, problems),
            EventKind::Politics(kind) => politics::compile(case, kind, out, problems),
            EventKind::Quotas(kind) => quotas::compile(case, kind, out, problems),
            EventKind::Reserves(kind) => reserves::compile(case, kind, out, problems),
            EventKind::Knowhow(kind) => knowhow::compile(case, kind, out, problems),
            EventKind::Smuggling(kind) => smuggling::compile(case, kind, out, problems),
            EventKind::Trade(kind) => trade::compile(case, kind, out, problems),
            EventKind::Works(kind) => works::compile(case, kind, out, problems),
        }
        scare(case, out);
    }
}

/// When it may happen.
fn schedule(case: &Case<'_>, out: &mut Shocks, problems: &mut Problems) {
    let (e, horizon) = (case.event, case.scenario.run.horizon);
    let p = &mut out.parameters;
    let mut add = |part: &str, d: &Dist, low: f64, high: f64| p.add(case.path(part), d, low, high);
    out.schedules.push(Schedule {
        id: e.id.clone(),
        name: e.name.clone(),
        start: e.start.as_ref().map(|d| add("start", d, 0.0, f64::INFINITY)),
        duration: e.duration.as_ref().map(|d| add("duration", d, 0.0, f64::INFINITY)),
        ramp_in: add("ramp_in", &e.ramp_in, 0.0, f64::INFINITY),
        ramp_out: add("ramp_out", &e.ramp_out, 0.0, f64::INFINITY),
        chance: chance(case),
        announce_lead: add("announce_lead", &e.announce_lead, 0.0, f64::INFINITY),
        scare: add("scare", &e.scare, 0.0, 1.0),
    });
    let start = out.schedules[case.index].start.map(|s| p.support(s).0);
    if start.is_some_and(|s| s >= horizon as f64) {
        case.nothing(problems, &format!("it starts after the last of the {horizon} weeks of the run"));
    } else if e.probability == 0.0 {
        case.nothing(problems, "its probability is zero");
    }
}

/// On which uniform it hangs whether an event happens: its own, or that of its group or choice; and between which values.
fn chance(case: &Case<'_>) -> (&'static str, String, f64, f64) {
    let e = case.event;
    match (&e.group, &e.choice) {
        (Some(group), _) => ("group", group.clone(), 0.0, e.probability),
        (None, Some(choice)) => {
            let same = |other: &&Event| other.choice.as_ref() == Some(choice);
            let before: f64 = case.scenario.events[..case.index].iter().filter(same).map(|other| other.probability).sum();
            ("choice", choice.clone(), before, before + e.probability)
        }
        (None, None) => ("occurrence", e.id.clone(), 0.0, e.probability),
    }
}

/// Of a choice one event happens at most: their probabilities cannot sum to more than one.
fn choices(case: &Case<'_>, problems: &mut Problems) {
    let (_, name, before, upto) = chance(case);
    if case.event.choice.is_some() && upto > 1.0 + 1e-9 {
        problems
            .error(
                format!("event[{}].probability", case.event.id),
                format!("with it the probabilities of the choice `{name}` sum to {upto:.3}, and one of them happens at most"),
            )
            .help(format!("those before it in the order of their ids sum to {before:.3}: write each one's `probability`"));
    }
}

fn scare(case: &Case<'_>, out: &mut Shocks) {
    if out.parameters.support(out.schedules[case.index].scare).1 > 0.0 {
        let n = case.network;
        let regions: std::collections::BTreeSet<usize> = case.lanes().into_iter().map(|l| n.region_of(n.lanes[l].to)).collect();
        case.add(Act::Scare(regions.into_iter().collect()), out);
    }
}
