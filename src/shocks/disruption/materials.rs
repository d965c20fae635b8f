//! In: events about materials. Out: who can do with less, what is collected and won back, whose prices fall, on indices.

use super::{Case, has};
use crate::network::{Network, Param};
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Dist, Materials};
use crate::shocks::Shocks;

/// What happens to materials. A breakthrough is no act: the verb that adapts looks at [`Lot`]s.
#[derive(Debug, Clone)]
pub enum Act {
    /// Moves the share that is collected.
    Collection {
        /// Entries of what is in use.
        entries: Vec<usize>,
        /// Share collected at full strength.
        share: Param,
    },
    /// Recyclers win more of what they are fed.
    Recovery {
        /// Indices in [`Plan::recoveries`].
        recoveries: Vec<usize>,
        /// Process yield at full strength.
        process_yield: Param,
    },
    /// Multiplies reference prices.
    Dump {
        /// Markets.
        markets: Vec<usize>,
        /// Factor at full strength.
        price: Param,
    },
}

/// Users whose thrift moves together: of one grade, on one side of the border, under the same breakthroughs.
#[derive(Debug, Clone, PartialEq)]
pub struct Lot {
    /// Grade that gives way.
    pub grade: usize,
    /// 0 inside the border, 1 outside.
    pub side: usize,
    /// Indices in [`Plan::breakthroughs`].
    pub breakthroughs: Vec<usize>,
}

/// What a breakthrough changes of thrift; none: nothing.
#[derive(Debug, Clone)]
pub struct Breakthrough {
    /// Index of its event.
    pub event: usize,
    /// Least share.
    pub least: Option<Param>,
    /// Share that designs go to whatever the price.
    pub most: Option<Param>,
    /// Fastest fall a week.
    pub fall: Option<Param>,
    /// Time constant, weeks.
    pub lag: Option<Param>,
}

/// A recipe whose process yield may rise.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovery {
    /// Index of the activity.
    pub activity: usize,
    /// Its process yield: element mass in its outputs over that in its inputs.
    pub process_yield: f64,
    /// Most by which its outputs can be multiplied before an element is made of nothing.
    pub most: f64,
}

/// What events may change of designs and recycling.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Users whose thrift moves together.
    pub lots: Vec<Lot>,
    /// Per user: its lot, if its grade gives way.
    pub lot_of: Vec<Option<usize>>,
    /// What changes thrift.
    pub breakthroughs: Vec<Breakthrough>,
    /// Recipes whose process yield may rise.
    pub recoveries: Vec<Recovery>,
}

impl Plan {
    /// A lot for each grade and side, as long as no breakthrough tells its users apart.
    pub(in crate::shocks) fn calm(n: &Network) -> Plan {
        let grades = n.thrift.as_ref().map_or(0, |t| t.grades);
        let lots = (0..grades).flat_map(|grade| (0..2).map(move |side| Lot { grade, side, breakthroughs: vec![] })).collect();
        let lot_of = n.users.iter().map(|u| u.grade.map(|g| 2 * g + usize::from(!n.inside[u.region]))).collect();
        Plan { lots, lot_of, breakthroughs: vec![], recoveries: vec![] }
    }
}

pub(super) fn compile(case: &Case<'_>, kind: &Materials, out: &mut Shocks, problems: &mut Problems) {
    match kind {
        Materials::Breakthrough { least, most, fall, lag } => breakthrough(case, [least, most, fall, lag], out, problems),
        Materials::Recycling { collection, process_yield, capacity } => {
            recycling(case, [collection, process_yield, capacity], out, problems)
        }
        Materials::Dump { price } => {
            let (n, scope) = (case.network, &case.event.scope);
            let sold = |k: &usize| {
                let (m, region) = (&n.markets[*k], &n.regions[n.markets[*k].region]);
                has(&scope.from, region) && has(&scope.to, region) && has(&scope.commodities, &n.commodities[m.commodity].id)
            };
            let markets: Vec<usize> = (0..n.markets.len()).filter(sold).collect();
            if markets.is_empty() {
                case.nothing(problems, "no market of it lies in its scope");
            } else if super::always(price, 1.0) {
                case.nothing(problems, "prices are multiplied by 1");
            }
            let price = out.parameters.add(case.path("price"), price, 1e-9, 1e9);
            markets.iter().for_each(|&k| out.dutiable[k] = true);
            case.add(super::Act::Materials(Act::Dump { markets, price }), out);
        }
    }
}

/// Divides the lots of thrift so that those in scope stand apart.
fn breakthrough(case: &Case<'_>, fields: [&Option<Dist>; 4], out: &mut Shocks, problems: &mut Problems) {
    let (n, scope) = (case.network, &case.event.scope);
    let users: Vec<usize> = (0..n.users.len())
        .filter(|&u| {
            let user = &n.users[u];
            let grade = &n.commodities[n.slots[user.slot].commodity].id;
            user.grade.is_some() && super::facility_in(n, scope, user.facility) && has(&scope.commodities, grade)
        })
        .collect();
    if users.is_empty() {
        case.nothing(problems, "nobody in its scope uses a grade that gives way (`from` of [thrift])");
        return;
    }
    let mut add = |part: &str, d: &Option<Dist>, low: f64, high: f64| d.as_ref().map(|d| out.parameters.add(case.path(part), d, low, high));
    let [least, most, fall, lag] = fields;
    let found = Breakthrough {
        event: case.index,
        least: add("least", least, 0.0, 1.0),
        most: add("most", most, 0.0, 1.0),
        fall: add("fall", fall, 0.0, 1.0),
        lag: add("lag", lag, 1.0, 1e6),
    };
    let index = out.materials.breakthroughs.len();
    out.materials.breakthroughs.push(found);
    for u in users {
        let Some(old) = out.materials.lot_of[u] else { continue };
        let mut lot = out.materials.lots[old].clone();
        lot.breakthroughs.push(index);
        out.materials.lot_of[u] = Some(crate::network::place(&mut out.materials.lots, lot));
    }
}

fn recycling(case: &Case<'_>, [collection, process_yield, capacity]: [&Option<Dist>; 3], out: &mut Shocks, problems: &mut Problems) {
    let (n, scope) = (case.network, &case.event.scope);
    // Who has it in use may be in scope, or the recycler that takes it.
    let of = |x: &crate::network::InUse| {
        super::facility_in(n, scope, n.users[x.user].facility) || super::facility_in(n, scope, n.slots[x.slot].facility)
    };
    let entries: Vec<usize> = (0..n.in_use.len()).filter(|&i| of(&n.in_use[i])).collect();
    if entries.is_empty() {
        case.nothing(problems, "nothing that is in use in its scope wears out ([[in_use]])");
        return;
    }
    let mut recyclers: Vec<usize> = entries.iter().map(|&i| n.slots[n.in_use[i].slot].facility).collect();
    recyclers.sort_unstable();
    recyclers.dedup();
    if let Some(d) = process_yield {
        let activities = recyclers.iter().flat_map(|&f| n.facilities[f].activities.clone());
        let recoveries = activities.map(|a| crate::network::place(&mut out.materials.recoveries, recovery(n, a))).collect();
        let process_yield = out.parameters.add(case.path("yield"), d, 0.0, 1.0);
        case.add(super::Act::Materials(Act::Recovery { recoveries, process_yield }), out);
    }
    if let Some(d) = capacity {
        let left = out.parameters.add(case.path("capacity"), d, 0.0, 1e6);
        case.add(super::Act::Works(super::works::Act::Capacity { facilities: recyclers, left }), out);
    }
    if let Some(d) = collection {
        let share = out.parameters.add(case.path("collection"), d, 0.0, 1.0);
        case.add(super::Act::Materials(Act::Collection { entries, share }), out);
    }
}

fn recovery(n: &Network, activity: usize) -> Recovery {
    let a = &n.activities[activity];
    let mass = |list: &[(usize, f64)], e: usize| -> f64 {
        list.iter().map(|(s, amount)| amount * n.commodities[n.slots[*s].commodity].content[e]).sum()
    };
    let elements = 0..n.elements.len();
    let (fed, won): (Vec<f64>, Vec<f64>) = elements.map(|e| (mass(&a.inputs, e), mass(&a.outputs, e))).unzip();
    let most = fed.iter().zip(&won).filter(|(_, out)| **out > 0.0).map(|(fed, out)| fed / out).fold(f64::INFINITY, f64::min);
    let (all_fed, all_won): (f64, f64) = (fed.iter().sum(), won.iter().sum());
    Recovery { activity, process_yield: all_won / all_fed, most: most.clamp(1.0, 1e6) }
}
