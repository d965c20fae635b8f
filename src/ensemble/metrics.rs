//! In: service of each scope, period by period, with and without the events. Out: scalar outcomes of each realization.
//!
//! Definitions, unit and source stand with each metric (MODEL section 11). A line is down in a week in which less than 95 % of what
//! it could use is served. Time runs from the onset of the first event that happens.

use crate::wide::{Row, WIDTH, ZERO, each, max, min, splat};

/// Tolerance of a line stop (τ of MODEL 11).
pub const LINE_DOWN: f64 = 0.05;
/// A scope has stopped somewhere once lines with more than this share of its demand are down.
const STOPPED: f64 = 0.01;
/// Output of at least this share of the baseline counts as recovered.
const RECOVERED: f64 = 0.98;
/// Weeks it must last.
const STEADY: f64 = 8.0;

/// Names of the metrics of a scope, in the order of [`Track::finish`].
pub const METRICS: [&str; 10] = [
    "unmet_share",     // sum over weeks of (demand - served) where positive, over demand; what is caught up later is not taken back
    "fill_rate",       // demand served in its own week, over demand
    "lost_output",     // t served less than in the baseline, summed over weeks in which it was less
    "triangle_area",   // weeks of lost output: sum of 1 - served/baseline where positive (Bruneau's resilience triangle)
    "line_down_weeks", // weeks a line is down, mean over the scope's demand
    "time_to_survive", // weeks from onset until lines with 1 % of the scope's demand are down; the rest of the run if never
    "time_to_recover", // weeks from onset until 98 % of the baseline is served for eight weeks; 0 if never short
    "min_cover",       // least weeks of cover on hand
    "peak_unmet",      // largest weekly share of demand not served
    "not_recovered",   // 1 if short and not recovered by the end of the run (time_to_recover is then a lower bound), else 0
];

/// Whether less of a metric is worse, of prices too: cheap is good for who buys.
pub fn low_is_bad(metric: &str) -> bool {
    matches!(metric, "fill_rate" | "time_to_survive" | "min_cover") || super::outside::low_is_bad(metric)
}

/// Follows one scope through a batch.
#[derive(Debug, Clone)]
pub struct Track {
    demand: Row,
    unmet: Row,
    on_time: Row,
    lost: Row,
    area: Row,
    down: Row,
    survived: Row,
    recovered: Row,
    steady: Row,
    short: Row,
    cover: Row,
    peak: Row,
}

/// One period of one scope.
#[derive(Debug, Clone, Copy, Default)]
pub struct Week {
    /// Demand, t.
    pub demand: Row,
    /// Served, t.
    pub served: Row,
    /// Demand not served, t (late or lost).
    pub unmet: Row,
    /// Demand served in its own week, t.
    pub on_time: Row,
    /// Waiting from before, t.
    pub backlog: Row,
    /// Share of demand whose line is down.
    pub down: Row,
    /// Weeks of cover.
    pub cover: Row,
    /// Served in the baseline, t.
    pub baseline: Row,
}

impl Track {
    /// Before the first period.
    pub fn new() -> Track {
        Track {
            demand: ZERO,
            unmet: ZERO,
            on_time: ZERO,
            lost: ZERO,
            area: ZERO,
            down: ZERO,
            survived: splat(f64::INFINITY),
            recovered: splat(f64::INFINITY),
            steady: ZERO,
            short: ZERO,
            cover: splat(f64::INFINITY),
            peak: ZERO,
        }
    }

    /// One more period; `age` is weeks since the onset of the first event (negative before).
    #[inline(always)]
    pub fn week(&mut self, week: &Week, age: &Row) {
        // One loop over all that is followed: between loops every row would pass through memory.
        let so_far = self;
        for w in 0..WIDTH {
            let (demand, served, baseline, unmet, down) = (week.demand[w], week.served[w], week.baseline[w], week.unmet[w], week.down[w]);
            so_far.demand[w] += demand;
            so_far.unmet[w] += unmet;
            so_far.on_time[w] += week.on_time[w];
            so_far.down[w] += down;
            let missing = max(baseline - served, 0.0);
            let share = missing / baseline;
            so_far.lost[w] += missing;
            so_far.area[w] += if baseline > 0.0 { share } else { 0.0 };
            let share = unmet / demand;
            so_far.peak[w] = max(so_far.peak[w], if demand > 0.0 { share } else { 0.0 });
            so_far.cover[w] = min(so_far.cover[w], week.cover[w]);
            let after = age[w] >= 0.0;
            let stops = after & (down > STOPPED);
            so_far.survived[w] = if stops { min(so_far.survived[w], age[w]) } else { so_far.survived[w] };
            let well = (served >= RECOVERED * baseline) & (week.backlog[w] <= (1.0 - RECOVERED) * max(demand, 1e-300));
            let bad = after & !well;
            so_far.short[w] = if bad { 1.0 } else { so_far.short[w] };
            let steady = if bad { 0.0 } else { so_far.steady[w] + if after { 1.0 } else { 0.0 } };
            let back = if steady == STEADY { age[w] - STEADY + 1.0 } else { so_far.recovered[w] };
            so_far.recovered[w] = if bad { f64::INFINITY } else { back };
            so_far.steady[w] = steady;
        }
    }

    /// The scalars, in the order of [`METRICS`]; `end` is the age at the end of the run.
    pub fn finish(&self, end: &Row) -> [Row; 10] {
        let over = |a: &Row| each(|w| if self.demand[w] > 0.0 { a[w] / self.demand[w] } else { 0.0 });
        let end = each(|w| end[w].max(0.0));
        [
            over(&self.unmet),
            over(&self.on_time),
            self.lost,
            self.area,
            self.down,
            each(|w| if self.survived[w] < f64::INFINITY { self.survived[w] } else { end[w] }),
            each(|w| {
                if self.short[w] == 0.0 {
                    0.0
                } else if self.recovered[w] < f64::INFINITY {
                    self.recovered[w]
                } else {
                    end[w]
                }
            }),
            self.cover,
            self.peak,
            each(|w| if self.short[w] > 0.0 && self.recovered[w] == f64::INFINITY { 1.0 } else { 0.0 }),
        ]
    }
}

impl Default for Track {
    fn default() -> Self {
        Track::new()
    }
}
