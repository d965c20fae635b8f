//! In: a value that stands for a number or a distribution. Out: a [`Dist`] or [`Process`] whose parameters make sense.

use super::number::{self, last_key};
use super::ranges::{ANY, FACTOR, Field, SIGMA};
use super::reader::{Reader, unknown_key};
use super::schema::{Dist, Family, Process};
use super::value::{Table, Value};
use crate::units::Dimension;

/// Keys of the families of distributions.
pub const FAMILIES: &[&str] = &["uniform", "triangular", "pert", "normal", "lognormal", "beta", "empirical", "column"];

/// Families of a [`Process`].
const PROCESSES: &[&str] = &["uniform", "triangular", "normal", "lognormal", "empirical"];

/// A number or a distribution of numbers of this field.
pub fn dist(r: &mut Reader, value: &Value, path: &str, field: Field) -> Option<Dist> {
    let Value::Table(table) = value else {
        return number::number(r, value, path, field).map(Dist::Fixed);
    };
    let (family, inner) = one_family(r, table, path, &["scale"])?;
    let here = format!("{path}.{family}");
    match family {
        "uniform" => {
            let [low, high] = numbers(r, inner, &here, field, ["low", "high"])?;
            rising(r, &here, &[("low", low), ("high", high)]).then_some(Dist::Uniform { low, high })
        }
        "triangular" | "pert" => {
            let [low, mode, high] = numbers(r, inner, &here, field, ["low", "mode", "high"])?;
            let fine = rising(r, &here, &[("low", low), ("mode", mode), ("high", high)]);
            let make = if family == "pert" { Dist::Pert { low, mode, high } } else { Dist::Triangular { low, mode, high } };
            fine.then_some(make)
        }
        "normal" => {
            let [mean, sd] = fields(r, inner, &here, [("mean", field), ("sd", width(field))])?;
            Some(Dist::Normal { mean, sd })
        }
        "lognormal" => {
            let [median, sigma] = fields(r, inner, &here, [("median", field), ("sigma", SIGMA)])?;
            positive_median(r, &here, median).then_some(Dist::Lognormal { median, sigma })
        }
        "beta" => beta(r, inner, &here, field),
        "empirical" => empirical(r, inner, &here, field).map(|(values, weights)| Dist::Empirical { values, weights }),
        _ => column(r, table, inner, path, field),
    }
}

/// A number or a distribution drawn afresh each time; its parameters may be distributions.
pub fn process(r: &mut Reader, value: &Value, path: &str, field: Field) -> Option<Process> {
    let table = match value {
        Value::Table(table) if !table.has("column") => table,
        _ => return dist(r, value, path, field).map(|d| Process { family: Family::Fixed(d), max: None }),
    };
    let (family, inner) = one_family(r, table, path, &["max"])?;
    let here = format!("{path}.{family}");
    let most = match table.get("max") {
        Some(value) => Some(number::plain(r, value, &format!("{path}.max"), field)?),
        None => None,
    };
    let family = match family {
        "uniform" => {
            let [low, high] = parameters(r, inner, &here, field, ["low", "high"])?;
            fixed_rising(r, &here, &[("low", &low), ("high", &high)]).then_some(Family::Uniform(low, high))
        }
        "triangular" => {
            let [low, mode, high] = parameters(r, inner, &here, field, ["low", "mode", "high"])?;
            let fine = fixed_rising(r, &here, &[("low", &low), ("mode", &mode), ("high", &high)]);
            fine.then_some(Family::Triangular(low, mode, high))
        }
        "normal" => {
            let [mean, sd] = dists(r, inner, &here, [("mean", field), ("sd", width(field))])?;
            Some(Family::Normal(mean, sd))
        }
        "lognormal" => {
            let [median, sigma] = dists(r, inner, &here, [("median", field), ("sigma", SIGMA)])?;
            let fine = if let Dist::Fixed(m) = median { positive_median(r, &here, m) } else { true };
            fine.then_some(Family::Lognormal(median, sigma))
        }
        "empirical" => empirical(r, inner, &here, field).map(|(values, weights)| Family::Empirical(values, weights)),
        other => {
            r.problems
                .error(here.clone(), format!("`{other}` cannot be drawn afresh each time"))
                .help(format!("families that fit here: {}", PROCESSES.join(", ")));
            None
        }
    }?;
    Some(Process { family, max: most })
}

/// Notes that a table is no distribution.
pub fn no_family(r: &mut Reader, table: &Table, path: &str) {
    match table.keys().next() {
        Some(key) => unknown_key(r, &format!("{path}.{key}"), key, FAMILIES),
        None => {
            r.problems
                .error(path, format!("`{}` is an empty table", last_key(path)))
                .help(format!("distributions: {}", FAMILIES.join(", ")));
        }
    }
}

/// The one family of the table and its parameters; other keys but `extra` are unknown.
fn one_family<'a>(r: &mut Reader, table: &'a Table, path: &str, extra: &[&'static str]) -> Option<(&'static str, &'a Value)> {
    let mut found = FAMILIES.iter().filter_map(|family| table.get(family).map(|v| (*family, v)));
    let Some(first) = found.next() else {
        no_family(r, table, path);
        return None;
    };
    if let Some((second, _)) = found.next() {
        r.problems
            .error(format!("{path}.{second}"), format!("`{}` and `{second}` cannot both stand here", first.0))
            .help("write one distribution");
        return None;
    }
    let fine = |key: &str| key == first.0 || (extra.contains(&key) && (key != "scale" || first.0 == "column"));
    let wrong: Vec<&str> = table.keys().filter(|k| !fine(k)).collect();
    for key in &wrong {
        unknown_key(r, &format!("{path}.{key}"), key, &[first.0]);
    }
    wrong.is_empty().then_some(first)
}

/// The field of a standard deviation: the same unit, at least 0.
fn width(field: Field) -> Field {
    Field { least: 0.0, most: f64::INFINITY, least_allowed: true, dates: false, ..field }
}

/// The list of parameters that have these names.
fn list<'a, const N: usize>(r: &mut Reader, value: &'a Value, path: &str, names: [&str; N]) -> Option<&'a [Value; N]> {
    let found = match value {
        Value::List(items) => <&[Value; N]>::try_from(items.as_slice()).ok(),
        _ => None,
    };
    if found.is_none() {
        r.problems.error(path, format!("`{}` needs a list of {N}: [{}]", last_key(path), names.join(", ")));
    }
    found
}

/// Numbers out of a list.
fn numbers<const N: usize>(r: &mut Reader, value: &Value, path: &str, field: Field, names: [&str; N]) -> Option<[f64; N]> {
    let items = list(r, value, path, names)?;
    collect(items.iter().enumerate().map(|(i, v)| number::plain(r, v, &format!("{path}[{i}]"), field)).collect())
}

/// Numbers or distributions out of a list.
fn parameters<const N: usize>(r: &mut Reader, value: &Value, path: &str, field: Field, names: [&str; N]) -> Option<[Dist; N]> {
    let items = list(r, value, path, names)?;
    collect(items.iter().enumerate().map(|(i, v)| dist(r, v, &format!("{path}[{i}]"), field)).collect())
}

/// All or nothing.
fn collect<T, const N: usize>(found: Vec<Option<T>>) -> Option<[T; N]> {
    let all: Option<Vec<T>> = found.into_iter().collect();
    all.and_then(|list| <[T; N]>::try_from(list).ok())
}

/// The values of the named keys, all of which must be there and nothing else.
fn keyed<'a, const N: usize>(r: &mut Reader, value: &'a Value, path: &str, names: [&'static str; N]) -> Option<[&'a Value; N]> {
    let Value::Table(table) = value else {
        let shape: Vec<String> = names.iter().map(|n| format!("{n} = …")).collect();
        r.problems.error(path, format!("`{}` needs {{ {} }}", last_key(path), shape.join(", ")));
        return None;
    };
    for key in table.keys().filter(|k| !names.contains(k)) {
        unknown_key(r, &format!("{path}.{key}"), key, &names);
    }
    for name in names.iter().filter(|n| !table.has(n)) {
        r.problems.error(path, format!("`{}` needs `{name}`", last_key(path)));
    }
    collect(names.iter().map(|name| table.get(name)).collect())
}

fn fields<const N: usize>(r: &mut Reader, value: &Value, path: &str, wanted: [(&'static str, Field); N]) -> Option<[f64; N]> {
    let values = keyed(r, value, path, wanted.map(|(name, _)| name))?;
    collect(wanted.iter().zip(values).map(|((name, field), v)| number::plain(r, v, &format!("{path}.{name}"), *field)).collect())
}

fn dists<const N: usize>(r: &mut Reader, value: &Value, path: &str, wanted: [(&'static str, Field); N]) -> Option<[Dist; N]> {
    let values = keyed(r, value, path, wanted.map(|(name, _)| name))?;
    collect(wanted.iter().zip(values).map(|((name, field), v)| dist(r, v, &format!("{path}.{name}"), *field)).collect())
}

/// Whether the numbers rise; equal is allowed.
fn rising(r: &mut Reader, path: &str, named: &[(&str, f64)]) -> bool {
    for pair in named.windows(2) {
        let [(a, low), (b, high)] = pair else { continue };
        if low > high {
            let order: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
            r.problems
                .error(path, format!("the {a} ({low}) is above the {b} ({high})"))
                .help(format!("the order is [{}]", order.join(", ")));
            return false;
        }
    }
    true
}

/// The same, where none of the numbers is itself drawn.
fn fixed_rising(r: &mut Reader, path: &str, named: &[(&str, &Dist)]) -> bool {
    let fixed: Vec<(&str, f64)> = named.iter().filter_map(|(n, d)| if let Dist::Fixed(x) = d { Some((*n, *x)) } else { None }).collect();
    rising(r, path, &fixed)
}

fn positive_median(r: &mut Reader, path: &str, median: f64) -> bool {
    if median <= 0.0 {
        r.problems.error(format!("{path}.median"), format!("the median of a lognormal is {median}, and must be above 0"));
    }
    median > 0.0
}

/// A beta needs a mean within 0..1 and a standard deviation that leaves it a hump or a slope, not two spikes beyond the ends.
fn beta(r: &mut Reader, value: &Value, path: &str, field: Field) -> Option<Dist> {
    if field.dimension != Dimension::Plain || field.least > 0.0 || field.most < 1.0 {
        r.problems.error(path, "a beta lies between 0 and 1, and this number does not").help("use triangular or pert");
        return None;
    }
    let [mean, sd] = fields(r, value, path, [("mean", super::ranges::SHARE), ("sd", FACTOR)])?;
    if mean <= 0.0 || mean >= 1.0 {
        r.problems.error(format!("{path}.mean"), format!("the mean of a beta is {mean}, and must lie between 0 and 1 and be neither"));
        return None;
    }
    let most = (mean * (1.0 - mean)).sqrt();
    if sd <= 0.0 || sd >= most {
        r.problems
            .error(format!("{path}.sd"), format!("no beta with mean {mean} has a standard deviation of {sd}"))
            .label(format!("above 0 and below {most:.3}"));
        return None;
    }
    Some(Dist::Beta { mean, sd })
}

/// Values and their weights; no weights: all alike.
fn empirical(r: &mut Reader, value: &Value, path: &str, field: Field) -> Option<(Vec<f64>, Vec<f64>)> {
    let Value::Table(table) = value else {
        r.problems.error(path, "`empirical` needs { values = […], weights = […] }");
        return None;
    };
    for key in table.keys().filter(|k| !["values", "weights"].contains(k)) {
        unknown_key(r, &format!("{path}.{key}"), key, &["values", "weights"]);
    }
    let values = many(r, table, "values", path, field)?;
    let weights = if table.has("weights") { many(r, table, "weights", path, FACTOR)? } else { vec![1.0; values.len()] };
    if values.is_empty() {
        r.problems.error(format!("{path}.values"), "there is no value to draw");
        return None;
    }
    if values.len() != weights.len() {
        r.problems.error(format!("{path}.weights"), format!("there are {} values and {} weights", values.len(), weights.len()));
        return None;
    }
    if weights.iter().sum::<f64>() <= 0.0 {
        r.problems.error(format!("{path}.weights"), "all weights are 0").help("give at least one value a weight above 0");
        return None;
    }
    Some((values, weights))
}

fn many(r: &mut Reader, table: &Table, key: &str, path: &str, field: Field) -> Option<Vec<f64>> {
    let here = format!("{path}.{key}");
    match table.get(key) {
        Some(Value::List(items)) => {
            let found: Vec<Option<f64>> =
                items.iter().enumerate().map(|(i, v)| number::plain(r, v, &format!("{here}[{i}]"), field)).collect();
            found.into_iter().collect()
        }
        Some(other) => {
            r.wrong_type(&here, other, "a list of numbers");
            None
        }
        None => {
            r.problems.error(path, format!("`{key}` is missing"));
            None
        }
    }
}

/// A column of the joint draws; its numbers are in the canonical unit once scaled.
fn column(r: &mut Reader, table: &Table, name: &Value, path: &str, field: Field) -> Option<Dist> {
    let here = format!("{path}.column");
    let Value::Text(name) = name else {
        r.wrong_type(&here, name, "the name of a column");
        return None;
    };
    let scale = match table.get("scale") {
        Some(value) => number::plain(r, value, &format!("{path}.scale"), ANY)?,
        None => 1.0,
    };
    let Some(rows) = &r.rows else {
        if !r.rows_failed {
            r.problems.error(here, format!("there is no table with a column `{name}`")).help("name its file at the top: rows = \"….csv\"");
        }
        return None;
    };
    let Some(place) = rows.names.iter().position(|n| n == name) else {
        let help = super::names::suggestion(name, &rows.names);
        r.problems.error(here, format!("unknown column `{name}`")).help(help);
        return None;
    };
    let wrong = rows
        .rows
        .iter()
        .enumerate()
        .map(|(i, row)| (i, row.get(place).copied().unwrap_or(f64::NAN) * scale))
        .find(|(_, x)| !field.holds(*x));
    if let Some((i, value)) = wrong {
        let message = format!("column `{name}` has {value} in row {}, and must be {}", i + 1, field.words());
        r.problems.error(here, message);
        return None;
    }
    Some(Dist::Column { name: name.clone(), scale })
}
