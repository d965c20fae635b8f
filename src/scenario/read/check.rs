//! In: `[[check]]`. Out: rows of the balance against sourced totals, t/yr or a share.

use super::super::names::Sort;
use super::super::ranges::{Field, RATE, SHARE};
use super::super::reader::{Reader, Sheet, unknown_key};
use super::super::schema::{Check, Measure};
use super::super::value::Value;
use super::{STAGES, id_and_name};
use crate::units::WEEKS_PER_YEAR;

const MEASURES: &[&str] = &["output", "output_share", "shipments", "surplus", "demand"];

/// One `[[check]]`.
pub fn check(r: &mut Reader, sheet: &mut Sheet<'_>) -> Check {
    let (id, name) = id_and_name(r, sheet);
    let measure = measure(r, sheet).unwrap_or(Measure::Demand { sectors: Vec::new(), regions: Vec::new() });
    let (field, factor) = if matches!(measure, Measure::OutputShare { .. }) { (SHARE, 1.0) } else { (RATE, WEEKS_PER_YEAR) };
    let expected = sheet.need_plain(r, "expected", field) * factor;
    let (low, high) = (bound(r, sheet, "low", field, factor), bound(r, sheet, "high", field, factor));
    if let (Some(low), Some(high)) = (low, high)
        && low > high
    {
        r.problems.error(sheet.at("low"), "`low` is above `high`");
    }
    let source = sheet.need_text(r, "source");
    let reason = sheet.text(r, "reason").unwrap_or_default();
    Check { id, name, measure, expected, low, high, source, reason }
}

fn bound(r: &mut Reader, sheet: &mut Sheet<'_>, key: &'static str, field: Field, factor: f64) -> Option<f64> {
    sheet.plain(r, key, field).map(|x| x * factor)
}

/// What is measured: a table with one key.
fn measure(r: &mut Reader, sheet: &mut Sheet<'_>) -> Option<Measure> {
    sheet.need(r, "measure");
    let outer = sheet.sheet(r, "measure")?;
    let [(key, value)] = outer.table.0.as_slice() else {
        r.problems.error(outer.path.clone(), "`measure` needs exactly one key").help(format!("one of {}", MEASURES.join(", ")));
        return None;
    };
    let path = outer.at(key);
    let Value::Table(table) = value else {
        r.wrong_type(&path, value, "a table");
        return None;
    };
    let mut s = Sheet::new(table, path.clone());
    let measure = match key.as_str() {
        "output" | "output_share" => {
            let stages = s.choices(r, "stages", "stage", STAGES);
            let regions = s.names(r, "regions", Sort::Region);
            let commodities = s.names(r, "commodities", Sort::Commodity);
            if key == "output" {
                Measure::Output { stages, regions, commodities }
            } else {
                Measure::OutputShare { stages, regions, commodities }
            }
        }
        "shipments" => Measure::Shipments {
            from: s.names(r, "from", Sort::Region),
            to: s.names(r, "to", Sort::Region),
            commodities: s.names(r, "commodities", Sort::Commodity),
        },
        "surplus" => {
            Measure::Surplus { regions: s.names(r, "regions", Sort::Region), commodities: s.names(r, "commodities", Sort::Commodity) }
        }
        "demand" => Measure::Demand { sectors: s.names(r, "sectors", Sort::Sector), regions: s.names(r, "regions", Sort::Region) },
        _ => {
            unknown_key(r, &path, key, MEASURES);
            return None;
        }
    };
    s.finish(r);
    Some(measure)
}
