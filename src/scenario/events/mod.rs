//! In: `[[event]]`. Out: what a scenario schedules, its dates as weeks after the start of the run.
//!
//! Types of events come in families, one file each: what the file asks for, its words, how it is read. `shocks/disruption/` and
//! `engine/events/` have the same families.

pub mod knowhow;
pub mod materials;
mod onset;
pub mod papers;
pub mod politics;
pub mod quotas;
pub mod reserves;
pub mod smuggling;
pub mod trade;
pub mod works;

pub use knowhow::Knowhow;
pub use materials::Materials;
pub use onset::{Condition, Gauge, When};
pub use papers::{Licence, Papers};
pub use politics::Politics;
pub use quotas::{Batch, Pacing, Quota, Quotas, Volume};
pub use reserves::Reserves;
pub use smuggling::Smuggling;
pub use trade::Trade;
pub use works::Works;

use super::distribution;
use super::names::Sort;
use super::ranges::{MOMENT, SHARE, WEEKS};
use super::read::{CLASSES, STAGES, id_and_name};
use super::reader::{Reader, Sheet};
use super::schema::{Class, Dist, Stage};
use super::value::Value;

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
    /// Weeks after the start of the run (may be fractional: it acts from the first period that starts on or after it); none: it has no
    /// date, but begins on a condition or as a measure of an escalation.
    pub start: Option<Dist>,
    /// The condition.
    pub when: Option<When>,
    /// Weeks; none: permanent.
    pub duration: Option<Dist>,
    /// Weeks from nothing to full.
    pub ramp_in: Dist,
    /// Weeks from full to nothing, after the duration.
    pub ramp_out: Dist,
    /// Chance that it happens.
    pub probability: f64,
    /// Events of one group hang on one uniform: of those that are alike probable all happen or none.
    pub group: Option<String>,
    /// Of the events of one choice one happens at most, each with its probability.
    pub choice: Option<String>,
    /// Weeks before its start at which it is known.
    pub announce_lead: Dist,
    /// Rise of the scare index of the regions it touches when announced, 0..1.
    pub scare: Dist,
    /// What it touches.
    pub scope: Scope,
    /// Where it comes from.
    pub source: String,
}

/// What an event does, by family.
#[derive(Debug, Clone, PartialEq)]
// A scenario has a handful of events: boxing the largest would cost every reader and spare nobody a byte that counts.
#[allow(clippy::large_enum_variant)]
pub enum EventKind {
    /// Designs, recycling, dumped prices.
    Materials(Materials),
    /// Who may know how, and what is built.
    Knowhow(Knowhow),
    /// Desks and what they let pass.
    Papers(Papers),
    /// Suspends other events.
    Politics(Politics),
    /// Caps over a span.
    Quotas(Quotas),
    /// What stockpiles and industry are told to hold.
    Reserves(Reserves),
    /// Smugglers and who hunts them.
    Smuggling(Smuggling),
    /// Shut, slow or costly lanes.
    Trade(Trade),
    /// Capacity and demand.
    Works(Works),
}

/// The families, for reading.
const FAMILIES: &[&[Type]] = &[
    papers::TYPES,
    quotas::TYPES,
    smuggling::TYPES,
    trade::TYPES,
    works::TYPES,
    politics::TYPES,
    knowhow::TYPES,
    reserves::TYPES,
    materials::TYPES,
];

/// One type of event, for reading.
pub(super) struct Type {
    /// Its word in the file.
    pub word: &'static str,
    /// Every field of its own: an event of an unknown type is not also said to have unknown keys.
    pub own: &'static [&'static str],
    /// Reads its own fields.
    pub read: fn(&mut Reader, &mut Sheet<'_>) -> EventKind,
    /// What its scope must say, or always is.
    pub scope: fn(&mut Reader, &mut Narrowed<'_>),
}

/// The scope of an event as its type sees it.
pub(super) struct Narrowed<'a> {
    /// As read.
    pub scope: &'a mut Scope,
    /// Its key path.
    pub path: String,
    /// The keys written there, right or wrong: what is wrong is told where it stands.
    written: Vec<String>,
}

impl Narrowed<'_> {
    /// Whether nothing stands under a key.
    pub fn lacks(&self, key: &str) -> bool {
        !self.written.iter().any(|k| k == key)
    }
}

/// A type whose scope may say anything.
pub(super) fn any_scope(_: &mut Reader, _: &mut Narrowed<'_>) {}

/// One `[[event]]`.
pub fn event(r: &mut Reader, sheet: &mut Sheet<'_>) -> Event {
    let (id, name) = id_and_name(r, sheet);
    sheet.need(r, "type");
    let types: Vec<(&str, &Type)> = FAMILIES.iter().flat_map(|family| family.iter()).map(|t| (t.word, t)).collect();
    let chosen = sheet.choice(r, "type", &types);
    let kind = match chosen {
        Some(t) => (t.read)(r, sheet),
        None => {
            types.iter().flat_map(|(_, t)| t.own).for_each(|key| {
                sheet.value(key);
            });
            EventKind::Works(Works::Outage { capacity: Dist::Fixed(0.0) })
        }
    };
    let duration = match sheet.value("duration") {
        None => None,
        Some(Value::Text(text)) if text == "permanent" => None,
        Some(value) => distribution::dist(r, value, &sheet.at("duration"), WEEKS),
    };
    let (start, when) = onset(r, sheet, &id);
    if when.as_ref().is_some_and(|w| w.again) && duration.is_none() {
        r.problems
            .error(sheet.at("when.again"), "what never ends cannot begin again")
            .help("give the event a `duration`, or leave `again` out");
    }
    let (group, choice) = (sheet.text(r, "group"), sheet.text(r, "choice"));
    if group.is_some() && choice.is_some() {
        r.problems.error(sheet.at("choice"), "`group` and `choice` cannot both stand here").help("leave one of them out");
    }
    Event {
        id,
        name,
        kind,
        start,
        when,
        duration,
        ramp_in: sheet.dist_or(r, "ramp_in", WEEKS, 0.0),
        ramp_out: sheet.dist_or(r, "ramp_out", WEEKS, 0.0),
        probability: sheet.plain_or(r, "probability", SHARE, 1.0),
        group,
        choice,
        announce_lead: sheet.dist_or(r, "announce_lead", WEEKS, 0.0),
        scare: sheet.dist_or(r, "scare", SHARE, 0.0),
        scope: narrowed(r, sheet, chosen),
        source: sheet.need_text(r, "source"),
    }
}

/// When it begins: on a date, on a condition, or when an escalation says so.
fn onset(r: &mut Reader, sheet: &mut Sheet<'_>, id: &str) -> (Option<Dist>, Option<When>) {
    let (conditional, moved) = (sheet.table.has("when"), r.names.is_move(id));
    if !conditional && !moved {
        return (Some(sheet.need_dist(r, "start", MOMENT)), None);
    }
    if sheet.value("start").is_some() {
        let why =
            if conditional { "`start` and `when` cannot both stand here" } else { "a measure of an escalation has no date of its own" };
        r.problems.error(sheet.at("start"), why).help("leave `start` out: it begins when the run makes it");
    }
    (None, sheet.sheet(r, "when").and_then(|inner| onset::when(r, inner)))
}

/// The scope of an event, as far as its type leaves it open.
fn narrowed(r: &mut Reader, sheet: &mut Sheet<'_>, chosen: Option<&Type>) -> Scope {
    // An empty list names nothing.
    let says = |value: &Value| !matches!(value, Value::List(items) if items.is_empty());
    let inner = sheet.table.get("scope").and_then(Value::as_table);
    let written = inner.map(|t| t.0.iter().filter(|(_, v)| says(v)).map(|(k, _)| k.clone()).collect()).unwrap_or_default();
    let mut scope = sheet.sheet(r, "scope").map(|inner| scope(r, inner)).unwrap_or_default();
    if let Some(t) = chosen {
        (t.scope)(r, &mut Narrowed { scope: &mut scope, path: sheet.at("scope"), written });
    }
    scope
}

fn scope(r: &mut Reader, mut s: Sheet<'_>) -> Scope {
    let scope = Scope {
        from: s.names(r, "from", Sort::Region),
        to: s.names(r, "to", Sort::Region),
        facilities: s.names(r, "facilities", Sort::Facility),
        buyers: s.names(r, "buyers", Sort::Facility),
        stages: s.choices(r, "stages", "stage", STAGES),
        commodities: s.names(r, "commodities", Sort::Commodity),
        classes: s.choices(r, "classes", "class", CLASSES),
        sectors: s.names(r, "sectors", Sort::Sector),
        domestic: s.flag(r, "domestic", false),
    };
    s.finish(r);
    scope
}
