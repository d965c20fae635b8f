//! In: nothing. Out: the types of a scenario that has been read: values in range, units canonical, names still names.
//!
//! Canonical units: mass t, rate t/week, time weeks, share 0..1, price USD/kg. A field of type [`Dist`] may be a distribution
//! in the file (one draw a realization); a plain number is structural and takes one value (MODEL ruling 4).

mod chain;
mod dist;
mod escalation;
mod illicit;
mod law;
mod loops;
mod project;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;

pub use super::events::{
    Batch, Condition, Event, EventKind, Gauge, Knowhow, Licence, Materials, Pacing, Papers, Politics, Quota, Quotas, Reserves, Scope,
    Smuggling, Trade, Volume, When, Works,
};
pub use chain::*;
pub use dist::*;
pub use escalation::Escalation;
pub use illicit::*;
pub use law::*;
pub use loops::*;
pub use project::*;

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
    /// How stockpiles buy and release.
    pub stockpiles: Vec<Stockpile>,
    /// What is in use, wears out and comes back.
    pub in_use: Vec<InUse>,
    /// Lanes of smugglers, sorted by id.
    pub illicit_lanes: Vec<IllicitLane>,
    /// Who may buy from planned facilities.
    pub joins: Vec<Join>,
    /// People who know how, by region and stage.
    pub expertise: Vec<Expertise>,
    /// Capacity that somebody means to add, sorted by id.
    pub projects: Vec<Project>,
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
    /// Governments that answer each other, sorted by id.
    pub escalations: Vec<Escalation>,
    /// Joint draws (`rows = "file.csv"`).
    pub rows: Option<RowTable>,
    /// How many numbers are sourced, derived, assumed.
    pub evidence: Evidence,
    /// The files it was read from, the scenario first, then its base, the base's base …, then CSV files.
    pub files: Vec<SourceFile>,
}

/// Variables of `timeseries.csv` that `[run] series` may ask for.
pub const VARIABLES: [&str; 18] = [
    "unmet_share",      // share of demand not served
    "lines_down",       // share of demand whose line is down
    "cover",            // weeks of use in stock
    "backlog",          // demand that waits, t
    "price_inside",     // USD/kg, mean of markets
    "price_outside",    // USD/kg, mean of markets
    "premium_outside",  // price outside over inside, less one
    "price",            // USD/kg, of a market
    "exports",          // finished goods leaving the inside, t/week
    "held",             // mass held at a desk, t
    "quota_used",       // share of what an export or production quota has handed out that was used
    "quota_rent",       // USD/kg that an export quota earns at the border, mean over its opening trade
    "smuggled",         // let through on illicit lanes, t/week
    "seized",           // seized there, t/week
    "outside_share",    // share of what a stage makes that is made outside the border
    "project_capacity", // capacity in force of projects outside, t a year of what drives the stage
    "project_clock",    // speed of the clock of projects outside: 1 where people are not short
    "reserve",          // stock of a stockpile with a policy, t
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

/// What a number rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A source.
    Sourced,
    /// Computed from sourced numbers.
    Derived,
    /// Called assumed.
    Assumed,
}

impl Basis {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Basis::Sourced => "sourced",
            Basis::Derived => "derived",
            Basis::Assumed => "assumed",
        }
    }
}

/// Numbers by support.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// With a source.
    pub sourced: usize,
    /// Computed from sourced numbers.
    pub derived: usize,
    /// Called assumed.
    pub assumed: usize,
    /// Neither.
    pub unsourced: usize,
    /// What each field rests on, by dotted path in small letters.
    pub of: BTreeMap<String, Basis>,
}

impl Evidence {
    /// What the field rests on from which a parameter is drawn; none: nothing is said of it.
    pub fn basis(&self, parameter: &str) -> Option<Basis> {
        let small = parameter.to_lowercase();
        let mut name = small.as_str();
        loop {
            if let Some(basis) = self.of.get(name) {
                return Some(*basis);
            }
            // What a user leaves out stands among the defaults of all users.
            let default = name.split_once(".demand.").and_then(|(_, field)| self.of.get(&format!("demand.{field}")));
            if let Some(basis) = default {
                return Some(*basis);
            }
            name = name.rsplit_once('.')?.0;
        }
    }
}

/// A file the scenario was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path as given.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}
