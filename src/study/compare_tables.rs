//! In: a [`Comparison`]. Out: its tables: the summary of each variant, differences of outcomes, differences over time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::compare::{Comparison, Difference};
use crate::results::csv::{number, optional};

/// Names of the chances of a [`Difference`], in their order.
pub const CHANCES: [&str; 3] = ["prob_worse", "prob_equal", "prob_better"];

/// Columns of a statistic with its error.
const TOLD: [&str; 6] = ["stat", "value", "se", "lo95", "hi95", "n"];

/// One line of either table: its keys, a statistic, and its value with error.
type Told = (String, [Option<f64>; 4], u64);

fn write<W: Write>(table: &mut csv::Writer<W>, keys: &[&str], (stat, values, n): Told) -> Result<(), csv::Error> {
    for key in keys {
        table.write_field(key)?;
    }
    table.write_field(stat)?;
    for value in values {
        table.write_field(optional(value))?;
    }
    table.write_record([n.to_string()])
}

/// `summary.csv`: variant, then the columns of a run's summary.
///
/// # Errors
/// Those of `out`.
pub fn summary<W: Write>(comparison: &Comparison, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["variant", "metric", "scope"].iter().chain(&TOLD))?;
    for variant in &comparison.variants {
        for r in &variant.results.summary {
            let told = (r.stat.to_string(), [r.value, r.se, r.lo95, r.hi95], r.n);
            write(&mut table, &[&variant.label, &r.metric, &r.scope], told)?;
        }
    }
    Ok(table.flush()?)
}

/// Everything told of one outcome: statistics of the difference, then chances.
pub fn told(d: &Difference) -> Vec<Told> {
    let stats = d.stats.iter().map(|r| (r.stat.to_string(), [r.value, r.se, r.lo95, r.hi95], r.n));
    let chances = CHANCES.iter().zip(&d.chances).map(|(name, chance)| {
        let values = [chance.map(|e| e.value), chance.map(|e| e.se), chance.map(|e| e.low), chance.map(|e| e.high)];
        ((*name).to_owned(), values, d.n)
    });
    stats.chain(chances).collect()
}

/// `differences.csv`: metric, scope, variant, against, then a statistic of variant less against, future by future.
///
/// # Errors
/// Those of `out`.
pub fn differences<W: Write>(comparison: &Comparison, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["metric", "scope", "variant", "against"].iter().chain(&TOLD))?;
    let against = &comparison.first().label;
    for d in &comparison.differences {
        for line in told(d) {
            write(&mut table, &[&d.metric, &d.scope, &comparison.variants[d.variant].label, against], line)?;
        }
    }
    Ok(table.flush()?)
}

/// `difference_timeseries.csv`: as a run's `timeseries.csv`, of variant less against.
///
/// # Errors
/// Those of `out`.
pub fn timeseries<W: Write>(comparison: &Comparison, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["period", "date", "variable", "scope", "variant", "against", "stat", "value", "unit"])?;
    let first = comparison.first();
    let dates: Vec<(String, String)> = (0..first.results.horizon).map(|p| (p.to_string(), first.results.date(p).to_string())).collect();
    for d in &comparison.series {
        let (s, variant) = (&d.series, &comparison.variants[d.variant].label);
        for (stat, values) in &s.stats {
            let stat = stat.to_string();
            for ((period, date), value) in dates.iter().zip(values) {
                table.write_record([period, date, &s.variable, &s.scope, variant, &first.label, &stat, &number(*value), &s.unit])?;
            }
        }
    }
    Ok(table.flush()?)
}

/// Writes the tables of a comparison into an existing folder.
///
/// # Errors
/// Those of the disk.
pub fn write_all(comparison: &Comparison, folder: &Path) -> Result<(), csv::Error> {
    let open = |name: &str| -> Result<BufWriter<File>, csv::Error> { Ok(BufWriter::new(File::create(folder.join(name))?)) };
    summary(comparison, open("summary.csv")?)?;
    differences(comparison, open("differences.csv")?)?;
    timeseries(comparison, open("difference_timeseries.csv")?)
}
