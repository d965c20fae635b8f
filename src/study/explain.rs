//! In: one realization replayed. Out: what happened in it under readable names, and what bound where, as rows along the chain.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::ensemble::Plan;
use crate::ensemble::binding::{Binding, Kind, NOTICED, Place, normal};
use crate::ensemble::observe::Watch;
use crate::ensemble::replay::{Traced, replay};
use crate::network::Network;
use crate::results::EventMark;
use crate::results::collect::{labels, stage_name};
use crate::scenario::schema::{Run, Scenario, Stage};
use crate::shocks::Shocks;

/// One future, explained.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// Title of the scenario.
    pub title: String,
    /// The realization, from 0.
    pub realization: u64,
    /// First day of period 0.
    pub start: Date,
    /// Number of weekly periods.
    pub horizon: usize,
    /// Events as they happened in it.
    pub events: Vec<EventMark>,
    /// Outcomes and what was drawn, as in a run's table of realizations.
    pub outcomes: Vec<Outcome>,
    /// Every variable of every place, one value a period.
    pub trace: Vec<Traced>,
    /// Names for people of scopes.
    pub names: Vec<(String, String)>,
    /// What bound, in order of time.
    pub bound: Vec<Bound>,
    /// The same in rows along the chain: goods on their way, then stage by stage.
    pub rows: Vec<Row>,
}

/// One outcome of the realization, or one thing drawn for it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Metric, or `parameter`.
    pub metric: String,
    /// Scope, or the parameter's path.
    pub scope: String,
    /// Value, in its unit.
    pub value: f64,
    /// Share of the run's futures that have less; where the run is known.
    pub more_than: Option<f64>,
}

/// What bound in one place in one week.
#[derive(Debug, Clone)]
pub struct Bound {
    /// Period.
    pub period: usize,
    /// Stage, or `On the way`.
    pub stage: &'static str,
    /// `activity:…`, `user:…` or `lane:…`.
    pub scope: String,
    /// For people.
    pub name: String,
    /// Why.
    pub kind: Kind,
    /// Id of the commodity, or of the event of a quota.
    pub what: String,
    /// t a week that were not made, served or let go.
    pub amount: f64,
    /// The same over the place's opening rate.
    pub share: f64,
}

/// A facility (all cohorts, all recipes), or all lanes of a commodity between two regions.
#[derive(Debug, Clone)]
pub struct Row {
    /// Stage, or `On the way`.
    pub section: &'static str,
    /// For people.
    pub name: String,
    /// Opening rate, t/week.
    pub normal: f64,
    /// What bound, each for itself.
    pub episodes: Vec<Episode>,
}

/// One reason in one row.
#[derive(Debug, Clone)]
pub struct Episode {
    /// Why.
    pub kind: Kind,
    /// For people: the commodity, or the event of a quota.
    pub what: String,
    /// t a week, one value a period.
    pub amounts: Vec<f64>,
}

/// Section of what is bound between places.
pub const ON_THE_WAY: &str = "On the way";

impl Episode {
    /// Weeks in which it bound.
    pub fn weeks(&self) -> usize {
        self.amounts.iter().filter(|x| **x > 0.0).count()
    }

    /// First and last period in which it bound.
    pub fn span(&self) -> Option<(usize, usize)> {
        Some((self.amounts.iter().position(|x| *x > 0.0)?, self.amounts.iter().rposition(|x| *x > 0.0)?))
    }

    /// Worst week and t in it.
    pub fn worst(&self) -> (usize, f64) {
        self.amounts.iter().copied().enumerate().fold((0, 0.0), |best, (i, x)| if x > best.1 { (i, x) } else { best })
    }
}

impl Row {
    /// Weeks of normal flow that were kept back, reasons apart; a week counts once at most.
    pub fn lost_weeks(&self) -> f64 {
        let horizon = self.episodes.first().map_or(0, |e| e.amounts.len());
        (0..horizon).map(|t| (self.episodes.iter().map(|e| e.amounts[t]).sum::<f64>() / self.normal).min(1.0)).sum()
    }
}

impl Explanation {
    /// First day of a period.
    pub fn date(&self, period: usize) -> Date {
        let weeks = i64::try_from(period).unwrap_or(0);
        self.start.checked_add((weeks * 7).days()).unwrap_or(self.start)
    }

    /// Name for people of a scope; without one, its id.
    pub fn name<'a>(&'a self, scope: &'a str) -> &'a str {
        let known = self.names.iter().find(|(s, _)| s == scope).map(|(_, name)| name.as_str());
        known.unwrap_or_else(|| scope.split_once(':').map_or(scope, |(_, id)| id))
    }

    /// Value of an outcome.
    pub fn outcome(&self, metric: &str, scope: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|o| o.metric == metric && o.scope == scope)
    }
}

/// Replays realization `k` of a scenario and explains it.
pub fn explain(scenario: &Scenario, network: &Network, shocks: &Shocks, baseline: bool, k: u64) -> Explanation {
    // Everything is traced, whatever the run's own tables show.
    let watch = Watch::new(network, shocks, &Run { series: vec![], ..scenario.run.clone() });
    let plan = Plan { realizations: scenario.run.realizations, horizon: scenario.run.horizon, baseline, keep: true };
    let replay = replay(network, shocks, &watch, &plan, k);
    let day = |period: f64| scenario.run.start.checked_add(((period * 7.0) as i64).days()).ok();
    let mut events: Vec<EventMark> = replay
        .events
        .iter()
        .filter_map(|&(i, onset, end)| {
            let schedule = &shocks.schedules[i];
            let end = if end < plan.horizon as f64 { day(end) } else { None };
            Some(EventMark { id: schedule.id.clone(), name: schedule.name.clone(), date: day(onset.max(0.0))?, end })
        })
        .collect();
    events.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    let outcome = |((metric, scope), value)| Outcome { metric, scope, value, more_than: None };
    Explanation {
        title: scenario.title.clone(),
        realization: k,
        start: scenario.run.start,
        horizon: plan.horizon,
        events,
        outcomes: replay.scalars.into_iter().map(outcome).collect(),
        trace: replay.trace,
        bound: replay.bindings.iter().filter(|b| b.amount > 0.0).map(|b| bound(network, shocks, b)).collect(),
        names: labels(scenario, network),
        rows: rows(scenario, network, shocks, &replay.bindings, plan.horizon),
    }
}

fn bound(n: &Network, shocks: &Shocks, b: &Binding) -> Bound {
    let place = |slot: usize| &n.facilities[n.slots[slot].facility].name;
    let (stage, scope, name) = match b.place {
        Place::Activity(a) => {
            let f = &n.facilities[n.activities[a].facility];
            (stage_name(f.stage), format!("activity:{}", n.activities[a].name), f.name.clone())
        }
        Place::User(u) => {
            let f = &n.facilities[n.users[u].facility];
            (stage_name(f.stage), format!("user:{}", n.slots[n.users[u].slot].name), f.name.clone())
        }
        Place::Lane(l) => {
            let lane = &n.lanes[l];
            (ON_THE_WAY, format!("lane:{}", lane.name), format!("{} to {}", place(lane.from), place(lane.to)))
        }
    };
    let what = if b.kind == Kind::Quota { shocks.schedules[b.what].id.clone() } else { n.commodities[b.what].id.clone() };
    Bound { period: b.period, stage, scope, name, kind: b.kind, what, amount: b.amount, share: b.share }
}

/// What a place is counted with: its stage (none: on the way), and a name within it.
type Key = (Option<Stage>, String);

fn row_of(n: &Network, place: Place) -> Key {
    match place {
        Place::Activity(a) => facility(n, n.activities[a].facility),
        Place::User(u) => facility(n, n.users[u].facility),
        Place::Lane(l) => {
            let lane = &n.lanes[l];
            let (from, to) = (n.region_of(lane.from), n.region_of(lane.to));
            (None, format!("{:05}>{:05}>{:05}", n.slots[lane.from].commodity, from, to))
        }
    }
}

fn facility(n: &Network, f: usize) -> Key {
    (Some(n.facilities[f].stage), n.facilities[f].group.clone())
}

/// Weeks over which a desk's files are evened out: one may take three weeks and the next twenty.
const EVENED: usize = 8;

/// The mean of a week and those before it.
fn evened(amounts: &[f64]) -> Vec<f64> {
    let mean = |t: usize| amounts[(t + 1).saturating_sub(EVENED)..=t].iter().sum::<f64>() / EVENED as f64;
    (0..amounts.len()).map(mean).collect()
}

fn rows(scenario: &Scenario, n: &Network, shocks: &Shocks, bindings: &[Binding], horizon: usize) -> Vec<Row> {
    // A lane that only waits for its supplier tells of the supplier, who has a row of his own.
    let told = || bindings.iter().filter(|b| b.kind != Kind::Supplier);
    let mut sums: BTreeMap<Key, BTreeMap<(Kind, usize), Vec<f64>>> = BTreeMap::new();
    for b in told() {
        let row = sums.entry(row_of(n, b.place)).or_default();
        row.entry((b.kind, b.what)).or_insert_with(|| vec![0.0; horizon])[b.period] += b.amount;
    }
    let mut normals: BTreeMap<Key, f64> = BTreeMap::new();
    let places = (0..n.activities.len()).map(Place::Activity).chain((0..n.users.len()).map(Place::User));
    for place in places.chain((0..n.lanes.len()).map(Place::Lane)) {
        *normals.entry(row_of(n, place)).or_default() += normal(n, place);
    }
    let region = |i: usize| scenario.regions.iter().find(|r| r.id == n.regions[i]).map_or(n.regions[i].as_str(), |r| r.name.as_str());
    let mut names: BTreeMap<Key, String> = BTreeMap::new();
    for b in told() {
        names.entry(row_of(n, b.place)).or_insert_with(|| match b.place {
            Place::Activity(a) => n.facilities[n.activities[a].facility].name.clone(),
            Place::User(u) => n.facilities[n.users[u].facility].name.clone(),
            Place::Lane(l) => {
                let lane = &n.lanes[l];
                let commodity = &n.commodities[n.slots[lane.from].commodity].name;
                format!("{commodity}, {} to {}", region(n.region_of(lane.from)), region(n.region_of(lane.to)))
            }
        });
    }
    for (key, reasons) in &mut sums {
        let least = NOTICED * normals.get(key).copied().unwrap_or(0.0);
        for ((kind, _), amounts) in reasons.iter_mut() {
            if *kind == Kind::Licence {
                *amounts = evened(amounts);
            }
            amounts.iter_mut().for_each(|x| *x = if *x > least { *x } else { 0.0 });
        }
        reasons.retain(|_, amounts| amounts.iter().any(|x| *x > 0.0));
    }
    sums.into_iter()
        .filter(|(_, reasons)| !reasons.is_empty())
        .map(|(key, reasons)| Row {
            section: key.0.map_or(ON_THE_WAY, stage_name),
            name: names.get(&key).cloned().unwrap_or_default(),
            normal: normals.get(&key).copied().unwrap_or(0.0).max(f64::MIN_POSITIVE),
            episodes: reasons
                .into_iter()
                .map(|((kind, what), amounts)| {
                    let what = if kind == Kind::Quota { &shocks.schedules[what].name } else { &n.commodities[what].name };
                    Episode { kind, what: what.clone(), amounts }
                })
                .collect(),
        })
        .collect()
}
