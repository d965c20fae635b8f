//! In: overrides such as `event.april.controlled_share` = `0.7`. Out: the merged table with them laid on top.

use std::path::PathBuf;

use super::problem::Problems;
use super::schema::SourceFile;
use super::value::{self, Table, Value};
use super::{merge, names, parse::Sources};

/// Lays the overrides on the table, in order.
pub fn apply(sources: &mut Sources, sets: &[(String, String)], problems: &mut Problems) {
    for (key, text) in sets {
        let name = format!("--set {key}");
        sources.sets.push(SourceFile { path: PathBuf::from(&name), text: format!("{key}={text}") });
        let steps = steps(key);
        if steps.iter().any(String::is_empty) {
            problems
                .error(format!("@0..{} in {name}", key.len()), format!("`{key}` is not a key"))
                .help("write it as in `run.seed=3` or `facility.SOME_ID.cover_in=4 weeks`");
            continue;
        }
        match read(text) {
            Ok(value) => {
                if steps == ["rows"] {
                    // A path on the command line is meant from where the command is given.
                    sources.rows_folder = PathBuf::new();
                }
                place(&mut sources.table, &steps, value, &name, key, problems);
            }
            Err(message) => {
                problems.error(format!("@0..{} in {name}", key.len()), format!("this is not a value: {message}"));
            }
        }
    }
}

/// A value of TOML; what is none is taken as a text, so that quotes may be left out.
fn read(text: &str) -> Result<Value, String> {
    let text = text.trim();
    match value::read_value(text) {
        Ok(value) => Ok(value),
        Err(message) if text.starts_with(['{', '[', '"', '\'']) => Err(message),
        Err(_) => Ok(Value::Text(text.to_owned())),
    }
}

/// The steps of a key; a step in double quotes may have points in it.
pub fn steps(key: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut quoted = false;
    for c in key.trim().chars() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => steps.push(String::new()),
            c => {
                if let Some(last) = steps.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    steps
}

/// Whether what is laid on one key is lost on the other: they are one field, one lies within the other, or takes its place.
pub fn touch(a: &str, b: &str) -> bool {
    let either = |x: &str, y: &str| merge::EITHER.iter().any(|pair| *pair == (x, y) || *pair == (y, x));
    steps(a).iter().zip(&steps(b)).all(|(x, y)| x == y || either(x, y))
}

/// Puts the value in its place.
fn place(root: &mut Table, steps: &[String], value: Value, name: &str, key: &str, problems: &mut Problems) {
    let Some((first, rest)) = steps.split_first() else { return };
    if first == "base" {
        problems
            .error(format!("@0..{} in {name}", key.len()), "`base` can only stand in a file")
            .help("write a file with this base and run that");
        return;
    }
    if merge::keys_of(first).is_none() {
        put(root, steps, value, name, key, problems);
        return;
    }
    let empty = Vec::new();
    let known = match root.get(first) {
        Some(Value::List(items)) => merge::names_in(first, items),
        _ => empty,
    };
    let Some((id, rest)) = rest.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        problems
            .error(format!("@0..{} in {name}", key.len()), format!("`{key}` names no field"))
            .help(format!("write `{first}.ID.field=value`; {}", names::suggestion("", &known)));
        return;
    };
    if !known.contains(id) {
        problems.error(format!("@0..{} in {name}", key.len()), format!("there is no {first} `{id}`")).help(names::suggestion(id, &known));
        return;
    }
    if let Some(Value::List(items)) = root.get_mut(first) {
        let found = items.iter_mut().find_map(|item| match item {
            Value::Table(table) if merge::identity(first, table).as_deref() == Some(id) => Some(table),
            _ => None,
        });
        if let Some(table) = found {
            put(table, rest, value, name, key, problems);
        }
    }
}

/// Goes down the steps, making tables where there are none.
fn put(table: &mut Table, steps: &[String], value: Value, name: &str, key: &str, problems: &mut Problems) {
    let Some((first, rest)) = steps.split_first() else { return };
    if rest.is_empty() {
        // Through `merge`, so that `utilisation` takes the place of `capacity` here as it does in a file.
        let mut over = Table::default();
        over.set(first, value);
        table.take(first);
        merge::merge_fields(table, over);
        return;
    }
    if !table.has(first) {
        table.set(first, Value::Table(Table::default()));
    }
    let (inner, rest) = match (table.get_mut(first), rest) {
        (Some(Value::List(items)), [index, deeper @ ..]) if !deeper.is_empty() => {
            (index.parse::<usize>().ok().and_then(|i| items.get_mut(i)), deeper)
        }
        (here, rest) => (here, rest),
    };
    match inner {
        Some(Value::Table(inner)) => put(inner, rest, value, name, key, problems),
        _ => {
            problems
                .error(format!("@0..{} in {name}", key.len()), format!("`{first}` has no field `{}`", rest.join(".")))
                .help(format!("set `{first}` as a whole"));
        }
    }
}
