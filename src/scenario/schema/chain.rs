//! In: nothing. Out: the chain as the file has it: commodities, recipes, facilities, demand, and who buys from whom.

use super::Dist;

/// What moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Commodity {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Unit of mass as shown, e.g. `t REO`.
    pub unit: String,
    /// t of each element (order of [`Scenario::elements`](super::Scenario::elements)) per t of commodity.
    pub content: Vec<f64>,
    /// Reference price inside the border, USD/kg; none: the commodity has no market there.
    pub price_inside: Option<f64>,
    /// Reference price outside the border, USD/kg; none as inside.
    pub price_outside: Option<f64>,
    /// Whether it counts as a finished magnet (exports, shortage).
    pub finished: bool,
    /// Share of the price law's scarcity premium that its own markets carry, 0..1; the rest of its price is the cost of its inputs.
    pub scarcity: f64,
}

/// Inputs and outputs for one unit of activity.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Key.
    pub id: String,
    /// Commodity and t per unit of activity. Empty: from the ground.
    pub inputs: Vec<(String, f64)>,
    /// Commodity and t per unit of activity.
    pub outputs: Vec<(String, f64)>,
    /// The outputs whose orders set the activity of a pulled facility; default: the first output.
    pub drivers: Vec<String>,
}

/// Lead time between two regions (or within one), for lanes that do not say their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Region of the supplier.
    pub from: String,
    /// Region of the customer.
    pub to: String,
    /// Weeks, a whole number of at least 1.
    pub lead: usize,
}

/// The kind of place a facility is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Stage {
    Mine,
    SeparationLight,
    SeparationHeavy,
    Metal,
    Magnet,
    Manufacturer,
    Recycler,
    Trader,
    Stockpile,
}

/// What sets a facility's activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drive {
    /// Orders for its driver outputs.
    Pull,
    /// The opening rate, throttled to zero between one and two times its output target (mines).
    Throttle,
    /// Whatever feed reaches it (heavy separators, recyclers).
    Feed,
}

/// How a slot is replenished.
#[derive(Debug, Clone, PartialEq)]
pub enum Replenishment {
    /// Order-up-to from a forecast times cover.
    Cover,
    /// Order-up-to an absolute level, t.
    BaseStock(f64),
}

/// How scarce supply is divided among orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharingRule {
    /// In proportion to orders, inflated requests as weights, classes by priority.
    Proportional,
    /// The same to each until it is satisfied.
    Uniform,
    /// In proportion to past shipments.
    TurnAndEarn,
}

/// A place that makes, holds or uses material.
#[derive(Debug, Clone, PartialEq)]
pub struct Facility {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Region id.
    pub region: String,
    /// Country, for people.
    pub country: String,
    /// Stage.
    pub stage: Stage,
    /// Recipe ids. Empty: a pure stock (trader, source, manufacturer).
    pub recipes: Vec<String>,
    /// What sets its activity.
    pub drive: Drive,
    /// Most activity a week; none: from `utilisation`.
    pub capacity: Option<Dist>,
    /// Opening activity over capacity, 0..1; none and no capacity: unlimited.
    pub utilisation: Option<Dist>,
    /// Cover of input slots, weeks of desired usage.
    pub cover_in: Dist,
    /// Cover of output slots, weeks of orders.
    pub cover_out: Dist,
    /// Cover of single slots by commodity, instead of the above.
    pub cover_by: Vec<(String, Dist)>,
    /// How its input slots are replenished.
    pub replenishment: Replenishment,
    /// Largest order of a slot a week, t.
    pub order_limit: Option<f64>,
    /// Never runs out; its shipments are mined from nowhere.
    pub infinite: bool,
    /// Sharing rule of its output slots.
    pub sharing: SharingRule,
    /// Opening stock by commodity, t, instead of cover times flow.
    pub stock: Vec<(String, f64)>,
    /// Final demand, if it is a user.
    pub demand: Option<Demand>,
    /// Whether what it makes is outside every production quota, and what a crackdown shuts.
    pub illicit: bool,
    /// Whether it does not stand yet: it opens without flow, its projects bring its capacity, and it sells through `[[join]]`.
    pub planned: bool,
    /// Number of equal cohorts it is split into (1: not split).
    pub cohorts: usize,
    /// Standard deviation of the log of cover among the cohorts.
    pub cohort_spread: f64,
}

/// Distribution of demand noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NoiseKind {
    Lognormal,
    Normal,
    Poisson,
}

/// Final demand of a facility.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Sector id.
    pub sector: String,
    /// t a week at the opening.
    pub rate: f64,
    /// Share of each commodity; sums to one. A share of zero makes an empty slot that thrift may use.
    pub mix: Vec<(String, f64)>,
    /// Growth a year.
    pub growth: Dist,
    /// Weekly relative standard deviation of demand.
    pub noise: Dist,
    /// Its distribution.
    pub noise_kind: NoiseKind,
    /// Elasticity of demand to the price of what it buys (positive number).
    pub elasticity: Dist,
    /// Share of unmet demand that waits for the next week, 0 (lost sales) to 1 (full backlog).
    pub backlog: f64,
    /// Most it can use a week over its opening demand (catch-up), at least 1; none: unlimited.
    pub headroom: Option<Dist>,
}

/// End-use class of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Class {
    Civil,
    Sensitive,
    Military,
}

/// Where one slot buys: `[[supply]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Supply {
    /// Facility id of the destination.
    pub to: String,
    /// Commodity id.
    pub commodity: String,
    /// End-use class of these lanes.
    pub class: Class,
    /// Suppliers.
    pub from: Vec<Link>,
}

/// What one slot pushes on: `[[push]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Push {
    /// Facility id of the origin.
    pub from: String,
    /// Commodity id.
    pub commodity: String,
    /// End-use class of these lanes.
    pub class: Class,
    /// Customers; shares that sum to less than one leave a surplus.
    pub to: Vec<Link>,
}

/// One end of a lane in a [`Supply`] or [`Push`].
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Facility id of the other end.
    pub facility: String,
    /// Share 0..1; those of a supply sum to one within 1 %.
    pub share: f64,
    /// Weeks; none: the route of the two regions.
    pub lead: Option<usize>,
    /// Number of buyers the lane stands for.
    pub buyers: usize,
    /// Most it carries a week, t.
    pub capacity: Option<f64>,
}
