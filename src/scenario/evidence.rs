//! In: the tables of a world. Out: how many of its numbers are sourced, derived, assumed or neither.
//!
//! `source` on an item supports all its numbers, `sources = { field = … }` one field. A text that begins with `assumed` or
//! `derived` counts as that, any other as a source. `title`, `run`, `demand`, `check` and `event` are not counted.

use super::names;
use super::problem::Problems;
use super::schema::Evidence;
use super::value::{Table, Value};
use super::{locate, merge};
use crate::units;

/// Tables whose numbers are counted.
const WORLD: &[&str] = &["commodity", "recipe", "route", "facility", "supply", "push", "stockpile", "in_use", "price", "behaviour", "thrift"];

/// Keys whose texts are never quantities.
const TEXTS: &[&str] =
    &["id", "name", "unit", "country", "region", "from", "to", "facility", "commodity", "recipe", "source", "sources", "sector", "becomes"];

/// Counts the numbers of the world and warns of items that have some without support.
pub fn count(root: &Table, problems: &mut Problems) -> Evidence {
    let mut evidence = Evidence::default();
    for kind in WORLD {
        match root.get(kind) {
            Some(Value::List(items)) => {
                for item in items {
                    let Value::Table(table) = item else { continue };
                    let name = merge::identity(kind, table).unwrap_or_default();
                    count_item(table, &format!("{kind}[{name}]"), &mut evidence, problems);
                }
            }
            Some(Value::Table(table)) => count_item(table, kind, &mut evidence, problems),
            _ => {}
        }
    }
    evidence
}

/// Counts one item.
fn count_item(item: &Table, path: &str, evidence: &mut Evidence, problems: &mut Problems) {
    let whole = text_of(item, "source", path, problems);
    let by_field = match item.get("sources") {
        Some(Value::Table(table)) => Some(table),
        Some(other) => {
            problems.error(format!("{path}.sources"), format!("`sources` is {}, and a table of field = text is needed", other.noun()));
            None
        }
        None => None,
    };
    for key in by_field.into_iter().flat_map(Table::keys).filter(|k| !item.has(k)) {
        let fields: Vec<&str> = item.keys().filter(|k| !TEXTS.contains(k)).collect();
        problems
            .error(locate::key(&format!("{path}.sources.{key}")), format!("`{key}` is no field of this item"))
            .help(names::suggestion(key, &fields));
    }
    let mut bare: Vec<&str> = Vec::new();
    let mut missing = 0;
    for (key, value) in &item.0 {
        let leaves = leaves(key, value);
        if leaves == 0 {
            continue;
        }
        let own = by_field.and_then(|t| t.get(key)).and_then(Value::as_text);
        let inner = value.as_table().and_then(|t| t.get("source")).and_then(Value::as_text);
        match own.or(inner).or(whole).map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) if starts(text, "assumed") => evidence.assumed += leaves,
            Some(text) if starts(text, "derived") => evidence.derived += leaves,
            Some(_) => evidence.sourced += leaves,
            None => {
                evidence.unsourced += leaves;
                missing += leaves;
                bare.push(key);
            }
        }
    }
    if missing > 0 {
        let numbers = if missing == 1 { "1 number has".to_owned() } else { format!("{missing} numbers have") };
        problems
            .warning(path, format!("{numbers} no source: {}", bare.join(", ")))
            .help("add source = \"…\"; a guess is fine if it says so: source = \"assumed: …\"");
    }
}

/// A text that must be one if it is there.
fn text_of<'a>(item: &'a Table, key: &str, path: &str, problems: &mut Problems) -> Option<&'a str> {
    let value = item.get(key)?;
    if value.as_text().is_none() {
        problems.error(format!("{path}.{key}"), format!("`{key}` is {}, and a text is needed", value.noun()));
    }
    value.as_text()
}

fn starts(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
}

/// Numbers within a value.
fn leaves(key: &str, value: &Value) -> usize {
    match value {
        Value::Whole(_) | Value::Float(_) => 1,
        Value::Text(text) => usize::from(!TEXTS.contains(&key) && units::is_quantity(text)),
        Value::List(items) => items.iter().map(|v| leaves(if v.as_table().is_some() { "" } else { key }, v)).sum(),
        Value::Table(table) => table.0.iter().filter(|(k, _)| k != "source" && k != "sources").map(|(k, v)| leaves(k, v)).sum(),
        Value::Flag(_) | Value::Date(_) => 0,
    }
}
