//! In: what a study writes for a parameter. Out: the numbers it takes, in one unit, and their quantiles.

use crate::scenario::distribution::{self, FAMILIES};
use crate::scenario::ranges::ANY;
use crate::scenario::reader::{Reader, Sheet};
use crate::scenario::schema::{Dist, RowTable};
use crate::scenario::value::{Table, Value};
use crate::shocks::sampler;
use crate::units;

/// Numbers that a parameter takes, in its unit.
#[derive(Debug, Clone, PartialEq)]
pub enum Spread {
    /// These; where points are drawn, each alike.
    Values(Vec<f64>),
    /// Drawn from a distribution.
    Drawn(Dist),
    /// The table of points says them.
    Listed,
}

/// Distributions that a parameter may have: a column of joint draws belongs to a scenario.
pub fn families() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().copied().filter(|f| *f != "column")
}

/// Keys whose numbers have no unit, whatever the others have.
const BARE: [&str; 2] = ["sigma", "weights"];

impl Spread {
    /// The value at quantile `u` in (0, 1).
    pub fn quantile(&self, u: f64) -> f64 {
        match self {
            Spread::Values(values) => {
                let place = (u * values.len() as f64) as usize;
                values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
            }
            Spread::Drawn(dist) => sampler::quantile(dist, u, &RowTable::default(), 0),
            Spread::Listed => f64::NAN,
        }
    }
}

/// Reads `values = [...]` or one distribution; with it, the unit and the key path of what was read.
pub fn read(r: &mut Reader, sheet: &mut Sheet<'_>) -> Option<(Spread, String, String)> {
    let mut found: Vec<(&'static str, &Value)> = vec![];
    for key in std::iter::once("values").chain(families()) {
        found.extend(sheet.value(key).map(|value| (key, value)));
    }
    if let Some((second, _)) = found.get(1) {
        let message = format!("`{}` and `{second}` cannot both stand here", found[0].0);
        r.problems.error(sheet.at(second), message).help("write one of them");
        return None;
    }
    let (key, value) = *found.first()?;
    let at = sheet.at(key);
    let mut unit = None;
    let value = bare(r, value, &at, &mut unit, false)?;
    let unit = unit.unwrap_or_default();
    if key != "values" {
        let table = Table(vec![(key.to_owned(), value)]);
        let dist = distribution::dist(r, &Value::Table(table), &sheet.path, ANY)?;
        return Some((Spread::Drawn(dist), unit, at));
    }
    let Value::List(items) = &value else {
        r.wrong_type(&at, &value, "a list of numbers");
        return None;
    };
    let numbers: Vec<f64> = items.iter().map(crate::scenario::number::as_f64).collect();
    if numbers.is_empty() {
        r.problems.error(at, "there is no value to take");
        return None;
    }
    for (i, x) in numbers.iter().enumerate() {
        if !x.is_finite() {
            r.problems.error(format!("{at}[{i}]"), "a finite number is needed");
            return None;
        }
        if numbers[..i].contains(x) {
            r.problems.error(format!("{at}[{i}]"), "this value stands twice in the list");
            return None;
        }
    }
    Some((Spread::Values(numbers), unit, at))
}

/// The value with units taken off its numbers; all must have the same one.
fn bare(r: &mut Reader, value: &Value, at: &str, unit: &mut Option<String>, without: bool) -> Option<Value> {
    Some(match value {
        Value::Whole(_) | Value::Float(_) if without => value.clone(),
        Value::Whole(_) | Value::Float(_) => {
            one_unit(r, at, unit, "")?;
            value.clone()
        }
        Value::Text(text) => match units::number_and_unit(text).filter(|_| units::is_quantity(text)) {
            Some((number, found)) => {
                one_unit(r, at, unit, found)?;
                Value::Float(number)
            }
            None => {
                let help = "write a number, or a number with its unit, e.g. \"9 weeks\"; for a date write the time since the run starts";
                r.problems.error(at, format!("`{text}` is not a quantity")).help(help);
                return None;
            }
        },
        Value::List(items) => {
            let bared: Vec<Option<Value>> =
                items.iter().enumerate().map(|(i, v)| bare(r, v, &format!("{at}[{i}]"), unit, without)).collect();
            Value::List(bared.into_iter().collect::<Option<_>>()?)
        }
        Value::Table(table) => {
            let mut out = vec![];
            for (key, v) in &table.0 {
                let v = bare(r, v, &format!("{at}.{key}"), unit, BARE.contains(&key.as_str()))?;
                out.push((key.clone(), v));
            }
            Value::Table(Table(out))
        }
        other => {
            r.wrong_type(at, other, "a number");
            return None;
        }
    })
}

fn one_unit(r: &mut Reader, at: &str, unit: &mut Option<String>, found: &str) -> Option<()> {
    let known = unit.get_or_insert_with(|| found.to_owned());
    if known == found {
        return Some(());
    }
    let said = |u: &str| if u.is_empty() { "no unit".to_owned() } else { format!("`{u}`") };
    let message = format!("this number has {}, and the one before it {}", said(found), said(known));
    r.problems.error(at, message).help("write all numbers of a parameter in one unit");
    None
}
