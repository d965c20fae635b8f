//! In: a network and a batch's draws. Out: the state of the chain in its opening balance, in which nothing moves.

use super::World;
use super::calendar::Calendar;
use super::decide::Affairs;
use super::events::QuotaState;
use super::in_use::Wear;
use super::smuggle::IllicitState;
use super::state::{Applications, LaneState, MarketState, PlantState, PoolState, ProjectState, Ring, Scratch, SlotState, State, UserState};
use super::stockpile::{Covers, StockpileState};
use crate::network::Market;
use crate::shocks::disruption::{Act, reserves};
use crate::wide::{ONE, Row, ZERO, add, each, exp, ln, splat};

impl Scratch {
    fn new(world: World<'_>) -> Scratch {
        let customers = world.network.outbound.iter().map(|r| r.len()).max().unwrap_or(0);
        let approvals = world.shocks.desks.iter().map(|d| d.approvals.len()).max().unwrap_or(0);
        Scratch {
            limits: Vec::with_capacity(approvals),
            caps: Vec::with_capacity(customers),
            weights: Vec::with_capacity(customers),
            given: Vec::with_capacity(customers),
            decided: vec![],
            missing: vec![(ZERO, 0.0); world.network.regions.len()],
        }
    }
}

impl SlotState {
    fn open(World { network: n, draws, .. }: World<'_>, slot: usize) -> SlotState {
        let s = &n.slots[slot];
        let (weeks, factor) = (draws.of(s.cover), draws.of(n.price.cover_factor));
        let cover = each(|w| weeks[w] * s.cover_factor * if s.cover_outside { factor[w] } else { 1.0 });
        let pulled: f64 = n.outbound[slot].clone().filter(|&l| !n.lanes[l].push).map(|l| n.lanes[l].flow).sum();
        SlotState {
            on_hand: match (s.stock, s.base_stock) {
                (Some(stock), _) => splat(stock),
                (None, Some(level)) => splat((level - s.lead * s.flow).max(0.0)),
                (None, None) => each(|w| cover[w] * s.flow),
            },
            on_order: ZERO,
            owed: ZERO,
            desired: splat(s.flow),
            usage_forecast: splat(s.flow),
            neutral_forecast: splat(s.flow),
            order_forecast: splat(pulled),
            cover,
            lead: splat(s.lead),
            push_forecast: splat(s.pushed_in),
            stranded: ZERO,
            reach: ONE,
            drained: ZERO,
            sourced: ZERO,
        }
    }
}

impl LaneState {
    fn open(flow: f64, licence: Option<usize>, ring: Ring) -> LaneState {
        LaneState {
            backorders: ZERO,
            placed: ZERO,
            shipped: ZERO,
            cleared: ZERO,
            fill: ONE,
            history: splat(flow),
            eligible: ONE,
            passed: ONE,
            open: ONE,
            licence,
            ring,
        }
    }
}

impl UserState {
    fn open() -> UserState {
        UserState { demand: ZERO, served: ZERO, backlog: ZERO, lost: ZERO, served_total: ZERO, demand_factor: ONE }
    }
}

impl MarketState {
    fn open(market: &Market, slots: &[SlotState]) -> MarketState {
        MarketState {
            scarcity: ZERO,
            // Not from its stationary distribution: at rest nothing moves (ruling 5).
            noise: ZERO,
            walked: ZERO,
            price: ONE,
            duty: ZERO,
            reference: ONE,
            felt: ONE,
            inflow: splat(market.flow),
            asked: splat(market.flow),
            cover: each(|w| market.slots.iter().map(|&i| slots[i].on_hand[w]).sum::<f64>() / market.flow),
        }
    }
}

impl PoolState {
    fn open(people: Row) -> PoolState {
        PoolState { people, needed: ZERO, clock: ONE, inflow: ONE }
    }
}

impl ProjectState {
    fn open(World { network: n, draws, .. }: World<'_>, p: usize) -> ProjectState {
        let (project, comes) = (&n.projects[p], &draws.comes[p]);
        let date = project.start.map_or(splat(f64::INFINITY), |start| *draws.of(start));
        ProjectState {
            // It is begun in the first period that starts on or after its date.
            until: each(|w| if comes[w] < project.probability { (date[w] - 1e-9).ceil() } else { f64::INFINITY }),
            wait: ZERO,
            begun: ZERO,
            gone: ZERO,
            permitted: ZERO,
            built: ZERO,
            aged: ZERO,
            shown: ZERO,
            clock: ONE,
            capacity: ZERO,
            in_force: ZERO,
            experience: ZERO,
            speed: ONE,
            slower: ONE,
            needier: ONE,
            worse: ONE,
            spoils: ZERO,
            floors: vec![ZERO; project.basket.len()],
            assured: ZERO,
        }
    }
}

impl PlantState {
    fn open(outputs: usize) -> PlantState {
        PlantState { capacity: ZERO, loss: ZERO, spoiled: vec![ZERO; outputs] }
    }
}

impl State {
    /// The opening balance: on hand, in transit and forecasts such that nothing moves until something happens.
    pub fn open(world: World<'_>) -> State {
        let World { network: n, shocks, draws } = world;
        let rows = |k: usize, x: f64| vec![splat(x); k];
        let mut s = State {
            period: 0,
            slots: (0..n.slots.len()).map(|i| SlotState::open(world, i)).collect(),
            lanes: vec![],
            transit: vec![],
            users: n.users.iter().map(|_| UserState::open()).collect(),
            markets: vec![],
            imposed: vec![false; shocks.effects.len()],
            capacity: vec![ONE; n.facilities.len()],
            broken: rows(shocks.units, 0.0),
            ceiling: rows(n.facilities.len(), 0.0),
            activity: n.activities.iter().map(|a| splat(a.rate)).collect(),
            worked: rows(n.activities.len(), 0.0),
            growth: vec![ONE; n.needs.growths.len()],
            pace: n.needs.growths.iter().map(|&p| pace(world.draws.of(p))).collect(),
            price_answer: vec![ONE; n.needs.answers.len()],
            clock: rows(shocks.desks.len(), 0.0),
            rate_factor: vec![ONE; shocks.desks.len()],
            cap_by_rule: rows(shocks.desks.len(), f64::INFINITY),
            volume_cap: rows(shocks.desks.len(), f64::INFINITY),
            queue: rows(shocks.desks.len(), 0.0),
            strictness: rows(shocks.desks.len(), 0.0),
            held: rows(shocks.desks.len(), 0.0),
            posted: rows(shocks.desks.len(), 0.0),
            hold_share: rows(shocks.licensed.len(), 0.0),
            licensed_share: vec![ONE; shocks.licensed.len()],
            permit: rows(shocks.licensed.len(), 0.0),
            permit_share: rows(shocks.licensed.len(), 0.0),
            permits: rows(shocks.permits.iter().map(|p| p.lanes.len()).sum(), 0.0),
            granted: rows(shocks.permits.len(), 0.0),
            calendars: shocks.desks.iter().map(|d| Calendar::new(d.ring)).collect(),
            overflow: rows(shocks.licensed.len(), 0.0),
            quotas: vec![QuotaState::open(); shocks.quotas.len()],
            illicit: (0..n.illicit.len()).map(|i| IllicitState::open(world, i)).collect(),
            affairs: Affairs::open(world),
            applications: Applications::default(),
            stockpiles: n.stockpiles.iter().map(|_| StockpileState::open()).collect(),
            in_use: vec![],
            wear: n.in_use.iter().map(|x| Wear::open(x, world)).collect(),
            recovery: vec![ONE; shocks.materials.recoveries.len()],
            recovered: rows(shocks.materials.recoveries.len(), 0.0),
            covers: Covers::default(),
            pools: n.pools.iter().map(|p| PoolState::open(*draws.of(p.people))).collect(),
            projects: (0..n.projects.len()).map(|p| ProjectState::open(world, p)).collect(),
            plants: n.plants.iter().map(|p| PlantState::open(p.learns.map_or(0, |a| n.activities[a].outputs.len()))).collect(),
            withdrawn: rows(if n.offers.is_empty() { 0 } else { n.lanes.len() }, 0.0),
            offered: rows(if n.offers.is_empty() { 0 } else { n.lanes.len() }, 0.0),
            scratch: Scratch::new(world),
            noise_weights: noise_weights(world),
            scare: rows(n.regions.len(), 0.0),
            thrift: vec![ONE; shocks.materials.lots.len()],
            use_share: vec![ONE; shocks.materials.lots.len()],
        };
        for f in 0..n.facilities.len() {
            s.ceiling[f] = s.capacity_of(world, f);
        }
        for (l, lane) in n.lanes.iter().enumerate() {
            let ring = Ring { start: s.transit.len(), len: lane.lead + shocks.longest_delay[l] + 1, head: 0 };
            s.transit.resize(ring.start + ring.len, ZERO);
            s.transit[ring.start..ring.start + lane.lead].fill(splat(lane.flow));
            add(&mut s.slots[lane.to].on_order, &splat(lane.flow * lane.lead as f64));
            s.lanes.push(LaneState::open(lane.flow, shocks.licence_of(l), ring));
        }
        for (x, wear) in n.in_use.iter().zip(&s.wear) {
            // In steady state each compartment holds what moves on in a week, over the share that does.
            let level = each(|w| n.users[x.user].demand / wear.pace[w]);
            s.in_use.resize(s.in_use.len() + x.stages, level);
        }
        s.markets = n.markets.iter().map(|m| MarketState::open(m, &s.slots)).collect();
        if shocks.effects.iter().any(|e| matches!(e.act, Act::Reserves(reserves::Act::Mandate { .. }))) {
            s.covers.slots = s.slots.iter().map(|slot| slot.cover).collect();
            s.covers.markets = s.markets.iter().map(|market| market.cover).collect();
        }
        s
    }
}

/// By what demand that grows by `growth` a year rises in a period.
fn pace(growth: &Row) -> Row {
    let log = ln(&each(|w| 1.0 + growth[w]));
    exp(&each(|w| 7.0 / 365.25 * log[w]))
}

/// Shared shocks have the share `noise_common` of the variance of the noise, and noise keeps its stationary variance.
fn noise_weights(world: World<'_>) -> [Row; 2] {
    let law = &world.network.price;
    let (sd, rho, common) = (world.draws.of(law.noise), world.draws.of(law.noise_rho), world.draws.of(law.noise_common));
    let weight = |share: f64, w: usize| share.sqrt() * sd[w] * (1.0 - rho[w] * rho[w]).sqrt();
    [each(|w| weight(common[w], w)), each(|w| weight(1.0 - common[w], w))]
}
