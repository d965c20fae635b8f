//! In: a scenario. Out: a network whose names are indices and whose shapes fit; flows are still zero.

use std::collections::BTreeMap;

use super::parameter::Parameters;
use super::{Activity, Capacity, Commodity, Facility, Network, Role, Slot};
use super::{expertise, in_use, law, link, project, stockpile, user};
use crate::scenario::problem::Problems;
use crate::scenario::schema as s;
use crate::wide;

const INF: f64 = f64::INFINITY;

/// One facility of the file as it will stand in the network: itself, or one of its cohorts.
pub(super) struct Part<'a> {
    id: String,
    pub(super) of: &'a s::Facility,
    pub(super) share: f64,
    cover_factor: f64,
}

fn parts(scenario: &s::Scenario) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for f in &scenario.facilities {
        let n = f.cohorts.max(1);
        for i in 0..n {
            let id = if n == 1 { f.id.clone() } else { format!("{}#{}", f.id, i + 1) };
            let z = wide::normal_quantile1((i as f64 + 0.5) / n as f64);
            let cover_factor = if n == 1 { 1.0 } else { wide::exp1(f.cohort_spread * z) };
            parts.push(Part { id, of: f, share: 1.0 / n as f64, cover_factor });
        }
    }
    parts.sort_by(|a, b| a.id.cmp(&b.id));
    parts
}

/// Everything the lanes need to find their ends.
pub(super) struct Ends {
    /// Facility id in the file → indices of its parts.
    pub(super) parts: BTreeMap<String, Vec<usize>>,
    /// (facility index, commodity index) → slot.
    pub(super) slots: BTreeMap<(usize, usize), usize>,
}

pub(super) fn build(sc: &s::Scenario, problems: &mut Problems) -> Option<Network> {
    let mut parameters = Parameters::over(sc.rows.clone().unwrap_or_default());
    let regions: Vec<String> = sc.regions.iter().map(|r| r.id.clone()).collect();
    let commodities: Vec<Commodity> = sc
        .commodities
        .iter()
        .map(|c| Commodity {
            id: c.id.clone(),
            name: c.name.clone(),
            unit: c.unit.clone(),
            content: c.content.clone(),
            price_inside: c.price_inside,
            price_outside: c.price_outside,
            finished: c.finished,
        })
        .collect();
    let price = law::price_law(&sc.price, &mut parameters);
    let behaviour = law::behaviour(&sc.behaviour, &mut parameters);
    let mut network = Network {
        elements: sc.elements.clone(),
        inside: regions.iter().map(|r| sc.inside.contains(r)).collect(),
        regions,
        sectors: sc.sectors.iter().map(|r| r.id.clone()).collect(),
        commodities,
        facilities: vec![],
        slots: vec![],
        lanes: vec![],
        illicit: vec![],
        inbound: vec![],
        outbound: vec![],
        activities: vec![],
        users: vec![],
        order_sequence: vec![],
        markets: vec![],
        stockpiles: vec![],
        in_use: vec![],
        thrift: None,
        pools: vec![],
        projects: vec![],
        plants: vec![],
        offers: vec![],
        joined: vec![],
        price,
        behaviour,
        parameters,
        needs: super::Needs::default(),
    };
    let parts = parts(sc);
    if parts.is_empty() {
        problems.error("", "the scenario has no facility").help("add [[facility]] tables, or a base that has them");
        return None;
    }
    let ends = facilities(sc, &parts, &mut network, problems);
    link::lanes(sc, &ends, &mut network, problems);
    expertise::build(sc, &mut network);
    project::build(sc, &mut network, problems);
    user::users(sc, &parts, &ends, &mut network);
    stockpile::build(sc, &ends, &mut network, problems);
    in_use::build(sc, &ends, &mut network, problems);
    for (i, slot) in network.slots.iter().enumerate() {
        let inbound = &network.inbound[i];
        let group = &network.facilities[slot.facility].group;
        let commodity = &network.commodities[slot.commodity].id;
        // What a stockpile may release one day feeds nobody at the opening.
        let fed = slot.worn || inbound.iter().any(|&l| !network.stockpiles.iter().any(|p| p.slot == network.lanes[l].from));
        if matches!(slot.role, Role::Input | Role::Final) && !fed && !slot.infinite {
            problems
                .error(format!("facility[{group}]"), format!("nothing supplies `{commodity}` to `{group}`"))
                .help(format!("add a [[supply]] with to = \"{group}\" and commodity = \"{commodity}\", or a [[push]] that ends there"));
        }
    }
    Some(network)
}

fn cover(f: &s::Facility, commodity: &str, role: Role, to: &mut Parameters) -> super::Param {
    if let Some((_, dist)) = f.cover_by.iter().find(|(c, _)| c == commodity) {
        return to.add(format!("facility.{}.covers.{commodity}", f.id), dist, 0.0, INF);
    }
    match role {
        Role::Input | Role::Final => to.add(format!("facility.{}.cover_in", f.id), &f.cover_in, 0.0, INF),
        Role::Output | Role::Stock => to.add(format!("facility.{}.cover_out", f.id), &f.cover_out, 0.0, INF),
    }
}

/// Roles of a facility's slots: what its recipes take and give, what it uses, what it trades.
fn roles(f: &s::Facility, sc: &s::Scenario, problems: &mut Problems) -> BTreeMap<String, Role> {
    let mut roles = BTreeMap::new();
    for id in &f.recipes {
        let Some(recipe) = sc.recipes.iter().find(|r| &r.id == id) else { continue };
        for (c, _) in &recipe.inputs {
            roles.insert(c.clone(), Role::Input);
        }
    }
    for id in &f.recipes {
        let Some(recipe) = sc.recipes.iter().find(|r| &r.id == id) else { continue };
        for (c, _) in &recipe.outputs {
            if roles.insert(c.clone(), Role::Output) == Some(Role::Input) {
                problems
                    .error(format!("facility[{}]", f.id), format!("`{c}` is both an input and an output of `{}`", f.id))
                    .help("split it into two facilities, so that each slot has one purpose");
            }
        }
    }
    if let Some(demand) = &f.demand {
        let total: f64 = demand.mix.iter().map(|(_, share)| share).sum();
        if (total - 1.0).abs() > 0.01 {
            problems
                .error(format!("facility[{}].demand.mix", f.id), format!("the mix of `{}` sums to {total:.3}, not 1", f.id))
                .help("shares within 1 % of one are scaled; mend the others");
        }
        for (c, _) in &demand.mix {
            if !roles.contains_key(c) {
                roles.insert(c.clone(), Role::Final);
            } else {
                problems
                    .error(format!("facility[{}].demand", f.id), format!("`{c}` is both made or processed and finally used at `{}`", f.id))
                    .help("give the final use a facility of its own");
            }
        }
    }
    for supply in sc.supplies.iter().filter(|x| x.to == f.id) {
        if !roles.contains_key(&supply.commodity) {
            if f.recipes.is_empty() && f.demand.is_none() {
                roles.insert(supply.commodity.clone(), Role::Stock);
            } else {
                problems
                    .error(
                        format!("supply[{}/{}]", supply.to, supply.commodity),
                        format!("`{}` has no use for `{}`: no recipe takes it and no demand uses it", f.id, supply.commodity),
                    )
                    .help("remove the supply, or add the commodity to a recipe or a demand mix");
            }
        }
    }
    for push in &sc.pushes {
        for _ in push.to.iter().filter(|l| l.facility == f.id) {
            if !roles.contains_key(&push.commodity) {
                if f.recipes.is_empty() && f.demand.is_none() {
                    roles.insert(push.commodity.clone(), Role::Stock);
                } else {
                    problems.error(
                        format!("push[{}/{}]", push.from, push.commodity),
                        format!("`{}` has no use for `{}`", f.id, push.commodity),
                    );
                }
            }
        }
    }
    for join in &sc.joins {
        if join.to.iter().any(|l| l.facility == f.id) && !roles.contains_key(&join.commodity) {
            problems
                .error(format!("join[{}/{}].to", join.from, join.commodity), format!("`{}` has no use for `{}`", f.id, join.commodity))
                .help("name customers whose recipe or demand takes it");
        }
    }
    // A source sells what it is asked for.
    if f.recipes.is_empty() && f.demand.is_none() {
        for supply in sc.supplies.iter().filter(|x| x.from.iter().any(|l| l.facility == f.id)) {
            roles.entry(supply.commodity.clone()).or_insert(Role::Stock);
        }
        let policies = sc.stockpiles.iter().filter(|p| p.facility == f.id).map(|p| &p.commodity);
        for c in f.stock.iter().map(|(c, _)| c).chain(policies) {
            roles.entry(c.clone()).or_insert(Role::Stock);
        }
    }
    roles
}

fn facilities(sc: &s::Scenario, parts: &[Part<'_>], n: &mut Network, problems: &mut Problems) -> Ends {
    let mut ends = Ends { parts: BTreeMap::new(), slots: BTreeMap::new() };
    let mut seen_roles: BTreeMap<String, BTreeMap<String, Role>> = BTreeMap::new();
    for part in parts {
        let f = part.of;
        let index = n.facilities.len();
        ends.parts.entry(f.id.clone()).or_default().push(index);
        if !seen_roles.contains_key(&f.id) {
            let r = roles(f, sc, problems);
            if r.is_empty() {
                problems.warning(format!("facility[{}]", f.id), format!("`{}` neither makes, holds nor uses anything", f.id));
            }
            seen_roles.insert(f.id.clone(), r);
        }
        let region = n.region(&f.region).unwrap_or(0);
        let first_slot = n.slots.len();
        for (commodity, &role) in &seen_roles[&f.id] {
            let Some(c) = n.commodity(commodity) else { continue };
            ends.slots.insert((index, c), n.slots.len());
            let outside = !n.inside[region] && sc.price.cover_commodities.contains(commodity);
            n.slots.push(Slot {
                name: format!("{}/{commodity}", part.id),
                facility: index,
                commodity: c,
                role,
                cover: cover(f, commodity, role, &mut n.parameters),
                cover_factor: part.cover_factor,
                cover_outside: outside,
                base_stock: match f.replenishment {
                    s::Replenishment::BaseStock(level) if role != Role::Output => Some(level * part.share),
                    _ => None,
                },
                order_limit: f.order_limit.map_or(INF, |most| most * part.share),
                infinite: f.infinite,
                sharing: f.sharing,
                stock: f.stock.iter().find(|(x, _)| x == commodity).map(|(_, t)| t * part.share),
                flow: 0.0,
                pushed_in: 0.0,
                lead: 0.0,
                surplus: 0.0,
                worn: false,
                drains: false,
                market: None,
                user: None,
                takes_push: false,
                orders: false,
            });
        }
        let capacity = match (&f.capacity, &f.utilisation) {
            _ if f.planned => Capacity::Rate(n.parameters.add(format!("facility.{}.capacity", f.id), &s::Dist::Fixed(0.0), 0.0, INF)),
            (Some(dist), _) => Capacity::Rate(n.parameters.add(format!("facility.{}.capacity", f.id), dist, 0.0, INF)),
            (None, Some(dist)) => Capacity::Utilisation(n.parameters.add(format!("facility.{}.utilisation", f.id), dist, 1e-3, 1.0)),
            (None, None) => Capacity::Unlimited,
        };
        let first_activity = n.activities.len();
        for id in &f.recipes {
            if let Some(recipe) = sc.recipes.iter().find(|r| &r.id == id) {
                let a = activity(recipe, index, part, &ends, n, problems);
                n.activities.push(a);
            }
        }
        if f.drive == s::Drive::Pull && f.recipes.len() > 1 {
            problems
                .error(format!("facility[{}].recipes", f.id), "a facility driven by orders runs one recipe")
                .help("split it into one facility for each recipe, or let feed drive it (drive = \"feed\")");
        }
        n.facilities.push(Facility {
            id: part.id.clone(),
            group: f.id.clone(),
            name: f.name.clone(),
            share: part.share,
            region,
            stage: f.stage,
            drive: f.drive,
            capacity,
            slots: first_slot..n.slots.len(),
            activities: first_activity..n.activities.len(),
            illicit: f.illicit,
            planned: f.planned,
            plant: None,
            sector: f.demand.as_ref().and_then(|d| n.sectors.iter().position(|x| x == &d.sector)),
        });
    }
    ends
}

fn activity(recipe: &s::Recipe, facility: usize, part: &Part<'_>, ends: &Ends, n: &Network, problems: &mut Problems) -> Activity {
    let slot = |id: &str| n.commodity(id).and_then(|c| ends.slots.get(&(facility, c)).copied());
    let mut loss = vec![0.0; n.elements.len()];
    let mut scale = vec![0.0; n.elements.len()];
    let mut gather = |list: &[(String, f64)], sign: f64| {
        let mut out = Vec::new();
        for (id, amount) in list {
            if let (Some(c), Some(sl)) = (n.commodity(id), slot(id)) {
                for (e, x) in n.commodities[c].content.iter().enumerate() {
                    loss[e] += sign * amount * x;
                    scale[e] += amount * x;
                }
                out.push((sl, *amount));
            }
        }
        out
    };
    let inputs = gather(&recipe.inputs, 1.0);
    let outputs = gather(&recipe.outputs, -1.0);
    if !inputs.is_empty() && part.id == first_cohort(part) {
        for (e, l) in loss.iter_mut().enumerate() {
            if *l < -1e-9 * scale[e].max(1e-12) {
                problems
                    .error(
                        format!("recipe[{}].outputs", recipe.id),
                        format!("recipe `{}` makes mass: {:.6} t of {} out of nothing per unit", recipe.id, -*l, n.elements[e]),
                    )
                    .help("lower an output or raise an input; what is lost may be any amount, what is gained none");
            } else if *l < 0.0 {
                *l = 0.0;
            }
        }
    }
    let drivers = outputs
        .iter()
        .enumerate()
        .filter(|(_, (sl, _))| recipe.drivers.contains(&n.commodities[n.slots[*sl].commodity].id))
        .map(|(i, _)| i)
        .collect();
    let (name, moves_mass) = (format!("{}/{}", part.id, recipe.id), loss.iter().any(|l| *l != 0.0));
    Activity { name, facility, inputs, outputs, drivers, rate: 0.0, loss, moves_mass, basket: vec![] }
}

fn first_cohort(part: &Part<'_>) -> String {
    if part.of.cohorts > 1 { format!("{}#1", part.of.id) } else { part.of.id.clone() }
}
