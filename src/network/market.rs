//! In: opening flows and reference prices. Out: markets (commodity × region), where prices form, and the thrift of dear elements.

use std::collections::BTreeMap;

use super::{Network, Param, Role};
use crate::scenario::schema::{Scenario, Stage};

/// A price: one commodity in one region where some of it flows.
#[derive(Debug, Clone)]
pub struct Market {
    /// `commodity@REGION`.
    pub name: String,
    /// Index of the commodity.
    pub commodity: usize,
    /// Index of the region.
    pub region: usize,
    /// Reference price, USD/kg.
    pub reference: f64,
    /// Opening cleared inflow F, t/week.
    pub flow: f64,
    /// Slots of the commodity in the region, whose stock on hand counts.
    pub slots: Vec<usize>,
    /// Lanes whose cleared departures are inflow.
    pub lanes: Vec<usize>,
    /// Markets of the same commodity elsewhere that supply this one, with their share of inflow.
    pub origins: Vec<(usize, f64)>,
    /// What its makers pay: market of the input, share of cost.
    pub inputs: Vec<Input>,
    /// Element that shares its noise.
    pub element: usize,
    /// Share of the scarcity premium it carries, 0..1.
    pub scarcity: f64,
}

/// One input in the cost of a commodity.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    /// Market where the maker buys it.
    pub market: usize,
    /// Share of the commodity's reference price, weighted by where the commodity comes from.
    pub share: f64,
}

/// Grades that carry dear elements give way to one that does not.
#[derive(Debug, Clone)]
pub struct Thrift {
    /// Number of grades that give way.
    pub grades: usize,
    /// Per grade: (index in `oxides`, weight by opening value).
    pub weights: Vec<Vec<(usize, f64)>>,
    /// Per oxide: markets inside and outside the border with weights by opening flow.
    pub oxides: Vec<[Vec<(usize, f64)>; 2]>,
    /// Least share of opening use, slow part.
    pub least: Param,
    /// Time constant, weeks.
    pub lag: Param,
    /// Fastest fall a week.
    pub fall: Param,
    /// Fastest return a week.
    pub rise: Param,
}

pub(super) fn build(sc: &Scenario, n: &mut Network) {
    let levels = levels(n);
    let mut flows: BTreeMap<(usize, usize, usize), Vec<usize>> = BTreeMap::new();
    for (l, lane) in n.lanes.iter().enumerate() {
        let (from, to) = (&n.slots[lane.from], n.region_of(lane.to));
        let resale = from.role == Role::Stock && !from.infinite && n.region_of(lane.from) == to;
        // What a government buys is no inflow of the market (ruling 9).
        let reserved = n.facilities[n.slots[lane.to].facility].stage == Stage::Stockpile;
        if reference(n, from.commodity, to).is_some() && !resale && !reserved {
            flows.entry((levels[from.commodity], from.commodity, to)).or_default().push(l);
        }
    }
    for ((_, commodity, region), lanes) in flows {
        let flow: f64 = lanes.iter().map(|&l| n.lanes[l].flow).sum();
        if flow <= 1e-12 {
            continue;
        }
        let c = &n.commodities[commodity];
        let Some(reference) = reference(n, commodity, region) else { continue };
        // What a government holds back is not on the market (ruling 9).
        let held_back = |s: usize| n.facilities[n.slots[s].facility].stage == Stage::Stockpile;
        let here = |s: &usize| n.slots[*s].commodity == commodity && n.region_of(*s) == region && !held_back(*s);
        let slots: Vec<usize> = (0..n.slots.len()).filter(here).collect();
        let element = (0..n.elements.len()).max_by(|&a, &b| c.content[a].total_cmp(&c.content[b]).then(b.cmp(&a))).unwrap_or(0);
        let index = n.markets.len();
        let scarcity = sc.commodities.iter().find(|x| x.id == c.id).map_or(1.0, |x| x.scarcity);
        for &s in &slots {
            n.slots[s].market = Some(index);
        }
        let name = format!("{}@{}", n.commodities[commodity].id, n.regions[region]);
        n.markets.push(Market {
            name,
            commodity,
            region,
            reference,
            flow,
            slots,
            lanes,
            origins: vec![],
            inputs: vec![],
            element,
            scarcity,
        });
    }
    link(n);
    baskets(n);
    thrift(sc, n);
}

/// Reference price of a commodity in a region, USD/kg; none: it has no market there.
fn reference(n: &Network, commodity: usize, region: usize) -> Option<f64> {
    let c = &n.commodities[commodity];
    if n.inside[region] { c.price_inside } else { c.price_outside }
}

/// A commodity's level: inputs before what is made of them, so that costs pass downstream within one period.
fn levels(n: &Network) -> Vec<usize> {
    let mut level = vec![0; n.commodities.len()];
    for _ in 0..n.commodities.len().min(12) {
        for a in &n.activities {
            let top = a.inputs.iter().map(|(s, _)| level[n.slots[*s].commodity]).max();
            for (s, _) in &a.outputs {
                let c = n.slots[*s].commodity;
                // Scrap returns upstream: only what is priced both ways counts, and oxides stay at the top.
                if let Some(top) = top {
                    let input_priced = a.inputs.iter().any(|(i, _)| n.commodities[n.slots[*i].commodity].price_outside.is_some());
                    if input_priced {
                        level[c] = level[c].max(top + 1);
                    }
                }
            }
        }
    }
    level
}

fn find(n: &Network, commodity: usize, region: usize) -> Option<usize> {
    n.markets.iter().position(|m| m.commodity == commodity && m.region == region)
}

fn link(n: &mut Network) {
    for k in 0..n.markets.len() {
        let (commodity, region, flow) = (n.markets[k].commodity, n.markets[k].region, n.markets[k].flow);
        let mut origins: BTreeMap<usize, f64> = BTreeMap::new();
        let mut inputs: BTreeMap<usize, f64> = BTreeMap::new();
        for &l in &n.markets[k].lanes {
            let lane = &n.lanes[l];
            let weight = lane.flow / flow;
            let from = n.region_of(lane.from);
            if from != region
                && let Some(o) = find(n, commodity, from)
            {
                *origins.entry(o).or_default() += weight;
            }
            let maker = &n.facilities[n.slots[lane.from].facility];
            let reference = &n.commodities[commodity];
            for a in &n.activities[maker.activities.clone()] {
                let Some((_, made)) = a.outputs.iter().find(|(s, _)| *s == lane.from) else { continue };
                let own = if n.inside[maker.region] { reference.price_inside } else { reference.price_outside };
                let own = own.or(reference.price_inside).or(reference.price_outside).unwrap_or(0.0);
                for (s, amount) in &a.inputs {
                    if let Some(m) = find(n, n.slots[*s].commodity, maker.region)
                        && m != k
                        && own > 0.0
                    {
                        *inputs.entry(m).or_default() += weight * amount / made * n.markets[m].reference / own;
                    }
                }
            }
        }
        // Costs never exceed the price: a margin is left to the maker.
        let total: f64 = inputs.values().sum();
        let scale = if total > 0.95 { 0.95 / total } else { 1.0 };
        n.markets[k].origins = origins.into_iter().collect();
        n.markets[k].inputs = inputs.into_iter().map(|(market, share)| Input { market, share: share * scale }).collect();
    }
}

/// For each mine: the markets of the pure oxides of its elements, weighted by value at reference prices.
fn baskets(n: &mut Network) {
    let pure = |e: usize| {
        let of_element = |k: &usize| {
            let content = &n.commodities[n.markets[*k].commodity].content;
            content[e] > 0.0 && content.iter().enumerate().all(|(i, x)| i == e || *x == 0.0)
        };
        let mut candidates: Vec<usize> = (0..n.markets.len()).filter(of_element).collect();
        candidates.sort_by_key(|&k| (!n.inside[n.markets[k].region], k));
        candidates.first().copied()
    };
    let pure: Vec<Option<usize>> = (0..n.elements.len()).map(pure).collect();
    for i in 0..n.activities.len() {
        if !n.activities[i].inputs.is_empty() {
            continue;
        }
        let mut values = vec![];
        for (slot, amount) in &n.activities[i].outputs {
            for (e, content) in n.commodities[n.slots[*slot].commodity].content.iter().enumerate() {
                if let Some(k) = pure[e] {
                    values.push((k, amount * content * n.markets[k].reference));
                }
            }
        }
        let total: f64 = values.iter().map(|(_, v)| v).sum();
        n.activities[i].basket = if total > 0.0 { values.into_iter().map(|(k, v)| (k, v / total)).collect() } else { vec![] };
    }
}

fn thrift(sc: &Scenario, n: &mut Network) {
    let Some(t) = &sc.thrift else { return };
    let mut oxides = vec![];
    let mut elements = vec![];
    for (element, commodity) in &t.prices {
        let (Some(e), Some(c)) = (n.elements.iter().position(|x| x == element), n.commodity(commodity)) else { continue };
        let mut sides = [vec![], vec![]];
        for (side, list) in sides.iter_mut().enumerate() {
            let of_side: Vec<usize> =
                (0..n.markets.len()).filter(|&k| n.markets[k].commodity == c && n.inside[n.markets[k].region] == (side == 0)).collect();
            let total: f64 = of_side.iter().map(|&k| n.markets[k].flow).sum();
            *list = of_side.iter().map(|&k| (k, n.markets[k].flow / total)).collect();
        }
        if sides[0].is_empty() {
            sides[0] = sides[1].clone();
        }
        if sides[1].is_empty() {
            sides[1] = sides[0].clone();
        }
        if !sides[0].is_empty() {
            let reference = n.commodities[c].price_outside.or(n.commodities[c].price_inside).unwrap_or(0.0);
            elements.push((e, reference));
            oxides.push(sides);
        }
    }
    let weights = t
        .from
        .iter()
        .map(|grade| {
            let content = n.commodity(grade).map(|c| n.commodities[c].content.clone()).unwrap_or_default();
            let value: Vec<f64> = elements.iter().map(|(e, price)| content.get(*e).copied().unwrap_or(0.0) * price).collect();
            let total: f64 = value.iter().sum();
            value.iter().enumerate().filter(|(_, v)| **v > 0.0).map(|(k, v)| (k, v / total)).collect()
        })
        .collect();
    let p = &mut n.parameters;
    n.thrift = Some(Thrift {
        grades: t.from.len(),
        weights,
        oxides,
        least: p.add("thrift.least", &t.least, 0.0, 1.0),
        lag: p.add("thrift.lag", &t.lag, 1.0, 1e6),
        fall: p.add("thrift.fall", &t.fall, 0.0, 1.0),
        rise: p.add("thrift.rise", &t.rise, 0.0, 1.0),
    });
}
