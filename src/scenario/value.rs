//! In: the text of a TOML file. Out: a plain tree of its values in file order, or every place where it is not TOML.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value of a scenario file.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i128),
    /// A number with a point or exponent; may be NaN or infinite.
    Float(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A date, or a date with a time, as written in ISO form.
    Date(String),
    /// A list.
    List(Vec<Value>),
    /// A table.
    Table(Table),
}

impl Value {
    /// What it is, for a message.
    pub fn noun(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Whole(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::Flag(_) => "true or false",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as TOML writes it after `=`, so that it can be laid on top of a scenario.
    pub fn written(&self) -> String {
        match self {
            // The escapes of JSON are among those of TOML.
            Value::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
            Value::Whole(whole) => whole.to_string(),
            Value::Float(float) => format!("{float:?}"),
            Value::Flag(flag) => flag.to_string(),
            Value::Date(date) => date.clone(),
            Value::List(items) => format!("[{}]", items.iter().map(Value::written).collect::<Vec<_>>().join(", ")),
            Value::Table(table) => {
                let pair = |(key, value): &(String, Value)| format!("{} = {}", serde_json::Value::from(key.as_str()), value.written());
                format!("{{ {} }}", table.0.iter().map(pair).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// The table, if it is one.
    pub fn as_table(&self) -> Option<&Table> {
        match self {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }
}

/// Keys and values in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table(pub Vec<(String, Value)>);

impl Table {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// Sets a key, in its old place if it had one.
    pub fn set(&mut self, key: &str, value: Value) {
        match self.get_mut(key) {
            Some(old) => *old = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    /// Takes a key out.
    pub fn take(&mut self, key: &str) -> Option<Value> {
        let place = self.0.iter().position(|(k, _)| k == key)?;
        Some(self.0.remove(place).1)
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(k, _)| k.as_str())
    }
}

/// One place where a text is not TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syntax {
    /// What is wrong.
    pub message: String,
    /// Bytes of the text.
    pub span: Range<usize>,
}

/// Reads a TOML text.
///
/// # Errors
/// Every place where it is not TOML, at most one a line.
pub fn read(text: &str) -> Result<Table, Vec<Syntax>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(table(root.get_ref()));
    }
    let mut found: Vec<Syntax> =
        errors.iter().map(|e| Syntax { message: e.message().replace('\n', ", "), span: e.span().unwrap_or(0..0) }).collect();
    found.sort_by_key(|e| e.span.start);
    let line = |e: &Syntax| text.get(..e.span.start).map_or(0, |head| head.matches('\n').count());
    found.dedup_by(|later, earlier| line(later) == line(earlier));
    Err(found)
}

/// Reads a single TOML value, as it stands after `=`.
///
/// # Errors
/// The message of the parser.
pub fn read_value(text: &str) -> Result<Value, String> {
    DeValue::parse(text).map(|v| value(v.get_ref())).map_err(|e| e.message().replace('\n', ", "))
}

fn table(source: &DeTable<'_>) -> Table {
    let mut pairs: Vec<_> = source.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    Table(pairs.into_iter().map(|(key, v)| (key.get_ref().to_string(), value(v.get_ref()))).collect())
}

fn value(source: &DeValue<'_>) -> Value {
    match source {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(whole) => i128::from_str_radix(whole.as_str(), whole.radix()).map_or(Value::Float(f64::NAN), Value::Whole),
        DeValue::Float(float) => Value::Float(float.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(list) => Value::List(list.iter().map(Spanned::get_ref).map(value).collect()),
        DeValue::Table(inner) => Value::Table(table(inner)),
    }
}
