//! In: a sweep. Out: for each outcome, how far its mean ranges over the points, and which parameters it goes with.

use super::table::{Entry, Swept};
use crate::results::Stat;
use crate::results::rank::rank_correlation;

/// One outcome in one scenario under one policy, over all points.
#[derive(Debug, Clone, PartialEq)]
pub struct Gist {
    /// Metric.
    pub metric: String,
    /// Scope.
    pub scope: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the policy.
    pub policy: String,
    /// Points where it is told.
    pub points: usize,
    /// Least mean of a point, and its number.
    pub least: (f64, usize),
    /// Median of the points' means (the lower one).
    pub median: f64,
    /// Largest mean of a point, and its number.
    pub largest: (f64, usize),
    /// Spearman's rank correlation of the mean with each parameter; none: it does not vary enough, or not freely.
    pub ranks: Vec<Option<f64>>,
}

impl Swept {
    /// Cases of one scenario and policy.
    pub fn of(&self, scenario: usize, policy: usize) -> Vec<&Entry> {
        self.entries.iter().filter(|e| e.scenario == scenario && e.policy == policy).collect()
    }

    /// Scenarios and policies that have cases, by index.
    pub fn variants(&self) -> Vec<(usize, usize)> {
        let mut list: Vec<(usize, usize)> = self.entries.iter().map(|e| (e.scenario, e.policy)).collect();
        list.sort_unstable();
        list.dedup();
        list
    }

    /// Name of a scenario and policy; empty if there is one only.
    pub fn variant_name(&self, (scenario, policy): (usize, usize)) -> String {
        let (scenarios, policies) = (&self.head.scenarios, &self.head.policies);
        match (scenarios.len() > 1, policies.len() > 1) {
            (true, true) => format!("{}, {}", scenarios[scenario], policies[policy]),
            (true, false) => scenarios[scenario].clone(),
            (false, true) => policies[policy].clone(),
            (false, false) => String::new(),
        }
    }

    /// What came out, in the order of outcomes, then of scenarios and policies.
    pub fn gists(&self) -> Vec<Gist> {
        let mut list = vec![];
        for (metric, scope) in self.outcomes() {
            for (scenario, policy) in self.variants() {
                let told: Vec<(&Entry, f64)> = self
                    .of(scenario, policy)
                    .into_iter()
                    .filter_map(|e| Some((e, e.value(&metric, &scope, Stat::Mean).filter(|x| x.is_finite())?)))
                    .collect();
                let mut rising: Vec<(f64, usize)> = told.iter().map(|(e, x)| (*x, e.point)).collect();
                rising.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let (Some(least), Some(largest)) = (rising.first(), rising.last()) else { continue };
                list.push(Gist {
                    metric: metric.clone(),
                    scope: scope.clone(),
                    scenario: self.head.scenarios[scenario].clone(),
                    policy: self.head.policies[policy].clone(),
                    points: rising.len(),
                    least: *least,
                    median: rising[(rising.len() - 1) / 2].0,
                    largest: *largest,
                    ranks: (0..self.head.inputs.len()).map(|i| rank(&told, i)).collect(),
                });
            }
        }
        list
    }
}

/// Rank correlation of an outcome with an input, where every point has one and both vary.
fn rank(told: &[(&Entry, f64)], input: usize) -> Option<f64> {
    let inputs: Option<Vec<f64>> = told.iter().map(|(e, _)| e.input(input)).collect();
    let values: Vec<f64> = told.iter().map(|(_, x)| *x).collect();
    Some(rank_correlation(&inputs?, &values)).filter(|rho| rho.is_finite())
}
