//! In: `[[event]]`. Out: what a scenario schedules, its dates as weeks after the start of the run.

use super::super::distribution;
use super::super::locate;
use super::super::names::{self, Sort};
use super::super::ranges::{CORRELATION, COUNT_A_WEEK, FACTOR, Field, MASS, MOMENT, SHARE, SPAN, WEEKS};
use super::super::reader::{Reader, Sheet, choose};
use super::super::schema::{Class, Dist, Event, EventKind, Licence, Pacing, Scope, Volume};
use super::super::value::Value;
use super::{CLASSES, STAGES, id_and_name, nearest_week};

/// Words for the types of events.
#[derive(Debug, Clone, Copy)]
enum Type {
    Licence,
    DeskRate,
    GeneralLicence,
    ExportQuota,
    ProductionQuota,
    ExportBan,
    Outage,
    DemandShock,
    LogisticsDelay,
    Strike,
    InspectionShutdown,
    FeedCutoff,
    EntityList,
    MilitaryEndUseBan,
    Tariff,
    ExportTax,
    Detente,
}

const TYPES: &[(&str, Type)] = &[
    ("export_licence", Type::Licence),
    ("desk_rate", Type::DeskRate),
    ("general_licence", Type::GeneralLicence),
    ("export_quota", Type::ExportQuota),
    ("production_quota", Type::ProductionQuota),
    ("export_ban", Type::ExportBan),
    ("outage", Type::Outage),
    ("demand_shock", Type::DemandShock),
    ("logistics_delay", Type::LogisticsDelay),
    ("strike", Type::Strike),
    ("inspection_shutdown", Type::InspectionShutdown),
    ("feed_cutoff", Type::FeedCutoff),
    ("entity_list", Type::EntityList),
    ("military_end_use_ban", Type::MilitaryEndUseBan),
    ("tariff", Type::Tariff),
    ("export_tax", Type::ExportTax),
    ("detente", Type::Detente),
];

/// Every own field of every type: an event of an unknown type is not also said to have unknown keys.
const OWN: &[&str] = &[
    "controlled_share",
    "review",
    "approval",
    "strictness",
    "strictness_rho",
    "return_rate",
    "frozen_for",
    "applications",
    "desks",
    "rate",
    "share",
    "volume",
    "multiple",
    "span",
    "pacing",
    "leakage",
    "divert",
    "capacity",
    "demand",
    "weeks",
    "max",
    "events",
];

/// One `[[event]]`.
pub fn event(r: &mut Reader, sheet: &mut Sheet<'_>) -> Event {
    let (id, name) = id_and_name(r, sheet);
    sheet.need(r, "type");
    let kind = match sheet.choice(r, "type", TYPES) {
        Some(kind) => kind_of(r, sheet, kind),
        None => {
            for key in OWN {
                sheet.value(key);
            }
            EventKind::Outage { capacity: Dist::Fixed(0.0) }
        }
    };
    let duration = match sheet.value("duration") {
        None => None,
        Some(Value::Text(text)) if text == "permanent" => None,
        Some(value) => distribution::dist(r, value, &sheet.at("duration"), WEEKS),
    };
    Event {
        id,
        name,
        kind,
        start: sheet.need_dist(r, "start", MOMENT),
        duration,
        ramp_in: sheet.dist_or(r, "ramp_in", WEEKS, 0.0),
        ramp_out: sheet.dist_or(r, "ramp_out", WEEKS, 0.0),
        probability: sheet.plain_or(r, "probability", SHARE, 1.0),
        announce_lead: sheet.dist_or(r, "announce_lead", WEEKS, 0.0),
        scare: sheet.dist_or(r, "scare", SHARE, 0.0),
        scope: narrowed(r, sheet),
        source: sheet.need_text(r, "source"),
    }
}

/// The scope of an event, as far as its type leaves it open.
fn narrowed(r: &mut Reader, sheet: &mut Sheet<'_>) -> Scope {
    // What is there but wrong is told where it stands.
    let inner = sheet.table.get("scope").and_then(Value::as_table);
    let lacks = |key: &str| inner.is_none_or(|scope| !scope.has(key));
    let mut scope = sheet.sheet(r, "scope").map(|inner| scope(r, inner)).unwrap_or_default();
    let path = sheet.at("scope");
    match sheet.table.get("type").and_then(Value::as_text) {
        Some("military_end_use_ban") if scope.classes.is_empty() => scope.classes = vec![Class::Military],
        Some("military_end_use_ban") => {
            r.problems
                .error(format!("{path}.classes"), "this type is about military end use, and `classes` says otherwise")
                .help("leave `classes` out, or use type = \"export_ban\"");
        }
        Some("entity_list") if lacks("buyers") && lacks("to") => {
            r.problems
                .error(path, "an entity list names somebody")
                .help("add buyers = [\"…\"] (facilities) or to = [\"…\"] (regions) to `scope`");
        }
        Some("feed_cutoff") if lacks("commodities") => {
            r.problems.error(path, "it is not said which feed is cut off").help("add commodities = [\"…\"] to `scope`");
        }
        _ => {}
    }
    scope
}

fn kind_of(r: &mut Reader, s: &mut Sheet<'_>, kind: Type) -> EventKind {
    match kind {
        Type::Licence => EventKind::ExportLicence(licence(r, s)),
        Type::DeskRate => EventKind::DeskRate { desks: s.names(r, "desks", Sort::Desk), rate: s.need_dist(r, "rate", FACTOR) },
        Type::GeneralLicence => EventKind::GeneralLicence {
            desks: s.names(r, "desks", Sort::Desk),
            share: s.need_dist(r, "share", SHARE),
            volume: volume(r, s),
            span: nearest_week(s.plain_or(r, "span", SPAN, 52.0)),
        },
        Type::ExportQuota => {
            let (volume, span, pacing) = quota(r, s);
            EventKind::ExportQuota { volume, span, pacing }
        }
        Type::ProductionQuota => {
            let (volume, span, pacing) = quota(r, s);
            EventKind::ProductionQuota { volume, span, pacing }
        }
        Type::ExportBan => EventKind::ExportBan { leakage: s.dist_or(r, "leakage", SHARE, 0.0), divert: s.flag(r, "divert", true) },
        Type::Outage | Type::InspectionShutdown => EventKind::Outage { capacity: s.need_dist(r, "capacity", SHARE) },
        // Who strikes makes nothing, unless it is said what is left.
        Type::Strike => EventKind::Outage { capacity: s.dist_or(r, "capacity", SHARE, 0.0) },
        // The works wait for their ore: nobody else digs it.
        Type::FeedCutoff => EventKind::ExportBan { leakage: s.dist_or(r, "leakage", SHARE, 0.0), divert: s.flag(r, "divert", false) },
        // Who is refused looks elsewhere (ruling 1).
        Type::EntityList | Type::MilitaryEndUseBan => {
            EventKind::ExportBan { leakage: s.dist_or(r, "leakage", SHARE, 0.0), divert: s.flag(r, "divert", true) }
        }
        // Either way whoever buys abroad pays it (MODEL 6.5: it enters the landed price only).
        Type::Tariff | Type::ExportTax => EventKind::Duty { rate: s.need_dist(r, "rate", FACTOR) },
        Type::Detente => {
            s.need(r, "events");
            EventKind::Detente { events: s.names(r, "events", Sort::Event) }
        }
        Type::DemandShock => EventKind::DemandShock { demand: s.need_dist(r, "demand", FACTOR) },
        Type::LogisticsDelay => {
            let mut weeks = s.need_process(r, "weeks", WEEKS);
            weeks.max = s.plain(r, "max", WEEKS).or(weeks.max);
            EventKind::LogisticsDelay { weeks }
        }
    }
}

fn licence(r: &mut Reader, s: &mut Sheet<'_>) -> Licence {
    Licence {
        controlled_share: s.dist(r, "controlled_share", SHARE),
        review: s.need_process(r, "review", WEEKS),
        approval: approval(r, s),
        strictness: s.dist_or(r, "strictness", FACTOR, 0.0),
        strictness_rho: s.dist_or(r, "strictness_rho", CORRELATION, 0.97),
        return_rate: s.dist_or(r, "return_rate", UNDER_ONE, 0.15),
        frozen_for: s.dist_or(r, "frozen_for", WEEKS, 0.0),
        applications: s.dist(r, "applications", COUNT_A_WEEK),
    }
}

/// A chance of being sent back: at 1 no file would ever be decided.
const UNDER_ONE: Field = Field { most: 0.99, ..SHARE };

/// `approval = 0.85`, or by class, or by class and destination (`"civil@USA"`). A class that is not named is approved.
fn approval(r: &mut Reader, s: &mut Sheet<'_>) -> Vec<(Class, Option<String>, Dist)> {
    let path = s.at("approval");
    let all = |share: Dist| CLASSES.iter().map(|(_, class)| (*class, None, share.clone())).collect::<Vec<_>>();
    let table = match s.value("approval") {
        None => return all(Dist::Fixed(1.0)),
        Some(Value::Table(table)) if !super::super::merge::is_distribution(table) => table,
        Some(value) => return all(distribution::dist(r, value, &path, SHARE).unwrap_or(Dist::Fixed(1.0))),
    };
    let mut list: Vec<(Class, Option<String>, Dist)> = Vec::new();
    for (key, value) in &table.0 {
        let here = if key.contains('@') { format!("{path}.\"{key}\"") } else { format!("{path}.{key}") };
        let (class, region) = match key.split_once('@') {
            Some((class, region)) => (class, Some(region)),
            None => (key.as_str(), None),
        };
        if names::nearest(class, &["civil", "sensitive", "military"]).is_none() && names::nearest(class, distribution::FAMILIES).is_some() {
            distribution::no_family(r, table, &path);
            break;
        }
        let class = choose(r, &Value::Text(class.to_owned()), &locate::key(&here), "class", CLASSES);
        let known = region.is_none_or(|region| r.known(&locate::key(&here), region, Sort::Region));
        let share = distribution::dist(r, value, &here, SHARE);
        if let (Some(class), Some(share), true) = (class, share, known) {
            list.push((class, region.map(str::to_owned), share));
        }
    }
    for (_, class) in CLASSES {
        if !list.iter().any(|(c, region, _)| c == class && region.is_none()) {
            list.push((*class, None, Dist::Fixed(1.0)));
        }
    }
    list.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    list
}

fn quota(r: &mut Reader, s: &mut Sheet<'_>) -> (Volume, usize, Pacing) {
    let volume = volume(r, s);
    s.need(r, "span");
    let span = nearest_week(s.plain_or(r, "span", SPAN, 1.0));
    let pacing = s.choice(r, "pacing", &[("first_come", Pacing::FirstCome), ("even", Pacing::Even)]).unwrap_or(Pacing::FirstCome);
    (volume, span, pacing)
}

/// `volume = "x t"`, or `multiple = 0.6` of the opening flow.
fn volume(r: &mut Reader, s: &mut Sheet<'_>) -> Volume {
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
