//! In: `[[stockpile]]`, `[[in_use]]`. Out: when stockpiles buy and release, and how what is in use wears out and comes back.

use super::super::locate;
use super::super::names::Sort;
use super::super::ranges::{CAPACITY, Field, MASS, POSITIVE, SHARE, SPAN, WEEKS};
use super::super::reader::{Reader, Sheet};
use super::super::schema::{Buying, Class, Dist, InUse, Outlet, Releasing, Stockpile, Target};
use super::super::value::Value;
use super::{CLASSES, nearest_week};

/// Most compartments of ageing.
const MOST_STAGES: u64 = 20;

/// One `[[stockpile]]`.
pub fn stockpile(r: &mut Reader, sheet: &mut Sheet<'_>) -> Stockpile {
    Stockpile {
        facility: sheet.need_name(r, "facility", Sort::Facility),
        commodity: sheet.need_name(r, "commodity", Sort::Commodity),
        to: outlets(r, sheet),
        priority: match sheet.choices(r, "priority", "class", CLASSES) {
            said if sheet.table.has("priority") => said,
            _ => vec![Class::Military, Class::Sensitive, Class::Civil],
        },
        buy: sheet.sheet(r, "buy").map(|inner| buying(r, inner)),
        release: sheet.sheet(r, "release").map(|inner| releasing(r, inner)),
    }
}

/// Who gets what is released, in the order of the file.
fn outlets(r: &mut Reader, sheet: &mut Sheet<'_>) -> Vec<Outlet> {
    let path = sheet.at("to");
    let mut list: Vec<Outlet> = Vec::new();
    for (i, item) in sheet.items(r, "to").iter().enumerate() {
        let here = format!("{path}[{i}]");
        let Value::Table(table) = item else {
            r.wrong_type(&here, item, "a table such as { facility = \"…\" }");
            continue;
        };
        let mut inner = Sheet::new(table, here.clone());
        let outlet = Outlet {
            facility: inner.need_name(r, "facility", Sort::Facility),
            class: inner.choice(r, "class", CLASSES).unwrap_or(Class::Civil),
            lead: inner.plain(r, "lead", WEEKS).map(nearest_week),
        };
        inner.finish(r);
        if !outlet.facility.is_empty() && list.iter().any(|o| o.facility == outlet.facility) {
            r.problems.error(format!("{here}.facility"), format!("`{}` stands twice in this list", outlet.facility));
        } else {
            list.push(outlet);
        }
    }
    list
}

/// Two thresholds must not stand the wrong way round: `from` begins something, `until` ends it.
fn in_order(r: &mut Reader, sheet: &Sheet<'_>, until: &str, right: bool, words: &str) {
    if !right {
        r.problems.error(sheet.at(until), format!("`{until}` is {words}: it would end before it began"));
    }
}

fn buying(r: &mut Reader, mut s: Sheet<'_>) -> Buying {
    let rate = s.need_dist(r, "rate", CAPACITY);
    let (mass, cover) = (s.plain(r, "target", MASS), s.plain(r, "target_cover", WEEKS));
    if s.table.has("target") == s.table.has("target_cover") {
        r.problems
            .error(s.path.clone(), "it is not said how much it wants to hold, or twice")
            .help("add target = \"… t\", or target_cover = \"… weeks\" of the use in its region");
    }
    let price_below = s.plain(r, "price_below", POSITIVE);
    let price_until = s.plain(r, "price_until", POSITIVE);
    if s.table.has("price_until") && !s.table.has("price_below") {
        r.problems.error(s.at("price_until"), "there is no `price_below` at which buying would begin").help("add price_below");
    }
    if let (Some(below), Some(until)) = (price_below, price_until) {
        in_order(r, &s, "price_until", until >= below, "below `price_below`");
    }
    s.value("source");
    s.finish(r);
    Buying { rate, target: cover.map_or(Target::Mass(mass.unwrap_or(0.0)), Target::Cover), price_below, price_until }
}

fn releasing(r: &mut Reader, mut s: Sheet<'_>) -> Releasing {
    let release = Releasing {
        rate: s.need_dist(r, "rate", CAPACITY),
        price_above: s.plain(r, "price_above", POSITIVE),
        price_until: s.plain(r, "price_until", POSITIVE),
        cover_below: s.plain(r, "cover_below", SHARE),
        cover_until: s.plain(r, "cover_until", SHARE),
    };
    if !s.table.has("price_above") && !s.table.has("cover_below") {
        r.problems
            .error(s.path.clone(), "nothing ever makes it release")
            .help("add price_above or cover_below; or leave `release` out, and let an event of type stockpile_action release");
    }
    for (until, from) in [("price_until", "price_above"), ("cover_until", "cover_below")] {
        if s.table.has(until) && !s.table.has(from) {
            r.problems.error(s.at(until), format!("there is no `{from}` at which releasing would begin")).help(format!("add {from}"));
        }
    }
    if let (Some(above), Some(until)) = (release.price_above, release.price_until) {
        in_order(r, &s, "price_until", until <= above, "above `price_above`");
    }
    if let (Some(below), Some(until)) = (release.cover_below, release.cover_until) {
        in_order(r, &s, "cover_until", until >= below, "below `cover_below`");
    }
    s.value("source");
    s.finish(r);
    release
}

/// A life of at least a week.
const LIFE: Field = Field { least: 1.0, least_allowed: true, ..SPAN };

/// One `[[in_use]]`.
pub fn in_use(r: &mut Reader, sheet: &mut Sheet<'_>) -> InUse {
    let item = InUse {
        region: sheet.need_name(r, "region", Sort::Region),
        sector: sheet.need_name(r, "sector", Sort::Sector),
        life: sheet.need_dist(r, "life", LIFE),
        stages: sheet.whole(r, "stages", 1, MOST_STAGES, 3) as usize,
        collected: sheet.need_plain(r, "collected", SHARE),
        to: sheet.need_name(r, "to", Sort::Facility),
        becomes: becomes(r, sheet),
    };
    if let Dist::Fixed(weeks) = item.life
        && sheet.table.has("life")
        && weeks < item.stages as f64
    {
        r.problems
            .error(sheet.at("life"), format!("a life of {weeks} weeks is shorter than its {} stages of at least a week each", item.stages))
            .help("lengthen it, or lower `stages`");
    }
    item
}

/// What is in use, and as what it is collected.
fn becomes(r: &mut Reader, sheet: &mut Sheet<'_>) -> Vec<(String, String)> {
    sheet.need(r, "becomes");
    let Some(inner) = sheet.sheet(r, "becomes") else { return Vec::new() };
    let mut list = Vec::new();
    for (commodity, value) in &inner.table.0 {
        let path = inner.at(commodity);
        let known = r.known(&locate::key(&path), commodity, Sort::Commodity);
        if let (Some(worn), true) = (r.name(&path, value, Sort::Commodity), known) {
            list.push((commodity.clone(), worn));
        }
    }
    if inner.table.0.is_empty() {
        r.problems.error(inner.path.clone(), "`becomes` is an empty table").help("e.g. becomes = { mag_std = \"worn_std\" }");
    }
    list.sort();
    list
}
