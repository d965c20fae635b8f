//! In: one batch to run. Out: how long each part of it took. For benchmarks; a run does not look at the clock.

use std::time::{Duration, Instant};

use super::dispatch::Job;
use super::histogram::Note;
use super::metrics::Track;
use super::sight::Sight;
use crate::engine::{State, VERBS, World, step_watched};
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

/// Runs a batch with a clock between its parts.
#[inline(always)]
pub fn profile(job: Job<'_>) -> Profile {
    let Job { network, shocks, watch, plan, first, .. } = job;
    let mut out = Profile::default();
    let mut last = Instant::now();
    let mut lap = |to: &mut Duration| {
        let now = Instant::now();
        *to += now - last;
        last = now;
    };
    let draws = shocks.open(network, first);
    let world = World { network, shocks, draws: &draws };
    let (mut state, mut now, mut sight) = (State::open(world), shocks.period(network), Sight::new(watch));
    let mut tracks = vec![Track::new(); watch.users.len()];
    let mut notes = vec![Note::NONE; watch.readings.len() * plan.horizon];
    lap(&mut out.open);
    for t in 0..plan.horizon {
        shocks.fill(network, &draws, t, &mut now);
        lap(&mut out.draw);
        step_watched(world, &now, &mut state, |verb, _| lap(&mut out.verbs[verb]));
        sight.look(network, watch, &state);
        for (track, week) in tracks.iter_mut().zip(&sight.weeks) {
            track.week(week, &ZERO);
        }
        lap(&mut out.watch);
        for (i, reading) in watch.readings.iter().enumerate() {
            notes[i * plan.horizon + t] = Note::new(&sight.read(network, watch, &state, *reading), WIDTH);
        }
        lap(&mut out.note);
    }
    std::hint::black_box((&tracks, &notes));
    out
}
