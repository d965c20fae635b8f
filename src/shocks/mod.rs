//! In: a network and a scenario's events. Out: the world's moves, period by period, for one batch of realizations.
//!
//! Randomness lives in this room alone. [`Shocks`] is what is scheduled; [`Draws`] what one batch drew once; [`PeriodShocks`]
//! what happens to it in one period. What depends on the state of the chain is decided by the engine, which gets uniforms.

mod demand;
pub mod disruption;
pub mod escalation;
mod period;
pub mod regime;
pub mod sampler;
pub mod schedule;
pub mod stream;
mod wander;

use crate::network::{Network, Param, Parameters};
use crate::scenario::problem::Problems;
use crate::scenario::schema::{NoiseKind, Scenario};
use crate::wide::{Row, WIDTH, ZERO, each, splat};
use demand::demand_factor;
use disruption::{Act, Effect, materials, trade};
pub use period::PeriodShocks;
use regime::Desk;
use schedule::{Schedule, Window};
use stream::{Key, SPAN, double, fill, fill_nth, key, normals};
use wander::Wander;

/// Everything that is scheduled, for all realizations.
#[derive(Debug, Clone)]
pub struct Shocks {
    /// Seed of every draw.
    pub seed: u64,
    /// Events in the order of their ids.
    pub schedules: Vec<Schedule>,
    /// What they do; several may belong to one event.
    pub effects: Vec<Effect>,
    /// Licensing desks.
    pub desks: Vec<Desk>,
    /// Events that suspend others while they last: (the one that suspends, the one suspended).
    pub truces: Vec<(usize, usize)>,
    /// The same where one of the two has no date: the engine suspends when it has decided.
    pub late_truces: Vec<(usize, usize)>,
    /// Events that calm an escalation while they last: (event, escalation).
    pub hushed: Vec<(usize, usize)>,
    /// Per event: whether it is the engine that settles its strength, since it or a truce of it has no date.
    pub unsettled: Vec<bool>,
    /// Events without a date.
    pub pending: Vec<escalation::Pending>,
    /// Measures that breed measures.
    pub escalations: Vec<escalation::Escalation>,
    /// Lanes of delays that the engine settles.
    pub waiting_weeks: usize,
    /// What breaks down as one, of all events.
    pub units: usize,
    /// Lanes under a desk, all desks together.
    pub licensed: Vec<regime::Licensed>,
    /// Lanes whose buyers may have to look elsewhere, with their index in `licensed` if a desk holds them.
    pub rerouted: Vec<(usize, Option<usize>)>,
    /// Per slot: whether a lane that arrives is rerouted.
    pub reroutes: Vec<bool>,
    /// Per lane: whether a ban may shut it, or a desk refuse its buyers.
    pub ruled: Vec<bool>,
    /// Per market: whether a duty may raise its price, or dumping lower it.
    pub dutiable: Vec<bool>,
    /// Per slot: whether a quota looks at what leaves it.
    pub rationed: Vec<bool>,
    /// New designs and recycling.
    pub materials: materials::Plan,
    /// What events about projects and people do once, at their onset.
    pub onsets: Vec<disruption::knowhow::Onset>,
    /// Whether volumes filed for may be capped.
    pub capped: bool,
    /// Quotas.
    pub quotas: Vec<disruption::quotas::Quota>,
    /// General licences.
    pub permits: Vec<regime::Permit>,
    /// Longest extra transit of each lane, weeks.
    pub longest_delay: Vec<usize>,
    /// Parameters of events.
    pub parameters: Parameters,
    noise: Noise,
}

/// Keys of the draws of every period.
#[derive(Debug, Clone)]
struct Noise {
    /// Per facility whose demand is noisy: (facility, one of its users, key).
    demand: Vec<(usize, usize, Key)>,
    /// Per element, if markets share noise.
    elements: Vec<Key>,
    /// Per market, if prices are noisy.
    markets: Vec<Key>,
    desks: Vec<Key>,
    licensed: Vec<Key>,
    /// Illicit lanes whose shipments are seized whole: (index, key).
    seizures: Vec<(usize, Key)>,
    /// Per project: whether it comes, and, if its start follows from price and risk, whether it is begun this week.
    projects: Vec<(Key, Option<Key>)>,
    wander: Wander,
}

/// What a batch drew once.
#[derive(Debug, Clone)]
pub struct Draws {
    /// First realization of the batch.
    pub first: u64,
    /// Values of the network's parameters.
    pub network: Vec<Row>,
    /// Values of the events' parameters.
    pub events: Vec<Row>,
    /// When each event acts.
    pub windows: Vec<Window>,
    /// Per project: a uniform that decides whether it comes at all.
    pub comes: Vec<Row>,
    /// Uniforms for life of the buyers of each licensed lane, concatenated.
    pub buyers: Vec<Row>,
}

impl Draws {
    /// Value of a network parameter.
    #[inline(always)]
    pub fn of(&self, p: Param) -> &Row {
        &self.network[p.0]
    }

    /// Value of an event parameter.
    #[inline(always)]
    pub fn event(&self, p: Param) -> &Row {
        &self.events[p.0]
    }
}

impl Shocks {
    /// Compiles the events of a scenario against its network.
    ///
    /// Errors and warnings (an event that changes nothing) go to `problems`.
    pub fn compile(scenario: &Scenario, network: &Network, problems: &mut Problems) -> Shocks {
        let mut shocks = Shocks::calm(scenario.run.seed, network);
        shocks.unsettled = escalation::unsettled(scenario);
        disruption::compile(scenario, network, &mut shocks, problems);
        escalation::compile(scenario, network, &mut shocks, problems);
        shocks.mark_lanes(network);
        let k = |cause: &str, name: &str| key(shocks.seed, cause, name);
        shocks.noise.desks = shocks.desks.iter().map(|d| k("strictness", &d.id)).collect();
        shocks.noise.licensed =
            shocks.licensed.iter().map(|l| k("review", &format!("{}/{}", shocks.desks[l.desk].id, network.lanes[l.lane].name))).collect();
        shocks
    }

    fn mark_lanes(&mut self, network: &Network) {
        for l in self.quotas.iter().flat_map(|q| &q.lanes) {
            self.rationed[network.lanes[*l].from] = true;
        }
        let mut lanes: std::collections::BTreeMap<usize, Option<usize>> = std::collections::BTreeMap::new();
        for effect in &self.effects {
            if let Act::Trade(trade::Act::Ban { lanes: banned, divert, .. }) = &effect.act {
                banned.iter().for_each(|&l| self.ruled[l] = true);
                if *divert {
                    lanes.extend(banned.iter().map(|&l| (l, None)));
                }
            }
        }
        lanes.extend(self.licensed.iter().enumerate().map(|(h, l)| (l.lane, Some(h))));
        for &l in lanes.keys() {
            self.ruled[l] = true;
            self.reroutes[network.lanes[l].to] = true;
        }
        self.rerouted = lanes.into_iter().collect();
    }

    /// The undisturbed world: noise, but no event.
    pub fn calm(seed: u64, network: &Network) -> Shocks {
        let k = |cause: &str, name: &str| key(seed, cause, name);
        let never = |p: Param| network.parameters.fixed(p) == Some(0.0);
        let mut demand: Vec<(usize, usize, Key)> = vec![];
        for (i, u) in network.users.iter().enumerate() {
            let noisy = u.noise_kind == NoiseKind::Poisson || !never(u.noise);
            if noisy && demand.last().map(|d| d.0) != Some(u.facility) {
                demand.push((u.facility, i, k("demand", &network.facilities[u.facility].id)));
            }
        }
        let noisy = network.needs.noise;
        let shared = noisy && network.needs.shared_noise;
        Shocks {
            seed,
            schedules: vec![],
            effects: vec![],
            truces: vec![],
            late_truces: vec![],
            hushed: vec![],
            unsettled: vec![],
            pending: vec![],
            escalations: vec![],
            waiting_weeks: 0,
            units: 0,
            desks: vec![],
            licensed: vec![],
            rerouted: vec![],
            reroutes: vec![false; network.slots.len()],
            ruled: vec![false; network.lanes.len()],
            dutiable: vec![false; network.markets.len()],
            rationed: vec![false; network.slots.len()],
            materials: materials::Plan::calm(network),
            onsets: vec![],
            capped: false,
            quotas: vec![],
            permits: vec![],
            longest_delay: vec![0; network.lanes.len()],
            parameters: Parameters::over(network.parameters.rows.clone()),
            noise: Noise {
                demand,
                elements: network.elements.iter().filter(|_| shared).map(|e| k("price element", e)).collect(),
                markets: network.markets.iter().filter(|_| noisy).map(|m| k("price", &m.name)).collect(),
                desks: vec![],
                licensed: vec![],
                seizures: seizures(seed, network),
                projects: network.projects.iter().map(|p| (k("project comes", &p.id), p.hazard.map(|_| k("project", &p.id)))).collect(),
                wander: Wander::new(seed, network),
            },
        }
    }

    /// Draws what a batch draws once.
    pub fn open(&self, network: &Network, first: u64) -> Draws {
        let rows = network.parameters.rows.rows.len();
        let mut u = ZERO;
        fill(key(self.seed, "row", ""), 0, first, &mut u);
        let row = |w: usize| ((u[w] * rows as f64) as usize).min(rows.saturating_sub(1));
        let draw = |parameters: &Parameters| -> Vec<Row> {
            let one = |i: usize| {
                let p = &parameters.list[i];
                if let Some(x) = parameters.fixed(Param(i)) {
                    return splat(x);
                }
                let mut v = ZERO;
                fill(key(self.seed, "parameter", &p.name), 0, first, &mut v);
                each(|w| sampler::parameter(parameters, i, v[w], row(w)))
            };
            (0..parameters.list.len()).map(one).collect()
        };
        let events = draw(&self.parameters);
        let windows = self.schedules.iter().map(|s| s.window(self.seed, first, &events)).collect();
        let mut buyers = vec![];
        for l in &self.licensed {
            let k = key(self.seed, "buyer", &format!("{}/{}", self.desks[l.desk].id, network.lanes[l.lane].name));
            buyers.extend((0..l.buyers as u32).map(|b| fill_nth(k, b, first)));
        }
        let comes = self.noise.projects.iter().map(|(k, _)| fill_nth(*k, 0, first)).collect();
        Draws { first, network: draw(&network.parameters), events, windows, comes, buyers }
    }

    /// Fills in what happens in one period.
    #[inline(always)]
    pub fn fill(&self, network: &Network, draws: &Draws, period: usize, out: &mut PeriodShocks) {
        out.period = period;
        for (i, window) in draws.windows.iter().enumerate() {
            window.fill(period, out, i);
        }
        for &(truce, event) in &self.truces {
            out.suspend(event, truce);
        }
        self.chances(draws, period as u32, out);
        if network.needs.walks {
            self.noise.wander.fill(network, draws, period as u32, &mut out.wander);
        }
        self.noises(network, draws, period, out);
        let t = period as u32;
        for &(i, k) in &self.noise.seizures {
            fill(k, t, draws.first, &mut out.seizure[i]);
        }
        for ((_, begins), row) in self.noise.projects.iter().zip(&mut out.project) {
            if let Some(k) = begins {
                fill(*k, t, draws.first, row);
            }
        }
        for (d, desk) in self.desks.iter().enumerate() {
            if out.active[desk.event] || self.may_begin(desk.event) {
                out.strictness[d] = double(&normals(self.noise.desks[d], (period / SPAN) as u32, draws.first)[period % SPAN]);
                let chance = draws.event(desk.return_rate);
                for h in desk.lanes.clone() {
                    let (review, sent_back) = desk.review.weeks(self.noise.licensed[h], t, draws);
                    out.review[h] = review;
                    let collateral = self.licensed[h].collateral;
                    let returned = &mut out.returned[h];
                    for w in 0..WIDTH {
                        returned[w] = if !collateral & (sent_back[w] < chance[w]) { 1.0 } else { 0.0 };
                    }
                }
            }
        }
        for effect in &self.effects {
            effect.on_time(out);
        }
        for effect in &self.effects {
            effect.delay(t, draws, out);
            effect.breakdowns(t, draws, !self.may_begin(effect.event), out);
        }
    }

    /// Whether an event may begin in any week: what it needs is drawn before it is known.
    #[inline(always)]
    fn may_begin(&self, event: usize) -> bool {
        self.unsettled[event]
    }

    /// The noise of demand and prices. Normals come for a span of periods at once and are kept while it lasts.
    #[inline(always)]
    fn noises(&self, network: &Network, draws: &Draws, period: usize, out: &mut PeriodShocks) {
        let (span, at) = (period / SPAN, period % SPAN);
        if out.span != Some(span) {
            // Plain loops: what is passed to `for_each` may be compiled apart, without the wide instructions of its caller.
            let (noise, t) = (&self.noise, span as u32);
            for (key, rows) in noise.elements.iter().zip(&mut out.element_normals) {
                *rows = normals(*key, t, draws.first);
            }
            for (key, rows) in noise.markets.iter().zip(&mut out.market_normals) {
                *rows = normals(*key, t, draws.first);
            }
            for ((_, user, key), rows) in noise.demand.iter().zip(&mut out.demand_normals) {
                if network.users[*user].noise_kind != NoiseKind::Poisson {
                    *rows = normals(*key, t, draws.first);
                }
            }
            out.span = Some(span);
        }
        for (row, rows) in out.element.iter_mut().zip(&out.element_normals) {
            *row = double(&rows[at]);
        }
        for (row, rows) in out.market.iter_mut().zip(&out.market_normals) {
            *row = double(&rows[at]);
        }
        for ((facility, user, k), rows) in self.noise.demand.iter().zip(&out.demand_normals) {
            out.demand[*facility] = demand_factor(network, draws, *user, *k, period, &double(&rows[at]));
        }
    }

    /// Index in `licensed` of a lane under a desk.
    #[inline(always)]
    pub fn licence_of(&self, lane: usize) -> Option<usize> {
        match self.rerouted.binary_search_by_key(&lane, |x| x.0) {
            Ok(i) => self.rerouted[i].1,
            Err(_) => None,
        }
    }

    /// Quotas, desks and bans may need a schedule's median onset for charts: (id, name, onset, end) in periods.
    pub fn marks(&self) -> Vec<(String, String, f64, Option<f64>)> {
        self.schedules.iter().filter_map(|s| s.mark(&self.parameters)).collect()
    }
}

/// Keys of the uniforms of illicit lanes that are seized whole or not at all.
fn seizures(seed: u64, network: &Network) -> Vec<(usize, Key)> {
    let lumpy = network.illicit.iter().enumerate().filter(|(_, lane)| lane.lumpy);
    lumpy.map(|(i, lane)| (i, key(seed, "seizure", &format!("{}/{}", lane.id, network.lanes[lane.lane].name)))).collect()
}
