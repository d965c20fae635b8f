//! In: `[[project]]`, planned facilities. Out: projects, the plants they make, and what those offer once they work (MODEL 6.9).

use super::{Network, Param};
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Dist, Drive, Scenario};

const INF: f64 = f64::INFINITY;

/// Capacity that somebody means to add. Times weeks, capacity activity a week.
#[derive(Debug, Clone)]
pub struct Project {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Index in [`Network::plants`].
    pub plant: usize,
    /// Index in [`Network::pools`] of the people it needs; none: they are not short.
    pub pool: Option<usize>,
    /// Capacity when complete.
    pub capacity: Param,
    /// Weeks after the start of the run at which it is begun; none: no date.
    pub start: Option<Param>,
    /// Chance that it comes at all.
    pub probability: f64,
    /// Starts that follow from price and risk.
    pub hazard: Option<Hazard>,
    /// Calendar weeks until it may build.
    pub permit: Param,
    /// Operational weeks of building.
    pub build: Param,
    /// Operational weeks from first output to 95 % of its capacity.
    pub ramp: Param,
    /// Calendar weeks from first output until customers take it.
    pub qualification: Param,
    /// People needed while it is built and ramped.
    pub people: Param,
    /// Share of its product spoiled at first, 0..1.
    pub starting_loss: Param,
    /// What is left of that loss each time experience doubles.
    pub progress_ratio: Param,
    /// Experience it begins with, weeks of its own full output.
    pub experience: Param,
    /// Markets of what it makes, with their share of its value at reference prices.
    pub basket: Vec<(usize, f64)>,
}

/// A start that follows from price and risk.
#[derive(Debug, Clone, Copy)]
pub struct Hazard {
    /// Starts a year for each unit of value above the hurdle.
    pub rate: Param,
    /// Value over the opening one above which it pays.
    pub hurdle: Param,
    /// Part of the hurdle that full fear takes away.
    pub risk: Param,
    /// Part of the hurdle that a buyer for all of its output takes away.
    pub offtake: Param,
}

/// A facility that projects add to.
#[derive(Debug, Clone)]
pub struct Plant {
    /// Index of the facility.
    pub facility: usize,
    /// Its projects.
    pub projects: Vec<usize>,
    /// Index of its activity if it is planned: what it spoils is told apart, and it learns.
    pub learns: Option<usize>,
}

/// What a planned facility offers of one commodity to those who may buy it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Its slot.
    pub slot: usize,
    /// Index of the plant.
    pub plant: usize,
    /// Index of its activity.
    pub activity: usize,
    /// t per unit of activity.
    pub amount: f64,
    /// Whether orders for it set the activity.
    pub driver: bool,
    /// Joining lanes and the weight of each.
    pub lanes: Vec<(usize, f64)>,
}

pub(super) fn build(sc: &Scenario, n: &mut Network, problems: &mut Problems) {
    planned(sc, problems);
    for p in &sc.projects {
        let Some(facility) = n.facilities.iter().position(|f| f.group == p.facility) else { continue };
        let path = format!("project[{}]", p.id);
        let f = &n.facilities[facility];
        let (region, stage, activities) = (f.region, f.stage, f.activities.clone());
        if activities.is_empty() {
            problems
                .error(format!("{path}.facility"), format!("`{}` makes nothing, so nothing can be added to it", p.facility))
                .help("name a facility with a recipe");
            continue;
        }
        if f.id != f.group {
            problems
                .error(format!("{path}.facility"), format!("`{}` is split into cohorts", p.facility))
                .help("add a facility of its own with planned = true, and let the project build that");
            continue;
        }
        let stands = !sc.facilities.iter().any(|x| x.id == p.facility && x.planned);
        if stands && p.starting_loss != Dist::Fixed(0.0) {
            problems
                .error(
                    format!("{path}.starting_loss"),
                    format!("`{}` stands already: what a new line spoils cannot be told apart there", p.facility),
                )
                .help("give the project a facility of its own with planned = true, or leave starting_loss out");
        }
        if p.start.is_none() && p.hazard.is_none() && !started_by_event(sc, &p.id) {
            problems
                .warning(
                    path.clone(),
                    format!("project `{}` never starts: it has neither `start` nor `hazard`, and no event begins it", p.id),
                )
                .help("add start = \"…\", a [project.hazard], or an event of type project");
        }
        let plant = n.facilities[facility].plant.unwrap_or_else(|| {
            n.plants.push(Plant { facility, projects: vec![], learns: (!stands).then_some(activities.start) });
            n.plants.len() - 1
        });
        n.facilities[facility].plant = Some(plant);
        n.plants[plant].projects.push(n.projects.len());
        let pool = n.pools.iter().position(|x| x.region == region && x.stage == stage).filter(|_| sc.behaviour.expertise_limits);
        let to = &mut n.parameters;
        let mut add = |part: &str, dist: &Dist, low: f64, high: f64| to.add(format!("project.{}.{part}", p.id), dist, low, high);
        n.projects.push(Project {
            id: p.id.clone(),
            name: p.name.clone(),
            plant,
            pool,
            capacity: add("capacity", &p.capacity, 0.0, INF),
            start: p.start.as_ref().map(|d| add("start", d, 0.0, INF)),
            probability: p.probability,
            hazard: p.hazard.as_ref().map(|h| Hazard {
                rate: add("hazard.rate", &h.rate, 0.0, INF),
                hurdle: add("hazard.hurdle", &h.hurdle, 0.0, INF),
                risk: add("hazard.risk", &h.risk, 0.0, 1.0),
                offtake: add("hazard.offtake", &h.offtake, 0.0, 1.0),
            }),
            permit: add("permit", &p.permit, 0.0, INF),
            build: add("build", &p.build, 0.0, INF),
            ramp: add("ramp", &p.ramp, 0.0, INF),
            qualification: add("qualification", &p.qualification, 0.0, INF),
            people: add("people", &p.people, 0.0, INF),
            starting_loss: add("starting_loss", &p.starting_loss, 0.0, 0.99),
            progress_ratio: add("progress_ratio", &p.progress_ratio, 1e-3, 1.0),
            experience: add("experience", &p.experience, 1e-3, INF),
            basket: vec![],
        });
    }
    offers(n);
}

fn started_by_event(sc: &Scenario, id: &str) -> bool {
    use crate::scenario::schema::{EventKind, Knowhow};
    sc.events.iter().any(|e| matches!(&e.kind, EventKind::Knowhow(Knowhow::Project { project }) if project == id))
}

/// What a planned facility may not be.
fn planned(sc: &Scenario, problems: &mut Problems) {
    for f in sc.facilities.iter().filter(|f| f.planned) {
        let path = format!("facility[{}]", f.id);
        if f.drive != Drive::Pull || f.recipes.len() != 1 || f.cohorts > 1 || f.infinite {
            problems
                .error(path.clone(), format!("`{}` is planned, so it runs one recipe, driven by orders, in one piece", f.id))
                .help("leave out drive, cohorts and infinite, and give it one recipe");
        }
        if f.recipes.iter().any(|id| sc.recipes.iter().any(|r| &r.id == id && r.drivers.len() != 1)) {
            problems
                .error(format!("{path}.recipe"), "the recipe of a planned facility has one driver".to_owned())
                .help("name the output whose orders set its activity: driver = \"…\"");
        }
        if f.capacity.is_some() || f.utilisation.is_some() {
            problems
                .error(path.clone(), format!("`{}` is planned: its projects bring its capacity", f.id))
                .help("leave capacity and utilisation out");
        }
        if !f.stock.is_empty() || f.demand.is_some() {
            problems
                .error(path.clone(), format!("`{}` is planned: it opens with nothing and uses nothing up", f.id))
                .help("leave stock and demand out");
        }
        if !sc.projects.iter().any(|p| p.facility == f.id) {
            problems
                .warning(path.clone(), format!("`{}` is planned, and no project builds it", f.id))
                .help(format!("add a [[project]] with facility = \"{}\"", f.id));
        }
        for s in sc.supplies.iter().filter(|s| s.from.iter().any(|l| l.facility == f.id)) {
            problems
                .error(
                    format!("supply[{}/{}].from", s.to, s.commodity),
                    format!("`{}` is planned: who orders a fixed share there would wait for years", f.id),
                )
                .help(format!("let `{}` sell through [[join]]", f.id));
        }
    }
}

/// Lists what planned facilities offer, slot by slot.
fn offers(n: &mut Network) {
    for l in 0..n.lanes.len() {
        let Some(weight) = n.lanes[l].joins else { continue };
        let slot = n.lanes[l].from;
        if let Some(offer) = n.offers.iter_mut().find(|o| o.slot == slot) {
            offer.lanes.push((l, weight));
            continue;
        }
        let facility = &n.facilities[n.slots[slot].facility];
        let (Some(plant), activity) = (facility.plant, facility.activities.start) else { continue };
        let Some(at) = n.activities[activity].outputs.iter().position(|(s, _)| *s == slot) else { continue };
        let amount = n.activities[activity].outputs[at].1;
        let driver = n.activities[activity].drivers.contains(&at);
        n.offers.push(Offer { slot, plant, activity, amount, driver, lanes: vec![(l, weight)] });
    }
}

/// Markets whose prices make up the value of what a project makes: in its own region, else wherever most of it is bought outside.
pub(super) fn baskets(n: &mut Network) {
    for p in 0..n.projects.len() {
        let facility = &n.facilities[n.plants[n.projects[p].plant].facility];
        let region = facility.region;
        let mut values = vec![];
        for a in &n.activities[facility.activities.clone()] {
            for &(slot, amount) in &a.outputs {
                let commodity = n.slots[slot].commodity;
                let of = |k: &usize| n.markets[*k].commodity == commodity;
                let here = (0..n.markets.len()).filter(of).find(|&k| n.markets[k].region == region);
                let largest = |a: &usize, b: &usize| n.markets[*a].flow.total_cmp(&n.markets[*b].flow).then(b.cmp(a));
                let side = |k: &usize| n.inside[n.markets[*k].region] == n.inside[region];
                let there = (0..n.markets.len()).filter(|k| of(k) && side(k)).max_by(largest);
                if let Some(k) = here.or(there) {
                    values.push((k, amount * n.markets[k].reference));
                }
            }
        }
        let total: f64 = values.iter().map(|(_, v)| v).sum();
        n.projects[p].basket = if total > 0.0 { values.into_iter().map(|(k, v)| (k, v / total)).collect() } else { vec![] };
    }
}
