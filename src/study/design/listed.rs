//! In: a CSV of points. Out: its columns as parameters, its rows as points.
//!
//! A column is headed by the id or the path of a parameter, or by a dotted path of its own; a cell is a number, with or without its
//! unit, or blank: as the scenario has it. All cells of a column have the same unit.

use super::super::Parameter;
use super::super::spread::Spread;
use super::MOST;
use crate::scenario::problem::Problems;
use crate::units;

/// Faults of a table that are told.
const SHOWN: usize = 5;

/// Reads the text of a table called `name`; adds columns that are no parameter yet; faults are noted at `design.path`.
pub fn points(text: &str, name: &str, parameters: &mut Vec<Parameter>, problems: &mut Problems) -> Vec<Vec<Option<f64>>> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut faults: Vec<String> = vec![];
    let head: Vec<String> = match reader.headers() {
        Ok(head) => head.iter().map(str::to_owned).collect(),
        Err(e) => {
            problems.error("design.path", format!("{name}: {e}"));
            return vec![];
        }
    };
    let mut columns: Vec<usize> = vec![];
    for (i, column) in head.iter().enumerate() {
        let known = parameters.iter().position(|p| p.id == *column || p.path == *column);
        let place = known.unwrap_or(parameters.len());
        if column.is_empty() {
            faults.push(format!("{name}: column {} has no name", i + 1));
        } else if columns.contains(&place) {
            faults.push(format!("{name}: two columns are `{column}`"));
        } else if known.is_none() {
            let (path, at) = (column.clone(), "design.path".to_owned());
            parameters.push(Parameter { id: path.clone(), name: path.clone(), path, unit: String::new(), spread: Spread::Listed, at });
        }
        columns.push(place);
    }
    for (place, parameter) in parameters.iter().enumerate().filter(|(i, _)| !columns.contains(i)) {
        problems.error(format!("parameter[#{}]", place + 1), format!("{name} has no column `{}`", parameter.id));
    }
    if !faults.is_empty() || problems.any_error() {
        return told(faults, problems);
    }
    let mut points = vec![];
    let mut seen = vec![None; parameters.len()];
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                faults.push(format!("{name}: {e}"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let mut point = vec![None; parameters.len()];
        for (place, cell) in columns.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty()) {
            let here = || format!("{name}, line {line}, column `{}`", parameters[*place].id);
            let Some((number, unit)) = units::number_and_unit(cell).filter(|_| units::is_quantity(cell)) else {
                faults.push(format!("{}: `{cell}` is not a quantity", here()));
                continue;
            };
            let known = seen[*place].get_or_insert_with(|| unit.to_owned());
            if known != unit {
                faults.push(format!("{}: the unit of `{cell}` is not `{known}`, as above", here()));
            }
            point[*place] = Some(number);
        }
        points.push(point);
    }
    if points.is_empty() && faults.is_empty() {
        faults.push(format!("{name} has no rows"));
    }
    if points.len() > MOST {
        faults.push(format!("{name} has more than {MOST} rows"));
    }
    if !faults.is_empty() {
        return told(faults, problems);
    }
    for (parameter, unit) in parameters.iter_mut().zip(seen) {
        parameter.unit = unit.unwrap_or_default();
    }
    points
}

fn told(faults: Vec<String>, problems: &mut Problems) -> Vec<Vec<Option<f64>>> {
    let more = faults.len().saturating_sub(SHOWN);
    for (i, fault) in faults.into_iter().take(SHOWN).enumerate() {
        let problem = problems.error("design.path", fault);
        if i + 1 == SHOWN && more > 0 {
            problem.help(format!("and {more} more like this"));
        }
    }
    vec![]
}
