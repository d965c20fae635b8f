//! In: one value a realization. Out: statistics, each with its Monte Carlo error; blank where too few realizations lie behind.

use super::{Stat, SummaryRow};

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

const Z: f64 = 1.959_963_984_540_054;

/// Mean and its standard error.
pub fn mean(values: &[f64]) -> Estimate {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0).max(1.0);
    let se = (variance / n).sqrt();
    Estimate { value: mean, se, low: mean - Z * se, high: mean + Z * se }
}

/// Standard deviation; error as of a normal sample.
fn deviation(values: &[f64]) -> Estimate {
    let n = values.len() as f64;
    let sd = mean(values).se * n.sqrt();
    let se = sd / (2.0 * (n - 1.0).max(1.0)).sqrt();
    Estimate { value: sd, se, low: (sd - Z * se).max(0.0), high: sd + Z * se }
}

/// Lower order statistic at rank q (n − 1) of sorted values, with its distribution-free interval.
pub fn percentile(sorted: &[f64], q: f64) -> Estimate {
    let n = sorted.len();
    let at = |rank: f64| sorted[(rank.max(0.0) as usize).min(n - 1)];
    let rank = (q * (n - 1) as f64).floor();
    let spread = Z * (n as f64 * q * (1.0 - q)).sqrt();
    let (low, high) = (at((rank - spread).floor()), at((rank + spread).ceil()));
    Estimate { value: at(rank), se: (high - low) / (2.0 * Z), low, high }
}

/// Mean of the worst `share` of sorted values (expected shortfall, CVaR), worst at the top.
fn shortfall(sorted: &[f64], share: f64) -> Estimate {
    let n = sorted.len() as f64;
    let k = ((n * share).round() as usize).max(1);
    let tail = &sorted[sorted.len() - k..];
    let inner = mean(tail);
    let var = tail[0];
    // Variance of the tail mean plus that of where the tail begins (Manistre & Hancock 2005).
    let within = inner.se * inner.se * k as f64;
    let se = ((within + (1.0 - share) * (inner.value - var).powi(2)) / k as f64).sqrt();
    Estimate { value: inner.value, se, low: inner.value - Z * se, high: inner.value + Z * se }
}

/// A share with its Wilson interval.
pub fn proportion(hits: usize, n: usize) -> Estimate {
    let (p, n) = (hits as f64 / n as f64, n as f64);
    let z2 = Z * Z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Estimate { value: p, se: (p * (1.0 - p) / n).sqrt(), low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
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
pub fn rows(metric: &str, scope: &str, values: &[f64], thresholds: &[u32], low_is_bad: bool) -> Vec<SummaryRow> {
    let n = values.len() as u64;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let estimate = |stat: Stat| -> Estimate {
        match stat {
            Stat::Mean => mean(values),
            Stat::Sd => deviation(values),
            Stat::P05 => percentile(&sorted, 0.05),
            Stat::P25 => percentile(&sorted, 0.25),
            Stat::P50 => percentile(&sorted, 0.50),
            Stat::P75 => percentile(&sorted, 0.75),
            Stat::P95 => percentile(&sorted, 0.95),
            Stat::P99 => percentile(&sorted, 0.99),
            Stat::Cvar95 | Stat::Cvar99 => {
                let share = if stat == Stat::Cvar95 { 0.05 } else { 0.01 };
                if low_is_bad {
                    let flipped: Vec<f64> = sorted.iter().rev().map(|x| -x).collect();
                    let e = shortfall(&flipped, share);
                    Estimate { value: -e.value, se: e.se, low: -e.high, high: -e.low }
                } else {
                    shortfall(&sorted, share)
                }
            }
            Stat::ProbGt(x) => {
                let x = f64::from(x) / 1000.0;
                proportion(values.iter().filter(|v| **v > x).count(), values.len())
            }
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
        let sorted: Vec<f64> =
            (0..n).map(|i| crate::wide::exp1(sigma * crate::wide::normal_quantile1((f64::from(i) + 0.5) / f64::from(n)))).collect();
        let e = shortfall(&sorted, 0.05);
        assert!((e.value - 3.544_848_375).abs() < 2e-3, "{}", e.value);
    }

    #[test]
    fn low_tails_are_worst_where_low_is_bad() {
        let values: Vec<f64> = (0..1000).map(f64::from).collect();
        let rows = rows("min_cover", "world", &values, &[], true);
        let cvar = rows.iter().find(|r| r.stat == Stat::Cvar95).and_then(|r| r.value);
        assert_eq!(cvar, Some(24.5));
    }

    #[test]
    fn too_few_realizations_leave_a_blank() {
        let values = vec![1.0; 100];
        let rows = rows("x", "world", &values, &[], false);
        assert!(rows.iter().find(|r| r.stat == Stat::P95).is_some_and(|r| r.value.is_none()));
        assert!(rows.iter().find(|r| r.stat == Stat::P50).is_some_and(|r| r.value.is_some()));
    }
}
