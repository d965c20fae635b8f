//! In: tables of a base and of what lies over it. Out: one table, its items merged by identity.
//!
//! Tables merge deep. Items of `[[facility]]` and its like merge field by field with the item of the same identity.
//! A distribution, and what a check measures, are replaced whole: half of one family and half of another make neither.

use std::collections::{BTreeMap, BTreeSet};

use super::distribution::FAMILIES;
use super::problem::Problems;
use super::value::{Table, Value};

/// Lists of tables whose items have an identity, with the keys that make it.
pub const KINDS: &[(&str, &[&str])] = &[
    ("region", &["id"]),
    ("sector", &["id"]),
    ("commodity", &["id"]),
    ("recipe", &["id"]),
    ("route", &["from", "to"]),
    ("facility", &["id"]),
    ("supply", &["to", "commodity"]),
    ("push", &["from", "commodity"]),
    ("stockpile", &["facility", "commodity"]),
    ("in_use", &["region", "sector"]),
    ("illicit_lane", &["id"]),
    ("join", &["from", "commodity"]),
    ("expertise", &["region", "stage"]),
    ("project", &["id"]),
    ("check", &["id"]),
    ("event", &["id"]),
    ("escalation", &["id"]),
];

/// Keys of which only one may stand: writing one in a variant takes the other out of its base.
pub const EITHER: &[(&str, &str)] = &[
    ("capacity", "utilisation"),
    ("volume", "multiple"),
    ("capacity", "multiple"),
    ("recipe", "recipes"),
    ("commodity", "mix"),
    ("start", "when"),
    ("target", "target_cover"),
];

/// The keys that make the identity of an item of this list; none: it is no such list.
pub fn keys_of(kind: &str) -> Option<&'static [&'static str]> {
    KINDS.iter().find(|(name, _)| *name == kind).map(|(_, keys)| *keys)
}

/// The identity of an item: its id, or `to/commodity`, `from/commodity`, `from/to`.
pub fn identity(kind: &str, item: &Table) -> Option<String> {
    let parts: Option<Vec<&str>> = keys_of(kind)?.iter().map(|key| item.get(key).and_then(Value::as_text)).collect();
    parts.map(|p| p.join("/"))
}

/// Checks that the lists of one file are lists of tables, each item with an identity of its own, and drops those that are not.
pub fn tidy(table: &mut Table, file: &str, problems: &mut Problems) {
    for (kind, keys) in KINDS {
        let Some(value) = table.take(kind) else { continue };
        let Value::List(items) = value else {
            problems
                .error(format!("{kind} in {file}"), format!("`{kind}` is {}, and a list of tables is needed", value.noun()))
                .help(format!("write each as a table of its own under [[{kind}]]"));
            continue;
        };
        let mut kept: Vec<Value> = Vec::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for (index, item) in items.into_iter().enumerate() {
            let path = format!("{kind}[#{}]", index + 1);
            let Value::Table(mut item) = item else {
                problems.error(format!("{path} in {file}"), format!("this {kind} is {}, and a table is needed", item.noun()));
                continue;
            };
            if !whole_identity(&mut item, keys, &path, file, problems) {
                continue;
            }
            let name = identity(kind, &item).unwrap_or_default();
            if seen.contains(&name) {
                problems
                    .error(format!("{path} in {file}"), format!("`{name}` stands twice among [[{kind}]]"))
                    .label("the second one")
                    .help(format!("two of [[{kind}]] must differ in {}", keys.join(" or ")));
                if *keys != ["id"] {
                    continue;
                }
                // Kept under its place: its other faults are found too, and names meant for it are not called unknown.
                item.set("id", Value::Text(format!("#{}", index + 1)));
            }
            seen.insert(name);
            kept.push(Value::Table(item));
        }
        table.0.push(((*kind).to_owned(), Value::List(kept)));
    }
}

/// Whether the item can be read on; one without an id is called by its place so that its other faults are found too.
fn whole_identity(item: &mut Table, keys: &[&str], path: &str, file: &str, problems: &mut Problems) -> bool {
    let mut whole = true;
    for key in keys {
        let wrong = match item.get(key) {
            None => {
                problems.error(format!("{path} in {file}"), format!("`{key}` is missing")).help(format!("add {key} = \"…\""));
                true
            }
            Some(Value::Text(text)) if *key == "id" => !fine_id(text, &format!("{path}.id in {file}"), problems),
            Some(Value::Text(_)) => false,
            Some(other) => {
                problems.error(format!("{path}.{key} in {file}"), format!("`{key}` is {}, and a text is needed", other.noun()));
                true
            }
        };
        if wrong && *key == "id" {
            item.set("id", Value::Text(path[path.find('#').unwrap_or(0)..].trim_end_matches(']').to_owned()));
        } else if wrong {
            whole = false;
        }
    }
    whole
}

/// Whether an id is made of ASCII letters, digits, `_` and `-`; if not, says so.
pub fn fine_id(id: &str, path: &str, problems: &mut Problems) -> bool {
    let fine = !id.is_empty() && id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if !fine {
        problems
            .error(path, format!("`{}` cannot be an id", id.escape_debug()))
            .label("1 to 64 letters a-z, A-Z, digits, _ and -")
            .help("what people read goes into `name`, where anything is allowed");
    }
    fine
}

/// Lays `over` on `base`.
pub fn merge(base: &mut Table, over: Table, problems: &mut Problems) {
    for (key, value) in over.0 {
        match (keys_of(&key).is_some(), base.get_mut(&key), value) {
            (true, Some(Value::List(old)), Value::List(new)) => merge_items(&key, old, new, problems),
            (true, None, Value::List(new)) => {
                let mut old = Vec::new();
                merge_items(&key, &mut old, new, problems);
                base.set(&key, Value::List(old));
            }
            (_, Some(Value::Table(old)), Value::Table(new)) => merge_fields(old, new),
            (_, _, value) => base.set(&key, value),
        }
    }
}

/// Where the item of each identity stands in a list, the first of several.
fn places(kind: &str, items: &[Value]) -> BTreeMap<Option<String>, usize> {
    let mut places = BTreeMap::new();
    for (i, item) in items.iter().enumerate() {
        if let Some(item) = item.as_table() {
            places.entry(identity(kind, item)).or_insert(i);
        }
    }
    places
}

/// Merges the items of one list by identity.
fn merge_items(kind: &str, old: &mut Vec<Value>, new: Vec<Value>, problems: &mut Problems) {
    let mut places = places(kind, old);
    for item in new {
        let Value::Table(mut item) = item else { continue };
        let name = identity(kind, &item);
        let place = places.get(&name).copied();
        let remove = item.take("remove");
        match (remove, place) {
            (Some(Value::Flag(true)), Some(place)) => {
                old.remove(place);
                places = self::places(kind, old);
            }
            (Some(Value::Flag(true)), None) => {
                let name = name.unwrap_or_default();
                problems
                    .error(format!("{kind}[{name}].remove"), format!("there is no {kind} `{name}` to remove"))
                    .help(super::names::suggestion(&name, &names_in(kind, old)));
            }
            (Some(Value::Flag(false)) | None, Some(place)) => {
                if let Some(Value::Table(target)) = old.get_mut(place) {
                    merge_fields(target, item);
                }
            }
            (Some(Value::Flag(false)) | None, None) => {
                places.insert(name, old.len());
                old.push(Value::Table(item));
            }
            (Some(other), _) => {
                let path = format!("{kind}[{}].remove", name.unwrap_or_default());
                problems.error(path, format!("`remove` is {}, and true or false is needed", other.noun()));
            }
        }
    }
}

/// The identities of the items of a list.
pub fn names_in(kind: &str, items: &[Value]) -> Vec<String> {
    items.iter().filter_map(|i| i.as_table().and_then(|t| identity(kind, t))).collect()
}

/// Merges the fields of one table deep.
pub fn merge_fields(base: &mut Table, over: Table) {
    let both = |one: &str, other: &str| over.has(one) && over.has(other);
    let either: Vec<(&str, &str)> = EITHER.iter().copied().filter(|(one, other)| !both(one, other)).collect();
    for (key, value) in over.0 {
        for (one, other) in either.iter().flat_map(|&(a, b)| [(a, b), (b, a)]) {
            if key == one {
                base.take(other);
            }
        }
        match (base.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new))
                if key != "measure" && key != "when" && !is_distribution(old) && !is_distribution(&new) =>
            {
                merge_fields(old, new);
            }
            (_, value) => base.set(&key, value),
        }
    }
}

/// Whether a table is written in place of a number.
pub fn is_distribution(table: &Table) -> bool {
    table.keys().any(|key| FAMILIES.contains(&key))
}
