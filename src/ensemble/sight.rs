//! In: a state at the end of a period. Out: what is watched of it: service of users, prices on both sides, exports, output.

use super::metrics::{LINE_DOWN, Week};
use super::observe::{Reading, Rent, Traffic, Watch};
use super::outside::Output;
use crate::engine::State;
use crate::engine::pool::margin;
use crate::network::Network;
use crate::wide::{Row, WIDTH, ZERO, add, max, total, within};

/// What is seen of one period of one batch; made once, filled each period.
#[derive(Debug, Clone)]
pub struct Sight {
    /// Per group of users.
    pub weeks: Vec<Week>,
    /// Per commodity with a price: inside and outside, USD/kg.
    pub sides: Vec<[Row; 2]>,
    /// Per destination, and last for all: finished goods that left the inside, t/week.
    pub exports: Vec<Row>,
    /// Per stage with projects outside: what is made there and in all.
    pub made: Vec<Output>,
}

impl Sight {
    /// Room for what `watch` asks for.
    pub fn new(watch: &Watch) -> Sight {
        Sight {
            weeks: vec![Week::default(); watch.users.len()],
            sides: vec![[ZERO; 2]; watch.sides.len()],
            exports: vec![ZERO; watch.destinations.len() + 1],
            made: watch.chapters.iter().map(Output::new).collect(),
        }
    }

    /// Looks at the state.
    #[inline(always)]
    pub fn look(&mut self, network: &Network, watch: &Watch, state: &State) {
        for (week, users) in self.weeks.iter_mut().zip(&watch.users) {
            service(network, state, users, week);
        }
        self.prices(network, watch, state);
        for (made, chapter) in self.made.iter_mut().zip(&watch.chapters) {
            made.look(chapter, state);
        }
        self.exports.fill(ZERO);
        for &(l, d) in &watch.export_lanes {
            add(&mut self.exports[d], state.lanes[l].departed());
        }
        if let Some((all, parts)) = self.exports.split_last_mut() {
            for part in parts {
                add(all, part);
            }
        }
    }

    /// Looks at prices alone.
    #[inline(always)]
    pub fn prices(&mut self, network: &Network, watch: &Watch, state: &State) {
        for (rows, side) in self.sides.iter_mut().zip(&watch.sides) {
            for (row, markets) in rows.iter_mut().zip(&side.markets) {
                let mut sum = ZERO;
                for &(k, weight) in markets {
                    let (price, scale) = (&state.markets[k].price, weight * network.markets[k].reference);
                    for w in 0..WIDTH {
                        sum[w] += scale * price[w];
                    }
                }
                *row = sum;
            }
        }
    }

    /// Raises the highest multiples of opening prices, and the highest premiums outside, seen so far.
    #[inline(always)]
    pub fn raise_peaks(&self, watch: &Watch, peaks: &mut [[Row; 3]]) {
        for ((peak, sides), side) in peaks.iter_mut().zip(&self.sides).zip(&watch.sides) {
            let there = [side.opening[0] > 0.0, side.opening[1] > 0.0];
            for i in (0..2).filter(|i| there[*i]) {
                let (scale, mut high) = (1.0 / side.opening[i], peak[i]);
                for w in 0..WIDTH {
                    high[w] = max(high[w], sides[i][w] * scale);
                }
                peak[i] = high;
            }
            if there == [true, true] {
                let mut high = peak[2];
                for w in 0..WIDTH {
                    high[w] = max(high[w], sides[1][w] / sides[0][w] - 1.0);
                }
                peak[2] = high;
            }
        }
    }

    /// One reading.
    #[inline(always)]
    pub fn read(&self, network: &Network, watch: &Watch, state: &State, reading: Reading) -> Row {
        match reading {
            Reading::Price(k) => {
                let mut price = state.markets[k].price;
                for w in 0..WIDTH {
                    price[w] *= network.markets[k].reference;
                }
                price
            }
            Reading::Side(i, side) => self.sides[i][side],
            Reading::Premium(i) => {
                let [inside, mut premium] = self.sides[i];
                for w in 0..WIDTH {
                    premium[w] = premium[w] / inside[w] - 1.0;
                }
                premium
            }
            Reading::Unmet(g) => {
                let Week { unmet, demand, .. } = self.weeks[g];
                let mut share = ZERO;
                for w in 0..WIDTH {
                    let part = unmet[w] / demand[w];
                    share[w] = if demand[w] > 0.0 { part } else { 0.0 };
                }
                share
            }
            Reading::Backlog(g) => self.weeks[g].backlog,
            Reading::Down(g) => self.weeks[g].down,
            Reading::Cover(g) => self.weeks[g].cover,
            Reading::Exports(d) => self.exports[d],
            Reading::Held(d) => state.held[d],
            Reading::Reserve(i) => state.slots[network.stockpiles[i].slot].on_hand,
            Reading::QuotaUsed(q) => used(state, q),
            Reading::QuotaRent(i) => rent(network, state, &watch.rents[i]),
            Reading::Smuggled(i) => smuggled(network, state, &watch.traffic[i]),
            Reading::Seized(i) => seized(state, &watch.traffic[i]),
            Reading::Outside(i) => self.made[i].share(),
            Reading::ProjectCapacity(i) => watch.chapters[i].capacity(state),
            Reading::ProjectClock(i) => watch.chapters[i].clock(network, state),
        }
    }
}

/// Share used of what a quota has handed out; nothing before it has.
#[inline(always)]
pub fn used(state: &State, q: usize) -> Row {
    let (used, granted) = (&state.quotas[q].used, &state.quotas[q].granted);
    let mut share = ZERO;
    for w in 0..WIDTH {
        let part = used[w] / granted[w];
        share[w] = if granted[w] > 0.0 { part } else { 0.0 };
    }
    share
}

/// Mean margin of a quota's lanes while it is in force, USD/kg; a loss counts as nothing.
#[inline(always)]
fn rent(network: &Network, state: &State, rent: &Rent) -> Row {
    let mut mean = ZERO;
    for &(lane, weight) in &rent.lanes {
        let earned = margin(network, lane, state);
        for w in 0..WIDTH {
            mean[w] += weight * max(earned[w], 0.0);
        }
    }
    let left = &state.quotas[rent.quota].left;
    for w in 0..WIDTH {
        mean[w] = if left[w] < f64::INFINITY { mean[w] } else { 0.0 };
    }
    mean
}

/// Let through on the illicit lanes of a commodity this period, t.
#[inline(always)]
fn smuggled(network: &Network, state: &State, traffic: &Traffic) -> Row {
    let mut sum = ZERO;
    for &i in &traffic.lanes {
        add(&mut sum, &state.lanes[network.illicit[i].lane].shipped);
    }
    sum
}

/// Seized on them this period, t.
#[inline(always)]
fn seized(state: &State, traffic: &Traffic) -> Row {
    let mut sum = ZERO;
    for &i in &traffic.lanes {
        add(&mut sum, &state.illicit[i].seized);
    }
    sum
}

/// Let through and seized on the illicit lanes of a commodity since the start, t.
#[inline(always)]
pub fn hauls(state: &State, traffic: &Traffic) -> [Row; 2] {
    let mut sums = [ZERO; 2];
    for &i in &traffic.lanes {
        add(&mut sums[0], &state.illicit[i].through_total);
        add(&mut sums[1], &state.illicit[i].seized_total);
    }
    sums
}

/// Adds up a group of users in one period.
#[inline(always)]
fn service(network: &Network, state: &State, users: &[usize], week: &mut Week) {
    let (mut all, mut done, mut waits, mut stock, mut usage) = (ZERO, ZERO, ZERO, ZERO, ZERO);
    let (mut on_time, mut unmet, mut down) = (ZERO, ZERO, ZERO);
    for &u in users {
        let (user, slot) = (&state.users[u], &state.slots[network.users[u].slot]);
        for w in 0..WIDTH {
            let (demand, served) = (user.demand[w], user.served[w]);
            all[w] += demand;
            done[w] += served;
            waits[w] += user.backlog[w];
            stock[w] += slot.on_hand[w];
            usage[w] += slot.usage_forecast[w];
            // What waited before this week is served first.
            let waited = max(served + user.backlog[w] + user.lost[w] - demand, 0.0);
            on_time[w] += within(served - waited, 0.0, demand);
            unmet[w] += max(demand - served, 0.0);
            down[w] += if served < (1.0 - LINE_DOWN) * demand { demand } else { 0.0 };
        }
    }
    for w in 0..WIDTH {
        let (share, cover) = (down[w] / all[w], stock[w] / usage[w]);
        down[w] = if all[w] > 0.0 { share } else { 0.0 };
        stock[w] = if usage[w] > 0.0 { cover } else { 0.0 };
    }
    *week = Week { demand: all, served: done, unmet, on_time, backlog: waits, down, cover: stock, baseline: all };
}

/// Served to a group of users in one period.
#[inline(always)]
pub fn served(state: &State, users: &[usize]) -> Row {
    let mut sum = ZERO;
    for &u in users {
        add(&mut sum, &state.users[u].served);
    }
    sum
}

/// Sums over the first `used` realizations of each group's output, over its opening output, into column `t` of `to`.
#[inline(always)]
pub fn output(watch: &Watch, state: &State, (t, horizon): (usize, usize), used: usize, to: &mut [f64]) {
    for (g, group) in watch.groups.iter().enumerate() {
        let mut sum = ZERO;
        for (a, weight) in &group.activities {
            let row = &state.activity[*a];
            for w in 0..WIDTH {
                sum[w] += weight * row[w];
            }
        }
        for (u, weight) in &group.users {
            let row = &state.users[*u].served;
            for w in 0..WIDTH {
                sum[w] += weight * row[w];
            }
        }
        to[g * horizon + t] = total(&counted(&sum, used));
    }
}

/// A row in which realizations that do not count are zero.
#[inline(always)]
fn counted(row: &Row, used: usize) -> Row {
    let mut out = *row;
    if used < WIDTH {
        out[used..].fill(0.0);
    }
    out
}
