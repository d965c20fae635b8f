//! In: nothing. Out: lanes of smugglers as the file has them.

use super::{Dist, Volume};

/// Goods that leave past the border's papers when the price is right: `[[illicit_lane]]` (MODEL 6.10).
#[derive(Debug, Clone, PartialEq)]
pub struct IllicitLane {
    /// Key; also the name in the address of its draws.
    pub id: String,
    /// For people; default: the id.
    pub name: String,
    /// Facility id of the origin.
    pub from: String,
    /// Facility id of the destination.
    pub to: String,
    /// Commodity id.
    pub commodity: String,
    /// Most it carries: t a week, or a multiple of the lawful opening flow of the commodity from the region of origin to that of
    /// destination.
    pub capacity: Volume,
    /// What smuggling costs over the price at the origin.
    pub margin: Dist,
    /// Log price ratio beyond the margin at which it is used to the full.
    pub width: Dist,
    /// Enforcement, 0..1: the share of what would go that does not dare.
    pub enforcement: Dist,
    /// Share that is seized on the way, 0..1.
    pub seizure: Dist,
    /// Whether a week's shipment is seized whole or not at all.
    pub lumpy: bool,
    /// Largest share of what lies on the shelf after the week's lawful trade that is diverted in a week.
    pub diverted: Dist,
    /// Weeks; none: the route of the two regions.
    pub lead: Option<usize>,
}
