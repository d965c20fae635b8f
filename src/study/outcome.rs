//! In: `metric@scope` as a study writes it. Out: which lines of a run's summary are told.

use std::fmt;

use crate::ensemble::metrics::METRICS;
use crate::ensemble::outside::is_one;

/// Metrics of a scope, or of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Metric, as in `summary.csv`.
    pub metric: String,
    /// Scope, as in `summary.csv`; a `*` at its end stands for anything.
    pub scope: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.metric, self.scope)
    }
}

impl Outcome {
    /// Reads `metric@scope`; `metric` alone means the world, every quota, every stage if the metric is one of projects, or every commodity,
    /// whichever the metric is about.
    pub fn read(text: &str) -> Outcome {
        let own = match text {
            "quota_used" => "event:*",
            _ if METRICS.contains(&text) => "world",
            _ if is_one(text) => "stage:*",
            _ => "commodity:*",
        };
        let (metric, scope) = text.split_once('@').unwrap_or((text, own));
        Outcome { metric: metric.trim().to_owned(), scope: scope.trim().to_owned() }
    }

    /// What is told if the study does not say: the headline, and prices abroad.
    pub fn usual() -> Vec<Outcome> {
        ["unmet_share", "unmet_share@region:*", "lost_output", "line_down_weeks", "time_to_survive", "peak_price_outside"]
            .map(Outcome::read)
            .to_vec()
    }

    /// Whether a line of the summary is meant.
    pub fn means(&self, metric: &str, scope: &str) -> bool {
        self.metric == metric && self.means_scope(scope)
    }

    /// Whether a scope is meant.
    pub fn means_scope(&self, scope: &str) -> bool {
        match self.scope.strip_suffix('*') {
            Some(head) => scope.starts_with(head),
            None => self.scope == scope,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_means_what_it_says() {
        assert_eq!(Outcome::read("unmet_share").to_string(), "unmet_share@world");
        assert_eq!(Outcome::read("peak_premium").to_string(), "peak_premium@commodity:*");
        let regions = Outcome::read("unmet_share@region:*");
        assert!(regions.means("unmet_share", "region:EUR") && !regions.means("unmet_share", "world") && !regions.means("x", "region:EUR"));
        assert!(!Outcome::read("unmet_share@region:E").means("unmet_share", "region:EUR"));
    }
}
