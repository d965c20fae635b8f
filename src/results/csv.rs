//! In: the tables of a [`Results`]. Out: their CSV files, the same bytes for the same numbers everywhere.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::{Results, Stat, SummaryRow};

/// Significant digits of every number in a table.
const DIGITS: usize = 9;

/// The names of `charts/magnet-exports.csv`, in order.
pub const EXPORT_COLUMNS: [&str; 10] = ["month", "destination", "p05", "p25", "p50", "p75", "p95", "mean", "unit", "partial"];

/// A number for a table: nine significant digits, shortest form of them, no exponent; blank where there is no number.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return String::new();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let rounded: f64 = format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value);
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// A number that may be missing; blank if it is.
pub fn optional(value: Option<f64>) -> String {
    value.map_or_else(String::new, number)
}

/// One line of a summary as it stands in tables: metric,scope,stat,value,se,lo95,hi95,n.
pub fn cells(row: &SummaryRow) -> [String; 8] {
    let numbers = [row.value, row.se, row.lo95, row.hi95].map(optional);
    let [value, se, low, high] = numbers;
    [row.metric.clone(), row.scope.clone(), row.stat.to_string(), value, se, low, high, row.n.to_string()]
}

/// `summary.csv`: metric,scope,stat,value,se,lo95,hi95,n.
pub fn summary<W: Write>(results: &Results, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["metric", "scope", "stat", "value", "se", "lo95", "hi95", "n"])?;
    for row in &results.summary {
        table.write_record(cells(row))?;
    }
    Ok(table.flush()?)
}

/// `timeseries.csv`: period,date,variable,scope,stat,value,unit; one line a number.
pub fn timeseries<W: Write>(results: &Results, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["period", "date", "variable", "scope", "stat", "value", "unit"])?;
    let dates: Vec<(String, String)> = (0..results.horizon).map(|p| (p.to_string(), results.date(p).to_string())).collect();
    for series in &results.series {
        for (stat, values) in &series.stats {
            let stat = stat.to_string();
            for ((period, date), value) in dates.iter().zip(values) {
                table.write_record([period, date, &series.variable, &series.scope, &stat, &number(*value), &series.unit])?;
            }
        }
    }
    Ok(table.flush()?)
}

/// `realizations.csv`: the realization's number from 0, then one column a name.
pub fn realizations<W: Write>(results: &Results, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_field("realization")?;
    table.write_record(&results.realization_names)?;
    let columns = results.realization_names.len();
    if columns > 0 {
        for (index, values) in results.realization_values.chunks_exact(columns).enumerate() {
            table.write_field(index.to_string())?;
            table.write_record(values.iter().map(|v| number(*v)))?;
        }
    }
    Ok(table.flush()?)
}

/// `exceedance.csv`: metric,scope,threshold,probability,lo95,hi95,n.
pub fn exceedance<W: Write>(results: &Results, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["metric", "scope", "threshold", "probability", "lo95", "hi95", "n"])?;
    for row in &results.exceedance {
        let [threshold, probability, lo, hi] = [row.threshold, row.probability, row.lo95, row.hi95].map(number);
        table.write_record([&row.metric, &row.scope, &threshold, &probability, &lo, &hi, &row.n.to_string()])?;
    }
    Ok(table.flush()?)
}

/// `convergence.csv`: metric,scope,n,mean,se.
pub fn convergence<W: Write>(results: &Results, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["metric", "scope", "n", "mean", "se"])?;
    for row in &results.convergence {
        table.write_record([&row.metric, &row.scope, &row.n.to_string(), &number(row.mean), &number(row.se)])?;
    }
    Ok(table.flush()?)
}

/// `drivers.csv`: metric,scope,parameter,basis,rank_correlation,lo95,hi95,told,n.
pub fn drivers<W: Write>(results: &Results, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["metric", "scope", "parameter", "basis", "rank_correlation", "lo95", "hi95", "told", "n"])?;
    for row in &results.drivers {
        let [rho, lo, hi] = [row.rank_correlation, row.lo95, row.hi95].map(number);
        let basis = row.basis.map_or("", |b| b.word());
        let told = if row.told { "true" } else { "false" };
        table.write_record([&row.metric, &row.scope, &row.parameter, basis, &rho, &lo, &hi, told, &row.n.to_string()])?;
    }
    Ok(table.flush()?)
}

/// `charts/magnet-exports.csv`: percentiles of finished magnets leaving the inside, t a month.
pub fn exports<W: Write>(results: &Results, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(EXPORT_COLUMNS)?;
    for row in &results.exports {
        table.write_field(&row.month)?;
        table.write_field(&row.destination)?;
        for value in row.values {
            table.write_field(number(value))?;
        }
        table.write_record(["t/month", if row.partial { "true" } else { "false" }])?;
    }
    Ok(table.flush()?)
}

/// Statistics a fan is drawn from, in the order of their columns in a chart's CSV.
pub const FAN: [Stat; 6] = [Stat::P05, Stat::P25, Stat::P50, Stat::P75, Stat::P95, Stat::Mean];

/// Writes the tables of a run into an existing folder; `realizations.csv` and `drivers.csv` only if they were kept.
pub fn write_all(results: &Results, folder: &Path) -> Result<(), csv::Error> {
    let open = |name: &str| -> Result<BufWriter<File>, csv::Error> { Ok(BufWriter::new(File::create(folder.join(name))?)) };
    summary(results, open("summary.csv")?)?;
    timeseries(results, open("timeseries.csv")?)?;
    if !results.realization_names.is_empty() {
        realizations(results, open("realizations.csv")?)?;
    }
    if !results.drivers.is_empty() {
        drivers(results, open("drivers.csv")?)?;
    }
    exceedance(results, open("exceedance.csv")?)?;
    convergence(results, open("convergence.csv")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_nine_digits_no_exponent_and_no_negative_zero() {
        let written: Vec<String> = [0.1 + 0.2, 1.0 / 3.0, 1e-7, 123_456_789_012.0, -0.0, 5.0, f64::NAN].into_iter().map(number).collect();
        assert_eq!(written, ["0.3", "0.333333333", "0.0000001", "123456789000", "0", "5", ""]);
        assert_eq!(optional(None), "");
    }
}
