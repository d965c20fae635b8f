//! In: nothing. Out: events as the file has them: when, where, and what each type asks for.

use super::{Class, Dist, Process, Stage};

/// Which part of the world an event touches; an empty list means all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scope {
    /// Regions of origin.
    pub from: Vec<String>,
    /// Regions of destination; for facilities: ignored.
    pub to: Vec<String>,
    /// Facilities (either end of a lane).
    pub facilities: Vec<String>,
    /// Facilities at the receiving end of a lane; for facilities: ignored.
    pub buyers: Vec<String>,
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
    /// What arrives on lanes in scope costs `rate` of its price more where it arrives (tariff or export tax).
    Duty { rate: Dist },
    /// Other events (ids) are suspended while it lasts; their own time goes on.
    Detente { events: Vec<String> },
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
