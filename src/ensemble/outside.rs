//! In: a network with projects, and its state. Out: what share of each stage's work is done outside the border, and how soon.
//!
//! A stage is told if a project outside belongs to it. What counts is the output that drives each recipe (oxide of Nd and Pr, of Dy,
//! metal, magnets), less what is spoiled, smoothed over a quarter. A year here is 52 weeks.

use crate::engine::State;
use crate::network::{Network, stage_word};
use crate::scenario::schema::Stage;
use crate::units::WEEKS_PER_YEAR;
use crate::wide::{Row, WIDTH, ZERO, each, max, min, splat};

/// Weight of a week in a mean over a quarter.
const QUARTER: f64 = 1.0 / 13.0;
/// Years at which the share is told: name of the metric, weeks.
const YEARS: [(&str, &str, usize); 3] = [
    ("outside_share_2y", "project_capacity_2y", 104), // share of the stage made outside after two years; capacity of projects in force then
    ("outside_share_5y", "project_capacity_5y", 260), // the same after five
    ("outside_share_10y", "project_capacity_10y", 520), // and after ten
];
/// Shares whose day is told: (share, weeks from the start until it is made outside (the horizon if never), 1 if it is never reached).
const STEPS: [(f64, &str, &str); 6] = [
    (0.02, "weeks_to_outside_2", "outside_below_2"),
    (0.05, "weeks_to_outside_5", "outside_below_5"),
    (0.10, "weeks_to_outside_10", "outside_below_10"),
    (0.20, "weeks_to_outside_20", "outside_below_20"),
    (0.30, "weeks_to_outside_30", "outside_below_30"),
    (0.50, "weeks_to_outside_50", "outside_below_50"),
];

/// Whether less of a metric of this file is worse: for those who depend on what lies inside.
pub fn low_is_bad(metric: &str) -> bool {
    metric.starts_with("outside_share") || metric.starts_with("project_capacity")
}

/// Whether a metric is one of this file.
pub fn is_one(metric: &str) -> bool {
    low_is_bad(metric) || metric.starts_with("weeks_to_outside") || metric.starts_with("outside_below")
}

/// A stage that is followed.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// `stage:magnet`.
    pub scope: String,
    /// The stage.
    pub stage: Stage,
    /// What is made: activity, t a unit, whether outside, plant that spoils some of it.
    made: Vec<(usize, f64, bool, Option<usize>)>,
    /// Projects outside: index and t a unit.
    projects: Vec<(usize, f64)>,
    /// Opening output outside, and in all, t/week.
    opening: [f64; 2],
}

/// Stages with projects outside, in the order of the chain.
pub fn chapters(n: &Network) -> Vec<Chapter> {
    let mut list: Vec<Chapter> = vec![];
    let stage_of = |p: usize| &n.facilities[n.plants[n.projects[p].plant].facility];
    let mut stages: Vec<Stage> = (0..n.projects.len()).map(stage_of).filter(|f| !n.inside[f.region]).map(|f| f.stage).collect();
    stages.sort();
    stages.dedup();
    let driven = |a: usize| -> f64 { n.activities[a].drivers.iter().map(|&d| n.activities[a].outputs[d].1).sum() };
    for stage in stages {
        let mut made = vec![];
        let mut opening = [0.0; 2];
        for (a, activity) in n.activities.iter().enumerate().filter(|(_, a)| n.facilities[a.facility].stage == stage) {
            let facility = &n.facilities[activity.facility];
            let outside = !n.inside[facility.region];
            let plant = facility.plant.filter(|&k| n.plants[k].learns.is_some());
            made.push((a, driven(a), outside, plant));
            opening[0] += if outside { driven(a) * activity.rate } else { 0.0 };
            opening[1] += driven(a) * activity.rate;
        }
        let here = |p: &usize| stage_of(*p).stage == stage && !n.inside[stage_of(*p).region];
        let projects = (0..n.projects.len()).filter(here).map(|p| (p, driven(stage_of(p).activities.start))).collect();
        list.push(Chapter { scope: format!("stage:{}", stage_word(stage)), stage, made, projects, opening });
    }
    list
}

impl Chapter {
    /// Share of its output made outside at the opening, 0..1.
    fn first(&self) -> f64 {
        if self.opening[1] > 0.0 { self.opening[0] / self.opening[1] } else { 0.0 }
    }

    /// The shares whose day is told: those that are not reached at the opening.
    fn steps(&self) -> impl Iterator<Item = &'static (f64, &'static str, &'static str)> {
        let first = self.first();
        STEPS.iter().filter(move |(share, _, _)| *share > first + 0.005)
    }

    /// Names of its metrics, in the order of [`Course::finish`].
    pub fn metrics(&self, horizon: usize) -> Vec<&'static str> {
        let years = YEARS.iter().filter(|(_, _, weeks)| *weeks <= horizon).flat_map(|(share, capacity, _)| [*share, *capacity]);
        years.chain(self.steps().flat_map(|(_, weeks, never)| [*weeks, *never])).collect()
    }

    /// Capacity of its projects in force, t a year of what drives the stage.
    #[inline(always)]
    pub fn capacity(&self, state: &State) -> Row {
        let mut sum = ZERO;
        for &(p, amount) in &self.projects {
            let capacity = &state.projects[p].capacity;
            for w in 0..WIDTH {
                sum[w] += amount * WEEKS_PER_YEAR * capacity[w];
            }
        }
        sum
    }

    /// Speed of the clock of its projects, each counted by the people it needs; 1 where they need none.
    #[inline(always)]
    pub fn clock(&self, n: &Network, state: &State) -> Row {
        let (mut sum, mut weight) = (ZERO, 0.0);
        for &(p, _) in &self.projects {
            let people = n.parameters.central(n.projects[p].people);
            weight += people;
            let clock = &state.projects[p].clock;
            for w in 0..WIDTH {
                sum[w] += people * clock[w];
            }
        }
        each(|w| if weight > 0.0 { sum[w] / weight } else { 1.0 })
    }
}

/// Output of a stage outside and in all, smoothed over a quarter, t/week.
#[derive(Debug, Clone)]
pub struct Output([Row; 2]);

impl Output {
    /// At the opening.
    pub fn new(chapter: &Chapter) -> Output {
        Output(chapter.opening.map(splat))
    }

    /// One more period.
    #[inline(always)]
    pub fn look(&mut self, chapter: &Chapter, state: &State) {
        let (mut outside, mut all) = (ZERO, ZERO);
        for &(a, amount, abroad, plant) in &chapter.made {
            let (activity, part) = (&state.activity[a], if abroad { amount } else { 0.0 });
            let loss = plant.map_or(ZERO, |k| state.plants[k].loss);
            for w in 0..WIDTH {
                let kept = activity[w] * (1.0 - loss[w]);
                outside[w] += part * kept;
                all[w] += amount * kept;
            }
        }
        for (row, now) in self.0.iter_mut().zip([outside, all]) {
            for w in 0..WIDTH {
                row[w] += QUARTER * (now[w] - row[w]);
            }
        }
    }

    /// Share made outside, 0..1.
    #[inline(always)]
    pub fn share(&self) -> Row {
        let [outside, all] = &self.0;
        let mut share = ZERO;
        for w in 0..WIDTH {
            let part = outside[w] / all[w];
            share[w] = if all[w] > 0.0 { part } else { 0.0 };
        }
        share
    }
}

/// Follows one stage through a batch.
#[derive(Debug, Clone)]
pub struct Course {
    at: Vec<[Row; 2]>,
    reached: Vec<(f64, Row)>,
    horizon: f64,
}

impl Course {
    /// Before the first period.
    pub fn new(chapter: &Chapter, horizon: usize) -> Course {
        let years = YEARS.iter().filter(|(_, _, weeks)| *weeks <= horizon).count();
        let reached = chapter.steps().map(|(share, _, _)| (*share, splat(f64::INFINITY))).collect();
        Course { at: vec![[ZERO; 2]; years], reached, horizon: horizon as f64 }
    }

    /// What period `t` ends with.
    #[inline(always)]
    pub fn week(&mut self, t: usize, share: &Row, capacity: &Row) {
        for (at, (_, _, weeks)) in self.at.iter_mut().zip(&YEARS) {
            if t + 1 == *weeks {
                *at = [*share, *capacity];
            }
        }
        for (least, first) in &mut self.reached {
            for w in 0..WIDTH {
                let now = if share[w] >= *least { (t + 1) as f64 } else { f64::INFINITY };
                first[w] = min(first[w], now);
            }
        }
    }

    /// The metrics, in the order of [`Chapter::metrics`].
    pub fn finish(&self) -> Vec<Row> {
        let never = |first: &Row| each(|w| if first[w] > self.horizon { 1.0 } else { 0.0 });
        let steps = self.reached.iter().flat_map(|(_, first)| [each(|w| max(min(first[w], self.horizon), 0.0)), never(first)]);
        self.at.iter().flatten().copied().chain(steps).collect()
    }
}
