//! In: `[[illicit_lane]]`. Out: lanes past the border's papers, behind all lawful ones, and what makes smugglers use them.
//!
//! They stand in no slot's [`Network::outbound`]: nothing that rules lawful trade (sharing, bans, desks, quotas, duties) can touch
//! them. To who receives them they are unordered, like a push. At the opening they carry nothing.

use super::build::Ends;
use super::{Lane, Network, Param, Role};
use crate::scenario::problem::Problems;
use crate::scenario::schema as s;
use crate::wide;

const INF: f64 = f64::INFINITY;

/// What smugglers look at on one lane (MODEL 6.10).
#[derive(Debug, Clone)]
pub struct Illicit {
    /// Key in the file; several lanes have it where an end is split into cohorts.
    pub id: String,
    /// Index of the lane.
    pub lane: usize,
    /// Market where the goods are taken, where they are sold.
    pub markets: [usize; 2],
    /// Capacity drawn: t/week, or a multiple of the lawful opening flow.
    pub capacity: Param,
    /// Its part of what the file says of the lane: one, or that of a pair of cohorts.
    pub part: f64,
    /// t/week at a capacity of 1.
    pub unit: f64,
    /// Cost over the price at the origin.
    pub margin: Param,
    /// Log price ratio from first to full use.
    pub width: Param,
    /// Share that does not dare, 0..1.
    pub enforcement: Param,
    /// Share seized, 0..1.
    pub seizure: Param,
    /// Whether a week's shipment is seized whole or not at all.
    pub lumpy: bool,
    /// Largest share of the shelf taken a week, 0..1.
    pub diverted: Param,
}

/// Adds the lanes; markets and capacities are joined later by [`join`], when there are markets.
pub(super) fn lanes(sc: &s::Scenario, ends: &Ends, n: &mut Network, problems: &mut Problems) {
    for lane in &sc.illicit_lanes {
        let path = format!("illicit_lane[{}]", lane.id);
        let (Some(sources), Some(sinks), Some(c)) = (ends.parts.get(&lane.from), ends.parts.get(&lane.to), n.commodity(&lane.commodity))
        else {
            continue;
        };
        let [from, to] = [sources[0], sinks[0]].map(|f| n.facilities[f].region);
        let route = sc.routes.iter().find(|r| r.from == n.regions[from] && r.to == n.regions[to]).map(|r| r.lead);
        let Some(lead) = lane.lead.or(route) else {
            problems.error(path, format!("no lead time from {} to {}", n.regions[from], n.regions[to])).help("add a lead to this lane");
            continue;
        };
        let part = 1.0 / (sources.len() * sinks.len()) as f64;
        for &a in sources {
            for &b in sinks {
                let (from, to) = (ends.slots.get(&(a, c)).copied(), ends.slots.get(&(b, c)).copied());
                let sold = from.filter(|&x| matches!(n.slots[x].role, Role::Output | Role::Stock));
                let Some(from) = sold else {
                    problems
                        .error(format!("{path}.from"), format!("`{}` does not make or sell `{}`", lane.from, lane.commodity))
                        .help("smugglers divert what somebody has to sell: name a maker or a trader of it");
                    return;
                };
                let Some(to) = to.filter(|&x| n.slots[x].role != Role::Output) else {
                    problems
                        .error(format!("{path}.to"), format!("`{}` does not buy `{}`", lane.to, lane.commodity))
                        .help("name a facility that uses it, or a trader with a [[supply]] of it");
                    return;
                };
                n.inbound[to].push(n.lanes.len());
                n.slots[to].takes_push = true;
                n.lanes.push(Lane {
                    name: format!("{}~{}:{}", n.facilities[a].id, n.facilities[b].id, lane.commodity),
                    from,
                    to,
                    class: s::Class::Civil,
                    lead,
                    share: 0.0,
                    joins: None,
                    push: true,
                    illicit: Some(n.illicit.len()),
                    buyers: 1,
                    capacity: INF,
                    flow: 0.0,
                });
                let draft = draft(lane, part, n);
                n.illicit.push(draft);
            }
        }
    }
}

fn draft(lane: &s::IllicitLane, part: f64, n: &mut Network) -> Illicit {
    let last = n.lanes.len() - 1;
    let mut add =
        |name: &str, dist: &s::Dist, low: f64, high: f64| n.parameters.add(format!("illicit_lane.{}.{name}", lane.id), dist, low, high);
    let capacity = match &lane.capacity {
        s::Volume::Mass(rate) => add("capacity", rate, 0.0, INF),
        s::Volume::Multiple(multiple) => add("multiple", multiple, 0.0, INF),
    };
    Illicit {
        id: lane.id.clone(),
        lane: last,
        markets: [0; 2],
        capacity,
        part,
        unit: part,
        margin: add("margin", &lane.margin, 0.0, INF),
        width: add("width", &lane.width, 1e-6, INF),
        enforcement: add("enforcement", &lane.enforcement, 0.0, 1.0),
        seizure: add("seizure", &lane.seizure, 0.0, 1.0),
        lumpy: lane.lumpy,
        diverted: add("diverted", &lane.diverted, 0.0, 1.0),
    }
}

/// Finds the markets at both ends and the flow of which a capacity may be a multiple; proves that nothing goes at the opening.
pub(super) fn join(sc: &s::Scenario, n: &mut Network, problems: &mut Problems) {
    for i in 0..n.illicit.len() {
        let Some(said) = sc.illicit_lanes.iter().find(|l| l.id == n.illicit[i].id) else { continue };
        let path = format!("illicit_lane[{}]", said.id);
        // Cohorts would say the same again.
        let first = i == 0 || n.illicit[i - 1].id != said.id;
        let lane = &n.lanes[n.illicit[i].lane];
        let ends = [lane.from, lane.to];
        let [Some(from), Some(to)] = ends.map(|slot| n.slots[slot].market) else {
            if first {
                problems
                    .error(
                        path,
                        format!("`{}` has no price at both ends, and the gap between two prices is why it is smuggled", said.commodity),
                    )
                    .help("a price is formed where some of a priced commodity arrives at the opening");
            }
            continue;
        };
        if matches!(said.capacity, s::Volume::Multiple(_)) {
            let lawful = lawful_flow(n, lane.from, lane.to);
            if lawful == 0.0 && first {
                problems
                    .error(
                        format!("{path}.multiple"),
                        format!("no `{}` goes lawfully between the two regions at the opening", said.commodity),
                    )
                    .help("say capacity = \"… t/yr\" instead");
            }
            n.illicit[i].unit *= lawful;
        }
        let gap = n.markets[to].reference / n.markets[from].reference - 1.0;
        let margin = n.illicit[i].margin;
        if first && gap > n.parameters.central(margin) {
            problems
                .error(format!("{path}.margin"), format!("at the opening prices smuggling would pay: they are {:.0} % apart", 100.0 * gap))
                .help("what is smuggled anyway belongs into the lawful flows; raise the margin above the opening gap");
        } else if first && gap > n.parameters.support(margin).0 {
            problems.warning(format!("{path}.margin"), "a low draw of the margin lies below the opening gap of the two prices");
        }
        n.illicit[i].markets = [from, to];
    }
}

/// Lawful opening flow of a slot's commodity from its region to that of another slot, t/week.
fn lawful_flow(n: &Network, from: usize, to: usize) -> f64 {
    let (commodity, regions) = (n.slots[from].commodity, (n.region_of(from), n.region_of(to)));
    let between = |l: &&Lane| n.slots[l.from].commodity == commodity && (n.region_of(l.from), n.region_of(l.to)) == regions;
    n.lanes.iter().filter(between).map(|l| l.flow).sum()
}

/// What goes on a lane whose price ratio is `ratio`, over its capacity, before enforcement: 0..1.
#[inline(always)]
pub fn temptation(ratio: f64, margin: f64, width: f64) -> f64 {
    wide::within(wide::ln1(ratio / (1.0 + margin)) / width, 0.0, 1.0)
}
