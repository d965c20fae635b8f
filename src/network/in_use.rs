//! In: `[[in_use]]`. Out: goods in use that wear out, and the slots into which a part of them is collected (MODEL 6.12).

use super::build::Ends;
use super::{Network, Param, Role};
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Drive, Scenario};

/// What one user has in use of one commodity.
#[derive(Debug, Clone)]
pub struct InUse {
    /// Index of the user.
    pub user: usize,
    /// Slot into which what is collected goes.
    pub slot: usize,
    /// Mean life, weeks.
    pub life: Param,
    /// Compartments.
    pub stages: usize,
    /// Share collected at the opening.
    pub collected: f64,
}

pub(super) fn build(sc: &Scenario, ends: &Ends, n: &mut Network, problems: &mut Problems) {
    for item in &sc.in_use {
        let path = format!("in_use[{}/{}]", item.region, item.sector);
        let life = n.parameters.add(format!("in_use.{}/{}.life", item.region, item.sector), &item.life, item.stages as f64, f64::INFINITY);
        let Some(parts) = ends.parts.get(&item.to) else { continue };
        let recycler = parts[0];
        if parts.len() > 1 || n.facilities[recycler].drive != Drive::Feed {
            problems
                .error(
                    format!("{path}.to"),
                    format!("`{}` cannot take what is collected: it must run what reaches it, in one place", item.to),
                )
                .help("give it drive = \"feed\" (a recycler has it by itself) and no cohorts");
            continue;
        }
        // What is wrong is not also said to be idle.
        let mut found = false;
        for (used, worn) in &item.becomes {
            let (Some(a), Some(b)) = (n.commodity(used), n.commodity(worn)) else { continue };
            let slot = ends.slots.get(&(recycler, b)).copied().filter(|&s| n.slots[s].role == Role::Input);
            let Some(slot) = slot else {
                problems
                    .error(format!("{path}.becomes.{used}"), format!("`{}` has no recipe that takes `{worn}`", item.to))
                    .help("give it one, or name what it takes");
                found = true;
                continue;
            };
            let gap = n.commodities[a].content.iter().zip(&n.commodities[b].content).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
            if gap > 1e-12 {
                problems
                    .error(
                        format!("{path}.becomes.{used}"),
                        format!("`{worn}` must hold what `{used}` holds: goods do not change as they wear out"),
                    )
                    .help(format!("give `{worn}` the content of `{used}`; what recycling loses is for the recipe to say"));
                found = true;
                continue;
            }
            let here = |u: &usize| {
                let user = &n.users[*u];
                n.slots[user.slot].commodity == a && n.regions[user.region] == item.region && n.sectors[user.sector] == item.sector
            };
            let users: Vec<usize> = (0..n.users.len()).filter(here).collect();
            found |= !users.is_empty();
            for user in users {
                n.slots[slot].worn = true;
                n.in_use.push(InUse { user, slot, life, stages: item.stages, collected: item.collected });
            }
        }
        if !found {
            problems
                .warning(path, format!("nobody in {} uses any of this in sector `{}`: nothing wears out", item.region, item.sector))
                .help("look at the region, the sector and the commodities under `becomes`");
        }
    }
    // The engine goes through them slot by slot, in the order of users.
    n.in_use.sort_by_key(|x| (x.slot, x.user));
}

/// Opening inflow of collected goods, t/week, per slot: what is in use is in steady state, so as much wears out as is bought.
pub(super) fn opening(n: &Network) -> Vec<f64> {
    let mut flow = vec![0.0; n.slots.len()];
    for x in &n.in_use {
        flow[x.slot] += x.collected * n.users[x.user].demand;
    }
    flow
}
