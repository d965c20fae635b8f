//! In: events that cap an amount over a span. Out: export and production quotas (MODEL 6.5).

use super::{EventKind, Type, any_scope};
use crate::scenario::ranges::{FACTOR, MASS, SHARE, SPAN, WEEKS};
use crate::scenario::read::nearest_week;
use crate::scenario::reader::{Reader, Sheet};
use crate::scenario::schema::Dist;
use crate::scenario::value::Value;

/// What is capped.
#[derive(Debug, Clone, PartialEq)]
pub enum Quotas {
    /// What leaves on the lanes in scope in each span.
    Export {
        /// The cap.
        quota: Quota,
        /// Power of the margin by which lanes share what is not enough; 0: all are scaled alike.
        margin_exponent: f64,
    },
    /// The output of facilities in scope in each span.
    Production(Quota),
}

/// A cap over a span.
#[derive(Debug, Clone, PartialEq)]
pub struct Quota {
    /// What is handed out in a span, in the order of time; one at its beginning if the file says no more.
    pub batches: Vec<Batch>,
    /// Weeks.
    pub span: usize,
    /// How a batch is spread over its weeks.
    pub pacing: Pacing,
    /// Relative standard deviation of a volume that is not published, drawn once a realization.
    pub unpublished_cv: f64,
}

/// Part of a quota's volume, handed out at some week of its span.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Whole weeks after the beginning of the span.
    pub start: usize,
    /// How much.
    pub volume: Volume,
}

/// How a quota spreads a batch over the weeks until the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pacing {
    /// Until it is used up.
    FirstCome,
    /// What remains over the weeks that remain.
    Even,
    /// This share of the batch over the first half of its weeks, the rest over the second.
    FrontLoad(f64),
}

/// A volume.
#[derive(Debug, Clone, PartialEq)]
pub enum Volume {
    /// t.
    Mass(Dist),
    /// Multiple of the opening flow over the weeks it is for.
    Multiple(Dist),
}

pub(super) const TYPES: &[Type] = &[
    Type { word: "export_quota", own: EXPORT, read: |r, s| EventKind::Quotas(export(r, s)), scope: any_scope },
    Type { word: "production_quota", own: PRODUCTION, read: |r, s| EventKind::Quotas(Quotas::Production(quota(r, s))), scope: any_scope },
];

const PRODUCTION: &[&str] = &["volume", "multiple", "batches", "span", "pacing", "front_share", "unpublished_cv"];
const EXPORT: &[&str] = &["volume", "multiple", "batches", "span", "pacing", "front_share", "unpublished_cv", "margin_exponent"];

/// Words for pacing.
const PACINGS: &[(&str, Pacing)] = &[("first_come", Pacing::FirstCome), ("even", Pacing::Even), ("front_load", Pacing::FrontLoad(0.5))];

fn export(r: &mut Reader, s: &mut Sheet<'_>) -> Quotas {
    Quotas::Export { quota: quota(r, s), margin_exponent: s.plain_or(r, "margin_exponent", FACTOR, 0.0) }
}

fn quota(r: &mut Reader, s: &mut Sheet<'_>) -> Quota {
    let said = batches(r, s);
    let volume = if s.table.has("batches") { None } else { Some(volume(r, s)) };
    s.need(r, "span");
    let span = nearest_week(s.plain_or(r, "span", SPAN, 1.0));
    if let Some(late) = said.iter().position(|b| b.start >= span) {
        r.problems
            .error(format!("{}[{late}].start", s.at("batches")), format!("this batch begins after the span of {span} weeks is over"))
            .help("weeks are counted from the beginning of the span");
    }
    let batches = volume.map_or(said, |volume| vec![Batch { start: 0, volume }]);
    let pacing = pacing(r, s);
    Quota { batches, span, pacing, unpublished_cv: s.plain_or(r, "unpublished_cv", FACTOR, 0.0) }
}

/// `pacing = "front_load"` asks for the share that may go in the first half.
fn pacing(r: &mut Reader, s: &mut Sheet<'_>) -> Pacing {
    let word = s.choice(r, "pacing", PACINGS).unwrap_or(Pacing::FirstCome);
    if !matches!(word, Pacing::FrontLoad(_)) {
        if s.value("front_share").is_some() {
            r.problems.error(s.at("front_share"), "`front_share` counts only with pacing = \"front_load\"").help("leave one of them out");
        }
        return word;
    }
    Pacing::FrontLoad(s.need_plain(r, "front_share", SHARE))
}

/// `batches = [{ start = "0 weeks", volume = "22_000 t" }, …]`, in the order of time.
fn batches(r: &mut Reader, s: &mut Sheet<'_>) -> Vec<Batch> {
    let path = s.at("batches");
    let items = s.items(r, "batches");
    if s.table.has("batches") {
        if items.is_empty() {
            r.problems
                .error(path.clone(), "a quota without a batch")
                .help("e.g. batches = [{ start = \"0 weeks\", volume = \"22_000 t\" }]");
        }
        for key in ["volume", "multiple"] {
            if s.value(key).is_some() {
                r.problems.error(s.at(key), format!("`{key}` and `batches` cannot both stand here")).help("each batch has its own");
            }
        }
    }
    let mut list: Vec<Batch> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let here = format!("{path}[{i}]");
        let Value::Table(table) = item else {
            r.wrong_type(&here, item, "a table such as { start = \"26 weeks\", volume = \"8_000 t\" }");
            continue;
        };
        let mut sheet = Sheet::new(table, here.clone());
        let weeks = sheet.need_plain(r, "start", WEEKS);
        let batch = Batch { start: (weeks + 0.5).floor() as usize, volume: volume(r, &mut sheet) };
        sheet.finish(r);
        if list.last().is_some_and(|before| before.start >= batch.start) {
            r.problems
                .error(format!("{here}.start"), "this batch does not begin after the one before")
                .help("write them in the order of time");
        }
        list.push(batch);
    }
    list
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
