//! In: nothing. Out: what the state of a chain is: rows over slots, lanes, users, markets, desks.

use super::World;
use super::calendar::{Calendar, Marks};
use super::decide::Affairs;
use super::events::QuotaState;
use super::in_use::Wear;
use super::smuggle::IllicitState;
use super::stockpile::{Covers, StockpileState};
use crate::network::Capacity;
use crate::wide::{Row, WIDTH, ZERO, each, max, min};

/// The state of `WIDTH` realizations. Masses t, rates t/week, times weeks.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The period to come.
    pub period: usize,
    /// Per slot.
    pub slots: Vec<SlotState>,
    /// Per lane.
    pub lanes: Vec<LaneState>,
    /// Per lane: where its transit ring lies.
    pub rings: Vec<Ring>,
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
    /// Per unit that breaks down: 1 while it is broken.
    pub broken: Vec<Row>,
    /// Per facility: most activity a week, as [`State::capacity_of`] has it.
    pub ceiling: Vec<Row>,
    /// Per activity: activity this period.
    pub activity: Vec<Row>,
    /// Per activity: since the start, if it mines or loses mass.
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
    /// Per desk: most filed for a week on a lane over its opening flow, as events have it (infinite: no limit).
    pub cap_by_rule: Vec<Row>,
    /// The same with the desk's own limit.
    pub volume_cap: Vec<Row>,
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
    /// Per general licence: 1 where it was in force in the period before.
    pub granted: Vec<Row>,
    /// Per desk: its calendar.
    pub calendars: Vec<Calendar>,

    /// Per quota.
    pub quotas: Vec<QuotaState>,
    /// Per illicit lane.
    pub illicit: Vec<IllicitState>,
    /// What has come about of events without a date.
    pub affairs: Affairs,
    /// Mass that went through the desks.
    pub applications: Applications,

    /// Per stockpile with a policy.
    pub stockpiles: Vec<StockpileState>,
    /// What is in use, compartment by compartment, all entries one after the other, t.
    pub in_use: Vec<Row>,
    /// Per entry of what is in use: how it wears out.
    pub wear: Vec<Wear>,
    /// Per recipe whose process yield may rise: factor on its outputs.
    pub recovery: Vec<Row>,
    /// Per such recipe: activity whose worth of outputs was won beyond the recipe, since the start.
    pub recovered: Vec<Row>,
    /// Opening covers, if a mandate may raise them.
    pub covers: Covers,
    /// Per pool of people.
    pub pools: Vec<PoolState>,
    /// Per project.
    pub projects: Vec<ProjectState>,
    /// Per facility that projects add to.
    pub plants: Vec<PlantState>,
    /// Per lane: what its planned supplier offers there, then what is ordered of it; empty without planned facilities.
    pub offered: Vec<Row>,
    /// Per lane: overdue orders withdrawn this period; empty without planned facilities.
    pub withdrawn: Vec<Row>,

    /// Room for sums within a period.
    pub scratch: Scratch,
    /// Weights of shared and own shocks in the noise of prices.
    pub noise_weights: [Row; 2],
    /// Per region: scare index.
    pub scare: Vec<Row>,
    /// Per lot of users: slow part of thrift.
    pub thrift: Vec<Row>,
    /// Per lot: fast and slow part together, this period.
    pub use_share: Vec<Row>,
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
    /// The same at opening prices of what is bought there, for users who answer to its price.
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
    /// What a random walk and jumps have added to the log price.
    pub walked: Row,
    /// Price over reference.
    pub price: Row,
    /// Duty paid on what arrives, over the price without it.
    pub duty: Row,
    /// Factor of events on the reference price.
    pub reference: Row,
    /// Smoothed price over reference, to which users react.
    pub felt: Row,
    /// Smoothed cleared inflow.
    pub inflow: Row,
    /// Smoothed inflow asked for.
    pub asked: Row,
    /// Opening stock over opening inflow, weeks.
    pub cover: Row,
}

/// The state of a pool of people.
#[derive(Debug, Clone)]
pub struct PoolState {
    /// People there.
    pub people: Row,
    /// People whom projects under way need.
    pub needed: Row,
    /// Speed of the clock of projects that need them, 0..1.
    pub clock: Row,
    /// Factor of events on inflow.
    pub inflow: Row,
}

/// The state of a project.
#[derive(Debug, Clone)]
pub struct ProjectState {
    /// Weeks until its date (infinite: it has none, or will not come).
    pub until: Row,
    /// Weeks it still has to stand still.
    pub wait: Row,
    /// 1 once it is begun.
    pub begun: Row,
    /// 1 once it is given up.
    pub gone: Row,
    /// Calendar weeks of its permit that have passed.
    pub permitted: Row,
    /// Operational weeks it was built.
    pub built: Row,
    /// Operational weeks it has ramped.
    pub aged: Row,
    /// Calendar weeks since its first output.
    pub shown: Row,
    /// Speed of its clock this week.
    pub clock: Row,
    /// Capacity from the next week on, activity a week.
    pub capacity: Row,
    /// Capacity of this week, activity a week.
    pub in_force: Row,
    /// What it has learnt, weeks of its own full output.
    pub experience: Row,
    /// Factor of events on its clock.
    pub speed: Row,
    /// Factor of events on the time of building.
    pub slower: Row,
    /// Factor of events on the people it needs.
    pub needier: Row,
    /// Factor of events on what it spoils.
    pub worse: Row,
    /// Share spoiled at first, settled when it first delivers.
    pub spoils: Row,
    /// Least value of each part of its basket that whoever decides may count on, over the opening one.
    pub floors: Vec<Row>,
    /// Share of its output that a buyer stands ready for.
    pub assured: Row,
}

/// The state of a facility that projects add to.
#[derive(Debug, Clone)]
pub struct PlantState {
    /// Capacity that its projects have in force, activity a week.
    pub capacity: Row,
    /// Share of its product that is spoiled.
    pub loss: Row,
    /// Per output of its activity: spoiled since the start, t; empty if it does not learn.
    pub spoiled: Vec<Row>,
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
    /// Weeks that the clock of the desk at work passes.
    pub passing: Vec<Marks>,
    /// Weeks of filing of the lane at work of which something is due.
    pub hits: Vec<u32>,
    /// Per region: value of missing inflow, and of normal inflow.
    pub missing: Vec<(Row, f64)>,
}

/// Mass filed for at all desks since the start, t (filed = approved + returned + held).
#[derive(Debug, Clone, Default)]
pub struct Applications {
    /// Filed.
    pub filed: Row,
    /// Let go.
    pub approved: Row,
    /// Sent back.
    pub returned: Row,
}

impl LaneState {
    /// What passed it this period: handed to the carrier, or let go by its desk.
    #[inline(always)]
    pub fn departed(&self) -> &Row {
        if self.licence.is_some() { &self.cleared } else { &self.shipped }
    }
}

impl State {
    /// Most activity of a facility this period, all its recipes together.
    #[inline(always)]
    pub fn capacity_of(&self, world: World<'_>, facility: usize) -> Row {
        let n = world.network;
        let f = &n.facilities[facility];
        let factor = &self.capacity[facility];
        if let Some(plant) = f.plant {
            let (stands, added) = (self.standing_capacity(world, facility), &self.plants[plant].capacity);
            return each(|w| stands[w] + added[w] * factor[w]);
        }
        self.standing_capacity(world, facility)
    }

    /// The same without what projects add.
    #[inline(always)]
    fn standing_capacity(&self, world: World<'_>, facility: usize) -> Row {
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
        if world.network.facilities[world.network.slots[slot].facility].planned {
            // What opens without flow keeps what its customers ask for.
            let asked = &self.slots[slot].order_forecast;
            return each(|w| cover[w] * asked[w]);
        }
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
