//! In: nothing. Out: the types of a scenario that has been read: values in range, units canonical, names still names.
//!
//! Canonical units: mass t, rate t/week, time weeks, share 0..1, price USD/kg. A field of type [`Dist`] may be a distribution
//! in the file (one draw a realization); a plain number is structural and takes one value (MODEL ruling 4).

use std::path::PathBuf;

use jiff::civil::Date;

/// A number, or a distribution from which one value a realization is drawn.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Dist {
    /// The same value in every realization.
    Fixed(f64),
    /// Uniform between `low` and `high`.
    Uniform { low: f64, high: f64 },
    /// Triangular with its peak at `mode`.
    Triangular { low: f64, mode: f64, high: f64 },
    /// PERT (a beta with shape 4) between `low` and `high`, peak at `mode`.
    Pert { low: f64, mode: f64, high: f64 },
    /// Normal; fields that must be positive are clipped at their range.
    Normal { mean: f64, sd: f64 },
    /// Lognormal by median and standard deviation of the logarithm.
    Lognormal { median: f64, sigma: f64 },
    /// Beta on 0..1 by mean and standard deviation.
    Beta { mean: f64, sd: f64 },
    /// One of `values` with probability proportional to `weights`.
    Empirical { values: Vec<f64>, weights: Vec<f64> },
    /// The named column of the scenario's [`RowTable`]; all columns of one realization come from one row.
    Column { name: String, scale: f64 },
}

/// A distribution drawn afresh for each application or shipment; its own parameters may be [`Dist`].
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// The family and its parameters.
    pub family: Family,
    /// Draws above this are set to it (weeks).
    pub max: Option<f64>,
}

/// The family of a [`Process`].
#[derive(Debug, Clone, PartialEq)]
pub enum Family {
    /// Always this value.
    Fixed(Dist),
    /// Uniform between low and high.
    Uniform(Dist, Dist),
    /// Triangular: low, mode, high.
    Triangular(Dist, Dist, Dist),
    /// Normal: mean, standard deviation; clipped at zero.
    Normal(Dist, Dist),
    /// Lognormal: median, sigma.
    Lognormal(Dist, Dist),
    /// Values with weights.
    Empirical(Vec<f64>, Vec<f64>),
}

/// A table of joint draws from which each realization takes one whole row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowTable {
    /// Column names.
    pub names: Vec<String>,
    /// One vector a row, one value a column.
    pub rows: Vec<Vec<f64>>,
}

/// One scenario, its bases merged in.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// What it is about, in one line.
    pub title: String,
    /// What it is about, in a paragraph.
    pub description: String,
    /// How long, how often, from which seed.
    pub run: Run,
    /// Elements whose mass is tracked, in the order of every `content`.
    pub elements: Vec<String>,
    /// Regions inside the border; all others are outside.
    pub inside: Vec<String>,
    /// Regions, sorted by id.
    pub regions: Vec<Named>,
    /// Sectors of final demand, sorted by id.
    pub sectors: Vec<Named>,
    /// Commodities, sorted by id.
    pub commodities: Vec<Commodity>,
    /// Recipes, sorted by id.
    pub recipes: Vec<Recipe>,
    /// Lead times by pair of regions.
    pub routes: Vec<Route>,
    /// Facilities, sorted by id.
    pub facilities: Vec<Facility>,
    /// Where each destination slot buys.
    pub supplies: Vec<Supply>,
    /// What flows because it was made, not because it was ordered.
    pub pushes: Vec<Push>,
    /// The price law.
    pub price: PriceLaw,
    /// How facilities forecast, order and share.
    pub behaviour: Behaviour,
    /// Which grades give way to which when Dy and Tb are dear.
    pub thrift: Option<Thrift>,
    /// Rows of the balance against sourced totals.
    pub checks: Vec<Check>,
    /// Events, sorted by id.
    pub events: Vec<Event>,
    /// Joint draws (`rows = "file.csv"`).
    pub rows: Option<RowTable>,
    /// How many numbers are sourced, derived, assumed.
    pub evidence: Evidence,
    /// The files it was read from, the scenario first, then its base, the base's base …, then CSV files.
    pub files: Vec<SourceFile>,
}

/// Variables of `timeseries.csv` that `[run] series` may ask for.
pub const VARIABLES: [&str; 10] = [
    "unmet_share",     // share of demand not served
    "lines_down",      // share of demand whose line is down
    "cover",           // weeks of use in stock
    "backlog",         // demand that waits, t
    "price_inside",    // USD/kg, mean of markets
    "price_outside",   // USD/kg, mean of markets
    "premium_outside", // price outside over inside, less one
    "price",           // USD/kg, of a market
    "exports",         // finished goods leaving the inside, t/week
    "held",            // mass held at a desk, t
];

/// `[run]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// First day of period 0.
    pub start: Date,
    /// Number of weekly periods.
    pub horizon: usize,
    /// Number of realizations.
    pub realizations: u64,
    /// Seed of every draw.
    pub seed: u64,
    /// Run although the price loop is unstable at central values.
    pub allow_unstable: bool,
    /// Variables of `timeseries.csv` that are wanted, of [`VARIABLES`]; empty: all.
    pub series: Vec<&'static str>,
}

/// A region or a sector.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
}

/// What moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Commodity {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Unit of mass as shown, e.g. `t REO`.
    pub unit: String,
    /// t of each element (order of [`Scenario::elements`]) per t of commodity.
    pub content: Vec<f64>,
    /// Reference price inside the border, USD/kg; none: the commodity has no market.
    pub price_inside: Option<f64>,
    /// Reference price outside the border, USD/kg.
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

/// `[price]`: the law of MODEL section 6.6.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceLaw {
    /// Response to cover below reference (β).
    pub beta: Dist,
    /// Response to cover above reference (β_g).
    pub beta_glut: Dist,
    /// Response to cleared inflow (γ).
    pub gamma: Dist,
    /// Short-run own-price usage elasticity of an element (ε).
    pub epsilon: Dist,
    /// Long-run usage elasticity (ε_L).
    pub epsilon_long: Dist,
    /// Precautionary cover per unit of scare (ψ).
    pub psi: Dist,
    /// Adjustment a week upwards.
    pub alpha_up: Dist,
    /// Adjustment a week downwards.
    pub alpha_down: Dist,
    /// Floor of the inflow ratio (φmin).
    pub phi_min: Dist,
    /// Softening of cover at zero (κ0).
    pub kappa0: Dist,
    /// Floor of the scarcity log-premium.
    pub floor: Dist,
    /// Stationary standard deviation of the log price noise.
    pub noise: Dist,
    /// Its weekly autocorrelation.
    pub noise_rho: Dist,
    /// Share of its variance common to all markets of an element (ν).
    pub noise_common: Dist,
    /// EWMA weight of the price that users react to (0.12).
    pub smoothing: f64,
    /// EWMA weight of cleared inflow (0.3).
    pub inflow_smoothing: f64,
    /// Elasticity of mine output to basket value.
    pub mine_elasticity: Dist,
    /// Factor on the covers of `cover_commodities` outside the border (drawn), median 1.
    pub cover_factor: Dist,
    /// Commodities whose covers outside the border it multiplies.
    pub cover_commodities: Vec<String>,
}

/// `[behaviour]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Behaviour {
    /// Share of the gap to target ordered each week (γ of MODEL 6.2).
    pub correction: Dist,
    /// The same for output targets of producers.
    pub output_correction: Dist,
    /// EWMA weight of forecasts.
    pub forecast: Dist,
    /// EWMA weight of perceived lead time.
    pub lead: Dist,
    /// Cap on perceived lead time, weeks.
    pub lead_max: f64,
    /// Inflation of requests when fill is short (φ_g).
    pub phantom: Dist,
    /// Cap on that inflation.
    pub phantom_max: f64,
    /// Gain of the scare index on scarce inflow.
    pub scare_gain: Dist,
    /// Decay of the scare index a week.
    pub scare_decay: Dist,
    /// Weight of sensitive lanes in sharing, civil = 1.
    pub priority_sensitive: f64,
    /// Weight of military lanes in sharing, civil = 1.
    pub priority_military: f64,
}

/// `[thrift]`: grades that carry dear elements give way to one that does not (MODEL ruling 2).
#[derive(Debug, Clone, PartialEq)]
pub struct Thrift {
    /// Grades that give way.
    pub from: Vec<String>,
    /// The grade that takes their place.
    pub to: String,
    /// Oxides whose prices drive it, with the element each stands for: (element, commodity).
    pub prices: Vec<(String, String)>,
    /// Least share of its opening use to which a grade can fall, slow part.
    pub least: Dist,
    /// Time constant of the slow part, weeks.
    pub lag: Dist,
    /// Fastest fall a week, share of opening use.
    pub fall: Dist,
    /// Fastest return a week, share of opening use.
    pub rise: Dist,
}

/// What a check row measures on the opening flows.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Measure {
    /// Output of facilities of these stages (empty: all) in these regions (empty: all) of these commodities (empty: all), t/yr.
    Output { stages: Vec<Stage>, regions: Vec<String>, commodities: Vec<String> },
    /// The same over its world total, 0..1.
    OutputShare { stages: Vec<Stage>, regions: Vec<String>, commodities: Vec<String> },
    /// Flow on lanes that leave `from` for `to` (empty: every other region), t/yr.
    Shipments { from: Vec<String>, to: Vec<String>, commodities: Vec<String> },
    /// Surplus sinks of these commodities in these regions, t/yr.
    Surplus { regions: Vec<String>, commodities: Vec<String> },
    /// Final demand of these sectors in these regions, t/yr.
    Demand { sectors: Vec<String>, regions: Vec<String> },
}

/// A row of the balance against a sourced total.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// What is measured.
    pub measure: Measure,
    /// The sourced value, t/yr or share.
    pub expected: f64,
    /// Range in the sources.
    pub low: Option<f64>,
    /// Range in the sources.
    pub high: Option<f64>,
    /// Where it comes from.
    pub source: String,
    /// Why ours deviates.
    pub reason: String,
}

/// Numbers by support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// With a source.
    pub sourced: usize,
    /// Computed from sourced numbers.
    pub derived: usize,
    /// Called assumed.
    pub assumed: usize,
    /// Neither.
    pub unsourced: usize,
}

/// A file the scenario was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path as given.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// Which part of the world an event touches; an empty list means all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scope {
    /// Regions of origin.
    pub from: Vec<String>,
    /// Regions of destination; for facilities: ignored.
    pub to: Vec<String>,
    /// Facilities (either end of a lane).
    pub facilities: Vec<String>,
    /// Stages of facilities.
    pub stages: Vec<Stage>,
    /// Commodities.
    pub commodities: Vec<String>,
    /// End-use classes of lanes.
    pub classes: Vec<Class>,
    /// Sectors of demand.
    pub sectors: Vec<String>,
    /// Whether lanes within one region are touched too (default false).
    pub domestic: bool,
}

/// Something a scenario schedules.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Key.
    pub id: String,
    /// For people; default: the id.
    pub name: String,
    /// What it does.
    pub kind: EventKind,
    /// Weeks after the start of the run (may be fractional: it acts from the first period that starts on or after it).
    pub start: Dist,
    /// Weeks; none: permanent.
    pub duration: Option<Dist>,
    /// Weeks from nothing to full.
    pub ramp_in: Dist,
    /// Weeks from full to nothing, after the duration.
    pub ramp_out: Dist,
    /// Chance that it happens.
    pub probability: f64,
    /// Weeks before its start at which it is known.
    pub announce_lead: Dist,
    /// Rise of the scare index of the regions it touches when announced, 0..1.
    pub scare: Dist,
    /// What it touches.
    pub scope: Scope,
    /// Where it comes from.
    pub source: String,
}

/// How a quota spreads its volume over its span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pacing {
    /// Until it is used up.
    FirstCome,
    /// What remains over the weeks that remain.
    Even,
}

/// A quota's volume.
#[derive(Debug, Clone, PartialEq)]
pub enum Volume {
    /// t a span.
    Mass(Dist),
    /// Multiple of the opening flow over a span.
    Multiple(Dist),
}

/// What an event does.
#[derive(Debug, Clone, PartialEq)]
// A scenario has a handful of events: boxing the largest would cost every reader and spare nobody a byte that counts.
#[allow(missing_docs, clippy::large_enum_variant)]
pub enum EventKind {
    /// A licensing desk on the lanes in scope (MODEL 6.4 and rulings 1, 10, 11).
    ExportLicence(Licence),
    /// The clock of desks (event ids) runs at `rate` (0 freezes, above 1 a green channel).
    DeskRate { desks: Vec<String>, rate: Dist },
    /// Volume that may leave without a single licence, for some buyers.
    GeneralLicence { desks: Vec<String>, share: Dist, volume: Volume, span: usize },
    /// A cap on what leaves on the lanes in scope in each span.
    ExportQuota { volume: Volume, span: usize, pacing: Pacing },
    /// A cap on the output of facilities in scope in each span.
    ProductionQuota { volume: Volume, span: usize, pacing: Pacing },
    /// Lanes in scope are shut but for `leakage`. `divert`: buyers look elsewhere instead of waiting.
    ExportBan { leakage: Dist, divert: bool },
    /// Capacity of facilities in scope is multiplied.
    Outage { capacity: Dist },
    /// Demand of facilities in scope is multiplied.
    DemandShock { demand: Dist },
    /// Shipments on lanes in scope take extra weeks, drawn once a lane and week, fractions floored.
    LogisticsDelay { weeks: Process },
}

/// What a desk demands and grants, and how fast.
#[derive(Debug, Clone, PartialEq)]
pub struct Licence {
    /// Share of all finished magnets leaving that the desk holds, collateral included; none: just what is in scope.
    pub controlled_share: Option<Dist>,
    /// Weeks of review on the desk's clock, one draw an application.
    pub review: Process,
    /// Share of buyers who are eligible, by class and (for some) destination region.
    pub approval: Vec<(Class, Option<String>, Dist)>,
    /// Standard deviation of the desk's common strictness, on the logit scale.
    pub strictness: Dist,
    /// Its weekly autocorrelation.
    pub strictness_rho: Dist,
    /// Chance that a file is sent back to be filed again.
    pub return_rate: Dist,
    /// Weeks from its start during which the clock stands still.
    pub frozen_for: Dist,
    /// Applications decided a week of its clock; none: no queue.
    pub applications: Option<Dist>,
}
