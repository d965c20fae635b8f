//! In: the path of a CSV of joint draws. Out: its columns and rows, all finite numbers.

use std::path::Path;

use super::Failure;
use super::parse::Shelf;
use super::problem::Problems;
use super::schema::{RowTable, SourceFile};

/// Loads the table; faults are noted at the key `rows`.
///
/// # Errors
/// [`Failure::Disk`] when the disk fails.
pub fn load(path: &Path, shelf: Shelf<'_>, problems: &mut Problems) -> Result<Option<(RowTable, SourceFile)>, Failure> {
    let text = match shelf.read_text(path)? {
        Ok(text) => text,
        Err(message) => {
            problems.error("rows", message).help("the path is taken from the folder of the file that names it");
            return Ok(None);
        }
    };
    let before = problems.len();
    let table = read(&text, &path.display().to_string(), problems);
    Ok((problems.len() == before).then(|| (table, SourceFile { path: path.to_owned(), text })))
}

/// Reads the text of a table, noting up to five faults.
fn read(text: &str, name: &str, problems: &mut Problems) -> RowTable {
    const SHOWN: usize = 5;
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut table = RowTable::default();
    let mut faults: Vec<String> = Vec::new();
    match reader.headers() {
        Ok(head) => table.names = head.iter().map(str::to_owned).collect(),
        Err(e) => faults.push(format!("{name}: {e}")),
    }
    for (i, column) in table.names.iter().enumerate() {
        if column.is_empty() {
            faults.push(format!("{name}: column {} has no name", i + 1));
        } else if table.names[..i].contains(column) {
            faults.push(format!("{name}: two columns are called `{column}`"));
        }
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                faults.push(format!("{name}: {e}"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let mut row = Vec::with_capacity(record.len());
        for (column, field) in table.names.iter().zip(record.iter()) {
            match field.parse::<f64>() {
                Ok(number) if number.is_finite() => row.push(number),
                _ => faults.push(format!("{name}, line {line}, column `{column}`: `{field}` is not a finite number")),
            }
        }
        table.rows.push(row);
    }
    if table.rows.is_empty() && faults.is_empty() {
        faults.push(format!("{name} has no rows"));
    }
    let more = faults.len().saturating_sub(SHOWN);
    for (i, fault) in faults.into_iter().take(SHOWN).enumerate() {
        let problem = problems.error("rows", fault);
        if i + 1 == SHOWN && more > 0 {
            problem.help(format!("and {more} more like this"));
        }
    }
    table
}
