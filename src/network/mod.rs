//! In: a [`Scenario`]. Out: a [`Network`]: names are indices, units canonical, relations proven. Having one is the proof.
//!
//! [`Network::compile`] is the only door. It proves that every lane ends somewhere, every input has a supplier, recipes conserve
//! mass, shares sum to one, the opening flows balance (MODEL ruling 3) and the price loop is stable (ruling 4). Facilities, slots
//! and lanes are kept in the order of their names, whatever the order of the file.

mod build;
mod check;
pub mod concentration;
mod expertise;
pub mod illicit;
mod in_use;
mod law;
mod link;
mod market;
mod needs;
mod opening;
mod order;
mod parameter;
mod project;
mod stability;
mod stockpile;
mod user;

pub use check::{CheckRow, check_rows, surplus_rows};
pub use expertise::{Pool, stage_word};
pub use illicit::Illicit;
pub use in_use::InUse;
pub use law::{Behaviour, PriceLaw};
pub use market::{Input, Market, Thrift};
pub use needs::Needs;
pub(crate) use needs::place;
pub use parameter::{Param, Parameter, Parameters};
pub use project::{Hazard, Offer, Plant, Project};
pub use stockpile::{Buying, Customer, Releasing, Stockpile};

use crate::scenario::problem::Problems;
use crate::scenario::schema::{Class, Drive, NoiseKind, Scenario, SharingRule, Stage};

/// A compiled supply network. Rates are t/week, times weeks, prices USD/kg; "opening" values are those of the undisturbed balance.
#[derive(Debug, Clone)]
pub struct Network {
    /// Elements whose mass is tracked.
    pub elements: Vec<String>,
    /// Region ids, sorted.
    pub regions: Vec<String>,
    /// Whether a region lies inside the border.
    pub inside: Vec<bool>,
    /// Sector ids, sorted.
    pub sectors: Vec<String>,
    /// Commodities, sorted by id.
    pub commodities: Vec<Commodity>,
    /// Facilities after splitting into cohorts, sorted by id.
    pub facilities: Vec<Facility>,
    /// Slots, sorted by facility and commodity.
    pub slots: Vec<Slot>,
    /// Lanes, sorted by source slot, then destination; illicit ones behind all others, in the order of their ids.
    pub lanes: Vec<Lane>,
    /// What makes smugglers use the illicit ones.
    pub illicit: Vec<Illicit>,
    /// For each slot, its arriving lanes in lane order.
    pub inbound: Vec<Vec<usize>>,
    /// For each slot, the range of its leaving lanes, illicit ones apart.
    pub outbound: Vec<std::ops::Range<usize>>,
    /// One entry for each facility and recipe.
    pub activities: Vec<Activity>,
    /// One entry for each slot of final demand.
    pub users: Vec<User>,
    /// Slots that order, customers before suppliers.
    pub order_sequence: Vec<usize>,
    /// Markets: commodity × region with flow and price, upstream before downstream.
    pub markets: Vec<Market>,
    /// Stockpiles that buy and release.
    pub stockpiles: Vec<Stockpile>,
    /// What is in use, wears out and comes back.
    pub in_use: Vec<InUse>,
    /// Grade substitution, if any.
    pub thrift: Option<Thrift>,
    /// People who know how, by region and stage.
    pub pools: Vec<Pool>,
    /// Projects, sorted by id.
    pub projects: Vec<Project>,
    /// Facilities that projects add to.
    pub plants: Vec<Plant>,
    /// What planned facilities offer.
    pub offers: Vec<Offer>,
    /// Per slot: lanes that join it to planned suppliers; empty without any in the network.
    pub joined: Vec<Vec<usize>>,
    /// The price law's parameters.
    pub price: PriceLaw,
    /// The behaviour's parameters.
    pub behaviour: Behaviour,
    /// Everything that is drawn once a realization (or fixed).
    pub parameters: Parameters,
    /// What it needs of the engine.
    pub needs: Needs,
}

/// What moves.
#[derive(Debug, Clone)]
pub struct Commodity {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Unit of mass as shown.
    pub unit: String,
    /// t of each element per t.
    pub content: Vec<f64>,
    /// Reference price inside the border, USD/kg.
    pub price_inside: Option<f64>,
    /// Reference price outside the border, USD/kg.
    pub price_outside: Option<f64>,
    /// Counts as a finished magnet.
    pub finished: bool,
}

/// A place that makes, holds or uses material.
#[derive(Debug, Clone)]
pub struct Facility {
    /// Key; cohorts are `ID#1`, `ID#2` ….
    pub id: String,
    /// Key in the file (the same for all cohorts).
    pub group: String,
    /// For people.
    pub name: String,
    /// Its share of what the file says in t: one, or a cohort's part.
    pub share: f64,
    /// Index of the region.
    pub region: usize,
    /// Stage.
    pub stage: Stage,
    /// What sets its activity.
    pub drive: Drive,
    /// Capacity: activity a week, or opening activity over capacity.
    pub capacity: Capacity,
    /// Its slots.
    pub slots: std::ops::Range<usize>,
    /// Its activities.
    pub activities: std::ops::Range<usize>,
    /// Whether what it makes is outside production quotas, and what a crackdown shuts.
    pub illicit: bool,
    /// Sector index if it is a user.
    pub sector: Option<usize>,
    /// Whether it opens without flow and sells what its projects bring.
    pub planned: bool,
    /// Index in [`Network::plants`] if projects add to it.
    pub plant: Option<usize>,
}

/// How a facility's capacity is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Capacity {
    /// No limit.
    Unlimited,
    /// Activity a week, of all its recipes together.
    Rate(Param),
    /// Opening activity over capacity.
    Utilisation(Param),
}

/// The stock of one commodity at one facility.
#[derive(Debug, Clone)]
pub struct Slot {
    /// `facility/commodity`.
    pub name: String,
    /// Index of the facility.
    pub facility: usize,
    /// Index of the commodity.
    pub commodity: usize,
    /// What it is for.
    pub role: Role,
    /// Cover, weeks.
    pub cover: Param,
    /// The cohort's factor on cover.
    pub cover_factor: f64,
    /// Whether the price row's cover factor applies.
    pub cover_outside: bool,
    /// How it is replenished: base-stock level in t, or cover.
    pub base_stock: Option<f64>,
    /// Largest order a week, t (infinite: none).
    pub order_limit: f64,
    /// Never runs out.
    pub infinite: bool,
    /// How scarce supply is divided.
    pub sharing: SharingRule,
    /// Opening stock, t, instead of cover times flow.
    pub stock: Option<f64>,
    /// Opening usage (inputs, users) or outflow (outputs, surplus included), t/week.
    pub flow: f64,
    /// Opening inflow on push lanes, t/week.
    pub pushed_in: f64,
    /// Opening mean lead time of its arriving lanes, weeks.
    pub lead: f64,
    /// Opening surplus, t/week; its stock above target leaves to the sink if `drains`.
    pub surplus: f64,
    /// Whether worn-out goods are collected into it.
    pub worn: bool,
    /// Whether what exceeds the target goes to a surplus sink.
    pub drains: bool,
    /// Market of its commodity in its region.
    pub market: Option<usize>,
    /// Index in `users`.
    pub user: Option<usize>,
    /// Has push lanes arriving.
    pub takes_push: bool,
    /// Has ordering lanes arriving.
    pub orders: bool,
}

/// What a slot is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Consumed by a recipe here.
    Input,
    /// Made by a recipe here.
    Output,
    /// Bought and sold on, or a source.
    Stock,
    /// Used by final demand here.
    Final,
}

/// A directed link carrying one commodity for one end-use class.
#[derive(Debug, Clone)]
pub struct Lane {
    /// `from>to:commodity`; `from~to:commodity` if it is illicit.
    pub name: String,
    /// Source slot.
    pub from: usize,
    /// Destination slot.
    pub to: usize,
    /// End-use class.
    pub class: Class,
    /// Weeks from shipping to arrival, at least 1.
    pub lead: usize,
    /// Pushed share of the source's excess, or bought share of the destination's orders.
    pub share: f64,
    /// Whether it is pushed: who receives has not ordered.
    pub push: bool,
    /// Its index in [`Network::illicit`], if smugglers use it.
    pub illicit: Option<usize>,
    /// Weight of its customer in a planned supplier's offer, if it joins one; its share is then 0.
    pub joins: Option<f64>,
    /// Buyers it stands for.
    pub buyers: usize,
    /// Most a week, t (infinite: none).
    pub capacity: f64,
    /// Opening flow, t/week.
    pub flow: f64,
}

/// A recipe run at a facility.
#[derive(Debug, Clone)]
pub struct Activity {
    /// `facility/recipe`.
    pub name: String,
    /// Index of the facility.
    pub facility: usize,
    /// Input slots and t per unit of activity.
    pub inputs: Vec<(usize, f64)>,
    /// Output slots and t per unit of activity.
    pub outputs: Vec<(usize, f64)>,
    /// Indices into `outputs` of what drives it.
    pub drivers: Vec<usize>,
    /// Opening activity a week.
    pub rate: f64,
    /// Element mass lost per unit of activity (negative: mined).
    pub loss: Vec<f64>,
    /// Whether any of it is other than zero.
    pub moves_mass: bool,
    /// Markets of the oxides it contains and their share of its value at reference prices (basket value), for mines.
    pub basket: Vec<(usize, f64)>,
}

/// Final demand for one commodity at one facility.
#[derive(Debug, Clone)]
pub struct User {
    /// Its slot.
    pub slot: usize,
    /// Index of the facility.
    pub facility: usize,
    /// Index of the sector.
    pub sector: usize,
    /// Index of the region.
    pub region: usize,
    /// Opening demand, t/week.
    pub demand: f64,
    /// Opening demand of the facility, all commodities, t/week.
    pub facility_demand: f64,
    /// Growth a year.
    pub growth: Param,
    /// Weekly relative standard deviation.
    pub noise: Param,
    /// Its distribution.
    pub noise_kind: NoiseKind,
    /// Elasticity to the price of what it buys.
    pub elasticity: Param,
    /// Share of unmet demand that waits.
    pub backlog: f64,
    /// Most it can use over its opening demand.
    pub headroom: Option<Param>,
    /// Index of the grade in [`Thrift::grades`] if it gives way.
    pub grade: Option<usize>,
    /// Users of the same facility whose grades give way to this one.
    pub gains_from: Vec<usize>,
}

impl Network {
    /// Compiles a scenario's world.
    ///
    /// # Errors
    /// Every relation that does not hold, each with its key path; warnings are added to `problems` either way.
    pub fn compile(scenario: &Scenario, problems: &mut Problems) -> Option<Network> {
        let mut network = build::build(scenario, problems)?;
        if problems.any_error() {
            return None;
        }
        opening::solve(&mut network, problems);
        order::sequence(&mut network, problems);
        if problems.any_error() {
            return None;
        }
        market::build(scenario, &mut network);
        stockpile::prices(&mut network, problems);
        illicit::join(scenario, &mut network, problems);
        project::baskets(&mut network);
        stability::check(scenario, &network, problems);
        network.needs = Needs::of(&network);
        if problems.any_error() { None } else { Some(network) }
    }

    /// Index of a commodity by id.
    pub fn commodity(&self, id: &str) -> Option<usize> {
        self.commodities.binary_search_by(|c| c.id.as_str().cmp(id)).ok()
    }

    /// Index of a region by id.
    pub fn region(&self, id: &str) -> Option<usize> {
        self.regions.binary_search_by(|r| r.as_str().cmp(id)).ok()
    }

    /// Region of a slot.
    pub fn region_of(&self, slot: usize) -> usize {
        self.facilities[self.slots[slot].facility].region
    }

    /// Lanes of lawful trade.
    pub fn lawful(&self) -> std::ops::Range<usize> {
        0..self.lanes.len() - self.illicit.len()
    }

    /// Whether a lane leaves one side of the border for the other, outwards.
    pub fn leaves(&self, lane: &Lane) -> bool {
        self.inside[self.region_of(lane.from)] && !self.inside[self.region_of(lane.to)]
    }
}
