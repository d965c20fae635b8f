//! In: one batch to run. Out: how long each part of it took. For benchmarks; a run does not look at the clock.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::batch::{Looking, Moment, See, Stepping};
use super::calm::Calm;
use super::dispatch::{self, Job, Path};
use super::histogram::Note;
use super::metrics::Track;
use super::outside::Course;
use super::sight::Sight;
use crate::engine::{VERBS, World};
use crate::wide::{WIDTH, ZERO};

/// Time spent on a batch, without its baseline.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Draws made once, and the opening state.
    pub open: Duration,
    /// Draws of each period.
    pub draw: Duration,
    /// Each of [`VERBS`].
    pub verbs: [Duration; VERBS.len()],
    /// Looking at the state, and the metrics of each scope.
    pub watch: Duration,
    /// Notes of each series.
    pub note: Duration,
}

/// Runs a batch on one path with a clock between its parts.
pub fn profile_on(path: Path, job: Job<'_>) -> Profile {
    let Job { network, shocks, rounds, watch, plan, first, .. } = job;
    let mut out = Profile::default();
    let clock = Cell::new(Instant::now());
    let lap = |to: &mut Duration| *to += clock.replace(Instant::now()).elapsed();
    let draws = dispatch::open_on(path, shocks, network, first);
    let world = World { network, shocks, rounds, draws: &draws };
    let (mut state, mut now, mut sight) = (job.spares.take(), shocks.period(network), Sight::new(watch));
    state.reopen(world);
    let mut tracks = vec![Track::new(); watch.users.len()];
    let mut courses: Vec<Course> = watch.chapters.iter().map(|c| Course::new(c, plan.horizon)).collect();
    let mut peaks = vec![[ZERO; 3]; watch.sides.len()];
    let mut notes = vec![Note::NONE; watch.readings.len() * plan.horizon];
    let mut output = vec![0.0; watch.groups.len() * plan.horizon];
    let mut exported = vec![ZERO; watch.export_cells()];
    let calm = Calm { served: vec![ZERO; plan.horizon * watch.users.len()], ..Calm::default() };
    lap(&mut out.open);
    for period in 0..plan.horizon {
        let mut each_verb = |moment: Moment<'_>| lap(&mut out.verbs[moment.verb]);
        let mut see: See<'_> = Some(&mut each_verb);
        let mut stepping = Stepping { world, period, now: &mut now, state: &mut state, sight: &sight, see: &mut see };
        dispatch::draw_on(path, &mut stepping);
        lap(&mut out.draw);
        dispatch::step_on(path, &mut stepping);
        let mut looking = Looking {
            job,
            period,
            used: WIDTH,
            onset: ZERO,
            calm: &calm,
            sight: &mut sight,
            tracks: &mut tracks,
            courses: &mut courses,
            peaks: &mut peaks,
            series: &mut notes,
            output: &mut output,
            exported: &mut exported,
        };
        dispatch::look_on(path, &mut looking, &state);
        lap(&mut out.watch);
        dispatch::note_on(path, &mut looking, &state);
        lap(&mut out.note);
    }
    job.spares.keep(state);
    std::hint::black_box((&tracks, &notes));
    out
}
