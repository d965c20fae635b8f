//! In: the first realization of a batch. Out: its record: series, monthly exports, facility output, scalars.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Plan;
use super::calm::Calm;
use super::dispatch::{self, Job, Path};
use super::histogram::Note;
use super::metrics::Track;
use super::observe::Watch;
use super::outside::Course;
use super::sight::{Sight, hauls, output, served, used as used_up};
use crate::engine::{self, State, World, balance};
use crate::network::Network;
use crate::shocks::schedule::NEVER;
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
    /// Scalars: scopes × metrics, price peaks, quotas, smuggling, drawn parameters.
    pub scalars: Vec<Row>,
    /// Largest relative error of element mass at the end of the run.
    pub mass_error: f64,
    /// The batch's baseline, if it is known already; taken by the run.
    pub known: Option<Arc<Calm>>,
    /// The baseline that the run stood beside, for whoever wants to keep it.
    pub calm: Option<Arc<Calm>>,
}

/// Price metrics of a commodity: highest multiple of the opening price on each side of the border, highest premium outside.
const PEAKS: [&str; 3] = ["peak_price_inside", "peak_price_outside", "peak_premium"];

/// The same in the baseline: what the noise of prices alone does.
const CALM_PEAKS: [&str; 3] = ["calm_peak_inside", "calm_peak_outside", "calm_peak_premium"];

/// Metrics of an event without a date: 1 if it happened at all, else 0; the week in which it first began, the run's length if never.
/// An escalation has `measures_taken`: their number over the run.
const PENDING: [&str; 2] = ["happened", "onset_week"];

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
    for quota in shocks.quotas.iter().filter(|_| watch.quotas) {
        names.push(("quota_used".into(), format!("event:{}", shocks.schedules[quota.event].id)));
    }
    for traffic in &watch.traffic {
        let scope = format!("commodity:{}", network.commodities[traffic.commodity].id);
        names.extend(["smuggled", "seized"].map(|m| (m.to_string(), scope.clone())));
    }
    for chapter in &watch.chapters {
        names.extend(chapter.metrics(plan.horizon).into_iter().map(|m| (m.to_string(), chapter.scope.clone())));
    }
    names.extend(shocks.escalations.iter().map(|e| ("measures_taken".to_owned(), format!("escalation:{}", e.id))));
    for pending in &shocks.pending {
        let scope = format!("event:{}", shocks.schedules[pending.event].id);
        names.extend(PENDING.map(|m| (m.to_owned(), scope.clone())));
    }
    for (_, p) in network.parameters.drawn().chain(shocks.parameters.drawn()) {
        names.push(("parameter".into(), p.name.clone()));
    }
    names
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

/// A period of a batch to be drawn and stepped through.
pub struct Stepping<'a, 's> {
    /// The chain, what is scheduled, what was drawn once.
    pub world: World<'a>,
    /// Period, 0 the first.
    pub period: usize,
    /// What happens in it.
    pub now: &'a mut PeriodShocks,
    /// The state.
    pub state: &'a mut State,
    /// What was seen of the period before.
    pub sight: &'a Sight,
    /// Who looks over the shoulder.
    pub see: &'a mut See<'s>,
}

/// What a batch draws once.
#[inline(always)]
pub(super) fn open(shocks: &Shocks, network: &Network, first: u64) -> Draws {
    shocks.open(network, first)
}

/// Draws what happens in a period.
#[inline(always)]
pub(super) fn draw(s: &mut Stepping<'_, '_>) {
    s.world.shocks.fill(s.world.network, s.world.draws, s.period, s.now);
}

/// Steps through a period.
#[inline(always)]
pub(super) fn step(s: &mut Stepping<'_, '_>) {
    let Stepping { world, period, now, state, sight, see } = s;
    engine::step_watched(*world, now, state, |verb, now, state| {
        if let Some(see) = see {
            see(Moment { period: *period, verb, world: *world, now, state, sight });
        }
    });
}

/// What is looked at and noted at the end of a period of a batch.
pub struct Looking<'a> {
    /// The batch.
    pub job: Job<'a>,
    /// Period, 0 the first.
    pub period: usize,
    /// Realizations that count.
    pub used: usize,
    /// Onset of the first event, period.
    pub onset: Row,
    /// The batch's baseline; empty without one.
    pub calm: &'a Calm,
    /// What is seen.
    pub sight: &'a mut Sight,
    /// Per group of users: metrics in the making.
    pub tracks: &'a mut [Track],
    /// Per stage that is told by side of the border: its course so far.
    pub courses: &'a mut [Course],
    /// Per commodity with a price: peaks so far.
    pub peaks: &'a mut [[Row; 3]],
    /// Reading × period.
    pub series: &'a mut [Note],
    /// Group × period.
    pub output: &'a mut [f64],
    /// Month × destination, t.
    pub exported: &'a mut [Row],
}

/// Looks at the state at the end of a period: service, prices, exports, output.
#[inline(always)]
pub(super) fn look(l: &mut Looking<'_>, state: &State) {
    let Job { network, watch, plan, .. } = l.job;
    l.sight.look(network, watch, state);
    let (t, mut age) = (l.period as f64, ZERO);
    for w in 0..WIDTH {
        age[w] = t - l.onset[w];
    }
    for (g, (track, week)) in l.tracks.iter_mut().zip(&mut l.sight.weeks).enumerate() {
        if plan.baseline {
            week.baseline = l.calm.served[l.period * watch.users.len() + g];
        }
        track.week(week, &age);
    }
    for ((course, chapter), made) in l.courses.iter_mut().zip(&watch.chapters).zip(&l.sight.made) {
        course.week(l.period, &made.share(), &chapter.capacity(state));
    }
    l.sight.raise_peaks(watch, l.peaks);
    output(watch, state, (l.period, plan.horizon), l.used, l.output);
    exports(watch, &l.sight.exports, l.period, l.exported);
}

/// Notes what series want of what was looked at.
#[inline(always)]
pub(super) fn note(l: &mut Looking<'_>, state: &State) {
    let Job { network, watch, plan, .. } = l.job;
    for (i, reading) in watch.readings.iter().enumerate() {
        l.series[i * plan.horizon + l.period] = Note::new(&l.sight.read(network, watch, state, *reading), l.used);
    }
}

/// Runs one batch, and its baseline before it, into a record whose memory is used again.
pub(super) fn run(path: Path, job: Job<'_>, stop: &AtomicBool, record: &mut Record, mut see: See<'_>) {
    let Job { network, shocks, rounds, watch, plan, first, .. } = job;
    let used = (plan.realizations - first).min(WIDTH as u64) as usize;
    record.used = used;
    let draws = dispatch::open_on(path, shocks, network, first);
    let no_peaks = || vec![[splat(0.0), splat(0.0), splat(-1.0)]; watch.sides.len()];
    let mut sight = Sight::new(watch);
    record.calm = None;
    let calm = match (plan.baseline, record.known.take()) {
        (false, _) => Arc::default(),
        (true, Some(known)) => known,
        (true, None) => Arc::new(baseline(path, job, &draws, stop, used, &mut sight, no_peaks())),
    };
    record.calm_output.clone_from(&calm.output);
    let mut now = shocks.period(network);
    let world = World { network, shocks, rounds, draws: &draws };
    let mut state = job.spares.take();
    state.reopen(world);
    let opening = balance::ledger(world, &state);
    // Every period writes its own: what the batch before has left is no matter.
    record.series.resize(watch.readings.len() * plan.horizon, Note::NONE);
    record.output.resize(watch.groups.len() * plan.horizon, 0.0);
    let mut exported = vec![ZERO; watch.export_cells()];
    let mut tracks = vec![Track::new(); watch.users.len()];
    let mut courses: Vec<Course> = watch.chapters.iter().map(|c| Course::new(c, plan.horizon)).collect();
    let mut peaks = no_peaks();
    let onset = first_onset(shocks, &draws, plan.horizon);
    for t in 0..plan.horizon {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let mut stepping = Stepping { world, period: t, now: &mut now, state: &mut state, sight: &sight, see: &mut see };
        dispatch::draw_on(path, &mut stepping);
        dispatch::step_on(path, &mut stepping);
        let mut looking = Looking {
            job,
            period: t,
            used,
            onset: begun(shocks, &onset, &state),
            calm: &calm,
            sight: &mut sight,
            tracks: &mut tracks,
            courses: &mut courses,
            peaks: &mut peaks,
            series: &mut record.series,
            output: &mut record.output,
            exported: &mut exported,
        };
        dispatch::look_on(path, &mut looking, &state);
        dispatch::note_on(path, &mut looking, &state);
        if let Some(see) = &mut see {
            see(Moment { period: t, verb: engine::VERBS.len(), world, now: &now, state: &state, sight: &sight });
        }
    }
    record.exports.clear();
    for row in &exported {
        record.exports.push(Note::new(row, used));
    }
    let onset = begun(shocks, &onset, &state);
    let end = each(|w| plan.horizon as f64 - if onset[w] < NEVER { onset[w] } else { 0.0 });
    let metrics: Vec<_> = tracks.iter().map(|t| t.finish(&end)).collect();
    record.scalars.clear();
    record.scalars.extend(watch.scopes.iter().flat_map(|s| metrics[s.group]));
    for (peak, side) in peaks.iter().chain(&calm.peaks).zip(watch.sides.iter().cycle()) {
        record.scalars.extend(peak.iter().zip(side.told()).filter(|(_, told)| *told).map(|(row, _)| *row));
    }
    record.scalars.extend((0..state.quotas.len()).filter(|_| watch.quotas).map(|q| used_up(&state, q)));
    record.scalars.extend(watch.traffic.iter().flat_map(|t| hauls(&state, t)));
    record.scalars.extend(courses.iter().flat_map(Course::finish));
    record.scalars.extend(state.affairs.taken.iter());
    for first in &state.affairs.first {
        let happened = each(|w| if first[w] < NEVER { 1.0 } else { 0.0 });
        record.scalars.extend([happened, each(|w| first[w].min(plan.horizon as f64))]);
    }
    record.scalars.extend(network.parameters.drawn().map(|(i, _)| draws.network[i]));
    record.scalars.extend(shocks.parameters.drawn().map(|(i, _)| draws.events[i]));
    record.mass_error = balance::mass_error(&opening, &balance::ledger(world, &state));
    record.calm = plan.baseline.then_some(calm);
    job.spares.keep(state);
}

/// Onset of the first event with a date that happens within the run; if none does, the run's start, or [`NEVER`] as long as others may.
fn first_onset(shocks: &Shocks, draws: &Draws, horizon: usize) -> Row {
    let mut onset = splat(f64::INFINITY);
    for window in &draws.windows {
        for w in 0..WIDTH {
            if window.occurs[w] > 0.0 && window.onset[w] < horizon as f64 {
                onset[w] = onset[w].min(window.onset[w]);
            }
        }
    }
    let none = if shocks.pending.is_empty() { 0.0 } else { NEVER };
    each(|w| if onset[w].is_finite() { onset[w] } else { none })
}

/// Onset of the first event that has happened so far, those without a date too.
#[inline(always)]
fn begun(shocks: &Shocks, dated: &Row, state: &State) -> Row {
    if shocks.pending.is_empty() {
        return *dated;
    }
    each(|w| dated[w].min(state.affairs.earliest[w]))
}

/// What is looked at at the end of a period of a baseline.
pub struct Calming<'a> {
    /// The batch.
    pub job: Job<'a>,
    /// Period, 0 the first.
    pub period: usize,
    /// Realizations that count.
    pub used: usize,
    /// What is seen.
    pub sight: &'a mut Sight,
    /// What is kept.
    pub calm: &'a mut Calm,
}

/// Looks at the state of a baseline at the end of a period.
#[inline(always)]
pub(super) fn look_calm(l: &mut Calming<'_>, state: &State) {
    let Job { network, watch, plan, .. } = l.job;
    for users in &watch.users {
        l.calm.served.push(served(state, users));
    }
    output(watch, state, (l.period, plan.horizon), l.used, &mut l.calm.output);
    l.sight.prices(network, watch, state);
    l.sight.raise_peaks(watch, &mut l.calm.peaks);
}

/// The same realizations without events.
fn baseline(path: Path, job: Job<'_>, draws: &Draws, stop: &AtomicBool, used: usize, sight: &mut Sight, peaks: Vec<[Row; 3]>) -> Calm {
    let Job { network, calm: (shocks, rounds, spares), watch, plan, .. } = job;
    let quiet = Draws {
        first: draws.first,
        network: draws.network.clone(),
        events: vec![],
        windows: vec![],
        comes: draws.comes.clone(),
        buyers: vec![],
    };
    let world = World { network, shocks, rounds, draws: &quiet };
    let mut state = spares.take();
    state.reopen(world);
    let mut now = shocks.period(network);
    let served = Vec::with_capacity(plan.horizon * watch.users.len());
    let mut calm = Calm { served, output: vec![0.0; watch.groups.len() * plan.horizon], peaks };
    for t in 0..plan.horizon {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let mut stepping = Stepping { world, period: t, now: &mut now, state: &mut state, sight, see: &mut None };
        dispatch::draw_on(path, &mut stepping);
        dispatch::step_on(path, &mut stepping);
        dispatch::calm_on(path, &mut Calming { job, period: t, used, sight, calm: &mut calm }, &state);
    }
    spares.keep(state);
    calm
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
