//! In: `[[supply]]`, `[[push]]` and routes. Out: lanes between slots, sorted by their ends, and what does not fit together.

use super::build::Ends;
use super::{Lane, Network, Role, illicit};
use crate::scenario::problem::Problems;
use crate::scenario::schema as s;

const INF: f64 = f64::INFINITY;

struct Draft {
    from: usize,
    to: usize,
    class: s::Class,
    lead: usize,
    share: f64,
    push: bool,
    joins: Option<f64>,
    buyers: usize,
    capacity: f64,
}

pub(super) fn lanes(sc: &s::Scenario, ends: &Ends, n: &mut Network, problems: &mut Problems) {
    let mut drafts = Vec::new();
    for supply in &sc.supplies {
        let path = format!("supply[{}/{}]", supply.to, supply.commodity);
        let total = shares(&supply.from);
        if (total - 1.0).abs() > 0.01 {
            problems
                .error(format!("{path}.from"), format!("shares of `{}` for `{}` sum to {total:.3}, not 1", supply.commodity, supply.to))
                .help("shares within 1 % of one are scaled; mend the others");
        }
        for (i, link) in supply.from.iter().enumerate() {
            let link_path = format!("{path}.from[{i}]");
            join(sc, ends, n, problems, &mut drafts, &link_path, (&link.facility, &supply.to), &supply.commodity, |k_from, k_to, lead| {
                Draft {
                    from: 0,
                    to: 0,
                    class: supply.class,
                    lead,
                    share: link.share / total.max(1e-12) / k_from as f64,
                    push: false,
                    joins: None,
                    buyers: link.buyers.div_ceil(k_to.max(1)).max(1),
                    capacity: link.capacity.map_or(INF, |c| c / (k_from * k_to) as f64),
                }
            });
        }
    }
    for push in &sc.pushes {
        let path = format!("push[{}/{}]", push.from, push.commodity);
        let total = shares(&push.to);
        if total > 1.01 {
            problems.error(format!("{path}.to"), format!("shares sum to {total:.3}, more than what there is"));
        }
        let scale = if total > 0.995 { total } else { 1.0 };
        for (i, link) in push.to.iter().enumerate() {
            let link_path = format!("{path}.to[{i}]");
            join(sc, ends, n, problems, &mut drafts, &link_path, (&push.from, &link.facility), &push.commodity, |k_from, k_to, lead| {
                Draft {
                    from: 0,
                    to: 0,
                    class: push.class,
                    lead,
                    share: link.share / scale / k_to as f64,
                    push: true,
                    joins: None,
                    buyers: link.buyers.div_ceil(k_to.max(1)).max(1),
                    capacity: link.capacity.map_or(INF, |c| c / (k_from * k_to) as f64),
                }
            });
        }
    }
    for policy in &sc.stockpiles {
        for (i, outlet) in policy.to.iter().enumerate() {
            let path = format!("stockpile[{}/{}].to[{i}]", policy.facility, policy.commodity);
            let ends_of = (policy.facility.as_str(), outlet.facility.as_str());
            join(sc, ends, n, problems, &mut drafts, &path, ends_of, &policy.commodity, |_, _, lead| Draft {
                from: 0,
                to: 0,
                class: outlet.class,
                lead,
                share: 0.0,
                push: true,
                joins: None,
                buyers: 1,
                capacity: INF,
            });
        }
    }
    for wanted in &sc.joins {
        joining(sc, ends, n, problems, &mut drafts, wanted);
    }
    drafts.sort_by_key(|d| (d.from, d.to, d.push, d.class));
    for pair in drafts.windows(2) {
        if (pair[0].from, pair[0].to) == (pair[1].from, pair[1].to) {
            let name = lane_name(n, &pair[0]);
            let to = &n.slots[pair[0].to];
            let path = format!("supply[{}/{}]", n.facilities[to.facility].group, n.commodities[to.commodity].id);
            problems
                .error(path, format!("two lanes `{name}`"))
                .help("one supplier may stand once in a supply, and not be pushed there too");
        }
    }
    n.inbound = vec![vec![]; n.slots.len()];
    n.outbound = vec![0..0; n.slots.len()];
    for (i, d) in drafts.iter().enumerate() {
        let name = lane_name(n, d);
        n.inbound[d.to].push(i);
        let range = &mut n.outbound[d.from];
        *range = if range.start == range.end { i..i + 1 } else { range.start..i + 1 };
        if d.joins.is_some() {
            n.joined.resize(n.slots.len(), vec![]);
            n.joined[d.to].push(i);
        }
        if d.push && n.slots[d.from].role == Role::Stock {
            // Released by a policy: nobody reckons with it beforehand.
        } else if d.push {
            n.slots[d.to].takes_push = true;
        } else {
            n.slots[d.to].orders = true;
        }
        n.lanes.push(Lane {
            name,
            from: d.from,
            to: d.to,
            class: d.class,
            lead: d.lead,
            share: d.share,
            push: d.push,
            illicit: None,
            joins: d.joins,
            buyers: d.buyers,
            capacity: d.capacity,
            flow: 0.0,
        });
    }
    illicit::lanes(sc, ends, n, problems);
}

/// Lanes to those who may buy from a planned facility. They open with nothing.
fn joining(sc: &s::Scenario, ends: &Ends, n: &Network, problems: &mut Problems, drafts: &mut Vec<Draft>, wanted: &s::Join) {
    let path = format!("join[{}/{}]", wanted.from, wanted.commodity);
    if sc.facilities.iter().any(|f| f.id == wanted.from && !f.planned) {
        problems
            .error(format!("{path}.from"), format!("`{}` stands already: who buys there has a share", wanted.from))
            .help("only a facility with planned = true sells through [[join]]; others sell through [[supply]]");
        return;
    }
    for (i, link) in wanted.to.iter().enumerate() {
        let ends_of = (wanted.from.as_str(), link.facility.as_str());
        join(sc, ends, n, problems, drafts, &format!("{path}.to[{i}]"), ends_of, &wanted.commodity, |_, k_to, lead| Draft {
            from: 0,
            to: 0,
            class: link.class,
            lead,
            share: 0.0,
            push: false,
            joins: Some(link.weight),
            buyers: link.buyers.div_ceil(k_to.max(1)).max(1),
            capacity: INF,
        });
    }
}

/// Sum of shares in the order of facilities, so that the order of the file does not reach the last bit.
fn shares(links: &[s::Link]) -> f64 {
    let mut sorted: Vec<&s::Link> = links.iter().collect();
    sorted.sort_by(|a, b| a.facility.cmp(&b.facility));
    sorted.iter().map(|l| l.share).sum()
}

fn lane_name(n: &Network, d: &Draft) -> String {
    let (from, to) = (&n.slots[d.from], &n.slots[d.to]);
    format!("{}>{}:{}", n.facilities[from.facility].id, n.facilities[to.facility].id, n.commodities[from.commodity].id)
}

#[allow(clippy::too_many_arguments)]
fn join(
    sc: &s::Scenario,
    ends: &Ends,
    n: &Network,
    problems: &mut Problems,
    drafts: &mut Vec<Draft>,
    path: &str,
    (from, to): (&str, &str),
    commodity: &str,
    draft: impl Fn(usize, usize, usize) -> Draft,
) {
    let (Some(sources), Some(sinks), Some(c)) = (ends.parts.get(from), ends.parts.get(to), n.commodity(commodity)) else { return };
    let regions = (n.facilities[sources[0]].region, n.facilities[sinks[0]].region);
    let said = link_lead(sc, path, from, to, commodity);
    let route = sc.routes.iter().find(|r| r.from == n.regions[regions.0] && r.to == n.regions[regions.1]).map(|r| r.lead);
    let Some(lead) = said.or(route) else {
        problems.error(path, format!("no lead time from {} to {}", n.regions[regions.0], n.regions[regions.1])).help(format!(
            "add [[route]] with from = \"{}\", to = \"{}\" and lead, or a lead to this lane",
            n.regions[regions.0], n.regions[regions.1]
        ));
        return;
    };
    for &a in sources {
        for &b in sinks {
            match (ends.slots.get(&(a, c)), ends.slots.get(&(b, c))) {
                (Some(&x), Some(&y)) => {
                    let role = n.slots[x].role;
                    if !matches!(role, Role::Output | Role::Stock) {
                        problems
                            .error(format!("{path}.facility"), format!("`{from}` does not make or sell `{commodity}`"))
                            .help(format!("`{from}` uses it; name a facility with a recipe that makes it"));
                        return;
                    }
                    let made = draft(sources.len(), sinks.len(), lead);
                    // A policy pushes what it releases.
                    if made.push && role == Role::Stock && !path.starts_with("stockpile") {
                        problems
                            .error(path, format!("`{from}` makes nothing, so it has nothing to push"))
                            .help("let its customers order from it with [[supply]], or give it a recipe");
                        return;
                    }
                    drafts.push(Draft { from: x, to: y, ..made });
                }
                (None, _) => {
                    problems
                        .error(format!("{path}.facility"), format!("`{from}` does not make or sell `{commodity}`"))
                        .help("name a facility with a recipe that makes it");
                    return;
                }
                (_, None) if path.starts_with("stockpile") => {
                    problems
                        .error(format!("{path}.facility"), format!("`{to}` has no use for `{commodity}`"))
                        .help("name somebody with a recipe or a demand that takes it");
                    return;
                }
                (_, None) => return, // said already by `roles`
            }
        }
    }
}

fn link_lead(sc: &s::Scenario, path: &str, from: &str, to: &str, commodity: &str) -> Option<usize> {
    if path.starts_with("supply") {
        let s = sc.supplies.iter().find(|x| x.to == to && x.commodity == commodity)?;
        s.from.iter().find(|l| l.facility == from)?.lead
    } else if path.starts_with("stockpile") {
        let s = sc.stockpiles.iter().find(|x| x.facility == from && x.commodity == commodity)?;
        s.to.iter().find(|o| o.facility == to)?.lead
    } else if path.starts_with("join") {
        let s = sc.joins.iter().find(|x| x.from == from && x.commodity == commodity)?;
        s.to.iter().find(|l| l.facility == to)?.lead
    } else {
        let s = sc.pushes.iter().find(|x| x.from == from && x.commodity == commodity)?;
        s.to.iter().find(|l| l.facility == to)?.lead
    }
}
