//! In: outcomes and drawn parameters, realization by realization. Out: which parameters the outcomes of the world, and of stages made outside, follow most.

use rayon::prelude::*;

use super::rank::{of_ranks, ranks, with_interval};
use crate::ensemble::tally::Tally;
use crate::scenario::schema::{Basis, Evidence};

/// Realizations that are looked at: the interval of a correlation over so many is ±0.014.
const MOST: usize = 20_000;

/// Fewest realizations of which anything is said.
const LEAST: usize = 100;

/// One line of `drivers.csv`.
#[derive(Debug, Clone)]
pub struct DriverRow {
    /// Outcome.
    pub metric: String,
    /// Its scope: the world, or a stage made outside.
    pub scope: String,
    /// Dotted path of the parameter: the field of the scenario it is drawn from.
    pub parameter: String,
    /// What the field rests on; none: the scenario does not say.
    pub basis: Option<Basis>,
    /// Spearman's rank correlation of the two.
    pub rank_correlation: f64,
    /// 95 % interval.
    pub lo95: f64,
    /// 95 % interval.
    pub hi95: f64,
    /// Whether so large a correlation would be chance in less than one of twenty runs, all parameters of this metric considered together (Bonferroni).
    pub told: bool,
    /// Realizations.
    pub n: usize,
}

/// Rank correlations of all outcomes of the world and of stages with all parameters that were drawn, largest first within each outcome; empty if outcomes
/// were not kept or are too few.
pub fn drivers(names: &[(String, String)], tally: &Tally, evidence: &Evidence) -> Vec<DriverRow> {
    let n = (tally.count as usize).min(MOST);
    if !tally.keep || n < LEAST {
        return vec![];
    }
    let ranked = |wanted: &(dyn Fn(&str, &str) -> bool + Sync)| -> Vec<(usize, Vec<f64>)> {
        let chosen: Vec<usize> = (0..names.len()).filter(|i| wanted(&names[*i].0, &names[*i].1)).collect();
        chosen.into_par_iter().filter_map(|i| Some((i, ranks(tally.scalars.get(i)?.values.get(..n)?)?))).collect()
    };
    let parameters = ranked(&|metric, _| metric == "parameter");
    let outcomes = ranked(&|metric, scope| metric != "parameter" && (scope == "world" || scope.starts_with("stage:")));
    let bound = quantile(0.05 / (2.0 * parameters.len().max(1) as f64));
    let mut rows = vec![];
    for (o, outcome) in &outcomes {
        let mut of_outcome: Vec<DriverRow> = parameters
            .iter()
            .map(|(p, parameter)| {
                let rho = of_ranks(outcome, parameter);
                let near = with_interval(rho, n, super::estimate::Z);
                DriverRow {
                    metric: names[*o].0.clone(),
                    scope: names[*o].1.clone(),
                    parameter: names[*p].1.clone(),
                    basis: evidence.basis(&names[*p].1),
                    rank_correlation: rho,
                    lo95: near.low,
                    hi95: near.high,
                    told: rho.abs() * (n as f64 - 1.0).sqrt() > bound,
                    n,
                }
            })
            .collect();
        of_outcome.sort_by(|a, b| b.rank_correlation.abs().total_cmp(&a.rank_correlation.abs()).then(a.parameter.cmp(&b.parameter)));
        rows.extend(of_outcome);
    }
    rows
}

/// Standard normal beyond which lies the share `tail`.
fn quantile(tail: f64) -> f64 {
    -crate::wide::normal_quantile1(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ensemble::tally::Scalar;

    #[test]
    fn what_an_outcome_follows_is_told_and_what_it_does_not_is_not() {
        let n = 400;
        let column = |f: &dyn Fn(usize) -> f64| Scalar { values: (0..n).map(f).collect(), ..Scalar::default() };
        let names: Vec<(String, String)> = [("lost_output", "world"), ("parameter", "a.x"), ("parameter", "a.y"), ("parameter", "a.z")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .to_vec();
        let mixed = |i: usize| ((i * 167) % n) as f64;
        let tally = Tally {
            first: 0,
            count: n as u64,
            series: vec![],
            output: vec![],
            calm_output: vec![],
            exports: vec![],
            scalars: vec![column(&|i| i as f64), column(&|i| -(i as f64)), column(&mixed), column(&|_| 1.0)],
            keep: true,
            mass_error: 0.0,
        };
        let mut evidence = Evidence::default();
        evidence.of.insert("a.x".into(), Basis::Assumed);
        let rows = drivers(&names, &tally, &evidence);
        let told: Vec<(&str, bool, Option<Basis>)> = rows.iter().map(|r| (r.parameter.as_str(), r.told, r.basis)).collect();
        assert_eq!(told, [("a.x", true, Some(Basis::Assumed)), ("a.y", false, None)]);
        assert!((rows[0].rank_correlation + 1.0).abs() < 1e-12);
    }
}
