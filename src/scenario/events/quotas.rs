//! In: events that cap an amount over a span. Out: export and production quotas (MODEL 6.5).

use super::{EventKind, Type, any_scope};
use crate::scenario::ranges::{FACTOR, MASS, SPAN};
use crate::scenario::read::nearest_week;
use crate::scenario::reader::{Reader, Sheet};
use crate::scenario::schema::Dist;

/// What is capped.
#[derive(Debug, Clone, PartialEq)]
pub enum Quotas {
    /// What leaves on the lanes in scope in each span.
    Export(Quota),
    /// The output of facilities in scope in each span.
    Production(Quota),
}

/// A cap over a span.
#[derive(Debug, Clone, PartialEq)]
pub struct Quota {
    /// A span.
    pub volume: Volume,
    /// Weeks.
    pub span: usize,
    /// How the volume is spread over the span.
    pub pacing: Pacing,
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

pub(super) const TYPES: &[Type] = &[
    Type { word: "export_quota", own: OWN, read: |r, s| EventKind::Quotas(Quotas::Export(quota(r, s))), scope: any_scope },
    Type { word: "production_quota", own: OWN, read: |r, s| EventKind::Quotas(Quotas::Production(quota(r, s))), scope: any_scope },
];

const OWN: &[&str] = &["volume", "multiple", "span", "pacing"];

fn quota(r: &mut Reader, s: &mut Sheet<'_>) -> Quota {
    let volume = volume(r, s);
    s.need(r, "span");
    let span = nearest_week(s.plain_or(r, "span", SPAN, 1.0));
    let pacing = s.choice(r, "pacing", &[("first_come", Pacing::FirstCome), ("even", Pacing::Even)]).unwrap_or(Pacing::FirstCome);
    Quota { volume, span, pacing }
}

/// `volume = "x t"`, or `multiple = 0.6` of the opening flow.
pub(super) fn volume(r: &mut Reader, s: &mut Sheet<'_>) -> Volume {
    let mass = s.dist(r, "volume", MASS);
    let multiple = s.dist(r, "multiple", FACTOR);
    match (s.table.has("volume"), s.table.has("multiple")) {
        (true, true) => {
            r.problems.error(s.at("multiple"), "`volume` and `multiple` cannot both stand here").help("leave one of them out");
        }
        (false, false) => {
            r.problems
                .error(s.path.clone(), "it is not said how much may pass")
                .help("add volume = \"… t\" a span, or multiple = 0.6 of the opening flow");
        }
        _ => {}
    }
    match (mass, multiple) {
        (Some(mass), _) => Volume::Mass(mass),
        (None, multiple) => Volume::Multiple(multiple.unwrap_or(Dist::Fixed(1.0))),
    }
}
