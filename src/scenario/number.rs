//! In: one value of a file. Out: a number in its canonical unit and in range, or a note of what is wrong with it.

use jiff::civil::Date;

use super::ranges::Field;
use super::reader::Reader;
use super::value::Value;
use super::{distribution, merge};
use crate::units;

/// The last key of a path: `cover_in` of `facility[X].cover_in`, `from` of `event[e].scope.from[1]`.
pub fn last_key(path: &str) -> &str {
    let path = path.split(' ').next().unwrap_or(path);
    let (before, last) = path.rsplit_once('.').unwrap_or(("", path));
    match last.split_once('[') {
        // A parameter out of a list, such as `uniform[1]`, is a value of the field before it.
        Some((head, _)) if distribution::FAMILIES.contains(&head) && !before.is_empty() => last_key(before),
        Some((head, _)) if !head.is_empty() => head,
        _ => last,
    }
}

/// A number that takes one value in every realization: a distribution is an error that shows the way to `sweep`.
pub fn plain(r: &mut Reader, value: &Value, path: &str, field: Field) -> Option<f64> {
    if value.as_table().is_some_and(merge::is_distribution) {
        r.problems
            .error(path, format!("`{}` takes one number, not a distribution", last_key(path)))
            .label("the same in every realization")
            .help("it shapes the network; to compare several values, list them in a study and run `coercivity sweep`");
        return None;
    }
    number(r, value, path, field)
}

/// A number.
pub fn number(r: &mut Reader, value: &Value, path: &str, field: Field) -> Option<f64> {
    let read = match value {
        Value::Date(text) if field.dates => return moment(r, text, path),
        Value::Text(text) if field.dates && is_like_a_date(text) => return moment(r, text, path),
        Value::Text(text) => units::parse(text, field.dimension),
        Value::Whole(_) | Value::Float(_) => {
            let number = as_f64(value);
            if !number.is_finite() {
                r.problems.error(path, format!("`{}` is {}, and a finite number is needed", last_key(path), shown(number)));
                return None;
            }
            if field.dimension.takes_bare_numbers() { Ok(number) } else { Err(units::bare(number, field.dimension)) }
        }
        Value::Table(table) => {
            distribution::no_family(r, table, path);
            return None;
        }
        other => {
            let needed = if field.dates { "a date or a time" } else { field.dimension.noun() };
            r.wrong_type(path, other, needed);
            return None;
        }
    };
    match read {
        Ok(number) => in_range(r, number, path, field).then_some(number),
        Err(wrong) => {
            r.problems.error(path, wrong.message).help(wrong.help);
            None
        }
    }
}

/// Whether a number lies in the range of its field; if not, says so.
pub fn in_range(r: &mut Reader, number: f64, path: &str, field: Field) -> bool {
    let fine = field.holds(number);
    if !fine {
        let unit = match field.dimension.canonical() {
            "" => String::new(),
            unit => format!(" {unit}"),
        };
        let mut message = format!("`{}` is {}{unit}, and must be {}", last_key(path), shown(number), field.words());
        if !number.is_finite() {
            message = format!("`{}` is {}, and a finite number is needed", last_key(path), shown(number));
        }
        r.problems.error(path, message);
    }
    fine
}

/// A number as people write it.
fn shown(number: f64) -> String {
    let rounded = (number * 1e6).round() / 1e6;
    if rounded == 0.0 { format!("{number}") } else { format!("{rounded}") }
}

/// The number of a bare value; NaN: it is none.
pub fn as_f64(value: &Value) -> f64 {
    match value {
        Value::Whole(whole) => *whole as f64,
        Value::Float(float) => *float,
        _ => f64::NAN,
    }
}

/// A whole number between `least` and `most`.
pub fn whole(r: &mut Reader, value: &Value, path: &str, least: u64, most: u64) -> Option<u64> {
    let key = last_key(path);
    match value {
        Value::Whole(n) => match u64::try_from(*n) {
            Ok(n) if (least..=most).contains(&n) => Some(n),
            _ => {
                r.problems.error(path, format!("`{key}` is {n}, and must be a whole number from {least} to {most}"));
                None
            }
        },
        Value::Table(table) if merge::is_distribution(table) => {
            plain(r, value, path, super::ranges::FACTOR);
            None
        }
        other => {
            r.wrong_type(path, other, "a whole number without unit");
            None
        }
    }
}

/// Reads a calendar date, noting what is wrong.
pub fn date(r: &mut Reader, value: &Value, path: &str) -> Option<Date> {
    let text = match value {
        Value::Date(text) | Value::Text(text) => text,
        other => {
            r.wrong_type(path, other, "a date");
            return None;
        }
    };
    let date = if text.len() == 10 { text.parse::<Date>().ok() } else { None };
    if date.is_none() {
        r.problems.error(path, format!("`{text}` is not a date")).help("write year, month and day, e.g. 2025-04-04");
    }
    date
}

/// A date as weeks after the start of the run, at least 0.
fn moment(r: &mut Reader, text: &str, path: &str) -> Option<f64> {
    let date = date(r, &Value::Text(text.to_owned()), path)?;
    let start = r.start?;
    let days = (date - start).get_days();
    if days < 0 {
        r.problems
            .error(path, format!("{date} is before the run starts on {start}"))
            .help("what happened before belongs into the opening state; or let `run.start` be earlier");
        return None;
    }
    Some(f64::from(days) / 7.0)
}

/// Whether a text has the shape of a date, right or wrong: `2025-13-01`, `04.04.2025`, `4/4/2025`.
fn is_like_a_date(text: &str) -> bool {
    let text = text.trim();
    text.len() >= 6
        && text.chars().all(|c| c.is_ascii_digit() || "-./T:Z".contains(c))
        && text.chars().filter(|c| "-./".contains(*c)).count() == 2
        && !text.starts_with('-')
}
