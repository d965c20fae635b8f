//! In: one value a realization. Out: statistics, each with its Monte Carlo error; blank where too few realizations lie behind.

use super::{Stat, SummaryRow};
use crate::ensemble::exact::Exact;
use crate::ensemble::tally::Scalar;
use crate::wide::{max, min};

/// A statistic with its error and 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Value.
    pub value: f64,
    /// Standard error.
    pub se: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Standard errors to either end of a 95 % interval.
pub const Z: f64 = 1.959_963_984_540_054;

/// The values of one outcome over realizations: in rising order, with how often each occurs.
#[derive(Debug, Clone)]
pub struct Sample {
    values: Vec<f64>,
    /// How many lie at or below each value.
    below: Vec<u64>,
    mean: f64,
    variance: f64,
}

impl Sample {
    /// Of values that were kept.
    pub fn new(values: &[f64]) -> Sample {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0).max(1.0);
        Sample { values: sorted, below: (1..=values.len() as u64).collect(), mean, variance }
    }

    /// Of what a run counted: mean and deviation are exact to rounding; every value is that of the edge of its bin nearer to zero, less
    /// than 0.8 % off, and whole numbers up to 256 are themselves, so that ties with a threshold stay ties.
    pub fn of(scalar: &Scalar, count: u64) -> Sample {
        if !scalar.values.is_empty() {
            return Sample::new(&scalar.values);
        }
        let (least, largest) = scalar.histogram.range();
        let (mut values, mut below, mut sum) = (vec![], vec![], 0);
        for ((a, b), k) in scalar.histogram.filled() {
            sum += k;
            let edge = if a < 0.0 { b } else { a };
            values.push(max(least, min(edge, largest)));
            below.push(sum);
        }
        let n = count as f64;
        let mean = scalar.sum.value() / n;
        let variance = (scalar.squares.value() - n * mean * mean).max(0.0) / (n - 1.0).max(1.0);
        Sample { values, below, mean, variance }
    }

    /// Number of realizations.
    pub fn count(&self) -> u64 {
        self.below.last().copied().unwrap_or(0)
    }

    /// Largest value; none of nothing.
    pub fn largest(&self) -> Option<f64> {
        self.values.last().copied()
    }

    /// Value at a rank, 0 the least.
    fn at(&self, rank: f64) -> f64 {
        let rank = (rank.max(0.0) as u64).min(self.count().saturating_sub(1));
        self.values[self.below.partition_point(|b| *b <= rank)]
    }

    /// How many lie above a value.
    pub fn above(&self, x: f64) -> u64 {
        let i = self.values.partition_point(|v| *v <= x);
        self.count() - if i == 0 { 0 } else { self.below[i - 1] }
    }

    /// The same with every sign turned.
    fn flipped(&self) -> Sample {
        let n = self.count();
        let values = self.values.iter().rev().map(|x| -x).collect();
        let first = |i: usize| if i == 0 { 0 } else { self.below[i - 1] };
        let below = (0..self.below.len()).rev().map(|i| n - first(i)).collect();
        Sample { values, below, mean: -self.mean, variance: self.variance }
    }

    /// Mean and its standard error.
    pub fn mean(&self) -> Estimate {
        let se = (self.variance / self.count() as f64).sqrt();
        Estimate { value: self.mean, se, low: self.mean - Z * se, high: self.mean + Z * se }
    }

    /// Standard deviation; error as of a normal sample.
    fn deviation(&self) -> Estimate {
        let sd = self.variance.sqrt();
        let se = sd / (2.0 * (self.count() as f64 - 1.0).max(1.0)).sqrt();
        Estimate { value: sd, se, low: (sd - Z * se).max(0.0), high: sd + Z * se }
    }

    /// Lower order statistic at rank q (n − 1), with its distribution-free interval.
    pub fn percentile(&self, q: f64) -> Estimate {
        let n = self.count() as f64;
        let rank = (q * (n - 1.0)).floor();
        let spread = Z * (n * q * (1.0 - q)).sqrt();
        let (low, high) = (self.at((rank - spread).floor()), self.at((rank + spread).ceil()));
        Estimate { value: self.at(rank), se: (high - low) / (2.0 * Z), low, high }
    }

    /// Mean of the worst `share` of values (expected shortfall, CVaR), worst at the top.
    fn shortfall(&self, share: f64) -> Estimate {
        let n = self.count();
        let k = ((n as f64 * share).round() as u64).max(1);
        // The tail as values and counts, from where it begins.
        let from = self.below.partition_point(|b| *b <= n - k);
        let parts = || {
            (from..self.values.len())
                .map(|i| (self.values[i], self.below[i] - self.below.get(i.wrapping_sub(1)).copied().unwrap_or(0).max(n - k)))
        };
        let tail = k as f64;
        let mean = parts().map(|(x, m)| x * m as f64).sum::<f64>() / tail;
        let within = parts().map(|(x, m)| (x - mean) * (x - mean) * m as f64).sum::<f64>() / (tail - 1.0).max(1.0);
        let start = self.values[from];
        // Variance of the tail mean plus that of where the tail begins (Manistre & Hancock 2005).
        let se = ((within + (1.0 - share) * (mean - start).powi(2)) / tail).sqrt();
        Estimate { value: mean, se, low: mean - Z * se, high: mean + Z * se }
    }

    /// Share above a value.
    pub fn exceeds(&self, x: f64) -> Estimate {
        proportion(self.above(x), self.count())
    }
}

/// A share with its Wilson interval.
pub fn proportion(hits: u64, n: u64) -> Estimate {
    let (p, n) = (hits as f64 / n as f64, n as f64);
    let z2 = Z * Z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Estimate { value: p, se: (p * (1.0 - p) / n).sqrt(), low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
}

/// Mean and standard error of `count` values from their sum and the sum of their squares. One value has no spread to tell: not a number.
pub fn running(count: u64, sum: Exact, squares: Exact) -> (f64, f64) {
    let n = count as f64;
    let mean = sum.value() / n;
    let variance = (squares.value() / n - mean * mean).max(0.0) * n / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// Realizations that must lie beyond a percentile for it to be told.
pub fn enough(stat: Stat, n: u64) -> bool {
    let n = n as f64;
    match stat {
        Stat::Mean | Stat::Sd | Stat::ProbGt(_) => n >= 2.0,
        Stat::P05 | Stat::P95 | Stat::Cvar95 => n * 0.05 >= 10.0,
        Stat::P25 | Stat::P75 => n * 0.25 >= 10.0,
        Stat::P50 => n * 0.5 >= 10.0,
        Stat::P99 | Stat::Cvar99 => n * 0.01 >= 100.0,
    }
}

/// Rows of `summary.csv` for one metric of one scope. `low_is_bad`: the tail that hurts is the lower one.
pub fn rows(metric: &str, scope: &str, sample: &Sample, thresholds: &[u32], low_is_bad: bool) -> Vec<SummaryRow> {
    let n = sample.count();
    let estimate = |stat: Stat| -> Estimate {
        match stat {
            Stat::Mean => sample.mean(),
            Stat::Sd => sample.deviation(),
            Stat::P05 => sample.percentile(0.05),
            Stat::P25 => sample.percentile(0.25),
            Stat::P50 => sample.percentile(0.50),
            Stat::P75 => sample.percentile(0.75),
            Stat::P95 => sample.percentile(0.95),
            Stat::P99 => sample.percentile(0.99),
            Stat::Cvar95 | Stat::Cvar99 => {
                let share = if stat == Stat::Cvar95 { 0.05 } else { 0.01 };
                if low_is_bad {
                    let e = sample.flipped().shortfall(share);
                    Estimate { value: -e.value, se: e.se, low: -e.high, high: -e.low }
                } else {
                    sample.shortfall(share)
                }
            }
            Stat::ProbGt(x) => sample.exceeds(f64::from(x) / 1000.0),
        }
    };
    let stats = [Stat::Mean, Stat::Sd, Stat::P05, Stat::P25, Stat::P50, Stat::P75, Stat::P95, Stat::P99, Stat::Cvar95, Stat::Cvar99];
    stats
        .into_iter()
        .chain(thresholds.iter().map(|t| Stat::ProbGt(*t)))
        .map(|stat| {
            let told = enough(stat, n).then(|| estimate(stat));
            SummaryRow {
                metric: metric.into(),
                scope: scope.into(),
                stat,
                value: told.map(|e| e.value),
                se: told.map(|e| e.se),
                lo95: told.map(|e| e.low),
                hi95: told.map(|e| e.high),
                n,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle O31: expected shortfall of a lognormal.
    #[test]
    fn the_expected_shortfall_of_a_lognormal_is_its_closed_form() {
        let (sigma, n) = (0.6, 200_000);
        let values: Vec<f64> =
            (0..n).map(|i| crate::wide::exp1(sigma * crate::wide::normal_quantile1((f64::from(i) + 0.5) / f64::from(n)))).collect();
        let e = Sample::new(&values).shortfall(0.05);
        assert!((e.value - 3.544_848_375).abs() < 2e-3, "{}", e.value);
    }

    #[test]
    fn low_tails_are_worst_where_low_is_bad() {
        let values: Vec<f64> = (0..1000).map(f64::from).collect();
        let rows = rows("min_cover", "world", &Sample::new(&values), &[], true);
        let cvar = rows.iter().find(|r| r.stat == Stat::Cvar95).and_then(|r| r.value);
        assert_eq!(cvar, Some(24.5));
    }

    #[test]
    fn counted_values_give_what_kept_ones_give_within_the_width_of_a_bin() {
        let values: Vec<f64> = (0..20_000).map(|i| ((f64::from(i) * 0.618_034).fract() - 0.3).max(0.0) * 40.0 - 5.0).collect();
        let mut counted = Scalar::default();
        for x in &values {
            counted.histogram.add(*x);
            counted.sum.add(*x);
            counted.squares.add(x * x);
        }
        for (metric, low_is_bad) in [("peak_unmet", false), ("min_cover", true)] {
            let exact = rows(metric, "world", &Sample::new(&values), &[0, 10_000], low_is_bad);
            let near = rows(metric, "world", &Sample::of(&counted, 20_000), &[0, 10_000], low_is_bad);
            for (a, b) in exact.iter().zip(&near) {
                let (x, y) = (a.value.expect("told"), b.value.expect("told"));
                assert!((x - y).abs() <= 0.008 * x.abs() + 1e-3, "{} {}: {x} and {y}", metric, a.stat);
            }
        }
    }

    #[test]
    fn too_few_realizations_leave_a_blank() {
        let values = vec![1.0; 100];
        let rows = rows("x", "world", &Sample::new(&values), &[], false);
        assert!(rows.iter().find(|r| r.stat == Stat::P95).is_some_and(|r| r.value.is_none()));
        assert!(rows.iter().find(|r| r.stat == Stat::P50).is_some_and(|r| r.value.is_some()));
    }
}
