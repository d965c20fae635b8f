//! In: an `[[event]]` without a date of its own. Out: what makes it begin, and with which others it happens.

use crate::scenario::names::Sort;
use crate::scenario::ranges::{FACTOR, SPAN};
use crate::scenario::reader::{Reader, Sheet};
use crate::scenario::schema::Dist;

/// When an event begins that has no date.
#[derive(Debug, Clone, PartialEq)]
pub struct When {
    /// What must hold.
    pub condition: Condition,
    /// Weeks from the one in which it holds to the event; at least one.
    pub delay: Dist,
    /// Whether the event may begin again once it is over.
    pub again: bool,
}

/// What begins an event; looked at as the week before left it.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A number of the chain lies beyond a threshold.
    Measure {
        /// Which number.
        of: Gauge,
        /// Whether it must lie above, not below.
        above: bool,
        /// The threshold, in the number's unit.
        threshold: Dist,
    },
    /// Another event (id) has begun.
    Event(String),
}

/// A number of the chain.
#[derive(Debug, Clone, PartialEq)]
pub enum Gauge {
    /// Share of demand whose line is down, of a region and a sector (none: all).
    LinesDown(Option<String>, Option<String>),
    /// Share of demand not served, of a region and a sector (none: all).
    UnmetShare(Option<String>, Option<String>),
    /// Price of a commodity in a region over its opening price.
    Price(String, String),
    /// Scare index of a region.
    Scare(String),
}

/// Words for the numbers of the chain that a condition may look at.
const MEASURES: &[(&str, &str)] = &[("lines_down", "lines_down"), ("unmet_share", "unmet_share"), ("price", "price"), ("scare", "scare")];

/// `when = { … }`.
pub(super) fn when(r: &mut Reader, mut s: Sheet<'_>) -> Option<When> {
    let condition = condition(r, &mut s);
    let when =
        When { condition: condition?, delay: s.dist(r, "delay", SPAN).unwrap_or(Dist::Fixed(1.0)), again: s.flag(r, "again", false) };
    s.finish(r);
    Some(when)
}

fn condition(r: &mut Reader, s: &mut Sheet<'_>) -> Option<Condition> {
    match (s.table.has("event"), s.table.has("measure")) {
        (true, false) => return Some(Condition::Event(s.need_name(r, "event", Sort::Event))),
        (false, true) => {}
        (both, _) => {
            let what = if both { "`event` and `measure` cannot both stand here" } else { "it is not said what it waits for" };
            r.problems
                .error(s.path.clone(), what)
                .help("say event = \"…\", or measure = \"lines_down\", \"unmet_share\", \"price\" or \"scare\" with `above` or `below`");
            return None;
        }
    }
    let of = match s.choice(r, "measure", MEASURES)? {
        "price" => {
            s.need(r, "region");
            Gauge::Price(s.need_name(r, "commodity", Sort::Commodity), s.name(r, "region", Sort::Region)?)
        }
        "scare" => Gauge::Scare(s.need_name(r, "region", Sort::Region)),
        word => {
            let (region, sector) = (s.name(r, "region", Sort::Region), s.name(r, "sector", Sort::Sector));
            if word == "lines_down" { Gauge::LinesDown(region, sector) } else { Gauge::UnmetShare(region, sector) }
        }
    };
    let above = s.table.has("above");
    if above == s.table.has("below") {
        r.problems.error(s.path.clone(), "one threshold is needed").help("add above = … or below = …, in the number's own unit");
        return None;
    }
    let threshold = s.dist(r, if above { "above" } else { "below" }, FACTOR)?;
    Some(Condition::Measure { of, above, threshold })
}
