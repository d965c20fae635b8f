//! In: nothing. Out: stockpiles that buy and release, and goods in use that wear out, as the file has them.

use super::{Class, Dist};

/// The policy of a stockpile for one commodity: `[[stockpile]]` (MODEL 6.11).
#[derive(Debug, Clone, PartialEq)]
pub struct Stockpile {
    /// Facility id, of stage `stockpile`.
    pub facility: String,
    /// Commodity id.
    pub commodity: String,
    /// Who gets what is released.
    pub to: Vec<Outlet>,
    /// Classes in the order in which they are served; those that are not named come last, together.
    pub priority: Vec<Class>,
    /// When it buys by itself; none: only by order of an event.
    pub buy: Option<Buying>,
    /// When it releases by itself; none: only by order of an event.
    pub release: Option<Releasing>,
}

/// Who gets what a stockpile releases.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlet {
    /// Facility id.
    pub facility: String,
    /// End-use class of the lane.
    pub class: Class,
    /// Weeks; none: the route of the two regions.
    pub lead: Option<usize>,
}

/// When and how fast a stockpile buys.
#[derive(Debug, Clone, PartialEq)]
pub struct Buying {
    /// Most it orders a week, t.
    pub rate: Dist,
    /// How much it wants to hold.
    pub target: Target,
    /// It begins below this multiple of the reference price; none: at any price.
    pub price_below: Option<f64>,
    /// And goes on up to this one.
    pub price_until: Option<f64>,
}

/// How much a stockpile wants to hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// t.
    Mass(f64),
    /// Weeks of the opening use in its region.
    Cover(f64),
}

/// When and how fast a stockpile releases.
#[derive(Debug, Clone, PartialEq)]
pub struct Releasing {
    /// Most that leaves a week, t.
    pub rate: Dist,
    /// It begins above this multiple of the reference price; none: price does not move it.
    pub price_above: Option<f64>,
    /// And goes on down to this one.
    pub price_until: Option<f64>,
    /// It begins when those it serves have less than this share of the cover they want; none: cover does not move it.
    pub cover_below: Option<f64>,
    /// And goes on until they have this share.
    pub cover_until: Option<f64>,
}

/// Finished goods in use in one sector of one region: `[[in_use]]` (MODEL 6.12).
#[derive(Debug, Clone, PartialEq)]
pub struct InUse {
    /// Region id.
    pub region: String,
    /// Sector id.
    pub sector: String,
    /// Mean life, weeks.
    pub life: Dist,
    /// Compartments of the ageing: life has a gamma distribution of this shape.
    pub stages: usize,
    /// Share of what wears out that is collected, 0..1; the rest is dissipated.
    pub collected: f64,
    /// Facility id of the recycler that takes it.
    pub to: String,
    /// Commodity in use, and the commodity as which it is collected.
    pub becomes: Vec<(String, String)>,
}
