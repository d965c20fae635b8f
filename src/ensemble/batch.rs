//! In: the first realization of a batch. Out: its record: series, monthly exports, facility output, scalars.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Plan;
use super::calm::Calm;
use super::dispatch::Job;
use super::histogram::Note;
use super::metrics::Track;
use super::observe::Watch;
use super::outside::Course;
use super::sight::{Sight, output, served};
use crate::engine::calendar::Calendar;
use crate::engine::{self, State, World, balance};
use crate::network::Network;
use crate::shocks::{Draws, PeriodShocks, Shocks};
use crate::wide::{Row, WIDTH, ZERO, each, splat};

/// What one batch leaves.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Realizations that count (the last batch may be partly filled).
    pub used: usize,
    /// Reading × period.
    pub series: Vec<Note>,
    /// Group × period sums over the realizations that count, over the opening output.
    pub output: Vec<f64>,
    /// The same in the baselines; empty without them.
    pub calm_output: Vec<f64>,
    /// Month × (destinations, world), t.
    pub exports: Vec<Note>,
    /// Scalars: scopes × metrics, then price peaks, then drawn parameters.
    pub scalars: Vec<Row>,
    /// Largest mass of a lane that lay beyond its desk's calendar, t, over the realizations that count.
    pub overflow: f64,
    /// Largest relative error of element mass at the end of the run.
    pub mass_error: f64,
    /// Calendars of desks of the batch before: their piles have the room that they need.
    calendars: Vec<Calendar>,
    /// The batch's baseline, if it is known already; taken by the run.
    pub known: Option<Arc<Calm>>,
    /// The baseline that the run stood beside, for whoever wants to keep it.
    pub calm: Option<Arc<Calm>>,
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
    for chapter in &watch.chapters {
        names.extend(chapter.metrics(plan.horizon).into_iter().map(|m| (m.to_string(), chapter.scope.clone())));
    }
    for (_, p) in network.parameters.drawn().chain(shocks.parameters.drawn()) {
        names.push(("parameter".into(), p.name.clone()));
    }
    names
}

/// Makes a list of `n` equal items in the memory that it has.
fn refill<T: Clone>(list: &mut Vec<T>, n: usize, item: T) {
    list.clear();
    list.resize(n, item);
}

/// What somebody who looks over the shoulder of a batch sees: the state after each verb, and at each period's end.
pub struct Moment<'a> {
    /// Period, 0 the first.
    pub period: usize,
    /// Index in [`engine::VERBS`] of the verb that has been done; one past the last: the period is over, and has been looked at.
    pub verb: usize,
    /// The chain, what is scheduled, and what was drawn once.
    pub world: World<'a>,
    /// What happens this period.
    pub now: &'a PeriodShocks,
    /// The state.
    pub state: &'a State,
    /// What is watched of it: of this period at its end, of the one before until then.
    pub sight: &'a Sight,
}

/// Somebody who is shown every moment of a batch (not of its baseline), if anybody is. Called through a pointer, so that the engine is
/// compiled once for all of them.
pub type See<'a> = Option<&'a mut dyn FnMut(Moment<'_>)>;

/// Runs one batch, and its baseline before it, into a record whose memory is used again.
#[inline(always)]
pub fn run(job: Job<'_>, stop: &AtomicBool, record: &mut Record, mut see: See<'_>) {
    let Job { network, shocks, watch, plan, first, .. } = job;
    let used = (plan.realizations - first).min(WIDTH as u64) as usize;
    record.used = used;
    let draws = shocks.open(network, first);
    let no_peaks = || vec![[splat(0.0), splat(0.0), splat(-1.0)]; watch.sides.len()];
    let mut sight = Sight::new(watch);
    record.calm = None;
    let calm = match (plan.baseline, record.known.take()) {
        (false, _) => Arc::default(),
        (true, Some(known)) => known,
        (true, None) => Arc::new(baseline(job, &draws, stop, used, &mut sight, no_peaks())),
    };
    refill(&mut record.calm_output, calm.output.len(), 0.0);
    record.calm_output.copy_from_slice(&calm.output);
    let mut now = shocks.period(network);
    let world = World { network, shocks, draws: &draws };
    let mut state = State::open(world);
    if record.calendars.len() == state.calendars.len() {
        std::mem::swap(&mut state.calendars, &mut record.calendars);
    }
    let opening = balance::ledger(world, &state);
    refill(&mut record.series, watch.readings.len() * plan.horizon, Note::NONE);
    refill(&mut record.output, watch.groups.len() * plan.horizon, 0.0);
    let mut exported = vec![ZERO; watch.export_cells()];
    let mut tracks = vec![Track::new(); watch.users.len()];
    let mut courses: Vec<Course> = watch.chapters.iter().map(|c| Course::new(c, plan.horizon)).collect();
    let mut peaks = no_peaks();
    let onset = first_onset(&draws, plan.horizon);
    for t in 0..plan.horizon {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        shocks.fill(network, &draws, t, &mut now);
        engine::step_watched(world, &now, &mut state, |verb, state| {
            if let Some(see) = &mut see {
                see(Moment { period: t, verb, world, now: &now, state, sight: &sight });
            }
        });
        sight.look(network, watch, &state);
        let age = each(|w| t as f64 - onset[w]);
        for (g, (track, week)) in tracks.iter_mut().zip(&mut sight.weeks).enumerate() {
            if plan.baseline {
                week.baseline = calm.served[t * watch.users.len() + g];
            }
            track.week(week, &age);
        }
        for ((course, chapter), made) in courses.iter_mut().zip(&watch.chapters).zip(&sight.made) {
            course.week(t, &made.share(), &chapter.capacity(&state));
        }
        for (i, reading) in watch.readings.iter().enumerate() {
            record.series[i * plan.horizon + t] = Note::new(&sight.read(network, watch, &state, *reading), used);
        }
        sight.raise_peaks(watch, &mut peaks);
        output(watch, &state, (t, plan.horizon), used, &mut record.output);
        exports(watch, &sight.exports, t, &mut exported);
        if let Some(see) = &mut see {
            see(Moment { period: t, verb: engine::VERBS.len(), world, now: &now, state: &state, sight: &sight });
        }
    }
    record.exports.clear();
    for row in &exported {
        record.exports.push(Note::new(row, used));
    }
    let end = each(|w| plan.horizon as f64 - onset[w]);
    let metrics: Vec<_> = tracks.iter().map(|t| t.finish(&end)).collect();
    record.scalars.clear();
    record.scalars.extend(watch.scopes.iter().flat_map(|s| metrics[s.group]));
    for (peak, side) in peaks.iter().chain(&calm.peaks).zip(watch.sides.iter().cycle()) {
        record.scalars.extend(peak.iter().zip(side.told()).filter(|(_, told)| *told).map(|(row, _)| *row));
    }
    record.scalars.extend(courses.iter().flat_map(Course::finish));
    record.scalars.extend(network.parameters.drawn().map(|(i, _)| draws.network[i]));
    record.scalars.extend(shocks.parameters.drawn().map(|(i, _)| draws.events[i]));
    record.mass_error = balance::mass_error(&opening, &balance::ledger(world, &state));
    state.calendars.iter_mut().for_each(Calendar::clear);
    record.calendars = state.calendars;
    record.calm = plan.baseline.then_some(calm);
    record.overflow = state.overflow.iter().flat_map(|row| &row[..used]).copied().fold(0.0, f64::max);
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

/// The same realizations without events.
#[inline(always)]
fn baseline(job: Job<'_>, draws: &Draws, stop: &AtomicBool, used: usize, sight: &mut Sight, mut peaks: Vec<[Row; 3]>) -> Calm {
    let Job { network, calm, watch, plan, .. } = job;
    let mut made = vec![0.0; watch.groups.len() * plan.horizon];
    let quiet = Draws { first: draws.first, network: draws.network.clone(), events: vec![], windows: vec![], comes: draws.comes.clone(), buyers: vec![] };
    let world = World { network, shocks: calm, draws: &quiet };
    let mut state = State::open(world);
    let mut now = calm.period(network);
    let mut rows = Vec::with_capacity(plan.horizon * watch.users.len());
    for t in 0..plan.horizon {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        calm.fill(network, &quiet, t, &mut now);
        engine::step(world, &now, &mut state);
        for users in &watch.users {
            rows.push(served(&state, users));
        }
        output(watch, &state, (t, plan.horizon), used, &mut made);
        sight.prices(network, watch, &state);
        sight.raise_peaks(watch, &mut peaks);
    }
    Calm { served: rows, output: made, peaks }
}

/// Spreads a period's exports over the calendar months of its days.
#[inline(always)]
fn exports(watch: &Watch, now: &[Row], t: usize, to: &mut [Row]) {
    if to.is_empty() {
        return;
    }
    for &(month, share) in &watch.days[t] {
        for (d, row) in now.iter().enumerate() {
            let cell = &mut to[month * now.len() + d];
            for w in 0..WIDTH {
                cell[w] += share * row[w];
            }
        }
    }
}
