//! In: a scenario's events. Out: schedules and effects on indices of the network; an event that changes nothing is a warning.

use super::regime::{Review, add_desk, add_permit};
use super::schedule::Schedule;
use super::stream::{Key, key};
use super::{Draws, PeriodShocks, Shocks};
use crate::network::{Market, Network, Param};
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Dist, Event, EventKind, Pacing, Scenario, Scope, Volume};
use crate::wide::{WIDTH, ZERO, min};

/// What an event does to the chain while it lasts.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Multiplies the capacity of facilities by `1 − strength (1 − left)`.
    Capacity {
        /// Index of the event.
        event: usize,
        /// Facilities.
        facilities: Vec<usize>,
        /// Multiplier at full strength.
        left: Param,
    },
    /// Multiplies demand.
    Demand {
        /// Index of the event.
        event: usize,
        /// Users.
        users: Vec<usize>,
        /// Multiplier at full strength.
        factor: Param,
    },
    /// Shuts lanes.
    Ban {
        /// Index of the event.
        event: usize,
        /// Lanes.
        lanes: Vec<usize>,
        /// Share that still passes.
        leakage: Param,
        /// Whether buyers look elsewhere.
        divert: bool,
    },
    /// Sets the clock of desks.
    DeskRate {
        /// Index of the event.
        event: usize,
        /// Desks.
        desks: Vec<usize>,
        /// Rate at full strength.
        rate: Param,
    },
    /// Adds weeks to transit.
    Delay {
        /// Index of the event.
        event: usize,
        /// Lanes and the keys of their draws.
        lanes: Vec<(usize, Key)>,
        /// Extra weeks.
        weeks: Box<Review>,
        /// Most, weeks.
        most: f64,
    },
    /// Raises prices where goods arrive.
    Duty {
        /// Index of the event.
        event: usize,
        /// Markets, and the share of their opening inflow that pays.
        markets: Vec<(usize, f64)>,
        /// Duty over price, at full strength.
        rate: Param,
    },
    /// Raises the scare index of regions when announced.
    Scare {
        /// Index of the event.
        event: usize,
        /// Regions.
        regions: Vec<usize>,
    },
}

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

impl Effect {
    /// Index of its event.
    #[inline(always)]
    pub fn event(&self) -> usize {
        match self {
            Effect::Capacity { event, .. }
            | Effect::Demand { event, .. }
            | Effect::Ban { event, .. }
            | Effect::DeskRate { event, .. }
            | Effect::Delay { event, .. }
            | Effect::Duty { event, .. }
            | Effect::Scare { event, .. } => *event,
        }
    }

    /// Takes back the delays of the period before.
    #[inline(always)]
    pub(super) fn on_time(&self, out: &mut PeriodShocks) {
        let Effect::Delay { lanes, .. } = self else { return };
        for (lane, _) in lanes {
            if out.late[*lane] {
                out.late[*lane] = false;
                out.delay[*lane] = ZERO;
            }
        }
    }

    #[inline(always)]
    pub(super) fn delay(&self, period: u32, draws: &Draws, out: &mut PeriodShocks) {
        let Effect::Delay { event, lanes, weeks, most } = self else { return };
        if !out.active[*event] {
            return;
        }
        let strength = out.strength[*event];
        for (lane, k) in lanes {
            let (x, _) = weeks.raw(*k, period, draws);
            let delay = &mut out.delay[*lane];
            for w in 0..WIDTH {
                let extra = min((x[w] * strength[w]).floor(), *most);
                delay[w] += if strength[w] > 0.0 { extra } else { 0.0 };
            }
            out.late[*lane] = true;
        }
    }
}

fn has<T: PartialEq<U>, U>(list: &[T], x: &U) -> bool {
    list.is_empty() || list.iter().any(|y| y == x)
}

/// Whether a lane lies in scope.
fn lane_in(n: &Network, scope: &Scope, l: usize) -> bool {
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
fn facility_in(n: &Network, scope: &Scope, f: usize) -> bool {
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
    for e in &sc.events {
        let path = format!("event.{}", e.id);
        let p = &mut out.parameters;
        let mut add = |part: &str, d: &Dist, low: f64, high: f64| p.add(format!("{path}.{part}"), d, low, high);
        out.schedules.push(Schedule {
            id: e.id.clone(),
            name: e.name.clone(),
            start: add("start", &e.start, 0.0, f64::INFINITY),
            duration: e.duration.as_ref().map(|d| add("duration", d, 0.0, f64::INFINITY)),
            ramp_in: add("ramp_in", &e.ramp_in, 0.0, f64::INFINITY),
            ramp_out: add("ramp_out", &e.ramp_out, 0.0, f64::INFINITY),
            probability: e.probability,
            announce_lead: add("announce_lead", &e.announce_lead, 0.0, f64::INFINITY),
            scare: add("scare", &e.scare, 0.0, 1.0),
        });
        let start = p.support(out.schedules[out.schedules.len() - 1].start).0;
        if start >= sc.run.horizon as f64 {
            nothing(e, problems, &format!("it starts after the last of the {} weeks of the run", sc.run.horizon));
        } else if e.probability == 0.0 {
            nothing(e, problems, "its probability is zero");
        }
    }
    // Desks first: other events name them.
    for (i, e) in sc.events.iter().enumerate() {
        if let EventKind::ExportLicence(licence) = &e.kind {
            let lanes: Vec<usize> = (0..n.lanes.len()).filter(|&l| lane_in(n, &e.scope, l)).collect();
            if lanes.is_empty() {
                nothing(e, problems, "no lane lies in its scope");
            }
            add_desk(e, i, licence, &lanes, n, out, sc.run.horizon, problems);
        }
    }
    for (i, e) in sc.events.iter().enumerate() {
        effect(sc, n, e, i, out, problems);
        scare(n, e, i, out);
    }
}

fn nothing(e: &Event, problems: &mut Problems, why: &str) {
    problems.warning(format!("event[{}]", e.id), format!("event `{}` changes nothing: {why}", e.id)).help(
        "look at its scope, dates and numbers; `from` and `to` are regions, and lanes within a region count only with domestic = true",
    );
}

fn scare(n: &Network, e: &Event, i: usize, out: &mut Shocks) {
    if out.parameters.support(out.schedules[i].scare).1 > 0.0 {
        let lanes = (0..n.lanes.len()).filter(|&l| lane_in(n, &e.scope, l));
        let regions: std::collections::BTreeSet<usize> = lanes.map(|l| n.region_of(n.lanes[l].to)).collect();
        out.effects.push(Effect::Scare { event: i, regions: regions.into_iter().collect() });
    }
}

fn named_desks(names: &[String], out: &Shocks) -> Vec<usize> {
    (0..out.desks.len()).filter(|&d| names.is_empty() || names.contains(&out.desks[d].id)).collect()
}

fn quota(e: &Event, event: usize, volume: &Volume, span: usize, pacing: &Pacing, opening: f64, out: &mut Shocks) -> Quota {
    let (param, unit) = match volume {
        Volume::Mass(d) => (out.parameters.add(format!("event.{}.volume", e.id), d, 0.0, f64::INFINITY), 1.0),
        Volume::Multiple(d) => (out.parameters.add(format!("event.{}.multiple", e.id), d, 0.0, f64::INFINITY), opening * span as f64),
    };
    Quota { event, lanes: vec![], activities: vec![], volume: param, unit, span: span.max(1), even: *pacing == Pacing::Even }
}

fn effect(sc: &Scenario, n: &Network, e: &Event, i: usize, out: &mut Shocks, problems: &mut Problems) {
    let lanes = || -> Vec<usize> { (0..n.lanes.len()).filter(|&l| lane_in(n, &e.scope, l)).collect() };
    let facilities = || -> Vec<usize> { (0..n.facilities.len()).filter(|&f| facility_in(n, &e.scope, f)).collect() };
    let path = format!("event.{}", e.id);
    let always = |d: &Dist, x: f64| *d == Dist::Fixed(x);
    match &e.kind {
        EventKind::ExportLicence(_) => {}
        EventKind::DeskRate { desks, rate } => {
            let desks = named_desks(desks, out);
            if desks.is_empty() {
                nothing(e, problems, "there is no desk whose clock it could set");
            } else if always(rate, 1.0) {
                nothing(e, problems, "a clock that runs at rate 1 is what it is anyway");
            }
            let rate = out.parameters.add(format!("{path}.rate"), rate, 0.0, 100.0);
            for &d in &desks {
                // A faster clock passes more buckets: the ring holds as many.
                let fastest = out.parameters.support(rate).1.ceil() as usize;
                out.desks[d].ring = out.desks[d].ring.max(fastest + 2);
            }
            out.effects.push(Effect::DeskRate { event: i, desks, rate });
        }
        EventKind::GeneralLicence { desks, share, volume, span } => {
            let desks = named_desks(desks, out);
            let scope = e.scope.clone();
            if !add_permit(e, i, &desks, &|l| lane_in(n, &scope, l), (share, volume, (*span).max(1)), n, out) {
                nothing(e, problems, "no licensed lane lies in its scope");
            }
        }
        EventKind::ExportQuota { volume, span, pacing } => {
            let lanes: Vec<usize> = lanes();
            let opening: f64 = lanes.iter().map(|&l| n.lanes[l].flow).sum();
            if lanes.is_empty() || opening == 0.0 {
                nothing(e, problems, "no lane with flow lies in its scope");
            }
            let q = Quota { lanes, ..quota(e, i, volume, *span, pacing, opening, out) };
            out.quotas.push(q);
        }
        EventKind::ProductionQuota { volume, span, pacing } => {
            let chosen = facilities();
            let activities: Vec<usize> = (0..n.activities.len()).filter(|&a| chosen.contains(&n.activities[a].facility)).collect();
            let opening: f64 = activities.iter().map(|&a| n.activities[a].rate).sum();
            if opening == 0.0 {
                nothing(e, problems, "nothing is made in its scope");
            }
            let q = Quota { activities, ..quota(e, i, volume, *span, pacing, opening, out) };
            out.quotas.push(q);
        }
        EventKind::ExportBan { leakage, divert } => {
            let lanes = lanes();
            if lanes.is_empty() {
                nothing(e, problems, "no lane lies in its scope");
            } else if always(leakage, 1.0) {
                nothing(e, problems, "everything leaks through");
            }
            let leakage = out.parameters.add(format!("{path}.leakage"), leakage, 0.0, 1.0);
            out.effects.push(Effect::Ban { event: i, lanes, leakage, divert: *divert });
        }
        EventKind::Outage { capacity } => {
            let facilities: Vec<usize> = facilities().into_iter().filter(|&f| !n.facilities[f].activities.is_empty()).collect();
            if facilities.is_empty() {
                nothing(e, problems, "no facility that makes anything lies in its scope");
            } else if always(capacity, 1.0) {
                nothing(e, problems, "all capacity is left");
            }
            let left = out.parameters.add(format!("{path}.capacity"), capacity, 0.0, 1e6);
            out.effects.push(Effect::Capacity { event: i, facilities, left });
        }
        EventKind::DemandShock { demand } => {
            let users: Vec<usize> = (0..n.users.len())
                .filter(|&u| {
                    let narrowed = &n.commodities[n.slots[n.users[u].slot].commodity].id;
                    facility_in(n, &e.scope, n.users[u].facility) && has(&e.scope.commodities, narrowed)
                })
                .collect();
            if users.is_empty() {
                nothing(e, problems, "no final demand lies in its scope");
            } else if always(demand, 1.0) {
                nothing(e, problems, "demand is multiplied by 1");
            }
            let factor = out.parameters.add(format!("{path}.demand"), demand, 0.0, 1e6);
            out.effects.push(Effect::Demand { event: i, users, factor });
        }
        EventKind::Duty { rate } => {
            let lanes = lanes();
            let share =
                |m: &Market| m.lanes.iter().filter(|l| lanes.binary_search(l).is_ok()).map(|&l| n.lanes[l].flow).sum::<f64>() / m.flow;
            let markets: Vec<(usize, f64)> = n.markets.iter().map(share).enumerate().filter(|(_, share)| *share > 0.0).collect();
            if markets.is_empty() {
                nothing(e, problems, "no market takes anything on a lane in its scope");
            } else if always(rate, 0.0) {
                nothing(e, problems, "its rate is zero");
            }
            let rate = out.parameters.add(format!("{path}.rate"), rate, 0.0, f64::INFINITY);
            markets.iter().for_each(|&(k, _)| out.dutiable[k] = true);
            out.effects.push(Effect::Duty { event: i, markets, rate });
        }
        EventKind::Detente { events } => {
            for (target, other) in sc.events.iter().enumerate().filter(|(_, other)| events.contains(&other.id)) {
                if matches!(other.kind, EventKind::Detente { .. }) {
                    nothing(e, problems, &format!("`{}` is a détente itself, which cannot be suspended", other.id));
                } else {
                    out.truces.push((i, target));
                }
            }
        }
        EventKind::LogisticsDelay { weeks } => {
            let lanes = lanes();
            if lanes.is_empty() {
                nothing(e, problems, "no lane lies in its scope");
            }
            let review = Review::new(&format!("{path}.weeks"), weeks, &mut out.parameters);
            let most = review.longest(&out.parameters).floor().min(4.0 * sc.run.horizon as f64);
            let seed = out.seed;
            let lanes: Vec<(usize, Key)> =
                lanes.into_iter().map(|l| (l, key(seed, "delay", &format!("{}/{}", e.id, n.lanes[l].name)))).collect();
            for (l, _) in &lanes {
                // Delays of two events add up.
                out.longest_delay[*l] += most as usize;
            }
            out.effects.push(Effect::Delay { event: i, lanes, weeks: Box::new(review), most });
        }
    }
}
