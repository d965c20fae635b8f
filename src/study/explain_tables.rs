//! In: an [`Explanation`]. Out: its tables: the trace of every period, what bound where, the outcomes.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::explain::Explanation;
use crate::results::csv::number;

/// `trace.csv`: period, date, variable, scope, value, unit; one line a number.
///
/// # Errors
/// Those of `out`.
pub fn trace<W: Write>(explanation: &Explanation, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["period", "date", "variable", "scope", "value", "unit"])?;
    let dates: Vec<(String, String)> = (0..explanation.horizon).map(|p| (p.to_string(), explanation.date(p).to_string())).collect();
    for series in &explanation.trace {
        for ((period, date), value) in dates.iter().zip(&series.values) {
            table.write_record([period, date, series.variable, &series.scope, &number(*value), series.unit])?;
        }
    }
    Ok(table.flush()?)
}

/// `bindings.csv`: period, date, stage, scope, name, kind, what, amount, share, unit.
///
/// # Errors
/// Those of `out`.
pub fn bindings<W: Write>(explanation: &Explanation, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["period", "date", "stage", "scope", "name", "kind", "what", "amount", "share", "unit"])?;
    for b in &explanation.bound {
        let (period, date) = (b.period.to_string(), explanation.date(b.period).to_string());
        let (amount, share) = (number(b.amount), number(b.share));
        table.write_record([&period, &date, b.stage, &b.scope, &b.name, b.kind.name(), &b.what, &amount, &share, "t/week"])?;
    }
    Ok(table.flush()?)
}

/// `outcomes.csv`: metric, scope, value: the realization's row of `realizations.csv`, facilities too; and how many futures have less.
///
/// # Errors
/// Those of `out`.
pub fn outcomes<W: Write>(explanation: &Explanation, out: W) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["metric", "scope", "value", "more_than"])?;
    for o in &explanation.outcomes {
        table.write_record([&o.metric, &o.scope, &number(o.value), &o.more_than.map_or_else(String::new, number)])?;
    }
    Ok(table.flush()?)
}

/// Writes the tables of an explanation into an existing folder.
///
/// # Errors
/// Those of the disk.
pub fn write_all(explanation: &Explanation, folder: &Path) -> Result<(), csv::Error> {
    let open = |name: &str| -> Result<BufWriter<File>, csv::Error> { Ok(BufWriter::new(File::create(folder.join(name))?)) };
    trace(explanation, open("trace.csv")?)?;
    bindings(explanation, open("bindings.csv")?)?;
    outcomes(explanation, open("outcomes.csv")?)
}
