//! In: `[[escalation]]`. Out: how measures breed measures.

use super::super::distribution;
use super::super::names::Sort;
use super::super::ranges::{COUNT_A_WEEK, FACTOR, Field, MOMENT, PART, POSITIVE, SHARE, WEEKS};
use super::super::reader::{Reader, Sheet};
use super::super::schema::{Dist, Escalation};
use super::super::value::Value;
use super::id_and_name;

/// Most measures a week that a scenario may ask for: each takes a uniform.
const MOST: u64 = 20;
/// A measure that brings about one more, on average, never ends.
const UNDER_ONE: Field = Field { most: 0.99, ..SHARE };

/// One `[[escalation]]`.
pub fn escalation(r: &mut Reader, sheet: &mut Sheet<'_>) -> Escalation {
    let (id, name) = id_and_name(r, sheet);
    let duration = match sheet.value("duration") {
        None => None,
        Some(Value::Text(text)) if text == "permanent" => None,
        Some(value) => distribution::dist(r, value, &sheet.at("duration"), WEEKS),
    };
    Escalation {
        id,
        name,
        start: sheet.dist(r, "start", MOMENT).unwrap_or(Dist::Fixed(0.0)),
        duration,
        rate: sheet.need_dist(r, "rate", Field { least_allowed: true, ..COUNT_A_WEEK }),
        branching: sheet.dist_or(r, "branching", UNDER_ONE, 0.0),
        decay: sheet.dist(r, "decay", PART).unwrap_or(Dist::Fixed(0.25)),
        answers: sheet.by_name(r, "answers", Sort::Escalation, FACTOR),
        provoked_by: sheet.by_name(r, "provoked_by", Sort::Event, FACTOR),
        moves: moves(r, sheet),
        most: usize::try_from(sheet.whole(r, "most", 1, MOST, 3)).unwrap_or(1),
        source: sheet.need_text(r, "source"),
    }
}

/// `moves = [{ event = "…", weight = 2.0 }, …]`.
fn moves(r: &mut Reader, sheet: &mut Sheet<'_>) -> Vec<(String, f64)> {
    let path = sheet.at("moves");
    sheet.need(r, "moves");
    let items = sheet.items(r, "moves");
    if items.is_empty() && sheet.table.has("moves") {
        r.problems.error(path.clone(), "an escalation needs measures").help("add { event = \"…\", weight = 1.0 } for each");
    }
    let mut list: Vec<(String, f64)> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let here = format!("{path}[{i}]");
        let Value::Table(table) = item else {
            r.wrong_type(&here, item, "a table");
            continue;
        };
        let mut inner = Sheet::new(table, here.clone());
        let event = inner.need_name(r, "event", Sort::Event);
        let weight = inner.plain_or(r, "weight", POSITIVE, 1.0);
        inner.finish(r);
        if list.iter().any(|(known, _)| *known == event) && !event.is_empty() {
            r.problems.error(format!("{here}.event"), format!("`{event}` stands twice among these measures"));
        } else {
            list.push((event, weight));
        }
    }
    // The order of a file changes nothing.
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list
}
