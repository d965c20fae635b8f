//! In: the first realization of a batch. Out: its record: series, monthly exports, facility output, scalars.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Plan;
use super::dispatch::Job;
use super::metrics::{LINE_DOWN, Track, Week};
use super::observe::{Reading, Watch};
use crate::engine::{self, State, World, balance};
use crate::network::Network;
use crate::shocks::{Draws, Shocks};
use crate::wide::{Row, WIDTH, ZERO, add, each, splat};

/// What one batch leaves.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Realizations that count (the last batch may be partly filled).
    pub used: usize,
    /// Series × period rows.
    pub series: Vec<Row>,
    /// Group × period sums over the realizations that count, over the opening output.
    pub output: Vec<f64>,
    /// The same in the baselines; empty without them.
    pub calm_output: Vec<f64>,
    /// Month × (destinations, world) rows, t.
    pub exports: Vec<Row>,
    /// Scalars: scopes × metrics, then price peaks, then drawn parameters.
    pub scalars: Vec<Row>,
    /// Largest mass of a lane that lay beyond its desk's ring, t, over the realizations that count.
    pub overflow: f64,
    /// Largest relative error of element mass at the end of the run.
    pub mass_error: f64,
}

/// Price metrics of a commodity: highest multiple of the opening price on each side of the border, highest premium outside.
const PEAKS: [&str; 3] = ["peak_price_inside", "peak_price_outside", "peak_premium"];

/// The same in the baseline: what the noise of prices alone does.
const CALM_PEAKS: [&str; 3] = ["calm_peak_inside", "calm_peak_outside", "calm_peak_premium"];

/// Names of the scalars of a run, in the order of [`Record::scalars`].
pub fn scalar_names(network: &Network, shocks: &Shocks, watch: &Watch, plan: &Plan) -> Vec<(String, String)> {
    let mut names = vec![];
    for s in &watch.scopes {
        names.extend(super::metrics::METRICS.iter().map(|m| ((*m).to_string(), s.name.clone())));
    }
    for side in &watch.sides {
        let scope = format!("commodity:{}", network.commodities[side.commodity].id);
        names.extend(PEAKS.iter().zip(side.told()).filter(|(_, told)| *told).map(|(m, _)| ((*m).to_string(), scope.clone())));
    }
    for side in watch.sides.iter().filter(|_| plan.baseline) {
        let scope = format!("commodity:{}", network.commodities[side.commodity].id);
        names.extend(CALM_PEAKS.iter().zip(side.told()).filter(|(_, told)| *told).map(|(m, _)| ((*m).to_string(), scope.clone())));
    }
    for (_, p) in network.parameters.drawn().chain(shocks.parameters.drawn()) {
        names.push(("parameter".into(), p.name.clone()));
    }
    names
}

/// Runs one batch, and its baseline before it.
#[inline(always)]
pub fn run(job: Job<'_>, stop: &AtomicBool) -> Record {
    let Job { network, shocks, calm, watch, plan, first } = job;
    let used = (plan.realizations - first).min(WIDTH as u64) as usize;
    let mut record = Record { used, ..Record::default() };
    let draws = shocks.open(network, first);
    let no_peaks = || vec![[splat(0.0), splat(0.0), splat(-1.0)]; watch.sides.len()];
    let mut calm_peaks = if plan.baseline { no_peaks() } else { vec![] };
    let baseline = if plan.baseline { baseline(network, calm, watch, plan, &draws, stop, &mut record, &mut calm_peaks) } else { vec![] };
    let mut now = shocks.period(network);
    let world = World { network, shocks, draws: &draws };
    let mut state = State::open(world);
    let opening = balance::ledger(world, &state);
    record.series = vec![ZERO; watch.series.len() * plan.horizon];
    record.output = vec![0.0; watch.groups.len() * plan.horizon];
    record.exports = vec![ZERO; watch.months.len() * (watch.destinations.len() + 1)];
    let mut tracks = vec![Track::new(); watch.scopes.len()];
    let mut weeks = vec![];
    let mut peaks = no_peaks();
    let onset = first_onset(&draws, plan.horizon);
    for t in 0..plan.horizon {
        if stop.load(Ordering::Relaxed) {
            return record;
        }
        shocks.fill(network, &draws, t, &mut now);
        engine::step(world, &now, &mut state);
        let age = each(|w| t as f64 - onset[w]);
        weeks.clear();
        for (s, scope) in watch.scopes.iter().enumerate() {
            let mut week = service(network, &state, &scope.users);
            week.baseline = match baseline.get(t * watch.scopes.len() + s) {
                Some(row) => *row,
                None => week.demand,
            };
            tracks[s].week(&week, &age);
            weeks.push(week);
        }
        for (i, series) in watch.series.iter().enumerate() {
            record.series[i * plan.horizon + t] = read(network, watch, &state, &weeks, series.reading);
        }
        price_peaks(network, watch, &state, &mut peaks);
        output(watch, &state, plan.horizon, t, used, &mut record.output);
        exports(watch, &state, t, &mut record);
    }
    let end = each(|w| plan.horizon as f64 - onset[w]);
    record.scalars = tracks.iter().flat_map(|t| t.finish(&end)).collect();
    for (peak, side) in peaks.iter().chain(&calm_peaks).zip(watch.sides.iter().cycle()) {
        record.scalars.extend(peak.iter().zip(side.told()).filter(|(_, told)| *told).map(|(row, _)| *row));
    }
    record.scalars.extend(network.parameters.drawn().map(|(i, _)| draws.network[i]));
    record.scalars.extend(shocks.parameters.drawn().map(|(i, _)| draws.events[i]));
    record.mass_error = balance::mass_error(&opening, &balance::ledger(world, &state));
    record.overflow = state.overflow.iter().flat_map(|row| &row[..used]).copied().fold(0.0, f64::max);
    record
}

/// Onset of the first event that happens within the run; its start if none does.
fn first_onset(draws: &Draws, horizon: usize) -> Row {
    let mut onset = splat(f64::INFINITY);
    for window in &draws.windows {
        for w in 0..WIDTH {
            if window.occurs[w] > 0.0 && window.onset[w] < horizon as f64 {
                onset[w] = onset[w].min(window.onset[w]);
            }
        }
    }
    each(|w| if onset[w].is_finite() { onset[w] } else { 0.0 })
}

/// Served by scope and period in the same realization without events.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn baseline(
    network: &Network,
    calm: &Shocks,
    watch: &Watch,
    plan: &Plan,
    draws: &Draws,
    stop: &AtomicBool,
    record: &mut Record,
    peaks: &mut [[Row; 3]],
) -> Vec<Row> {
    record.calm_output = vec![0.0; watch.groups.len() * plan.horizon];
    let quiet = Draws { first: draws.first, network: draws.network.clone(), events: vec![], windows: vec![], buyers: vec![] };
    let world = World { network, shocks: calm, draws: &quiet };
    let mut state = State::open(world);
    let mut now = calm.period(network);
    let mut rows = Vec::with_capacity(plan.horizon * watch.scopes.len());
    for t in 0..plan.horizon {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        calm.fill(network, &quiet, t, &mut now);
        engine::step(world, &now, &mut state);
        for scope in &watch.scopes {
            let mut served = ZERO;
            scope.users.iter().for_each(|&u| add(&mut served, &state.served[u]));
            rows.push(served);
        }
        output(watch, &state, plan.horizon, t, record.used, &mut record.calm_output);
        price_peaks(network, watch, &state, peaks);
    }
    rows
}

/// Adds up the users of a scope in one period.
#[inline(always)]
fn service(network: &Network, state: &State, users: &[usize]) -> Week {
    let mut week = Week { demand: ZERO, served: ZERO, unmet: ZERO, on_time: ZERO, backlog: ZERO, down: ZERO, cover: ZERO, baseline: ZERO };
    let (mut stock, mut usage) = (ZERO, ZERO);
    for &u in users {
        let user = &network.users[u];
        let (demand, served, backlog) = (&state.demand[u], &state.served[u], &state.backlog[u]);
        let lost = &state.lost[u];
        for w in 0..WIDTH {
            // What waited before this week is served first.
            let waited = (served[w] + backlog[w] + lost[w] - demand[w]).max(0.0);
            let on_time = (served[w] - waited).clamp(0.0, demand[w]);
            week.demand[w] += demand[w];
            week.served[w] += served[w];
            week.on_time[w] += on_time;
            week.unmet[w] += (demand[w] - served[w]).max(0.0);
            week.backlog[w] += backlog[w];
            week.down[w] += if served[w] < (1.0 - LINE_DOWN) * demand[w] { demand[w] } else { 0.0 };
            stock[w] += state.on_hand[user.slot][w];
            usage[w] += state.usage_forecast[user.slot][w];
        }
    }
    for w in 0..WIDTH {
        week.down[w] = if week.demand[w] > 0.0 { week.down[w] / week.demand[w] } else { 0.0 };
        week.cover[w] = if usage[w] > 0.0 { stock[w] / usage[w] } else { 0.0 };
    }
    week
}

/// Price of a commodity on one side of the border, USD/kg.
#[inline(always)]
fn side_price(network: &Network, watch: &Watch, state: &State, i: usize, side: usize) -> Row {
    let mut price = ZERO;
    for &(k, weight) in &watch.sides[i].markets[side] {
        let p = &state.price[k];
        let reference = network.markets[k].reference;
        for w in 0..WIDTH {
            price[w] += weight * reference * p[w];
        }
    }
    price
}

#[inline(always)]
fn read(network: &Network, watch: &Watch, state: &State, weeks: &[Week], reading: Reading) -> Row {
    match reading {
        Reading::Price(k) => each(|w| state.price[k][w] * network.markets[k].reference),
        Reading::Side(i, side) => side_price(network, watch, state, i, side),
        Reading::Premium(i) => {
            let (inside, outside) = (side_price(network, watch, state, i, 0), side_price(network, watch, state, i, 1));
            each(|w| outside[w] / inside[w] - 1.0)
        }
        Reading::Unmet(s) => each(|w| if weeks[s].demand[w] > 0.0 { weeks[s].unmet[w] / weeks[s].demand[w] } else { 0.0 }),
        Reading::Down(s) => weeks[s].down,
        Reading::Cover(s) => weeks[s].cover,
        Reading::Exports(d) => {
            let mut sum = ZERO;
            for &(l, to) in &watch.export_lanes {
                if d == usize::MAX || d == to {
                    add(&mut sum, &state.cleared[l]);
                }
            }
            sum
        }
        Reading::Held(d) => state.held[d],
    }
}

#[inline(always)]
fn price_peaks(network: &Network, watch: &Watch, state: &State, peaks: &mut [[Row; 3]]) {
    for (i, peak) in peaks.iter_mut().enumerate() {
        let sides = [side_price(network, watch, state, i, 0), side_price(network, watch, state, i, 1)];
        let opening = watch.sides[i].opening;
        for w in 0..WIDTH {
            for side in 0..2 {
                if opening[side] > 0.0 {
                    peak[side][w] = peak[side][w].max(sides[side][w] / opening[side]);
                }
            }
            if opening[0] > 0.0 && opening[1] > 0.0 {
                peak[2][w] = peak[2][w].max(sides[1][w] / sides[0][w] - 1.0);
            }
        }
    }
}

#[inline(always)]
fn output(watch: &Watch, state: &State, horizon: usize, t: usize, used: usize, to: &mut [f64]) {
    for (g, group) in watch.groups.iter().enumerate() {
        let mut sum = 0.0;
        for &(a, weight) in &group.activities {
            sum += weight * state.activity[a][..used].iter().sum::<f64>();
        }
        for &(u, weight) in &group.users {
            sum += weight * state.served[u][..used].iter().sum::<f64>();
        }
        to[g * horizon + t] = sum;
    }
}

#[inline(always)]
fn exports(watch: &Watch, state: &State, t: usize, record: &mut Record) {
    let columns = watch.destinations.len() + 1;
    for &(l, d) in &watch.export_lanes {
        let cleared = &state.cleared[l];
        for &(month, share) in &watch.days[t] {
            for column in [d, columns - 1] {
                let row = &mut record.exports[month * columns + column];
                for w in 0..WIDTH {
                    row[w] += share * cleared[w];
                }
            }
        }
    }
}
