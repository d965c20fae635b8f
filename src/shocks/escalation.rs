//! In: conditions and escalations of a scenario. Out: the same on indices, and the uniforms by which the engine decides.

use super::stream::{Key, fill, key};
use super::{Draws, PeriodShocks, Shocks};
use crate::network::{Network, Param};
use crate::scenario::problem::Problems;
use crate::scenario::schema::{self, Event, EventKind, Politics, Scenario};

/// An event without a date: it begins when the run makes it.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Index of the event.
    pub event: usize,
    /// What makes it begin by itself; none: it is a measure of some escalation.
    pub trigger: Option<Trigger>,
}

/// What makes an event begin.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// What must hold of the week before.
    pub condition: Condition,
    /// Weeks from the one in which it held.
    pub delay: Param,
    /// Whether it may do so again once the event is over.
    pub again: bool,
}

/// A condition on indices.
#[derive(Debug, Clone)]
pub enum Condition {
    /// A number of the chain lies beyond a threshold.
    Measure {
        /// Which number.
        of: Gauge,
        /// Whether it must lie above, not below.
        above: bool,
        /// The threshold.
        threshold: Param,
    },
    /// An event has begun.
    Event(usize),
}

/// A number of the chain.
#[derive(Debug, Clone)]
pub enum Gauge {
    /// Share of these users' demand whose line is down.
    LinesDown(Vec<usize>),
    /// Share of these users' demand that is not served.
    UnmetShare(Vec<usize>),
    /// Price of a market over its opening price.
    Price(usize),
    /// Scare index of a region.
    Scare(usize),
}

/// Measures that breed measures: a Hawkes process in weeks.
#[derive(Debug, Clone)]
pub struct Escalation {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Weeks after the start of the run.
    pub start: Param,
    /// Weeks; none: to the end.
    pub duration: Option<Param>,
    /// Measures a week that nothing provokes.
    pub rate: Param,
    /// Measures that one of its own brings about.
    pub branching: Param,
    /// Share of the excitement that fades in a week.
    pub decay: Param,
    /// Other escalations, and how many measures here one of theirs brings about.
    pub answers: Vec<(usize, f64)>,
    /// Events, and how many measures here their onset brings about.
    pub provoked_by: Vec<(usize, f64)>,
    /// Its measures.
    pub moves: Vec<Move>,
    /// Most measures a week; so many uniforms for their types stand in [`PeriodShocks::kinds`] from `first_kind` on.
    pub most: usize,
    /// First of its uniforms for types.
    pub first_kind: usize,
    count: Key,
    kinds: Vec<Key>,
}

/// A measure: it is taken if the uniform lies from `low` to `high`.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// Index in [`Shocks::pending`].
    pub pending: usize,
    /// Weights before it, over all.
    pub low: f64,
    /// The same with its own.
    pub high: f64,
}

impl Shocks {
    /// Fills in the uniforms of one period by which measures are decided.
    #[inline(always)]
    pub(super) fn chances(&self, draws: &Draws, period: u32, out: &mut PeriodShocks) {
        for (e, escalation) in self.escalations.iter().enumerate() {
            fill(escalation.count, period, draws.first, &mut out.counts[e]);
            for (i, k) in escalation.kinds.iter().enumerate() {
                fill(*k, period, draws.first, &mut out.kinds[escalation.first_kind + i]);
            }
        }
    }
}

/// Which events are settled by dates alone: not those without one, nor those that a truce without one suspends.
pub(super) fn unsettled(sc: &Scenario) -> Vec<bool> {
    let suspended = |id: &String| {
        let truce = |e: &&Event| matches!(&e.kind, EventKind::Politics(Politics::Detente { events, .. }) if events.contains(id));
        sc.events.iter().filter(|e| e.start.is_none()).any(|e| truce(&e))
    };
    sc.events.iter().map(|e| e.start.is_none() || suspended(&e.id)).collect()
}

/// Compiles what begins events without a date, once all events are known.
pub(super) fn compile(sc: &Scenario, n: &Network, out: &mut Shocks, problems: &mut Problems) {
    let place = |id: &str| sc.events.iter().position(|e| e.id == id);
    for e in sc.events.iter().filter(|e| waits_for_itself(e, sc)) {
        problems
            .error(format!("event[{}].when", e.id), format!("`{}` waits for itself, and so never begins", e.id))
            .help("let one of the events that wait for each other have a `start`, or wait for a measure");
    }
    for (event, e) in sc.events.iter().enumerate().filter(|(_, e)| e.start.is_none()) {
        let trigger = e.when.as_ref().and_then(|when| trigger(e, when, &place, n, out, problems));
        out.pending.push(Pending { event, trigger });
    }
    for e in &sc.escalations {
        let escalation = escalation(sc, e, &place, out);
        out.escalations.push(escalation);
    }
    calms_down(sc, out, problems);
    // What the engine decides may suspend, or be suspended: these truces wait until it has.
    let unsettled = &out.unsettled;
    let (late, early) = out.truces.iter().partition(|(truce, event)| unsettled[*truce] || unsettled[*event]);
    (out.late_truces, out.truces) = (late, early);
    for (truce, e) in sc.events.iter().enumerate() {
        if let EventKind::Politics(Politics::Detente { escalations, .. }) = &e.kind {
            let hushed = (0..sc.escalations.len()).filter(|&i| escalations.contains(&sc.escalations[i].id));
            out.hushed.extend(hushed.map(|i| (truce, i)));
        }
    }
}

/// Whether what an event waits for waits, in the end, for that event.
fn waits_for_itself(e: &Event, sc: &Scenario) -> bool {
    let awaited = |e: &Event| match &e.when.as_ref()?.condition {
        schema::Condition::Event(id) => sc.events.iter().find(|other| other.id == *id),
        schema::Condition::Measure { .. } => None,
    };
    let mut next = awaited(e);
    for _ in 0..sc.events.len() {
        match next {
            Some(other) if other.id == e.id => return true,
            Some(other) => next = awaited(other),
            None => return false,
        }
    }
    false
}

fn trigger(
    e: &Event,
    when: &schema::When,
    place: &dyn Fn(&str) -> Option<usize>,
    n: &Network,
    out: &mut Shocks,
    problems: &mut Problems,
) -> Option<Trigger> {
    let path = format!("event[{}].when", e.id);
    let condition = match &when.condition {
        schema::Condition::Event(id) => Condition::Event(place(id)?),
        schema::Condition::Measure { of, above, threshold } => {
            let of = gauge(of, n);
            if matches!(&of, Gauge::LinesDown(users) | Gauge::UnmetShare(users) if users.is_empty()) {
                let id = &e.id;
                problems.warning(path.clone(), format!("event `{id}` never begins: nobody uses anything where its condition looks"));
            }
            if matches!(of, Gauge::Price(usize::MAX)) {
                problems
                    .error(path, "there is no such market")
                    .help("a commodity has a market in each region where some of it flows and it has a price");
                return None;
            }
            let threshold = out.parameters.add(format!("event.{}.when.threshold", e.id), threshold, 0.0, f64::INFINITY);
            Condition::Measure { of, above: *above, threshold }
        }
    };
    let delay = out.parameters.add(format!("event.{}.when.delay", e.id), &when.delay, 0.0, f64::INFINITY);
    Some(Trigger { condition, delay, again: when.again })
}

fn gauge(of: &schema::Gauge, n: &Network) -> Gauge {
    // As the series of these names: of the world and its regions, users of finished goods where there are any.
    let finished = |u: usize| n.commodities[n.slots[n.users[u].slot].commodity].finished;
    let any = (0..n.users.len()).any(finished);
    let users = |region: &Option<String>, sector: &Option<String>| {
        let there = |u: &usize| {
            let user = &n.users[*u];
            let counted = sector.is_some() || !any || finished(*u);
            counted
                && region.as_ref().is_none_or(|r| *r == n.regions[user.region])
                && sector.as_ref().is_none_or(|s| *s == n.sectors[user.sector])
        };
        (0..n.users.len()).filter(there).collect()
    };
    match of {
        schema::Gauge::LinesDown(region, sector) => Gauge::LinesDown(users(region, sector)),
        schema::Gauge::UnmetShare(region, sector) => Gauge::UnmetShare(users(region, sector)),
        schema::Gauge::Price(commodity, region) => {
            let market = n.markets.iter().position(|m| n.commodities[m.commodity].id == *commodity && n.regions[m.region] == *region);
            Gauge::Price(market.unwrap_or(usize::MAX))
        }
        schema::Gauge::Scare(region) => Gauge::Scare(n.region(region).unwrap_or_default()),
    }
}

fn escalation(sc: &Scenario, e: &schema::Escalation, place: &dyn Fn(&str) -> Option<usize>, out: &mut Shocks) -> Escalation {
    let path = format!("escalation.{}", e.id);
    let p = &mut out.parameters;
    let mut add = |part: &str, d: &schema::Dist, high: f64| p.add(format!("{path}.{part}"), d, 0.0, high);
    let (start, duration) = (add("start", &e.start, f64::INFINITY), e.duration.as_ref().map(|d| add("duration", d, f64::INFINITY)));
    let (rate, branching, decay) = (add("rate", &e.rate, f64::INFINITY), add("branching", &e.branching, 0.99), add("decay", &e.decay, 1.0));
    let total: f64 = e.moves.iter().map(|m| m.1).sum();
    let (mut moves, mut sum) = (vec![], 0.0);
    for (id, weight) in &e.moves {
        let pending = place(id).and_then(|event| out.pending.iter().position(|p| p.event == event));
        let low = sum / total;
        sum += weight;
        moves.extend(pending.map(|pending| Move { pending, low, high: sum / total }));
    }
    let index = |id: &String| sc.escalations.iter().position(|x| x.id == *id);
    Escalation {
        id: e.id.clone(),
        name: e.name.clone(),
        start,
        duration,
        rate,
        branching,
        decay,
        answers: e.answers.iter().filter_map(|(id, share)| Some((index(id)?, *share))).collect(),
        provoked_by: e.provoked_by.iter().filter_map(|(id, share)| Some((place(id)?, *share))).collect(),
        moves,
        most: e.most,
        first_kind: out.escalations.iter().map(|x| x.most).sum(),
        count: key(out.seed, "escalation", &e.id),
        kinds: (0..e.most).map(|i| key(out.seed, "measure", &format!("{}/{i}", e.id))).collect(),
    }
}

/// Governments whose every measure brings about one more, on average, never stop: that is an error.
fn calms_down(sc: &Scenario, out: &Shocks, problems: &mut Problems) {
    let n = out.escalations.len();
    let mut bred = vec![vec![0.0; n]; n];
    for (i, e) in out.escalations.iter().enumerate() {
        bred[i][i] += out.parameters.support(e.branching).1;
        e.answers.iter().for_each(|&(j, share)| bred[i][j] += share);
        for &(event, share) in &e.provoked_by {
            for (j, other) in out.escalations.iter().enumerate() {
                let taken = other.moves.iter().filter(|m| out.pending[m.pending].event == event);
                bred[i][j] += taken.map(|m| m.high - m.low).sum::<f64>() * share;
            }
        }
        let (rate, provoked) = (out.parameters.support(e.rate).1, !e.answers.is_empty() || !e.provoked_by.is_empty());
        if rate == 0.0 && !provoked {
            let id = &e.id;
            problems.warning(
                format!("escalation[{id}]"),
                format!("escalation `{id}` changes nothing: its rate is zero and nothing provokes it"),
            );
        }
    }
    // Powers of the matrix grow as its largest eigenvalue does; with one added, two that answer each other do not swing.
    let mut size = vec![1.0; n];
    let mut growth = 0.0;
    for _ in 0..500 {
        let next: Vec<f64> =
            bred.iter().zip(&size).map(|(row, own)| own + row.iter().zip(&size).map(|(a, x)| a * x).sum::<f64>()).collect();
        let largest = next.iter().copied().fold(0.0, f64::max);
        growth = largest - 1.0;
        size = next.iter().map(|x| x / largest).collect();
    }
    if growth >= 1.0 {
        let id = sc.escalations.first().map_or("", |e| e.id.as_str());
        problems
            .error(
                format!("escalation[{id}]"),
                format!("each measure brings about {growth:.2} more, answers counted: the escalation never calms down"),
            )
            .help("lower `branching`, `answers` or `provoked_by`, so that a measure brings about less than one");
    }
}
