//! In: merged tables. Out: their fields one by one, typed and in range; what is wrong is noted and reading goes on.
//!
//! A field that is wrong reads as `None`, like one that is absent; its problem has then been noted, and forbids a run.

use jiff::civil::Date;

use super::names::{self, Names, Sort};
use super::problem::Problems;
use super::ranges::Field;
use super::schema::{Dist, Process, RowTable};
use super::value::{Table, Value};
use super::{distribution, locate, number};

/// What every reading needs: what may be referred to, and where problems go.
#[derive(Debug, Default)]
pub struct Reader {
    /// Everything wrong so far.
    pub problems: Problems,
    /// Everything that may be referred to.
    pub names: Names,
    /// First day of the run, once read.
    pub start: Option<Date>,
    /// The joint draws, if there are any.
    pub rows: Option<RowTable>,
    /// Whether `rows` was named but could not be read: columns are then not looked for.
    pub rows_failed: bool,
}

impl Reader {
    /// Notes that a value is of the wrong type.
    pub fn wrong_type(&mut self, path: &str, value: &Value, needed: &str) {
        self.problems.error(path, format!("`{}` is {}, and {needed} is needed", number::last_key(path), value.noun()));
    }

    /// A name that must be defined.
    pub fn name(&mut self, path: &str, value: &Value, sort: Sort) -> Option<String> {
        let Value::Text(name) = value else {
            self.wrong_type(path, value, &format!("the id of a {}", sort.noun()));
            return None;
        };
        self.known(path, name, sort).then(|| name.clone())
    }

    /// Whether a name is defined; if not, says so.
    pub fn known(&mut self, path: &str, name: &str, sort: Sort) -> bool {
        let known = self.names.knows(sort, name);
        if !known && !self.names.has_nameless(sort) {
            let help = names::suggestion(name, self.names.of(sort));
            self.problems.error(path, format!("unknown {} `{name}`", sort.noun())).help(help);
        }
        known
    }
}

/// One table, with note of the keys that were asked for: what is left over is unknown.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// The table.
    pub table: &'a Table,
    /// Its key path.
    pub path: String,
    asked: Vec<&'static str>,
}

impl<'a> Sheet<'a> {
    /// A sheet over a table.
    pub fn new(table: &'a Table, path: impl Into<String>) -> Sheet<'a> {
        Sheet { table, path: path.into(), asked: Vec::new() }
    }

    /// The key path of a field.
    pub fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value of a key, if it is there.
    pub fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.table.get(key)
    }

    /// The value of a key that must be there.
    pub fn need(&mut self, r: &mut Reader, key: &'static str) -> Option<&'a Value> {
        let value = self.value(key);
        if value.is_none() {
            r.problems.error(self.path.clone(), format!("`{key}` is missing"));
        }
        value
    }

    /// A text.
    pub fn text(&mut self, r: &mut Reader, key: &'static str) -> Option<String> {
        match self.value(key)? {
            Value::Text(text) => Some(text.clone()),
            other => {
                r.wrong_type(&self.at(key), other, "a text");
                None
            }
        }
    }

    /// A text that must be there and say something.
    pub fn need_text(&mut self, r: &mut Reader, key: &'static str) -> String {
        self.need(r, key);
        let text = self.text(r, key);
        if text.as_ref().is_some_and(|t| t.trim().is_empty()) {
            r.problems.error(self.at(key), format!("`{key}` says nothing"));
        }
        text.unwrap_or_default()
    }

    /// One number, the same in every realization.
    pub fn plain(&mut self, r: &mut Reader, key: &'static str, field: Field) -> Option<f64> {
        let value = self.value(key)?;
        number::plain(r, value, &self.at(key), field)
    }

    /// One number, or its default.
    pub fn plain_or(&mut self, r: &mut Reader, key: &'static str, field: Field, default: f64) -> f64 {
        self.plain(r, key, field).unwrap_or(default)
    }

    /// A number that must be there.
    pub fn need_plain(&mut self, r: &mut Reader, key: &'static str, field: Field) -> f64 {
        self.need(r, key);
        self.plain_or(r, key, field, 0.0)
    }

    /// A number or a distribution.
    pub fn dist(&mut self, r: &mut Reader, key: &'static str, field: Field) -> Option<Dist> {
        let value = self.value(key)?;
        distribution::dist(r, value, &self.at(key), field)
    }

    /// A number or a distribution, or its default.
    pub fn dist_or(&mut self, r: &mut Reader, key: &'static str, field: Field, default: f64) -> Dist {
        self.dist(r, key, field).unwrap_or(Dist::Fixed(default))
    }

    /// A number or a distribution that must be there.
    pub fn need_dist(&mut self, r: &mut Reader, key: &'static str, field: Field) -> Dist {
        self.need(r, key);
        self.dist_or(r, key, field, 0.0)
    }

    /// A process that must be there.
    pub fn need_process(&mut self, r: &mut Reader, key: &'static str, field: Field) -> Process {
        let none = Process { family: super::schema::Family::Fixed(Dist::Fixed(0.0)), max: None };
        match self.need(r, key) {
            Some(value) => distribution::process(r, value, &self.at(key), field).unwrap_or(none),
            None => none,
        }
    }

    /// A whole number between `least` and `most`, or its default.
    pub fn whole(&mut self, r: &mut Reader, key: &'static str, least: u64, most: u64, default: u64) -> u64 {
        let Some(value) = self.value(key) else { return default };
        number::whole(r, value, &self.at(key), least, most).unwrap_or(default)
    }

    /// `true` or `false`, or its default.
    pub fn flag(&mut self, r: &mut Reader, key: &'static str, default: bool) -> bool {
        match self.value(key) {
            None => default,
            Some(Value::Flag(flag)) => *flag,
            Some(other) => {
                r.wrong_type(&self.at(key), other, "true or false");
                default
            }
        }
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, r: &mut Reader, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let value = self.value(key)?;
        choose(r, value, &self.at(key), &key.replace('_', " "), words)
    }

    /// A list of words out of a few, each of which is a `noun`; absent: empty.
    pub fn choices<T: Copy>(&mut self, r: &mut Reader, key: &'static str, noun: &str, words: &[(&str, T)]) -> Vec<T> {
        let path = self.at(key);
        self.items(r, key).iter().enumerate().filter_map(|(i, v)| choose(r, v, &format!("{path}[{i}]"), noun, words)).collect()
    }

    /// A name that must be there and be defined.
    pub fn need_name(&mut self, r: &mut Reader, key: &'static str, sort: Sort) -> String {
        let Some(value) = self.need(r, key) else { return String::new() };
        r.name(&self.at(key), value, sort).unwrap_or_default()
    }

    /// A name that must be defined, if it is there.
    pub fn name(&mut self, r: &mut Reader, key: &'static str, sort: Sort) -> Option<String> {
        let value = self.value(key)?;
        r.name(&self.at(key), value, sort)
    }

    /// A list of names that must be defined; absent: empty.
    pub fn names(&mut self, r: &mut Reader, key: &'static str, sort: Sort) -> Vec<String> {
        let path = self.at(key);
        let mut list: Vec<String> = Vec::new();
        for (i, value) in self.items(r, key).iter().enumerate() {
            let here = format!("{path}[{i}]");
            let Some(name) = r.name(&here, value, sort) else { continue };
            if list.contains(&name) {
                r.problems.error(here, format!("`{name}` stands twice in this list"));
            } else {
                list.push(name);
            }
        }
        list
    }

    /// The items of a list; absent: none.
    pub fn items(&mut self, r: &mut Reader, key: &'static str) -> &'a [Value] {
        match self.value(key) {
            None => &[],
            Some(Value::List(items)) => items,
            Some(Value::Text(text)) => {
                let path = self.at(key);
                r.problems.error(path, format!("`{key}` is a text, and a list is needed")).help(format!("write {key} = [\"{text}\"]"));
                &[]
            }
            Some(other) => {
                r.wrong_type(&self.at(key), other, "a list");
                &[]
            }
        }
    }

    /// The sheet of a table within this one.
    pub fn sheet(&mut self, r: &mut Reader, key: &'static str) -> Option<Sheet<'a>> {
        match self.value(key)? {
            Value::Table(table) => Some(Sheet::new(table, self.at(key))),
            other => {
                r.wrong_type(&self.at(key), other, "a table");
                None
            }
        }
    }

    /// A table of numbers by name, in file order; absent: empty.
    pub fn by_name(&mut self, r: &mut Reader, key: &'static str, sort: Sort, field: Field) -> Vec<(String, f64)> {
        let Some(inner) = self.sheet(r, key) else { return Vec::new() };
        let mut list = Vec::new();
        for (name, value) in &inner.table.0 {
            let path = inner.at(name);
            let known = r.known(&locate::key(&path), name, sort);
            if let (Some(number), true) = (number::plain(r, value, &path, field), known) {
                list.push((name.clone(), number));
            }
        }
        list
    }

    /// Notes every key that was not asked for.
    pub fn finish(self, r: &mut Reader) {
        for key in self.table.keys().filter(|k| !self.asked.contains(k)) {
            unknown_key(r, &self.at(key), key, &self.asked);
        }
    }
}

/// Notes a key that nobody knows.
pub fn unknown_key(r: &mut Reader, path: &str, key: &str, known: &[&str]) {
    let help = match names::nearest(key, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("keys that fit here: {}", known.join(", ")),
    };
    r.problems.error(locate::key(path), format!("unknown key `{key}`")).help(help);
}

/// One of a few words; `noun` is what they are in a message.
pub fn choose<T: Copy>(r: &mut Reader, value: &Value, path: &str, noun: &str, words: &[(&str, T)]) -> Option<T> {
    let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let Value::Text(text) = value else {
        r.wrong_type(path, value, &format!("one of {}", list.join(", ")));
        return None;
    };
    let found = words.iter().find(|(word, _)| word == text).map(|(_, choice)| *choice);
    if found.is_none() {
        let near = names::nearest(text, &list).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        r.problems.error(path, format!("unknown {noun} `{text}`")).help(format!("{near}there are: {}", list.join(", ")));
    }
    found
}
