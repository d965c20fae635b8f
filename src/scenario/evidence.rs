//! In: the tables of a world. Out: how many of its numbers are sourced, derived, assumed or neither.
//!
//! `source` on an item supports all its numbers, `sources = { field = … }` one field. A text that begins with `assumed` or
//! `derived` counts as that, any other as a source. `title`, `run`, `demand`, `check` and `event` are not counted, but what their numbers
//! rest on is noted too.

use super::names;
use super::problem::Problems;
use super::schema::{Basis, Evidence};
use super::value::{Table, Value};
use super::{locate, merge};
use crate::units;

/// Tables whose numbers are counted.
const WORLD: &[&str] = &[
    "commodity",
    "recipe",
    "route",
    "facility",
    "supply",
    "push",
    "join",
    "illicit_lane",
    "expertise",
    "project",
    "stockpile",
    "in_use",
    "price",
    "behaviour",
    "thrift",
];

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
    for (kind, value) in &root.0 {
        match value {
            Value::List(items) => {
                for table in items.iter().filter_map(Value::as_table) {
                    let name = merge::identity(kind, table).unwrap_or_default();
                    note(table, &format!("{kind}.{name}"), &mut evidence);
                    if !WORLD.contains(&kind.as_str()) {
                        let by_field = table.get("sources").and_then(Value::as_table);
                        known_fields(table, by_field, &format!("{kind}[{name}]"), problems);
                    }
                }
            }
            Value::Table(table) => note(table, kind, &mut evidence),
            _ => {}
        }
    }
    evidence
}

/// Notes support for fields that are not there.
fn known_fields(item: &Table, by_field: Option<&Table>, path: &str, problems: &mut Problems) {
    for key in by_field.into_iter().flat_map(Table::keys).filter(|k| !item.has(k)) {
        let fields: Vec<&str> = item.keys().filter(|k| !TEXTS.contains(k)).collect();
        problems
            .error(locate::key(&format!("{path}.sources.{key}")), format!("`{key}` is no field of this item"))
            .help(names::suggestion(key, &fields));
    }
}

/// Notes what each field of an item rests on.
fn note(item: &Table, path: &str, evidence: &mut Evidence) {
    let whole = item.get("source").and_then(Value::as_text);
    let by_field = item.get("sources").and_then(Value::as_table);
    for (key, value) in item.0.iter().filter(|(key, _)| !TEXTS.contains(&key.as_str())) {
        let own = by_field.and_then(|t| t.get(key)).and_then(Value::as_text);
        let inner = value.as_table().and_then(|t| t.get("source")).and_then(Value::as_text);
        let Some(basis) = own.or(inner).or(whole).and_then(basis) else { continue };
        match value.as_table() {
            // What a table leaves out has its own support among the defaults.
            Some(table) if !merge::is_distribution(table) => {
                evidence.of.extend(table.keys().map(|inner| (format!("{path}.{key}.{inner}").to_lowercase(), basis)));
            }
            _ => {
                evidence.of.insert(format!("{path}.{key}").to_lowercase(), basis);
            }
        }
    }
}

/// What a text of support says; none: nothing.
fn basis(text: &str) -> Option<Basis> {
    let text = text.trim();
    if text.is_empty() {
        None
    } else if starts(text, "assumed") {
        Some(Basis::Assumed)
    } else if starts(text, "derived") {
        Some(Basis::Derived)
    } else {
        Some(Basis::Sourced)
    }
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
    known_fields(item, by_field, path, problems);
    let mut bare: Vec<&str> = Vec::new();
    let mut missing = 0;
    for (key, value) in &item.0 {
        let leaves = leaves(key, value);
        if leaves == 0 {
            continue;
        }
        let own = by_field.and_then(|t| t.get(key)).and_then(Value::as_text);
        let inner = value.as_table().and_then(|t| t.get("source")).and_then(Value::as_text);
        match own.or(inner).or(whole).and_then(basis) {
            Some(Basis::Assumed) => evidence.assumed += leaves,
            Some(Basis::Derived) => evidence.derived += leaves,
            Some(Basis::Sourced) => evidence.sourced += leaves,
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
