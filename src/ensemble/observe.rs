//! In: a network and its desks. Out: what is watched: scopes of final demand, series over time, calendar months.

use jiff::civil::Date;

use super::outside::{Chapter, chapters};
use crate::network::{Network, place};
use crate::scenario::schema::{Run, VARIABLES};
use crate::shocks::Shocks;
use crate::shocks::disruption::quotas::Margin;

/// A group of users that is reported together.
#[derive(Debug, Clone)]
pub struct Scope {
    /// `world`, `region:X`, `sector:X`, `facility:X`.
    pub name: String,
    /// Its users: index in [`Watch::users`].
    pub group: usize,
    /// Whether it has time series of its own (world, regions, sectors).
    pub series: bool,
}

/// What one series records each period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Price of a market, USD/kg.
    Price(usize),
    /// Flow-weighted price of a commodity, inside (0) or outside (1) the border, index into `sides`.
    Side(usize, usize),
    /// Price outside over inside, less one.
    Premium(usize),
    /// Share of a group's demand not served.
    Unmet(usize),
    /// Demand of a group that waits, t.
    Backlog(usize),
    /// Share of a group's demand whose line is down.
    Down(usize),
    /// Weeks of cover of a group.
    Cover(usize),
    /// Finished goods leaving the inside for a destination, or for all (one past the last), t/week.
    Exports(usize),
    /// Mass held at a desk, t.
    Held(usize),
    /// Stock of a stockpile with a policy, t.
    Reserve(usize),
    /// Share used of what a quota has handed out.
    QuotaUsed(usize),
    /// Mean margin of a quota's lanes, USD/kg, index into `rents`.
    QuotaRent(usize),
    /// Let through on the illicit lanes of a commodity, t/week, index into `traffic`.
    Smuggled(usize),
    /// Seized there, t/week.
    Seized(usize),
    /// Share of a stage made outside, index into `chapters`.
    Outside(usize),
    /// Capacity of a stage's projects outside, t a year.
    ProjectCapacity(usize),
    /// Speed of their clock.
    ProjectClock(usize),
}

/// A series of which percentiles are reported.
#[derive(Debug, Clone)]
pub struct Series {
    /// Variable, as in `timeseries.csv`.
    pub variable: &'static str,
    /// Scope, as in `timeseries.csv`.
    pub scope: String,
    /// Unit.
    pub unit: &'static str,
    /// What is read: index in [`Watch::readings`].
    pub reading: usize,
}

/// Prices of one commodity on both sides of the border.
#[derive(Debug, Clone)]
pub struct Sides {
    /// Index of the commodity.
    pub commodity: usize,
    /// Markets inside and outside, with weights by opening flow.
    pub markets: [Vec<(usize, f64)>; 2],
    /// Opening price of each side, USD/kg.
    pub opening: [f64; 2],
}

impl Sides {
    /// Whether there is a price inside, outside, and a premium.
    pub fn told(&self) -> [bool; 3] {
        let there = [!self.markets[0].is_empty(), !self.markets[1].is_empty()];
        [there[0], there[1], there[0] && there[1]]
    }
}

/// A facility of the file (all cohorts together) whose output is watched.
#[derive(Debug, Clone)]
pub struct Group {
    /// `facility:ID`.
    pub scope: String,
    /// For people.
    pub name: String,
    /// Stage, for order and labels.
    pub stage: crate::scenario::schema::Stage,
    /// Activities and their weight in the opening output.
    pub activities: Vec<(usize, f64)>,
    /// Users and their weight in the opening demand.
    pub users: Vec<(usize, f64)>,
}

/// Smuggling of one commodity.
#[derive(Debug, Clone)]
pub struct Traffic {
    /// Index of the commodity.
    pub commodity: usize,
    /// Its illicit lanes.
    pub lanes: Vec<usize>,
}

/// What an export quota earns at the border.
#[derive(Debug, Clone)]
pub struct Rent {
    /// Index of the quota.
    pub quota: usize,
    /// Margins of its lanes that have a price where they arrive, by opening flow.
    pub lanes: Vec<(Margin, f64)>,
}

/// Everything that is watched.
#[derive(Debug, Clone)]
pub struct Watch {
    /// First day of period 0.
    pub start: Date,
    /// Distinct groups of users.
    pub users: Vec<Vec<usize>>,
    /// Scopes of final demand.
    pub scopes: Vec<Scope>,
    /// Prices by side.
    pub sides: Vec<Sides>,
    /// Series.
    pub series: Vec<Series>,
    /// What they read, each once: scopes with the same users share.
    pub readings: Vec<Reading>,
    /// Facilities.
    pub groups: Vec<Group>,
    /// Smuggling, by commodity.
    pub traffic: Vec<Traffic>,
    /// Whether of each quota the share used is told.
    pub quotas: bool,
    /// Export quotas with margins.
    pub rents: Vec<Rent>,
    /// Destination regions of finished goods leaving the inside.
    pub destinations: Vec<usize>,
    /// Finished lanes leaving the inside: (lane, index in `destinations`).
    pub export_lanes: Vec<(usize, usize)>,
    /// Stages with projects outside.
    pub chapters: Vec<Chapter>,
    /// Calendar months: `YYYY-MM` and whether the run covers only part of it.
    pub months: Vec<(String, bool)>,
    /// Per period: (month, share of the period's days) — at most two.
    pub days: Vec<Vec<(usize, f64)>>,
}

impl Watch {
    /// Decides what to watch.
    pub fn new(network: &Network, shocks: &Shocks, run: &Run) -> Watch {
        let (months, days) = calendar(run.start, run.horizon);
        let (users, scopes) = scopes(network);
        let mut watch = Watch {
            start: run.start,
            users,
            scopes,
            sides: sides(network),
            series: vec![],
            readings: vec![],
            groups: groups(network),
            traffic: traffic(network),
            quotas: true,
            rents: rents(network, shocks),
            destinations: vec![],
            export_lanes: vec![],
            chapters: chapters(network),
            months,
            days,
        };
        for (l, lane) in network.lanes.iter().enumerate().filter(|(_, lane)| lane.illicit.is_none()) {
            let commodity = network.slots[lane.from].commodity;
            if network.commodities[commodity].finished && network.leaves(lane) {
                let region = network.region_of(lane.to);
                let d = watch.destinations.iter().position(|&x| x == region).unwrap_or_else(|| {
                    watch.destinations.push(region);
                    watch.destinations.len() - 1
                });
                watch.export_lanes.push((l, d));
            }
        }
        let mut list = series(network, shocks, &watch);
        list.retain(|(s, _)| run.series.is_empty() || run.series.contains(&s.variable));
        for (mut series, reading) in list {
            series.reading = place(&mut watch.readings, reading);
            watch.series.push(series);
        }
        watch
    }
}

impl Watch {
    /// Cells of the table of exports: month × (destinations, world), none without destinations.
    pub fn export_cells(&self) -> usize {
        if self.destinations.is_empty() { 0 } else { self.months.len() * (self.destinations.len() + 1) }
    }
}

/// Distinct groups of users, and the scopes that report them.
fn scopes(n: &Network) -> (Vec<Vec<usize>>, Vec<Scope>) {
    let finished = |u: usize| n.commodities[n.slots[n.users[u].slot].commodity].finished;
    let any = (0..n.users.len()).any(finished);
    let counted = |u: &usize| !any || finished(*u);
    let all: Vec<usize> = (0..n.users.len()).filter(counted).collect();
    let (mut users, mut scopes) = (vec![], vec![]);
    let mut list = vec![("world".to_string(), all.clone(), true)];
    for (r, id) in n.regions.iter().enumerate() {
        let users: Vec<usize> = all.iter().copied().filter(|&u| n.users[u].region == r).collect();
        list.push((format!("region:{id}"), users, true));
    }
    for (s, id) in n.sectors.iter().enumerate() {
        let users = (0..n.users.len()).filter(|&u| n.users[u].sector == s).collect();
        list.push((format!("sector:{id}"), users, true));
    }
    let mut groups: Vec<&str> = n.users.iter().map(|u| n.facilities[u.facility].group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let users = (0..n.users.len()).filter(|&u| n.facilities[n.users[u].facility].group == group).collect();
        list.push((format!("facility:{group}"), users, false));
    }
    list.retain(|(_, users, _)| users.iter().any(|&u| n.users[u].demand > 0.0));
    for (name, group, series) in list {
        scopes.push(Scope { name, group: place(&mut users, group), series });
    }
    (users, scopes)
}

fn sides(n: &Network) -> Vec<Sides> {
    let mut list = vec![];
    for c in 0..n.commodities.len() {
        let mut markets = [vec![], vec![]];
        for (k, m) in n.markets.iter().enumerate().filter(|(_, m)| m.commodity == c) {
            markets[usize::from(!n.inside[m.region])].push((k, m.flow));
        }
        let mut opening = [0.0; 2];
        for (side, list) in markets.iter_mut().enumerate() {
            let total: f64 = list.iter().map(|x| x.1).sum();
            list.iter_mut().for_each(|x| x.1 /= total);
            opening[side] = list.iter().map(|(k, w)| w * n.markets[*k].reference).sum();
        }
        if markets.iter().any(|x| !x.is_empty()) {
            list.push(Sides { commodity: c, markets, opening });
        }
    }
    list
}

fn groups(n: &Network) -> Vec<Group> {
    let mut list: Vec<Group> = vec![];
    for (i, f) in n.facilities.iter().enumerate() {
        let scope = format!("facility:{}", f.group);
        let at = list.iter().position(|g| g.scope == scope).unwrap_or_else(|| {
            list.push(Group { scope, name: f.name.clone(), stage: f.stage, activities: vec![], users: vec![] });
            list.len() - 1
        });
        list[at].activities.extend(f.activities.clone().map(|a| (a, n.activities[a].rate)));
        list[at].users.extend((0..n.users.len()).filter(|&u| n.users[u].facility == i).map(|u| (u, n.users[u].demand)));
    }
    for g in &mut list {
        let total: f64 = g.activities.iter().chain(&g.users).map(|x| x.1).sum();
        g.activities.iter_mut().chain(&mut g.users).for_each(|x| x.1 = if total > 0.0 { 1.0 / total } else { 0.0 });
    }
    list.retain(|g| g.activities.iter().chain(&g.users).any(|x| x.1 > 0.0));
    list
}

fn traffic(n: &Network) -> Vec<Traffic> {
    let mut list: Vec<Traffic> = vec![];
    for (i, lane) in n.illicit.iter().enumerate() {
        let commodity = n.slots[n.lanes[lane.lane].from].commodity;
        match list.iter_mut().find(|t| t.commodity == commodity) {
            Some(known) => known.lanes.push(i),
            None => list.push(Traffic { commodity, lanes: vec![i] }),
        }
    }
    list
}

fn rents(n: &Network, shocks: &Shocks) -> Vec<Rent> {
    let mut list = vec![];
    for (q, quota) in shocks.quotas.iter().enumerate() {
        let priced = quota.lanes.iter().zip(&quota.margins).filter(|(l, m)| m.to.is_some() && n.lanes[**l].flow > 0.0);
        let mut lanes: Vec<(Margin, f64)> = priced.map(|(l, m)| (*m, n.lanes[*l].flow)).collect();
        let total: f64 = lanes.iter().map(|x| x.1).sum();
        lanes.iter_mut().for_each(|x| x.1 /= total);
        if !lanes.is_empty() {
            list.push(Rent { quota: q, lanes });
        }
    }
    list
}

fn series(n: &Network, shocks: &Shocks, watch: &Watch) -> Vec<(Series, Reading)> {
    let mut list = vec![];
    let mut add = |variable, scope: String, unit, reading| list.push((Series { variable, scope, unit, reading: 0 }, reading));
    for scope in watch.scopes.iter().filter(|s| s.series) {
        let g = scope.group;
        add("unmet_share", scope.name.clone(), "share", Reading::Unmet(g));
        add("lines_down", scope.name.clone(), "share", Reading::Down(g));
        if !scope.name.starts_with("sector") {
            add("cover", scope.name.clone(), "weeks", Reading::Cover(g));
        }
        if watch.users[g].iter().any(|&u| n.users[u].backlog > 0.0) {
            add("backlog", scope.name.clone(), "t", Reading::Backlog(g));
        }
    }
    for (i, side) in watch.sides.iter().enumerate() {
        let scope = format!("commodity:{}", n.commodities[side.commodity].id);
        if !side.markets[0].is_empty() {
            add("price_inside", scope.clone(), "USD/kg", Reading::Side(i, 0));
        }
        if !side.markets[1].is_empty() {
            add("price_outside", scope.clone(), "USD/kg", Reading::Side(i, 1));
        }
        if side.markets.iter().all(|m| !m.is_empty()) {
            add("premium_outside", scope, "share", Reading::Premium(i));
        }
    }
    for (k, m) in n.markets.iter().enumerate() {
        add("price", format!("market:{}", m.name), "USD/kg", Reading::Price(k));
    }
    if !watch.destinations.is_empty() {
        add("exports", "world".into(), "t/week", Reading::Exports(watch.destinations.len()));
        for (d, r) in watch.destinations.iter().enumerate() {
            add("exports", format!("region:{}", n.regions[*r]), "t/week", Reading::Exports(d));
        }
    }
    for (d, desk) in shocks.desks.iter().enumerate() {
        add("held", format!("desk:{}", desk.id), "t", Reading::Held(d));
    }
    for (i, policy) in n.stockpiles.iter().enumerate() {
        add("reserve", format!("stockpile:{}", policy.name), "t", Reading::Reserve(i));
    }
    let event = |q: usize| format!("event:{}", shocks.schedules[shocks.quotas[q].event].id);
    for q in 0..shocks.quotas.len() {
        add("quota_used", event(q), "share", Reading::QuotaUsed(q));
    }
    for (i, rent) in watch.rents.iter().enumerate() {
        add("quota_rent", event(rent.quota), "USD/kg", Reading::QuotaRent(i));
    }
    for (i, traffic) in watch.traffic.iter().enumerate() {
        let scope = format!("commodity:{}", n.commodities[traffic.commodity].id);
        add("smuggled", scope.clone(), "t/week", Reading::Smuggled(i));
        add("seized", scope, "t/week", Reading::Seized(i));
    }
    for (i, chapter) in watch.chapters.iter().enumerate() {
        add("outside_share", chapter.scope.clone(), "share", Reading::Outside(i));
        add("project_capacity", chapter.scope.clone(), "t/yr", Reading::ProjectCapacity(i));
        add("project_clock", chapter.scope.clone(), "share", Reading::ProjectClock(i));
    }
    debug_assert!(list.iter().all(|(s, _)| VARIABLES.contains(&s.variable)));
    list.sort_by(|(a, _), (b, _)| (a.variable, &a.scope).cmp(&(b.variable, &b.scope)));
    list
}

/// Months with whether they are partial, and per period the month and share of its days.
type Calendar = (Vec<(String, bool)>, Vec<Vec<(usize, f64)>>);

/// Spreads each period evenly over its days and sums them by calendar month (MODEL ruling 6).
fn calendar(start: Date, horizon: usize) -> Calendar {
    let mut months: Vec<(String, bool)> = vec![];
    let mut covered: Vec<(i8, i8)> = vec![]; // days seen, days in the month
    let mut days = vec![];
    let mut date = start;
    for _ in 0..horizon {
        let mut parts: Vec<(usize, f64)> = vec![];
        for _ in 0..7 {
            let name = format!("{:04}-{:02}", date.year(), date.month());
            if months.last().map(|m| &m.0) != Some(&name) {
                months.push((name, true));
                covered.push((0, date.days_in_month()));
            }
            let m = months.len() - 1;
            covered[m].0 += 1;
            match parts.last_mut() {
                Some(p) if p.0 == m => p.1 += 1.0 / 7.0,
                _ => parts.push((m, 1.0 / 7.0)),
            }
            date = date.tomorrow().unwrap_or(date);
        }
        days.push(parts);
    }
    for (month, (seen, all)) in months.iter_mut().zip(covered) {
        month.1 = seen < all;
    }
    (months, days)
}
