//! In: merged tables. Out: a [`Scenario`], and every problem of its values and names.

mod check;
mod escalation;
mod facility;
mod illicit;
mod lane;
mod law;
mod loops;
mod project;
mod world;

use super::merge;
use super::names::{Names, Sort};
use super::number;
use super::ranges::HORIZON;
use super::reader::{Reader, Sheet};
use super::schema::{Class, Facility, Named, RowTable, Run, Scenario, SourceFile, Stage, VARIABLES};
use super::value::{Table, Value};
use super::{events, evidence};

/// Words for stages.
pub const STAGES: &[(&str, Stage)] = &[
    ("mine", Stage::Mine),
    ("separation_light", Stage::SeparationLight),
    ("separation_heavy", Stage::SeparationHeavy),
    ("metal", Stage::Metal),
    ("magnet", Stage::Magnet),
    ("manufacturer", Stage::Manufacturer),
    ("recycler", Stage::Recycler),
    ("trader", Stage::Trader),
    ("stockpile", Stage::Stockpile),
];

/// Words for end-use classes.
pub const CLASSES: &[(&str, Class)] = &[("civil", Class::Civil), ("sensitive", Class::Sensitive), ("military", Class::Military)];

/// Most realizations of one run: counts have 32 bits.
const MOST_REALIZATIONS: u64 = 4_000_000_000;

/// Reads the merged tables. `rows`: the joint draws, or that they could not be read. The result is whole only if there is no error.
pub fn scenario(root: &Table, files: Vec<SourceFile>, rows: Option<RowTable>, rows_failed: bool) -> (Scenario, Reader) {
    let mut reader = Reader { names: Names::collect(root), rows, rows_failed, ..Reader::default() };
    let r = &mut reader;
    let mut top = Sheet::new(root, "");
    let title = top.need_text(r, "title");
    let description = top.text(r, "description").unwrap_or_default();
    top.value("rows");
    top.value("base");
    let elements = elements(r, &mut top);
    let inside = top.names(r, "inside", Sort::Region);
    let run = run(r, &mut top);
    let regions = each(r, &mut top, "region", named);
    let sectors = each(r, &mut top, "sector", named);
    let commodities = each(r, &mut top, "commodity", |r, sheet| world::commodity(r, sheet, &elements));
    let recipes = each(r, &mut top, "recipe", world::recipe);
    let routes = each(r, &mut top, "route", world::route);
    let defaults = with(r, &mut top, "demand", facility::demand_defaults);
    let facilities: Vec<Facility> = each(r, &mut top, "facility", |r, sheet| facility::facility(r, sheet, &defaults));
    let supplies = each(r, &mut top, "supply", lane::supply);
    let pushes = each(r, &mut top, "push", lane::push);
    let stockpiles = each(r, &mut top, "stockpile", loops::stockpile);
    let in_use = each(r, &mut top, "in_use", loops::in_use);
    let illicit_lanes = each(r, &mut top, "illicit_lane", illicit::illicit_lane);
    let joins = each(r, &mut top, "join", project::join);
    let expertise = each(r, &mut top, "expertise", project::expertise);
    let projects = each(r, &mut top, "project", project::project);
    let price = with(r, &mut top, "price", law::price);
    let behaviour = with(r, &mut top, "behaviour", law::behaviour);
    let thrift = top.sheet(r, "thrift").map(|sheet| law::thrift(r, sheet));
    let checks = each(r, &mut top, "check", check::check);
    let events = each(r, &mut top, "event", events::event);
    let escalations = each(r, &mut top, "escalation", escalation::escalation);
    top.finish(r);
    let evidence = evidence::count(root, &mut r.problems);
    let rows = r.rows.clone();
    let mut scenario = Scenario {
        title,
        description,
        run,
        elements,
        inside,
        regions,
        sectors,
        commodities,
        recipes,
        routes,
        facilities,
        supplies,
        pushes,
        stockpiles,
        in_use,
        illicit_lanes,
        joins,
        expertise,
        projects,
        price,
        behaviour,
        thrift,
        checks,
        events,
        escalations,
        rows,
        evidence,
        files,
    };
    sort(&mut scenario);
    (scenario, reader)
}

/// Puts every list in the order of its identities, so that the order of a file changes nothing.
fn sort(s: &mut Scenario) {
    s.regions.sort_by(|a, b| a.id.cmp(&b.id));
    s.sectors.sort_by(|a, b| a.id.cmp(&b.id));
    s.commodities.sort_by(|a, b| a.id.cmp(&b.id));
    s.recipes.sort_by(|a, b| a.id.cmp(&b.id));
    s.routes.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
    s.facilities.sort_by(|a, b| a.id.cmp(&b.id));
    s.supplies.sort_by(|a, b| (&a.to, &a.commodity).cmp(&(&b.to, &b.commodity)));
    s.pushes.sort_by(|a, b| (&a.from, &a.commodity).cmp(&(&b.from, &b.commodity)));
    s.stockpiles.sort_by(|a, b| (&a.facility, &a.commodity).cmp(&(&b.facility, &b.commodity)));
    s.in_use.sort_by(|a, b| (&a.region, &a.sector).cmp(&(&b.region, &b.sector)));
    s.illicit_lanes.sort_by(|a, b| a.id.cmp(&b.id));
    s.joins.sort_by(|a, b| (&a.from, &a.commodity).cmp(&(&b.from, &b.commodity)));
    s.expertise.sort_by(|a, b| (&a.region, a.stage).cmp(&(&b.region, b.stage)));
    s.projects.sort_by(|a, b| a.id.cmp(&b.id));
    s.checks.sort_by(|a, b| a.id.cmp(&b.id));
    s.events.sort_by(|a, b| a.id.cmp(&b.id));
    s.escalations.sort_by(|a, b| a.id.cmp(&b.id));
}

/// Reads every item of a list of tables and notes its unknown keys.
fn each<T>(r: &mut Reader, top: &mut Sheet<'_>, kind: &'static str, mut read: impl FnMut(&mut Reader, &mut Sheet<'_>) -> T) -> Vec<T> {
    let mut list = Vec::new();
    for (index, item) in top.items(r, kind).iter().enumerate() {
        let Value::Table(table) = item else {
            r.wrong_type(&format!("{kind}[#{}]", index + 1), item, "a table");
            continue;
        };
        let name = merge::identity(kind, table).unwrap_or_else(|| format!("#{}", index + 1));
        let mut sheet = Sheet::new(table, format!("{kind}[{name}]"));
        list.push(read(r, &mut sheet));
        sheet.value("source");
        sheet.value("sources");
        sheet.finish(r);
    }
    list
}

/// Reads a table that may be absent.
fn with<'a, T>(r: &mut Reader, top: &mut Sheet<'a>, key: &'static str, read: impl Fn(&mut Reader, Option<Sheet<'a>>) -> T) -> T {
    let sheet = top.sheet(r, key);
    read(r, sheet)
}

/// The id of an item and its name for people.
pub fn id_and_name(r: &mut Reader, sheet: &mut Sheet<'_>) -> (String, String) {
    let id = sheet.text(r, "id").unwrap_or_default();
    let name = sheet.text(r, "name").unwrap_or_else(|| id.clone());
    (id, name)
}

fn named(r: &mut Reader, sheet: &mut Sheet<'_>) -> Named {
    let (id, name) = id_and_name(r, sheet);
    Named { id, name }
}

fn elements(r: &mut Reader, top: &mut Sheet<'_>) -> Vec<String> {
    if top.need(r, "elements").is_none() {
        return Vec::new();
    }
    let items = top.items(r, "elements");
    if items.is_empty() && matches!(top.table.get("elements"), Some(Value::List(_))) {
        r.problems.error("elements", "there must be at least one element").help("e.g. elements = [\"NdPr\", \"Dy\", \"Tb\"]");
    }
    let mut list: Vec<String> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let path = format!("elements[{i}]");
        match item {
            Value::Text(name) if list.contains(name) => {
                r.problems.error(path, format!("`{name}` stands twice in this list"));
            }
            Value::Text(name) => {
                if merge::fine_id(name, &path, &mut r.problems) {
                    list.push(name.clone());
                }
            }
            other => r.wrong_type(&path, other, "the name of an element"),
        }
    }
    list
}

fn run(r: &mut Reader, top: &mut Sheet<'_>) -> Run {
    let mut run = Run { start: jiff::civil::Date::ZERO, horizon: 1, realizations: 1000, seed: 1, allow_unstable: false, series: vec![] };
    let Some(mut sheet) = top.sheet(r, "run") else {
        if !top.table.has("run") {
            r.problems
                .error("", "`[run]` is missing")
                .help("say when it starts and how long it lasts: [run] start = 2025-01-06, horizon = \"156 weeks\"");
        }
        return run;
    };
    if let Some(value) = sheet.need(r, "start") {
        r.start = number::date(r, value, &sheet.at("start"));
        run.start = r.start.unwrap_or(run.start);
    }
    let horizon = sheet.need_plain(r, "horizon", HORIZON);
    run.horizon = nearest_week(horizon);
    run.realizations = sheet.whole(r, "realizations", 1, MOST_REALIZATIONS, run.realizations);
    run.seed = sheet.whole(r, "seed", 0, u64::MAX, run.seed);
    run.allow_unstable = sheet.flag(r, "allow_unstable", false);
    run.series = sheet.choices(r, "series", "variable", &VARIABLES.map(|v| (v, v)));
    sheet.finish(r);
    run
}

/// Weeks as a whole number of at least 1; halves go up.
pub fn nearest_week(weeks: f64) -> usize {
    ((weeks + 0.5).floor() as usize).max(1)
}
