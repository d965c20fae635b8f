//! In: a network and a batch's draws. Out: the state of the chain in its opening balance, as rows over entities.

use super::World;
use crate::network::{Capacity, Market};
use crate::wide::{ONE, Row, WIDTH, ZERO, add, each, exp, ln, max, min, splat};

/// The state of `WIDTH` realizations. Masses t, rates t/week, times weeks.
#[derive(Debug, Clone)]
pub struct State {
    /// The period to come.
    pub period: usize,
    /// Per slot.
    pub slots: Vec<SlotState>,
    /// Per lane.
    pub lanes: Vec<LaneState>,
    /// Transit rings of all lanes, one after the other.
    pub transit: Vec<Row>,
    /// Per user.
    pub users: Vec<UserState>,
    /// Per market.
    pub markets: Vec<MarketState>,

    /// Per effect: whether it was in force in the period before.
    pub imposed: Vec<bool>,
    /// Per facility: factor on capacity.
    pub capacity: Vec<Row>,
    /// Per facility: most activity a week, as [`State::capacity_of`] has it.
    pub ceiling: Vec<Row>,
    /// Per activity: activity this period.
    pub activity: Vec<Row>,
    /// Per activity: since the start.
    pub worked: Vec<Row>,

    /// Per rate of growth of demand: its factor on demand, this period.
    pub growth: Vec<Row>,
    /// Per rate of growth of demand: by what that rises in a period.
    pub pace: Vec<Row>,
    /// Per answer of users to a price: its factor on demand, this period.
    pub price_answer: Vec<Row>,

    /// Per desk: its clock, weeks.
    pub clock: Vec<Row>,
    /// Per desk: factor on the clock set by events.
    pub rate_factor: Vec<Row>,
    /// Per desk: files waiting to be taken up.
    pub queue: Vec<Row>,
    /// Per desk: strictness (logit).
    pub strictness: Vec<Row>,
    /// Per desk: mass held.
    pub held: Vec<Row>,
    /// Per desk: posted waiting time, weeks.
    pub posted: Vec<Row>,
    /// Per licensed lane: share of shipments held.
    pub hold_share: Vec<Row>,
    /// Per licensed lane: share of its trade whose buyers are eligible.
    pub licensed_share: Vec<Row>,
    /// Per licensed lane: general-licence volume left.
    pub permit: Vec<Row>,
    /// Per licensed lane: share of buyers with a general licence in force.
    pub permit_share: Vec<Row>,
    /// Per general licence and lane: its part of that, as it stood when the period began.
    pub permits: Vec<Row>,
    /// Per desk: its calendar.
    pub calendars: Vec<Calendar>,
    /// Per licensed lane: what would be decided beyond the calendar.
    pub overflow: Vec<Row>,

    /// Per quota: volume left in its span.
    pub quota_left: Vec<Row>,
    /// Mass that went through the desks.
    pub applications: Applications,

    /// Room for sums within a period.
    pub scratch: Scratch,
    /// Weights of shared and own shocks in the noise of prices.
    pub noise_weights: [Row; 2],
    /// Per region: scare index.
    pub scare: Vec<Row>,
    /// Per grade and side of the border: slow part of thrift.
    pub thrift: Vec<[Row; 2]>,
    /// Per grade and side: fast and slow part together, this period.
    pub use_share: Vec<[Row; 2]>,
}

/// The state of a slot. Its rows lie together: a verb that looks at one looks at several.
#[derive(Debug, Clone)]
pub struct SlotState {
    /// On hand.
    pub on_hand: Row,
    /// Ordered or sent, not arrived (backorders at suppliers, held and in transit included).
    pub on_order: Row,
    /// Owed to customers.
    pub owed: Row,
    /// Usage desired this period.
    pub desired: Row,
    /// Forecast of desired usage.
    pub usage_forecast: Row,
    /// The same at opening prices of what is bought there: users' answers to its price taken out.
    pub neutral_forecast: Row,
    /// Forecast of orders received.
    pub order_forecast: Row,
    /// Cover target, weeks.
    pub cover: Row,
    /// Perceived lead time.
    pub lead: Row,
    /// Forecast of inflow on push lanes.
    pub push_forecast: Row,
    /// The part of what is on hand and on order that belongs to buyers who may no longer order (ruling 1).
    pub stranded: Row,
    /// Share of its buyers who can order from somebody.
    pub reach: Row,
    /// Left to the surplus sink since the start.
    pub drained: Row,
    /// Taken from an infinite source since the start.
    pub sourced: Row,
}

/// The state of a lane.
#[derive(Debug, Clone)]
pub struct LaneState {
    /// Backorders at the supplier.
    pub backorders: Row,
    /// Ordered this period.
    pub placed: Row,
    /// Shipped this period (handed to carrier or desk).
    pub shipped: Row,
    /// Let go this period, by its desk or past it; lanes under no desk have what was shipped.
    pub cleared: Row,
    /// Smoothed share of requests filled.
    pub fill: Row,
    /// Smoothed shipments.
    pub history: Row,
    /// Eligible share of its buyers.
    pub eligible: Row,
    /// Share that bans from which buyers turn away let pass.
    pub passed: Row,
    /// Share of capacity open.
    pub open: Row,
    /// Its index in `Shocks::licensed` if its shipments pass a desk.
    pub licence: Option<usize>,
    /// Its transit ring.
    pub ring: Ring,
}

/// The state of a user.
#[derive(Debug, Clone)]
pub struct UserState {
    /// Demand this period.
    pub demand: Row,
    /// Served this period.
    pub served: Row,
    /// Demand that waits.
    pub backlog: Row,
    /// Demand that left this period.
    pub lost: Row,
    /// Served since the start.
    pub served_total: Row,
    /// Factor of events on demand.
    pub demand_factor: Row,
}

/// The state of a market.
#[derive(Debug, Clone)]
pub struct MarketState {
    /// Scarcity log-premium.
    pub scarcity: Row,
    /// Noise.
    pub noise: Row,
    /// Price over reference.
    pub price: Row,
    /// Smoothed price over reference, to which users react.
    pub felt: Row,
    /// Smoothed cleared inflow.
    pub inflow: Row,
    /// Smoothed inflow asked for.
    pub asked: Row,
    /// Opening stock over opening inflow, weeks.
    pub cover: Row,
}

/// What a desk will decide, by week of its clock: a ring of weeks, each with a pile of files for every realization.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Weeks.
    pub ring: usize,
    /// Week × realization.
    pub piles: Vec<Vec<File>>,
}

/// A shipment that waits for a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct File {
    /// Its lane, as an index of `Shocks::licensed`.
    pub licensed: u32,
    /// 0: it will be let go; 1: sent back.
    pub fate: u32,
    /// Mass, t.
    pub mass: f64,
}

impl Calendar {
    fn new(ring: usize) -> Calendar {
        Calendar { ring, piles: vec![vec![]; ring * WIDTH] }
    }

    /// The week of the ring in which a clock stands.
    #[inline(always)]
    pub fn weeks(&self, clock: &Row) -> [usize; WIDTH] {
        let (ring, per) = (self.ring as f64, 1.0 / self.ring as f64);
        let mut at = [0; WIDTH];
        for w in 0..WIDTH {
            // A clock that stands a hair before its week is in that week.
            let week = (clock[w] + 1e-9).floor();
            at[w] = (week - ring * ((week + 0.5) * per).floor()) as u32 as usize;
        }
        at
    }
}

/// Where a lane's transit ring lies.
#[derive(Debug, Clone, Copy)]
pub struct Ring {
    /// First row.
    pub start: usize,
    /// Rows.
    pub len: usize,
    /// Row that arrives this period, counted from `start`.
    pub head: usize,
}

/// Room for what a verb adds up within a period, taken once so that stepping takes none.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    /// Per approval of the desk at work: its limit this period.
    pub limits: Vec<Row>,
    /// Per customer of the slot at work: most it may get.
    pub caps: Vec<Row>,
    /// Per customer of the slot at work: its weight.
    pub weights: Vec<Row>,
    /// Per customer of the slot at work: what it gets.
    pub given: Vec<Row>,
    /// Per licensed lane of the desk at work: what it lets go and what it sends back this period.
    pub decided: Vec<[Row; 2]>,
    /// Per region: value of missing inflow, and of normal inflow.
    pub missing: Vec<(Row, f64)>,
}

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

/// Mass filed for at all desks since the start, t. Mass, since files that are decided in the same week share a bucket: only masses
/// add up (filed = approved + returned + held).
#[derive(Debug, Clone, Default)]
pub struct Applications {
    /// Filed.
    pub filed: Row,
    /// Let go.
    pub approved: Row,
    /// Sent back.
    pub returned: Row,
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

    /// What passed it this period: handed to the carrier, or let go by its desk.
    #[inline(always)]
    pub fn departed(&self) -> &Row {
        if self.licence.is_some() { &self.cleared } else { &self.shipped }
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
            price: ONE,
            felt: ONE,
            inflow: splat(market.flow),
            asked: splat(market.flow),
            cover: each(|w| market.slots.iter().map(|&i| slots[i].on_hand[w]).sum::<f64>() / market.flow),
        }
    }
}

impl State {
    /// The opening balance: on hand, in transit and forecasts such that nothing moves until something happens.
    pub fn open(world: World<'_>) -> State {
        let World { network: n, shocks, .. } = world;
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
            ceiling: rows(n.facilities.len(), 0.0),
            activity: n.activities.iter().map(|a| splat(a.rate)).collect(),
            worked: rows(n.activities.len(), 0.0),
            growth: vec![ONE; n.needs.growths.len()],
            pace: n.needs.growths.iter().map(|&p| pace(world.draws.of(p))).collect(),
            price_answer: vec![ONE; n.needs.answers.len()],
            clock: rows(shocks.desks.len(), 0.0),
            rate_factor: vec![ONE; shocks.desks.len()],
            queue: rows(shocks.desks.len(), 0.0),
            strictness: rows(shocks.desks.len(), 0.0),
            held: rows(shocks.desks.len(), 0.0),
            posted: rows(shocks.desks.len(), 0.0),
            hold_share: rows(shocks.licensed.len(), 0.0),
            licensed_share: vec![ONE; shocks.licensed.len()],
            permit: rows(shocks.licensed.len(), 0.0),
            permit_share: rows(shocks.licensed.len(), 0.0),
            permits: rows(shocks.permits.iter().map(|p| p.lanes.len()).sum(), 0.0),
            calendars: shocks.desks.iter().map(|d| Calendar::new(d.ring)).collect(),
            overflow: rows(shocks.licensed.len(), 0.0),
            quota_left: rows(shocks.quotas.len(), 0.0),
            applications: Applications::default(),
            scratch: Scratch::new(world),
            noise_weights: noise_weights(world),
            scare: rows(n.regions.len(), 0.0),
            thrift: vec![[ONE; 2]; n.thrift.as_ref().map_or(0, |t| t.grades)],
            use_share: vec![[ONE; 2]; n.thrift.as_ref().map_or(0, |t| t.grades)],
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
        s.markets = n.markets.iter().map(|m| MarketState::open(m, &s.slots)).collect();
        s
    }

    /// Most activity of a facility this period, all its recipes together.
    #[inline(always)]
    pub fn capacity_of(&self, world: World<'_>, facility: usize) -> Row {
        let n = world.network;
        let f = &n.facilities[facility];
        let factor = &self.capacity[facility];
        match f.capacity {
            Capacity::Rate(p) => {
                let rate = world.draws.of(p);
                each(|w| rate[w] * f.share * factor[w])
            }
            Capacity::Utilisation(p) => {
                let total: f64 = n.activities[f.activities.clone()].iter().map(|a| a.rate).sum();
                let utilisation = world.draws.of(p);
                each(|w| total / utilisation[w] * factor[w])
            }
            // An outage of a facility without a known limit is of its opening activity.
            Capacity::Unlimited => {
                let total: f64 = n.activities[f.activities.clone()].iter().map(|a| a.rate).sum();
                each(|w| if factor[w] < 1.0 { total * factor[w] } else { f64::INFINITY })
            }
        }
    }

    /// What a slot keeps before its excess is pushed on or drained, t: cover times opening flow.
    #[inline(always)]
    pub fn target(&self, world: World<'_>, slot: usize) -> Row {
        let (flow, cover) = (world.network.slots[slot].flow, &self.slots[slot].cover);
        each(|w| cover[w] * flow)
    }

    /// On hand that belongs to stranded buyers: their claim, in proportion to what of it has arrived.
    #[inline(always)]
    pub fn stranded_on_hand(&self, slot: usize) -> Row {
        let SlotState { stranded: claim, on_hand: here, on_order: coming, .. } = &self.slots[slot];
        let mut theirs = ZERO;
        for w in 0..WIDTH {
            let part = min(claim[w] * here[w] / max(here[w] + coming[w], 1e-300), here[w]);
            theirs[w] = if claim[w] > 0.0 { part } else { 0.0 };
        }
        theirs
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
