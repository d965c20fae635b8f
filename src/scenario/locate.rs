//! In: the key path of a problem and the texts of the files. Out: the file and the bytes it concerns.
//!
//! Only called when something is wrong, so reading the texts once more costs nothing that matters.
//! A path may end with ` in FILE`, which says where to look; `@12..34 in FILE` are bytes of a file that is no TOML.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::merge;
use super::overrides;
use super::schema::SourceFile;

/// A place in one of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Index into the files.
    pub file: usize,
    /// Bytes of its text; none: the file as a whole.
    pub span: Option<Range<usize>>,
}

/// The key path of bytes in a file.
pub fn bytes(file: &str, span: &Range<usize>) -> String {
    format!("@{}..{} in {file}", span.start, span.end)
}

/// The key path that underlines the key itself instead of its value.
pub fn key(path: &str) -> String {
    format!("{path}{KEY}")
}

/// Ends a path that means the key and not its value.
const KEY: &str = " (key)";

/// The place of a key path: where it is set last, or else the nearest thing around it.
pub fn locate(path: &str, files: &[SourceFile]) -> Option<Place> {
    let named = path.rsplit_once(" in ").and_then(|(head, file)| {
        let index = files.iter().position(|f| f.path.display().to_string() == file)?;
        Some((head, index))
    });
    let (path, only) = match named {
        Some((head, index)) => (head, Some(index)),
        None => (path, None),
    };
    if let (Some(span), Some(file)) = (path.strip_prefix('@').and_then(read_bytes), only) {
        return Some(Place { file, span: Some(span) });
    }
    let whole = only.or_else(|| files.iter().position(|f| set_key(f).is_none())).map(|file| Place { file, span: None });
    if path.is_empty() {
        return whole;
    }
    let (path, is_key) = path.strip_suffix(KEY).map_or((path, false), |head| (head, true));
    let steps = steps(path);
    let mut best: Option<(usize, Place)> = None;
    for (index, file) in search_order(files) {
        if only.is_some_and(|o| o != index) {
            continue;
        }
        let (depth, span) = match set_key(file) {
            Some(key) => in_set(file, key, &steps, is_key),
            None => in_file(file, &steps, is_key),
        };
        if depth > best.as_ref().map_or(0, |(d, _)| *d) {
            best = Some((depth, Place { file: index, span }));
        }
    }
    // A table that only an override made is shown at the key of the override.
    let made = || search_order(files).find(|(_, f)| set_key(f).is_some_and(|key| overrides::steps(key).starts_with(&steps)));
    match best {
        Some((depth, place)) if depth == steps.len() || only.is_some() => Some(place),
        best => match made() {
            Some((file, text)) => Some(Place { file, span: Some(0..set_key(text).map_or(0, str::len)) }),
            None => best.map(|(_, place)| place).or(whole),
        },
    }
}

/// Overrides first, the last of them foremost; then the files from the scenario down.
fn search_order(files: &[SourceFile]) -> impl Iterator<Item = (usize, &SourceFile)> {
    let all = || files.iter().enumerate();
    all().filter(|(_, f)| set_key(f).is_some()).rev().chain(all().filter(|(_, f)| set_key(f).is_none()))
}

/// The key of an override, if the file is one.
fn set_key(file: &SourceFile) -> Option<&str> {
    file.path.to_str()?.strip_prefix("--set ")
}

/// Depth and place within an override: its value, for every path at or below its key.
fn in_set(file: &SourceFile, key: &str, steps: &[String], is_key: bool) -> (usize, Option<Range<usize>>) {
    let own = overrides::steps(key);
    if steps.len() < own.len() || steps[..own.len()] != own[..] {
        return (0, None);
    }
    if is_key && steps.len() == own.len() {
        return (steps.len(), Some(0..key.len().min(file.text.len())));
    }
    (steps.len(), Some((key.len() + 1).min(file.text.len())..file.text.len()))
}

fn read_bytes(text: &str) -> Option<Range<usize>> {
    let (start, end) = text.split_once("..")?;
    Some(start.parse().ok()?..end.parse().ok()?)
}

/// `facility[X].from[0]` as steps: facility, X, from, 0.
fn steps(path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let mut step = String::new();
    let mut quoted = false;
    for c in path.chars() {
        match c {
            '"' => quoted = !quoted,
            '.' | '[' | ']' if !quoted => {
                if !step.is_empty() {
                    steps.push(std::mem::take(&mut step));
                }
            }
            c => step.push(c),
        }
    }
    if !step.is_empty() {
        steps.push(step);
    }
    steps
}

/// How many steps a file follows, and the place of the last one.
fn in_file(file: &SourceFile, steps: &[String], is_key: bool) -> (usize, Option<Range<usize>>) {
    let (root, _) = DeTable::parse_recoverable(&file.text);
    let mut depth = 0;
    let mut span: Option<Range<usize>> = None;
    let mut table = Some(root.get_ref());
    let mut list: Option<(&[Spanned<DeValue<'_>>], &str)> = None;
    for (i, step) in steps.iter().enumerate() {
        let found = match (table, list) {
            (Some(table), _) => {
                table.iter().find(|(key, _)| key.get_ref().as_ref() == step.as_str()).map(|(key, value)| (Some(key), value))
            }
            (None, Some((items, kind))) => item(items, kind, step).map(|value| (None, value)),
            (None, None) => None,
        };
        let Some((key, value)) = found else { break };
        depth = i + 1;
        let is_last = i + 1 == steps.len();
        span = match key {
            Some(key) if is_last && is_key => Some(key.span()),
            key => Some(place_of(key.map(Spanned::span), value, is_last, &file.text)),
        };
        table = value.get_ref().as_table();
        list = value.get_ref().as_array().map(|items| (&items[..], step.as_str()));
    }
    (depth, span)
}

/// An item of a list by identity, by `#place` from one, or by index from zero.
fn item<'a, 'i>(items: &'a [Spanned<DeValue<'i>>], kind: &str, step: &str) -> Option<&'a Spanned<DeValue<'i>>> {
    if let Some(number) = step.strip_prefix('#') {
        return items.get(number.parse::<usize>().ok()?.checked_sub(1)?);
    }
    let Some(keys) = merge::keys_of(kind) else { return items.get(step.parse::<usize>().ok()?) };
    items.iter().find(|item| {
        let parts: Option<Vec<&str>> = keys.iter().map(|key| item.get_ref().get(*key).and_then(|v| v.get_ref().as_str())).collect();
        parts.is_some_and(|p| p.join("/") == step)
    })
}

/// What to underline: a value that fits on a line, else its key or the head of its table.
fn place_of(key: Option<Range<usize>>, value: &Spanned<DeValue<'_>>, is_last: bool, text: &str) -> Range<usize> {
    let span = value.span();
    let one_line = text.get(span.clone()).is_some_and(|t| !t.contains('\n') && !t.is_empty());
    match key {
        Some(key) if !one_line || (is_last && value.get_ref().is_table() && span.start <= key.start) => key,
        _ if one_line => span,
        _ => {
            let rest = text.get(span.start..).unwrap_or_default();
            span.start..span.start + rest.find('\n').unwrap_or(rest.len()).max(usize::from(!rest.is_empty()))
        }
    }
}
