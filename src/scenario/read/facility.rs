//! In: `[[facility]]` and the defaults of `[demand]`. Out: the places that make, hold or use material.

use super::super::names::Sort;
use super::super::ranges::{AT_LEAST_ONE, CAPACITY, FACTOR, GROWTH, MASS, PART, RATE, SHARE, WEEKS};
use super::super::reader::{Reader, Sheet};
use super::super::schema::{Demand, Dist, Drive, Facility, NoiseKind, Replenishment, SharingRule, Stage};
use super::super::value::Value;
use super::super::{distribution, locate};
use super::{STAGES, id_and_name};

const DRIVES: &[(&str, Drive)] = &[("pull", Drive::Pull), ("throttle", Drive::Throttle), ("feed", Drive::Feed)];
const SHARING: &[(&str, SharingRule)] =
    &[("proportional", SharingRule::Proportional), ("uniform", SharingRule::Uniform), ("turn_and_earn", SharingRule::TurnAndEarn)];
const NOISES: &[(&str, NoiseKind)] = &[("lognormal", NoiseKind::Lognormal), ("normal", NoiseKind::Normal), ("poisson", NoiseKind::Poisson)];

/// Most cohorts of one facility.
const MOST_COHORTS: u64 = 64;

/// What `[demand]` says for every facility that does not say otherwise.
#[derive(Debug, Clone)]
pub struct DemandDefaults {
    growth: Dist,
    noise: Dist,
    noise_kind: NoiseKind,
    elasticity: Dist,
    backlog: f64,
    headroom: Option<Dist>,
}

/// Reads `[demand]`. Unsaid: no growth, no noise, no elasticity, full backlog, unlimited catch-up.
pub fn demand_defaults(r: &mut Reader, sheet: Option<Sheet<'_>>) -> DemandDefaults {
    let none = Dist::Fixed(0.0);
    let built_in = DemandDefaults {
        growth: none.clone(),
        noise: none.clone(),
        noise_kind: NoiseKind::Lognormal,
        elasticity: none,
        backlog: 1.0,
        headroom: None,
    };
    let Some(mut sheet) = sheet else { return built_in };
    let read = habits(r, &mut sheet, &built_in);
    sheet.value("source");
    sheet.value("sources");
    sheet.finish(r);
    read
}

/// The fields that `[demand]` and `[facility.demand]` share.
fn habits(r: &mut Reader, sheet: &mut Sheet<'_>, defaults: &DemandDefaults) -> DemandDefaults {
    DemandDefaults {
        growth: sheet.dist(r, "growth", GROWTH).unwrap_or_else(|| defaults.growth.clone()),
        noise: sheet.dist(r, "noise", FACTOR).unwrap_or_else(|| defaults.noise.clone()),
        noise_kind: sheet.choice(r, "noise_kind", NOISES).unwrap_or(defaults.noise_kind),
        elasticity: sheet.dist(r, "elasticity", FACTOR).unwrap_or_else(|| defaults.elasticity.clone()),
        backlog: sheet.plain_or(r, "backlog", SHARE, defaults.backlog),
        headroom: sheet.dist(r, "headroom", AT_LEAST_ONE).or_else(|| defaults.headroom.clone()),
    }
}

/// One `[[facility]]`.
pub fn facility(r: &mut Reader, sheet: &mut Sheet<'_>, defaults: &DemandDefaults) -> Facility {
    let (id, name) = id_and_name(r, sheet);
    let region = sheet.need_name(r, "region", Sort::Region);
    let country = sheet.text(r, "country").unwrap_or_default();
    sheet.need(r, "stage");
    let stage = sheet.choice(r, "stage", STAGES).unwrap_or(Stage::Trader);
    let recipes = recipes(r, sheet);
    let planned = sheet.flag(r, "planned", false);
    let drive = sheet.choice(r, "drive", DRIVES).unwrap_or(match stage {
        // What does not stand yet makes what is ordered.
        _ if planned => Drive::Pull,
        Stage::Mine => Drive::Throttle,
        Stage::SeparationHeavy | Stage::Recycler => Drive::Feed,
        _ => Drive::Pull,
    });
    let capacity = sheet.dist(r, "capacity", CAPACITY);
    let utilisation = sheet.dist(r, "utilisation", PART);
    not_both(r, sheet, "capacity", "utilisation");
    let replenishment = match sheet.plain(r, "base_stock", MASS) {
        Some(level) => Replenishment::BaseStock(level),
        None => Replenishment::Cover,
    };
    Facility {
        id,
        name,
        region,
        country,
        stage,
        recipes,
        drive,
        capacity,
        utilisation,
        cover_in: sheet.dist_or(r, "cover_in", WEEKS, 0.0),
        cover_out: sheet.dist_or(r, "cover_out", WEEKS, 0.0),
        cover_by: covers(r, sheet),
        replenishment,
        order_limit: sheet.plain(r, "order_limit", CAPACITY),
        infinite: sheet.flag(r, "infinite", false),
        sharing: sheet.choice(r, "sharing", SHARING).unwrap_or(SharingRule::Proportional),
        stock: by_id(sheet.by_name(r, "stock", Sort::Commodity, MASS)),
        demand: sheet.sheet(r, "demand").map(|inner| demand(r, inner, defaults)),
        illicit: sheet.flag(r, "illicit", false),
        planned,
        cohorts: sheet.whole(r, "cohorts", 1, MOST_COHORTS, 1) as usize,
        cohort_spread: sheet.plain_or(r, "cohort_spread", FACTOR, 0.0),
    }
}

/// `recipe = "x"` or `recipes = ["x", "y"]`.
fn recipes(r: &mut Reader, sheet: &mut Sheet<'_>) -> Vec<String> {
    let one = match sheet.value("recipe") {
        Some(value) => r.name(&sheet.at("recipe"), value, Sort::Recipe),
        None => None,
    };
    let many = sheet.names(r, "recipes", Sort::Recipe);
    not_both(r, sheet, "recipe", "recipes");
    one.into_iter().chain(many).collect()
}

/// Notes when both of two keys stand where one is meant.
fn not_both(r: &mut Reader, sheet: &Sheet<'_>, one: &str, other: &str) {
    if sheet.table.has(one) && sheet.table.has(other) {
        r.problems.error(sheet.at(other), format!("`{one}` and `{other}` cannot both stand here")).help("leave one of them out");
    }
}

/// Covers of single commodities.
fn covers(r: &mut Reader, sheet: &mut Sheet<'_>) -> Vec<(String, Dist)> {
    let Some(inner) = sheet.sheet(r, "covers") else { return Vec::new() };
    let mut list = Vec::new();
    for (name, value) in &inner.table.0 {
        let path = inner.at(name);
        let known = r.known(&locate::key(&path), name, Sort::Commodity);
        if let (Some(cover), true) = (distribution::dist(r, value, &path, WEEKS), known) {
            list.push((name.clone(), cover));
        }
    }
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list
}

fn by_id(mut list: Vec<(String, f64)>) -> Vec<(String, f64)> {
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list
}

/// `[facility.demand]`.
fn demand(r: &mut Reader, mut sheet: Sheet<'_>, defaults: &DemandDefaults) -> Demand {
    let sector = sheet.need_name(r, "sector", Sort::Sector);
    let rate = sheet.need_plain(r, "rate", RATE);
    let mix = mix(r, &mut sheet);
    let habits = habits(r, &mut sheet, defaults);
    sheet.value("source");
    sheet.finish(r);
    Demand {
        sector,
        rate,
        mix,
        growth: habits.growth,
        noise: habits.noise,
        noise_kind: habits.noise_kind,
        elasticity: habits.elasticity,
        backlog: habits.backlog,
        headroom: habits.headroom,
    }
}

/// What is bought: `commodity = "x"`, or `mix = { x = 0.7, y = 0.3 }`.
fn mix(r: &mut Reader, sheet: &mut Sheet<'_>) -> Vec<(String, f64)> {
    not_both(r, sheet, "commodity", "mix");
    let one = sheet.value("commodity");
    let mix = by_id(sheet.by_name(r, "mix", Sort::Commodity, SHARE));
    match one {
        Some(value) => r.name(&sheet.at("commodity"), value, Sort::Commodity).map(|name| vec![(name, 1.0)]).unwrap_or_default(),
        None => {
            if !sheet.table.has("mix") {
                r.problems
                    .error(sheet.path.clone(), "it is not said what is bought")
                    .help("add commodity = \"…\", or mix = { … = 0.7, … = 0.3 }");
            } else if sheet.table.get("mix").and_then(Value::as_table).is_some_and(|t| t.0.is_empty()) {
                r.problems.error(sheet.at("mix"), "`mix` is an empty table");
            }
            mix
        }
    }
}
