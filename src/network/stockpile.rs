//! In: `[[stockpile]]`. Out: stockpiles that buy and release by rule, with those they serve (MODEL 6.11).
//!
//! What they release goes by lanes of its own, pushed with a share of zero: nothing flows there until the engine's verb says so.

use std::ops::Range;

use super::build::Ends;
use super::{Network, Param, Role};
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Class, Releasing as Said, Scenario, Stage, Target};

/// A stockpile of one commodity.
#[derive(Debug, Clone)]
pub struct Stockpile {
    /// `facility/commodity`.
    pub name: String,
    /// Its slot.
    pub slot: usize,
    /// The market by which it goes, if prices form where it lies.
    pub market: Option<usize>,
    /// Those it serves, the first class served first.
    pub customers: Vec<Customer>,
    /// Ranges of `customers` that are served together, in turn.
    pub turns: Vec<Range<usize>>,
    /// When it buys; none: only by order.
    pub buy: Option<Buying>,
    /// When it releases; none: only by order.
    pub release: Option<Releasing>,
}

/// Who gets what is released.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    /// The lane.
    pub lane: usize,
    /// The slot at its end.
    pub slot: usize,
}

/// When it buys by itself. Prices are multiples of the reference; one that is never reached stands for none.
#[derive(Debug, Clone, Copy)]
pub struct Buying {
    /// Most a week, t.
    pub rate: Param,
    /// What it wants to hold, t.
    pub target: f64,
    /// Felt price below which it begins.
    pub below: f64,
    /// Felt price at which it stops.
    pub until: f64,
}

/// When it releases by itself, as [`Buying`]. Covers are shares of what its customers want on their shelves.
#[derive(Debug, Clone, Copy)]
pub struct Releasing {
    /// Most a week, t.
    pub rate: Param,
    /// Felt price above which it begins.
    pub above: f64,
    /// Felt price down to which it goes on.
    pub until: f64,
    /// Customers' cover below which it begins.
    pub cover_below: f64,
    /// Customers' cover up to which it goes on.
    pub cover_until: f64,
}

/// Joins the policies to slots and lanes; flows are not yet known.
pub(super) fn build(sc: &Scenario, ends: &Ends, n: &mut Network, problems: &mut Problems) {
    for policy in &sc.stockpiles {
        let path = format!("stockpile[{}/{}]", policy.facility, policy.commodity);
        let Some(&facility) = ends.parts.get(&policy.facility).and_then(|parts| parts.first()) else { continue };
        let slot = n.commodity(&policy.commodity).and_then(|c| ends.slots.get(&(facility, c)).copied());
        let alone = ends.parts.get(&policy.facility).is_some_and(|parts| parts.len() == 1);
        let Some(slot) = slot.filter(|&s| n.facilities[facility].stage == Stage::Stockpile && n.slots[s].role == Role::Stock && alone)
        else {
            problems
                .error(format!("{path}.facility"), format!("`{}` is no stockpile: a policy needs a place that only holds", policy.facility))
                .help("give it stage = \"stockpile\", no recipe, no demand and no cohorts");
            continue;
        };
        if n.slots[slot].infinite {
            problems.error(format!("{path}.facility"), format!("`{}` never runs out: it needs no policy", policy.facility));
        }
        let turn = |class: Class| policy.priority.iter().position(|c| *c == class).unwrap_or(policy.priority.len());
        let mut lanes: Vec<usize> = n.outbound[slot].clone().collect();
        if let Some(&sold) = lanes.iter().find(|&&l| !n.lanes[l].push) {
            let buyer = n.facilities[n.slots[n.lanes[sold].to].facility].group.clone();
            problems
                .error(format!("{path}.to"), format!("`{buyer}` orders from this stockpile by a [[supply]], and a policy releases by rule"))
                .help("name the buyer under `to` of the policy, and take it out of the [[supply]]");
            continue;
        }
        lanes.sort_by_key(|&l| (turn(n.lanes[l].class), l));
        let mut turns: Vec<Range<usize>> = vec![];
        for (i, &l) in lanes.iter().enumerate() {
            let same = i > 0 && turn(n.lanes[lanes[i - 1]].class) == turn(n.lanes[l].class);
            match turns.last_mut().filter(|_| same) {
                Some(range) => range.end = i + 1,
                None => turns.push(i..i + 1),
            }
        }
        if policy.release.is_some() && lanes.is_empty() {
            problems.error(path.clone(), "nobody is named whom it could serve").help("add to = [{ facility = \"…\" }]");
        }
        if policy.buy.is_some() && n.inbound[slot].is_empty() {
            problems
                .error(path.clone(), "it is not said from whom it buys")
                .help(format!("add a [[supply]] with to = \"{}\" and commodity = \"{}\"", policy.facility, policy.commodity));
        }
        let release = policy.release.as_ref().map(|r| releasing(&path, r, n));
        let buy = policy.buy.as_ref().map(|b| Buying {
            rate: n.parameters.add(format!("{}.buy.rate", name(&path)), &b.rate, 0.0, f64::INFINITY),
            // A cover is of what is used in the region at the opening, known once flows are.
            target: match b.target {
                Target::Mass(t) => t,
                Target::Cover(weeks) => -weeks,
            },
            below: b.price_below.unwrap_or(f64::INFINITY),
            until: b.price_until.or(b.price_below).unwrap_or(f64::INFINITY),
        });
        let customers = lanes.iter().map(|&lane| Customer { lane, slot: n.lanes[lane].to }).collect();
        n.stockpiles.push(Stockpile { name: n.slots[slot].name.clone(), slot, market: None, customers, turns, buy, release });
    }
}

/// Name of its parameters: `stockpile.FACILITY/COMMODITY`.
fn name(path: &str) -> String {
    path.replace('[', ".").replace(']', "")
}

fn releasing(path: &str, said: &Said, n: &mut Network) -> Releasing {
    Releasing {
        rate: n.parameters.add(format!("{}.release.rate", name(path)), &said.rate, 0.0, f64::INFINITY),
        above: said.price_above.unwrap_or(f64::INFINITY),
        until: said.price_until.or(said.price_above).unwrap_or(f64::INFINITY),
        cover_below: said.cover_below.unwrap_or(0.0),
        cover_until: said.cover_until.or(said.cover_below).unwrap_or(0.0),
    }
}

/// Finds the market that each policy looks at, and turns targets into t.
pub(super) fn prices(n: &mut Network, problems: &mut Problems) {
    for i in 0..n.stockpiles.len() {
        let slot = &n.slots[n.stockpiles[i].slot];
        let (commodity, region) = (slot.commodity, n.facilities[slot.facility].region);
        let market = n.markets.iter().position(|m| m.commodity == commodity && m.region == region);
        let used = |s: usize| {
            matches!(n.slots[s].role, Role::Input | Role::Final) && n.slots[s].commodity == commodity && n.region_of(s) == region
        };
        let usage: f64 = (0..n.slots.len()).filter(|&s| used(s)).map(|s| n.slots[s].flow).sum();
        let stock = n.slots[n.stockpiles[i].slot].stock.unwrap_or(0.0);
        let (ware, place) = (n.commodities[commodity].id.clone(), n.regions[region].clone());
        let policy = &mut n.stockpiles[i];
        let path = format!("stockpile[{}]", policy.name);
        policy.market = market;
        let priced = policy.buy.is_some_and(|b| b.below.is_finite()) || policy.release.is_some_and(|r| r.above.is_finite());
        if priced && market.is_none() {
            problems
                .error(path.clone(), format!("it goes by a price, and `{ware}` has none in {place}"))
                .help("nobody there buys it at the opening, or it has no reference price: go by cover, or by order of an event");
        }
        if let Some(buy) = &mut policy.buy {
            if buy.target < 0.0 {
                if usage == 0.0 {
                    problems
                        .error(format!("{path}.buy.target_cover"), format!("nobody in {place} uses `{ware}`, so a cover of it is nothing"))
                        .help("give target = \"… t\"");
                }
                buy.target *= -usage;
            }
            if buy.below > 1.0 && stock < buy.target {
                problems
                    .warning(
                        format!("{path}.buy"),
                        format!("it buys from the first week on, so the undisturbed world does not stand still: it holds {stock:.1} t and wants {:.1} t", buy.target),
                    )
                    .help("open with the target in stock, or give price_below under 1, or let an event of type stockpile_action buy");
            }
        }
        if let Some(release) = &policy.release
            && release.above < 1.0
        {
            problems
                .warning(
                    format!("{path}.release.price_above"),
                    "it releases at the opening price, so the undisturbed world does not stand still",
                )
                .help("give price_above over 1");
        }
    }
}
