//! In: `[facility.demand]`. Out: final demand, slot by slot, and which grades give way to which.

use super::build::{Ends, Part};
use super::{Network, User};
use crate::scenario::schema as s;

const INF: f64 = f64::INFINITY;

pub(super) fn users(sc: &s::Scenario, parts: &[Part<'_>], ends: &Ends, n: &mut Network) {
    for (index, part) in parts.iter().enumerate() {
        let Some(demand) = &part.of.demand else { continue };
        let id = &part.of.id;
        let first = n.users.len();
        let total: f64 = demand.mix.iter().map(|(_, share)| share).sum::<f64>().max(1e-12);
        for (commodity, share) in &demand.mix {
            let Some(slot) = n.commodity(commodity).and_then(|c| ends.slots.get(&(index, c)).copied()) else { continue };
            let add = &mut n.parameters;
            let user = User {
                slot,
                facility: index,
                sector: n.sectors.iter().position(|x| x == &demand.sector).unwrap_or(0),
                region: n.facilities[index].region,
                demand: demand.rate * (share / total) * part.share,
                facility_demand: demand.rate * part.share,
                growth: add.add(format!("facility.{id}.demand.growth"), &demand.growth, -0.9, 10.0),
                noise: add.add(format!("facility.{id}.demand.noise"), &demand.noise, 0.0, 10.0),
                noise_kind: demand.noise_kind,
                elasticity: add.add(format!("facility.{id}.demand.elasticity"), &demand.elasticity, 0.0, 5.0),
                backlog: demand.backlog,
                headroom: demand.headroom.as_ref().map(|h| add.add(format!("facility.{id}.demand.headroom"), h, 1.0, INF)),
                grade: None,
                gains_from: vec![],
            };
            n.slots[slot].user = Some(n.users.len());
            n.users.push(user);
        }
        if let Some(thrift) = &sc.thrift {
            let id_of = |n: &Network, u: usize| n.commodities[n.slots[n.users[u].slot].commodity].id.clone();
            let to = (first..n.users.len()).find(|&u| id_of(n, u) == thrift.to);
            for u in first..n.users.len() {
                if let (Some(grade), Some(to)) = (thrift.from.iter().position(|g| *g == id_of(n, u)), to) {
                    n.users[u].grade = Some(grade);
                    n.users[to].gains_from.push(u);
                }
            }
        }
    }
}
