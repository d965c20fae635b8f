//! In: `[[illicit_lane]]`. Out: what smugglers carry from where to where, for which margin, and how often they are caught.

use super::super::names::Sort;
use super::super::ranges::{FACTOR, PART, POSITIVE, RATE, SHARE, WEEKS};
use super::super::reader::{Reader, Sheet};
use super::super::schema::{Dist, IllicitLane, Volume};
use super::{id_and_name, nearest_week};

/// Share of a shelf that is diverted in a week where a lane does not say (assumed).
const DIVERTED: f64 = 0.25;

/// One `[[illicit_lane]]`.
pub fn illicit_lane(r: &mut Reader, sheet: &mut Sheet<'_>) -> IllicitLane {
    let (id, name) = id_and_name(r, sheet);
    IllicitLane {
        id,
        name,
        from: sheet.need_name(r, "from", Sort::Facility),
        to: sheet.need_name(r, "to", Sort::Facility),
        commodity: sheet.need_name(r, "commodity", Sort::Commodity),
        capacity: capacity(r, sheet),
        margin: sheet.need_dist(r, "margin", FACTOR),
        width: sheet.need_dist(r, "width", POSITIVE),
        enforcement: sheet.dist_or(r, "enforcement", SHARE, 0.0),
        seizure: sheet.dist_or(r, "seizure", SHARE, 0.0),
        lumpy: sheet.flag(r, "lumpy", false),
        diverted: sheet.dist_or(r, "diverted", PART, DIVERTED),
        lead: sheet.plain(r, "lead", WEEKS).map(nearest_week),
    }
}

/// `capacity = "x t/yr"`, or `multiple = 0.1` of the lawful opening flow.
fn capacity(r: &mut Reader, s: &mut Sheet<'_>) -> Volume {
    let rate = s.dist(r, "capacity", RATE);
    let multiple = s.dist(r, "multiple", FACTOR);
    match (s.table.has("capacity"), s.table.has("multiple")) {
        (true, true) => {
            r.problems.error(s.at("multiple"), "`capacity` and `multiple` cannot both stand here").help("leave one of them out");
        }
        (false, false) => {
            r.problems
                .error(s.path.clone(), "it is not said how much it can carry")
                .help("add capacity = \"… t/yr\", or multiple = 0.1 of the lawful opening flow between the two regions");
        }
        _ => {}
    }
    match (rate, multiple) {
        (Some(rate), _) => Volume::Mass(rate),
        (None, multiple) => Volume::Multiple(multiple.unwrap_or(Dist::Fixed(0.0))),
    }
}
