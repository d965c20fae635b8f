//! In: the identities of what a scenario defines. Out: whether a name is one of them, and which it may have been meant to be.

use super::merge;
use super::value::{Table, Value};

/// What a name may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// An id of `[[region]]`.
    Region,
    /// An id of `[[sector]]`.
    Sector,
    /// An id of `[[commodity]]`.
    Commodity,
    /// An id of `[[recipe]]`.
    Recipe,
    /// An id of `[[facility]]`.
    Facility,
    /// One of `elements`.
    Element,
    /// An id of an `[[event]]` that makes a desk.
    Desk,
    /// An id of an `[[event]]`.
    Event,
    /// An id of a `[[project]]`.
    Project,
    /// An id of an `[[escalation]]`.
    Escalation,
}

impl Sort {
    /// Its word in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Sort::Region => "region",
            Sort::Sector => "sector",
            Sort::Commodity => "commodity",
            Sort::Recipe => "recipe",
            Sort::Facility => "facility",
            Sort::Element => "element",
            Sort::Desk => "desk",
            Sort::Event => "event",
            Sort::Project => "project",
            Sort::Escalation => "escalation",
        }
    }
}

/// Everything that may be referred to.
#[derive(Debug, Clone, Default)]
pub struct Names {
    lists: [Vec<String>; 10],
    /// Events that are measures of some escalation.
    moves: Vec<String>,
}

impl Names {
    /// Collects the names that the merged tables define.
    pub fn collect(root: &Table) -> Names {
        let ids = |kind: &str| match root.get(kind) {
            Some(Value::List(items)) => merge::names_in(kind, items),
            _ => Vec::new(),
        };
        let elements = match root.get("elements") {
            Some(Value::List(items)) => items.iter().filter_map(|i| i.as_text().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        let desks = match root.get("event") {
            Some(Value::List(items)) => items
                .iter()
                .filter_map(Value::as_table)
                .filter(|e| matches!(e.get("type").and_then(Value::as_text), Some("export_licence" | "extraterritorial_rule")))
                .filter_map(|e| e.get("id").and_then(Value::as_text).map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        let lists = [
            ids("region"),
            ids("sector"),
            ids("commodity"),
            ids("recipe"),
            ids("facility"),
            elements,
            desks,
            ids("event"),
            ids("project"),
            ids("escalation"),
        ];
        Names { lists, moves: moves(root) }
    }

    /// Whether an event is a measure of some escalation.
    pub fn is_move(&self, event: &str) -> bool {
        self.moves.iter().any(|m| m == event)
    }

    /// The names of one sort.
    pub fn of(&self, sort: Sort) -> &[String] {
        &self.lists[sort as usize]
    }

    /// Whether an item of this sort has no id that can be used: a name that is not found may then be meant for it.
    pub fn has_nameless(&self, sort: Sort) -> bool {
        self.of(sort).iter().any(|n| n.starts_with('#'))
    }

    /// Whether a name is defined.
    pub fn knows(&self, sort: Sort, name: &str) -> bool {
        self.of(sort).iter().any(|n| n == name)
    }
}

/// Events named among the moves of escalations.
fn moves(root: &Table) -> Vec<String> {
    let list = |table: &Table, key: &str| match table.get(key) {
        Some(Value::List(items)) => items.iter().filter_map(Value::as_table).cloned().collect(),
        _ => Vec::new(),
    };
    let moves = list(root, "escalation").into_iter().flat_map(|e| list(&e, "moves"));
    moves.filter_map(|m| m.get("event").and_then(Value::as_text).map(str::to_owned)).collect()
}

/// The name of the list that is nearest, if it is near enough to be a slip of the pen.
pub fn nearest<'a, S: AsRef<str>>(wrong: &str, names: &'a [S]) -> Option<&'a str> {
    let bare = |s: &str| s.to_lowercase().replace(['_', '-', ' '], "");
    let aim = bare(wrong);
    names
        .iter()
        .map(|n| (strsim::osa_distance(&bare(n.as_ref()), &aim), n.as_ref()))
        .filter(|(distance, name)| *distance <= (name.chars().count().max(wrong.chars().count()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// A help line: the name that was meant, or those there are.
pub fn suggestion<S: AsRef<str>>(wrong: &str, names: &[S]) -> String {
    if let Some(near) = nearest(wrong, names) {
        return format!("did you mean `{near}`?");
    }
    const SHOWN: usize = 12;
    let mut shown: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    shown.sort_unstable();
    match shown.len() {
        0 => "none is defined".to_owned(),
        n if n > SHOWN => format!("there are: {}, … ({} in all)", shown[..SHOWN].join(", "), n),
        _ => format!("there are: {}", shown.join(", ")),
    }
}
