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
            passing: vec![],
            hits: vec![],
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
    fn open(flow: f64, licence: Option<usize>) -> LaneState {
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
        let mut state = State::default();
        state.reopen(world);
        state
    }

    /// The same in the memory of a state that is no longer needed: a run opens thousands, each of some hundred pieces.
    pub fn reopen(&mut self, world: World<'_>) {
        let World { network: n, shocks, draws, .. } = world;
        // A row that were forgotten here would carry over from the batch before: what is not named does not compile.
        let State {
            period,
            slots,
            lanes,
            rings,
            transit,
            users,
            markets,
            imposed,
            capacity,
            broken,
            ceiling,
            activity,
            worked,
            growth,
            pace,
            price_answer,
            clock,
            rate_factor,
            cap_by_rule,
            volume_cap,
            queue,
            strictness,
            held,
            posted,
            hold_share,
            licensed_share,
            permit,
            permit_share,
            permits,
            granted,
            calendars,
            quotas,
            illicit,
            affairs,
            applications,
            stockpiles,
            in_use,
            wear,
            recovery,
            recovered,
            covers,
            pools,
            projects,
            plants,
            offered,
            withdrawn,
            scratch,
            noise_weights,
            scare,
            thrift,
            use_share,
        } = self;
        let (desks, licensed, facilities) = (shocks.desks.len(), shocks.licensed.len(), n.facilities.len());
        let (lots, recoveries) = (shocks.materials.lots.len(), shocks.materials.recoveries.len());
        let joinable = if n.offers.is_empty() { 0 } else { n.lanes.len() };
        *period = 0;
        again(slots, (0..n.slots.len()).map(|i| SlotState::open(world, i)));
        lanes.clear();
        rings.clear();
        transit.clear();
        again(users, n.users.iter().map(|_| UserState::open()));
        markets.clear();
        fill(imposed, shocks.effects.len(), false);
        fill(capacity, facilities, ONE);
        fill(broken, shocks.units, ZERO);
        fill(ceiling, facilities, ZERO);
        again(activity, n.activities.iter().map(|a| splat(a.rate)));
        fill(worked, n.activities.len(), ZERO);
        fill(growth, n.needs.growths.len(), ONE);
        again(pace, n.needs.growths.iter().map(|&p| self::pace(draws.of(p))));
        fill(price_answer, n.needs.answers.len(), ONE);
        fill(clock, desks, ZERO);
        fill(rate_factor, desks, ONE);
        fill(cap_by_rule, desks, splat(f64::INFINITY));
        fill(volume_cap, desks, splat(f64::INFINITY));
        fill(queue, desks, ZERO);
        fill(strictness, desks, ZERO);
        fill(held, desks, ZERO);
        fill(posted, desks, ZERO);
        fill(hold_share, licensed, ZERO);
        fill(licensed_share, licensed, ONE);
        fill(permit, licensed, ZERO);
        fill(permit_share, licensed, ZERO);
        fill(permits, shocks.permits.iter().map(|p| p.lanes.len()).sum(), ZERO);
        fill(granted, shocks.permits.len(), ZERO);
        if calendars.iter().map(Calendar::lanes).eq(shocks.desks.iter().map(|desk| desk.lanes.len())) {
            calendars.iter_mut().for_each(Calendar::clear);
        } else {
            again(calendars, shocks.desks.iter().map(|desk| Calendar::new(desk.lanes.len())));
        }
        fill(quotas, shocks.quotas.len(), QuotaState::open());
        again(illicit, (0..n.illicit.len()).map(|i| IllicitState::open(world, i)));
        *affairs = Affairs::open(world);
        *applications = Applications::default();
        again(stockpiles, n.stockpiles.iter().map(|_| StockpileState::open()));
        in_use.clear();
        again(wear, n.in_use.iter().map(|x| Wear::open(x, world)));
        fill(recovery, recoveries, ONE);
        fill(recovered, recoveries, ZERO);
        *covers = Covers::default();
        again(pools, n.pools.iter().map(|p| PoolState::open(*draws.of(p.people))));
        again(projects, (0..n.projects.len()).map(|p| ProjectState::open(world, p)));
        again(plants, n.plants.iter().map(|p| PlantState::open(p.learns.map_or(0, |a| n.activities[a].outputs.len()))));
        fill(withdrawn, joinable, ZERO);
        fill(offered, joinable, ZERO);
        *scratch = Scratch::new(world);
        *noise_weights = self::noise_weights(world);
        fill(scare, n.regions.len(), ZERO);
        fill(thrift, lots, ONE);
        fill(use_share, lots, ONE);
        for f in 0..n.facilities.len() {
            self.ceiling[f] = self.capacity_of(world, f);
        }
        for (l, lane) in n.lanes.iter().enumerate() {
            let ring = Ring { start: self.transit.len(), len: lane.lead + shocks.longest_delay[l] + 1, head: 0 };
            self.transit.resize(ring.start + ring.len, ZERO);
            self.transit[ring.start..ring.start + lane.lead].fill(splat(lane.flow));
            add(&mut self.slots[lane.to].on_order, &splat(lane.flow * lane.lead as f64));
            self.lanes.push(LaneState::open(lane.flow, shocks.licence_of(l)));
            self.rings.push(ring);
        }
        for (x, wear) in n.in_use.iter().zip(&self.wear) {
            // In steady state each compartment holds what moves on in a week, over the share that does.
            let level = each(|w| n.users[x.user].demand / wear.pace[w]);
            self.in_use.resize(self.in_use.len() + x.stages, level);
        }
        again(&mut self.markets, n.markets.iter().map(|m| MarketState::open(m, &self.slots)));
        if shocks.effects.iter().any(|e| matches!(e.act, Act::Reserves(reserves::Act::Mandate { .. }))) {
            self.covers.slots = self.slots.iter().map(|slot| slot.cover).collect();
            self.covers.markets = self.markets.iter().map(|market| market.cover).collect();
        }
    }
}

/// Makes a list anew in the memory that it has.
fn again<T>(list: &mut Vec<T>, items: impl Iterator<Item = T>) {
    list.clear();
    list.extend(items);
}

/// Makes a list of `n` equal items in the memory that it has.
fn fill<T: Clone>(list: &mut Vec<T>, n: usize, item: T) {
    list.clear();
    list.resize(n, item);
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
