//! In: `[[supply]]` and `[[push]]`. Out: where slots buy, and what is pushed on from where it was made.

use super::super::names::Sort;
use super::super::ranges::{CAPACITY, SHARE, WEEKS};
use super::super::reader::{Reader, Sheet};
use super::super::schema::{Class, Link, Push, Supply};
use super::super::value::Value;
use super::{CLASSES, nearest_week};

/// Buyers a lane stands for when it does not say.
pub(super) const BUYERS: u64 = 20;
/// Most buyers of one lane.
pub(super) const MOST_BUYERS: u64 = 100_000;

/// One `[[supply]]`.
pub fn supply(r: &mut Reader, sheet: &mut Sheet<'_>) -> Supply {
    Supply {
        to: sheet.need_name(r, "to", Sort::Facility),
        commodity: sheet.need_name(r, "commodity", Sort::Commodity),
        class: sheet.choice(r, "class", CLASSES).unwrap_or(Class::Civil),
        from: links(r, sheet, "from"),
    }
}

/// One `[[push]]`.
pub fn push(r: &mut Reader, sheet: &mut Sheet<'_>) -> Push {
    Push {
        from: sheet.need_name(r, "from", Sort::Facility),
        commodity: sheet.need_name(r, "commodity", Sort::Commodity),
        class: sheet.choice(r, "class", CLASSES).unwrap_or(Class::Civil),
        to: links(r, sheet, "to"),
    }
}

/// The other ends, in the order of the file.
fn links(r: &mut Reader, sheet: &mut Sheet<'_>, key: &'static str) -> Vec<Link> {
    sheet.need(r, key);
    let path = sheet.at(key);
    let items = sheet.items(r, key);
    if items.is_empty() && matches!(sheet.table.get(key), Some(Value::List(_))) {
        r.problems.error(path.clone(), "this list is empty").help(format!("e.g. {key} = [{{ facility = \"…\", share = 1.0 }}]"));
    }
    let mut list: Vec<Link> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let here = format!("{path}[{i}]");
        let Value::Table(table) = item else {
            r.wrong_type(&here, item, "a table such as { facility = \"…\", share = 1.0 }");
            continue;
        };
        let link = link(r, Sheet::new(table, here.clone()));
        if !link.facility.is_empty() && list.iter().any(|l| l.facility == link.facility) {
            r.problems
                .error(format!("{here}.facility"), format!("`{}` stands twice in this list", link.facility))
                .help("add the two shares up");
        }
        list.push(link);
    }
    list
}

fn link(r: &mut Reader, mut sheet: Sheet<'_>) -> Link {
    let link = Link {
        facility: sheet.need_name(r, "facility", Sort::Facility),
        share: sheet.need_plain(r, "share", SHARE),
        lead: sheet.plain(r, "lead", WEEKS).map(nearest_week),
        buyers: sheet.whole(r, "buyers", 1, MOST_BUYERS, BUYERS) as usize,
        capacity: sheet.plain(r, "capacity", CAPACITY),
    };
    sheet.finish(r);
    link
}
