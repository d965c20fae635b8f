//! In: `[[commodity]]`, `[[recipe]]`, `[[route]]`. Out: what moves, how it is made, and how long it travels.

use super::super::names::Sort;
use super::super::number;
use super::super::ranges::{FACTOR, POSITIVE, PRICE, WEEKS};
use super::super::reader::{Reader, Sheet};
use super::super::schema::{Commodity, Recipe, Route};
use super::super::value::Value;
use super::{id_and_name, nearest_week};

/// One `[[commodity]]`.
pub fn commodity(r: &mut Reader, sheet: &mut Sheet<'_>, elements: &[String]) -> Commodity {
    let (id, name) = id_and_name(r, sheet);
    let unit = sheet.text(r, "unit").unwrap_or_else(|| "t".to_owned());
    sheet.need(r, "content");
    let by_element = sheet.by_name(r, "content", Sort::Element, FACTOR);
    let content = elements.iter().map(|e| by_element.iter().find(|(name, _)| name == e).map_or(0.0, |(_, share)| *share)).collect();
    let (price_inside, price_outside) = prices(r, sheet);
    let finished = sheet.flag(r, "finished", false);
    let scarcity = sheet.plain(r, "scarcity", super::super::ranges::SHARE).unwrap_or(1.0);
    Commodity { id, name, unit, content, price_inside, price_outside, finished, scarcity }
}

/// Reference prices inside and outside the border; one number means both.
fn prices(r: &mut Reader, sheet: &mut Sheet<'_>) -> (Option<f64>, Option<f64>) {
    match sheet.value("price") {
        None => (None, None),
        Some(Value::Table(table)) if !super::super::merge::is_distribution(table) => {
            let mut inner = Sheet::new(table, sheet.at("price"));
            let inside = inner.plain(r, "inside", PRICE);
            let outside = inner.plain(r, "outside", PRICE);
            if table.0.is_empty() {
                r.problems.error(inner.path.clone(), "`price` is an empty table").help("leave it out if the commodity has no market");
            }
            inner.finish(r);
            (inside, outside)
        }
        Some(value) => {
            let both = number::plain(r, value, &sheet.at("price"), PRICE);
            (both, both)
        }
    }
}

/// One `[[recipe]]`.
pub fn recipe(r: &mut Reader, sheet: &mut Sheet<'_>) -> Recipe {
    let (id, _) = id_and_name(r, sheet);
    let inputs = sheet.by_name(r, "inputs", Sort::Commodity, POSITIVE);
    sheet.need(r, "outputs");
    let outputs = sheet.by_name(r, "outputs", Sort::Commodity, POSITIVE);
    if sheet.table.get("outputs").and_then(Value::as_table).is_some_and(|t| t.0.is_empty()) {
        r.problems.error(sheet.at("outputs"), "a recipe makes something").help("e.g. outputs = { ndpr_oxide = 0.169 }");
    }
    let mut drivers = match sheet.value("driver") {
        Some(Value::List(_)) => sheet.names(r, "driver", Sort::Commodity),
        Some(value) => r.name(&sheet.at("driver"), value, Sort::Commodity).into_iter().collect(),
        None => outputs.first().map(|(name, _)| name.clone()).into_iter().collect(),
    };
    let made: Vec<&str> = sheet.table.get("outputs").and_then(Value::as_table).map(|t| t.keys().collect()).unwrap_or_default();
    for driver in drivers.iter().filter(|d| !made.contains(&d.as_str())) {
        let help = super::super::names::suggestion(driver, &made);
        r.problems.error(sheet.at("driver"), format!("`{driver}` is no output of this recipe")).help(help);
    }
    if drivers.is_empty() && sheet.table.has("driver") {
        drivers = outputs.first().map(|(name, _)| name.clone()).into_iter().collect();
    }
    Recipe { id, inputs, outputs, drivers }
}

/// One `[[route]]`.
pub fn route(r: &mut Reader, sheet: &mut Sheet<'_>) -> Route {
    let from = sheet.need_name(r, "from", Sort::Region);
    let to = sheet.need_name(r, "to", Sort::Region);
    let lead = nearest_week(sheet.need_plain(r, "lead", WEEKS));
    Route { from, to, lead }
}
