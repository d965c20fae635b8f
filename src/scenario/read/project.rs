//! In: `[[expertise]]`, `[[project]]`, `[[join]]`. Out: who knows how, who builds what, and who will buy from it.

use super::super::names::Sort;
use super::super::ranges::{CAPACITY, FACTOR, LOSS, MOMENT, PART, POSITIVE, SHARE, SHARE_A_YEAR, SPAN, WEEKS};
use super::super::reader::{Reader, Sheet};
use super::super::schema::{Class, Expertise, Hazard, Join, JoinLink, Project, Stage};
use super::super::value::Value;
use super::lane::{BUYERS, MOST_BUYERS};
use super::{CLASSES, STAGES, id_and_name, nearest_week};

/// One `[[expertise]]`.
pub fn expertise(r: &mut Reader, sheet: &mut Sheet<'_>) -> Expertise {
    let region = sheet.need_name(r, "region", Sort::Region);
    sheet.need(r, "stage");
    Expertise {
        region,
        stage: sheet.choice(r, "stage", STAGES).unwrap_or(Stage::Trader),
        people: sheet.need_dist(r, "people", FACTOR),
        attrition: sheet.dist_or(r, "attrition", SHARE_A_YEAR, 0.0),
        inflow: sheet.dist_or(r, "inflow", FACTOR, 0.0),
        training: sheet.dist_or(r, "training", SHARE_A_YEAR, 0.0),
        ceiling: sheet.dist(r, "ceiling", POSITIVE),
        learning: sheet.dist_or(r, "learning", FACTOR, 0.0),
        exponent: sheet.dist_or(r, "exponent", FACTOR, 1.0),
    }
}

/// One `[[project]]`.
pub fn project(r: &mut Reader, sheet: &mut Sheet<'_>) -> Project {
    let (id, name) = id_and_name(r, sheet);
    let facility = sheet.need_name(r, "facility", Sort::Facility);
    let capacity = sheet.need_dist(r, "capacity", CAPACITY);
    let start = sheet.dist(r, "start", MOMENT);
    let hazard = sheet.sheet(r, "hazard").map(|inner| hazard(r, inner));
    Project {
        id,
        name,
        facility,
        capacity,
        start,
        probability: sheet.plain_or(r, "probability", SHARE, 1.0),
        hazard,
        permit: sheet.dist_or(r, "permit", WEEKS, 0.0),
        build: sheet.dist_or(r, "build", WEEKS, 0.0),
        ramp: sheet.need_dist(r, "ramp", WEEKS),
        qualification: sheet.dist_or(r, "qualification", WEEKS, 0.0),
        people: sheet.dist_or(r, "people", FACTOR, 0.0),
        starting_loss: sheet.dist_or(r, "starting_loss", LOSS, 0.0),
        progress_ratio: sheet.dist_or(r, "progress_ratio", PART, 1.0),
        experience: sheet.dist_or(r, "experience", SPAN, 52.0),
    }
}

/// `[project.hazard]`.
fn hazard(r: &mut Reader, mut sheet: Sheet<'_>) -> Hazard {
    let hazard = Hazard {
        rate: sheet.need_dist(r, "rate", SHARE_A_YEAR),
        hurdle: sheet.dist_or(r, "hurdle", POSITIVE, 1.0),
        risk: sheet.dist_or(r, "risk", SHARE, 0.0),
        offtake: sheet.dist_or(r, "offtake", SHARE, 0.0),
    };
    sheet.value("source");
    sheet.finish(r);
    hazard
}

/// One `[[join]]`.
pub fn join(r: &mut Reader, sheet: &mut Sheet<'_>) -> Join {
    let from = sheet.need_name(r, "from", Sort::Facility);
    let commodity = sheet.need_name(r, "commodity", Sort::Commodity);
    sheet.need(r, "to");
    let path = sheet.at("to");
    let items = sheet.items(r, "to");
    if items.is_empty() && matches!(sheet.table.get("to"), Some(Value::List(_))) {
        r.problems.error(path.clone(), "this list is empty").help("e.g. to = [\"…\", { facility = \"…\", weight = 2.0 }]");
    }
    let mut to: Vec<JoinLink> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let here = format!("{path}[{i}]");
        let link = match item {
            Value::Text(_) => {
                let facility = r.name(&here, item, Sort::Facility).unwrap_or_default();
                JoinLink { facility, weight: 1.0, class: Class::Civil, lead: None, buyers: BUYERS as usize }
            }
            Value::Table(table) => link(r, Sheet::new(table, here.clone())),
            other => {
                r.wrong_type(&here, other, "the id of a facility, or a table such as { facility = \"…\", weight = 2.0 }");
                continue;
            }
        };
        if !link.facility.is_empty() && to.iter().any(|l| l.facility == link.facility) {
            r.problems.error(here, format!("`{}` stands twice in this list", link.facility)).help("add the two weights up");
        }
        to.push(link);
    }
    Join { from, commodity, to }
}

fn link(r: &mut Reader, mut sheet: Sheet<'_>) -> JoinLink {
    let link = JoinLink {
        facility: sheet.need_name(r, "facility", Sort::Facility),
        weight: sheet.plain_or(r, "weight", POSITIVE, 1.0),
        class: sheet.choice(r, "class", CLASSES).unwrap_or(Class::Civil),
        lead: sheet.plain(r, "lead", WEEKS).map(nearest_week),
        buyers: sheet.whole(r, "buyers", 1, MOST_BUYERS, BUYERS) as usize,
    };
    sheet.finish(r);
    link
}
