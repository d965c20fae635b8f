//! In: a network and a batch's draws. Out: the state of the chain in its opening balance, as rows over entities.

use super::World;
use crate::network::Capacity;
use crate::wide::{ONE, Row, WIDTH, ZERO, each, exp, ln, max, min, splat};

/// The state of `WIDTH` realizations. Masses t, rates t/week, times weeks.
#[derive(Debug, Clone)]
pub struct State {
    /// The period to come.
    pub period: usize,

    /// Per slot: on hand.
    pub on_hand: Vec<Row>,
    /// Per slot: ordered or sent, not arrived (backorders at suppliers, held and in transit included).
    pub on_order: Vec<Row>,
    /// Per slot: the part of what is on hand and on order that belongs to buyers who may no longer order (ruling 1).
    pub stranded: Vec<Row>,
    /// Per slot: owed to customers.
    pub owed: Vec<Row>,
    /// Per slot: forecast of desired usage.
    pub usage_forecast: Vec<Row>,
    /// Per slot: the same at opening prices of what is bought there: users' answers to its price taken out.
    pub neutral_forecast: Vec<Row>,
    /// Per slot: forecast of orders received.
    pub order_forecast: Vec<Row>,
    /// Per slot: forecast of inflow on push lanes.
    pub push_forecast: Vec<Row>,
    /// Per slot: perceived lead time.
    pub lead: Vec<Row>,
    /// Per slot: usage desired this period.
    pub desired: Vec<Row>,
    /// Per slot: share of its buyers who can order from somebody.
    pub reach: Vec<Row>,
    /// Per slot: cover target, weeks.
    pub cover: Vec<Row>,
    /// Per slot: left to the surplus sink since the start.
    pub drained: Vec<Row>,
    /// Per slot: taken from an infinite source since the start.
    pub sourced: Vec<Row>,

    /// Per lane: backorders at the supplier.
    pub backorders: Vec<Row>,
    /// Per lane: ordered this period.
    pub placed: Vec<Row>,
    /// Per lane: shipped this period (handed to carrier or desk).
    pub shipped: Vec<Row>,
    /// Per lane: cleared this period (handed to the carrier, or let go by the desk).
    pub cleared: Vec<Row>,
    /// Per lane: smoothed share of requests filled.
    pub fill: Vec<Row>,
    /// Per lane: smoothed shipments.
    pub history: Vec<Row>,
    /// Per lane: eligible share of its buyers.
    pub eligible: Vec<Row>,
    /// Per lane: share that bans from which buyers turn away let pass.
    pub passed: Vec<Row>,
    /// Per lane: whether its shipments pass a desk.
    pub under_desk: Vec<bool>,
    /// Per lane: share of capacity open.
    pub open: Vec<Row>,
    /// Transit rings of all lanes, one after the other.
    pub transit: Vec<Row>,
    /// Per lane: where its ring starts, how long it is, and the place that arrives this period.
    pub rings: Vec<Ring>,

    /// Per effect: whether it was in force in the period before.
    pub imposed: Vec<bool>,
    /// Per facility: factor on capacity.
    pub capacity: Vec<Row>,
    /// Per facility: most activity a week, as [`State::capacity_of`] has it.
    pub ceiling: Vec<Row>,
    /// Per rate of growth of demand: its factor on demand, this period.
    pub growth: Vec<Row>,
    /// Per rate of growth of demand: by what that rises in a period.
    pub pace: Vec<Row>,
    /// Per answer of users to a price: its factor on demand, this period.
    pub price_answer: Vec<Row>,
    /// Per user: factor on demand.
    pub demand_factor: Vec<Row>,
    /// Per activity: activity this period.
    pub activity: Vec<Row>,
    /// Per activity: since the start.
    pub worked: Vec<Row>,

    /// Per user: demand this period.
    pub demand: Vec<Row>,
    /// Per user: served this period.
    pub served: Vec<Row>,
    /// Per user: demand that waits.
    pub backlog: Vec<Row>,
    /// Per user: demand that left this period.
    pub lost: Vec<Row>,
    /// Per user: served since the start.
    pub served_total: Vec<Row>,

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
    /// Hold rings: to be let go.
    pub hold: Vec<Row>,
    /// Hold rings: to be sent back.
    pub send_back: Vec<Row>,
    /// Per licensed lane: where its rings start.
    pub hold_start: Vec<usize>,
    /// Per licensed lane: beyond the ring.
    pub overflow: Vec<Row>,

    /// Per quota: volume left in its span.
    pub quota_left: Vec<Row>,
    /// Mass that went through the desks.
    pub applications: Applications,

    /// Room for sums within a period.
    pub scratch: Scratch,
    /// Weights of shared and own shocks in the noise of prices.
    pub noise_weights: [Row; 2],
    /// Per market: scarcity log-premium.
    pub scarcity: Vec<Row>,
    /// Per market: noise.
    pub noise: Vec<Row>,
    /// Per market: smoothed cleared inflow.
    pub inflow: Vec<Row>,
    /// Per market: smoothed inflow asked for.
    pub asked: Vec<Row>,
    /// Per market: price over reference.
    pub price: Vec<Row>,
    /// Per market: smoothed price over reference, to which users react.
    pub price_felt: Vec<Row>,
    /// Per market: opening stock over opening inflow, weeks.
    pub market_cover: Vec<Row>,
    /// Per region: scare index.
    pub scare: Vec<Row>,
    /// Per grade and side of the border: slow part of thrift.
    pub thrift: Vec<[Row; 2]>,
    /// Per grade and side: fast and slow part together, this period.
    pub use_share: Vec<[Row; 2]>,
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

impl State {
    /// The opening balance: on hand, in transit and forecasts such that nothing moves until something happens.
    pub fn open(world: World<'_>) -> State {
        let World { network: n, shocks, .. } = world;
        let (slots, lanes, users) = (n.slots.len(), n.lanes.len(), n.users.len());
        let rows = |k: usize, x: f64| vec![splat(x); k];
        let mut s = State {
            period: 0,
            on_hand: rows(slots, 0.0),
            on_order: rows(slots, 0.0),
            stranded: rows(slots, 0.0),
            owed: rows(slots, 0.0),
            usage_forecast: n.slots.iter().map(|x| splat(x.flow)).collect(),
            neutral_forecast: n.slots.iter().map(|x| splat(x.flow)).collect(),
            order_forecast: rows(slots, 0.0),
            push_forecast: n.slots.iter().map(|x| splat(x.pushed_in)).collect(),
            lead: n.slots.iter().map(|x| splat(x.lead)).collect(),
            desired: n.slots.iter().map(|x| splat(x.flow)).collect(),
            reach: vec![ONE; slots],
            cover: rows(slots, 0.0),
            drained: rows(slots, 0.0),
            sourced: rows(slots, 0.0),
            backorders: rows(lanes, 0.0),
            placed: rows(lanes, 0.0),
            shipped: rows(lanes, 0.0),
            cleared: rows(lanes, 0.0),
            fill: vec![ONE; lanes],
            history: n.lanes.iter().map(|l| splat(l.flow)).collect(),
            eligible: vec![ONE; lanes],
            passed: vec![ONE; lanes],
            under_desk: (0..lanes).map(|l| shocks.licence_of(l).is_some()).collect(),
            open: vec![ONE; lanes],
            transit: vec![],
            rings: vec![],
            imposed: vec![false; shocks.effects.len()],
            capacity: vec![ONE; n.facilities.len()],
            ceiling: rows(n.facilities.len(), 0.0),
            growth: vec![ONE; n.needs.growths.len()],
            pace: n.needs.growths.iter().map(|&p| pace(world.draws.of(p))).collect(),
            price_answer: vec![ONE; n.needs.answers.len()],
            demand_factor: vec![ONE; users],
            activity: n.activities.iter().map(|a| splat(a.rate)).collect(),
            worked: rows(n.activities.len(), 0.0),
            demand: rows(users, 0.0),
            served: rows(users, 0.0),
            backlog: rows(users, 0.0),
            lost: rows(users, 0.0),
            served_total: rows(users, 0.0),
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
            hold: vec![],
            send_back: vec![],
            hold_start: vec![],
            overflow: rows(shocks.licensed.len(), 0.0),
            quota_left: rows(shocks.quotas.len(), 0.0),
            applications: Applications::default(),
            scratch: Scratch::new(world),
            noise_weights: noise_weights(world),
            scarcity: rows(n.markets.len(), 0.0),
            // Not from its stationary distribution: at rest nothing moves (ruling 5).
            noise: rows(n.markets.len(), 0.0),
            asked: n.markets.iter().map(|m| splat(m.flow)).collect(),
            inflow: n.markets.iter().map(|m| splat(m.flow)).collect(),
            price: vec![ONE; n.markets.len()],
            price_felt: vec![ONE; n.markets.len()],
            market_cover: rows(n.markets.len(), 0.0),
            scare: rows(n.regions.len(), 0.0),
            thrift: vec![[ONE; 2]; n.thrift.as_ref().map_or(0, |t| t.grades)],
            use_share: vec![[ONE; 2]; n.thrift.as_ref().map_or(0, |t| t.grades)],
        };
        s.open_stocks(world);
        for f in 0..n.facilities.len() {
            s.ceiling[f] = s.capacity_of(world, f);
        }
        for (l, lane) in n.lanes.iter().enumerate() {
            let len = lane.lead + shocks.longest_delay[l] + 1;
            s.rings.push(Ring { start: s.transit.len(), len, head: 0 });
            let start = s.transit.len();
            s.transit.resize(start + len, ZERO);
            for k in 0..lane.lead {
                s.transit[start + k] = splat(lane.flow);
            }
            for w in 0..WIDTH {
                s.on_order[lane.to][w] += lane.flow * lane.lead as f64;
            }
        }
        for licensed in &shocks.licensed {
            s.hold_start.push(s.hold.len());
            s.hold.resize(s.hold.len() + shocks.desks[licensed.desk].ring, ZERO);
        }
        s.send_back = vec![ZERO; s.hold.len()];
        for (m, market) in n.markets.iter().enumerate() {
            s.market_cover[m] = each(|w| market.slots.iter().map(|&i| s.on_hand[i][w]).sum::<f64>() / market.flow);
        }
        s
    }

    fn open_stocks(&mut self, world: World<'_>) {
        let World { network: n, draws, .. } = world;
        for (i, slot) in n.slots.iter().enumerate() {
            let cover = draws.of(slot.cover);
            let factor = draws.of(n.price.cover_factor);
            self.cover[i] = each(|w| cover[w] * slot.cover_factor * if slot.cover_outside { factor[w] } else { 1.0 });
            self.on_hand[i] = match (slot.stock, slot.base_stock) {
                (Some(stock), _) => splat(stock),
                (None, Some(level)) => splat((level - slot.lead * slot.flow).max(0.0)),
                (None, None) => each(|w| self.cover[i][w] * slot.flow),
            };
            let pulled: f64 = n.outbound[i].clone().filter(|&l| !n.lanes[l].push).map(|l| n.lanes[l].flow).sum();
            self.order_forecast[i] = splat(pulled);
        }
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
        let (flow, cover) = (world.network.slots[slot].flow, &self.cover[slot]);
        each(|w| cover[w] * flow)
    }

    /// On hand that belongs to stranded buyers: their claim, in proportion to what of it has arrived.
    #[inline(always)]
    pub fn stranded_on_hand(&self, slot: usize) -> Row {
        let (claim, here, coming) = (self.stranded[slot], self.on_hand[slot], self.on_order[slot]);
        let mut theirs = ZERO;
        for w in 0..WIDTH {
            let part = min(claim[w] * here[w] / max(here[w] + coming[w], 1e-300), here[w]);
            theirs[w] = if claim[w] > 0.0 { part } else { 0.0 };
        }
        theirs
    }

    /// What passed a lane this period: handed to the carrier, or let go by its desk.
    #[inline(always)]
    pub fn departed(&self, lane: usize) -> &Row {
        if self.under_desk[lane] { &self.cleared[lane] } else { &self.shipped[lane] }
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
