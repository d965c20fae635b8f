//! In: how precise a mean shall be, such as `unmet_share@region:EUR=3%`. Out: whether it is, and what was reached.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ConvergenceRow;
use super::collect::growth;
use super::estimate::{Z, running};
use crate::ensemble::pace;
use crate::ensemble::tally::{Scalar, Tally};
use crate::scenario::suggestion;

/// What is meant where no metric is named.
const HEADLINE: &str = "unmet_share";
const WORLD: &str = "world";
/// Means nearer to zero are rounding, in any unit.
const NOTHING: f64 = 1e-9;

/// How precise the mean of a metric shall be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Metric, as in `summary.csv`.
    pub metric: String,
    /// Scope, as in `summary.csv`.
    pub scope: String,
    /// Half of the 95 % interval over the mean shall be less than this share.
    pub target: f64,
}

impl FromStr for Goal {
    type Err = String;

    fn from_str(text: &str) -> Result<Goal, String> {
        let (name, share) = text.rsplit_once('=').map_or((None, text), |(name, share)| (Some(name.trim()), share));
        let (metric, scope) = name.map_or((HEADLINE, WORLD), |name| name.split_once('@').unwrap_or((name, WORLD)));
        let share = share.trim();
        // Shifted by its exponent: 0.7 over 100 is not the number nearest to 0.007.
        let number = share.strip_suffix('%').map_or_else(|| share.to_owned(), |percent| format!("{}e-2", percent.trim_end()));
        let target = number.parse::<f64>().ok().filter(|x| *x > 0.0 && *x < 1.0);
        match target {
            Some(target) if !metric.is_empty() && !scope.is_empty() => {
                Ok(Goal { metric: metric.to_owned(), scope: scope.to_owned(), target })
            }
            _ => Err("write it as 3%, unmet_share=3% or unmet_share@region:EUR=3%, above 0 and below 100 %".into()),
        }
    }
}

/// `unmet_share of region:EUR`.
impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.metric, self.scope)
    }
}

impl Goal {
    /// Its place among the outcomes of a run.
    ///
    /// # Errors
    /// A sentence that says what there is instead.
    pub fn find(&self, names: &[(String, String)]) -> Result<usize, String> {
        let told = || names.iter().enumerate().filter(|(_, (metric, _))| metric != "parameter");
        if let Some((i, _)) = told().find(|(_, (metric, scope))| *metric == self.metric && *scope == self.scope) {
            return Ok(i);
        }
        let mut scopes: Vec<&str> = told().filter(|(_, n)| n.0 == self.metric).map(|(_, n)| n.1.as_str()).collect();
        scopes.dedup();
        if !scopes.is_empty() {
            return Err(format!("`{}` has no scope `{}`; {}", self.metric, self.scope, suggestion(&self.scope, &scopes)));
        }
        let mut metrics: Vec<&str> = told().map(|(_, n)| n.0.as_str()).collect();
        metrics.sort_unstable();
        metrics.dedup();
        let near = suggestion(&self.metric, &metrics);
        let all = if near.starts_with("there") { String::new() } else { format!(" There are: {}", metrics.join(", ")) };
        Err(format!("there is no metric `{}`; {near}{all}", self.metric))
    }

    /// Half of the 95 % interval over the mean; none while there is no mean to compare with, or too few realizations to trust it.
    fn half_width(scalar: &Scalar, count: u64) -> Option<f64> {
        let (mean, se) = running(count, scalar.sum, scalar.squares);
        (count >= pace::may_end_after(0) && mean.abs() > NOTHING).then_some(Z * se / mean.abs()).filter(|h| h.is_finite())
    }

    /// Whether a run is precise enough; `place`: that of the metric among its outcomes.
    pub fn is_met(&self, place: usize, tally: &Tally) -> bool {
        let half_width = tally.scalars.get(place).and_then(|scalar| Goal::half_width(scalar, tally.count));
        half_width.is_some_and(|h| h < self.target)
    }

    /// What was reached in the end.
    pub fn outcome(&self, place: usize, tally: &Tally) -> Until {
        let scalar = tally.scalars.get(place);
        Until {
            goal: self.clone(),
            half_width: scalar.and_then(|s| Goal::half_width(s, tally.count)),
            reached: self.is_met(place, tally),
            realizations: tally.count,
            rows: scalar.map(|s| growth(&self.metric, &self.scope, s, tally.count)).unwrap_or_default(),
        }
    }
}

/// How precise the mean of a metric became.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Until {
    /// What was asked for.
    #[serde(flatten)]
    pub goal: Goal,
    /// Half of the 95 % interval over the mean; none if the mean is zero, or too few realizations are behind it.
    pub half_width: Option<f64>,
    /// Whether that is less than what was asked for.
    pub reached: bool,
    /// Realizations made.
    pub realizations: u64,
    /// The metric's running mean.
    #[serde(skip)]
    pub rows: Vec<ConvergenceRow>,
}

impl Until {
    /// One sentence for a reader.
    pub fn sentence(&self) -> String {
        let Until { goal, half_width, reached, realizations: n, .. } = self;
        // Three digits: an error of an error is not known better.
        let percent = |share: f64| format!("± {} %", super::csv::number(format!("{:.2e}", share * 100.0).parse().unwrap_or(share * 100.0)));
        let asked = percent(goal.target);
        match half_width {
            Some(h) if *reached => format!("{asked} was asked of the mean {goal}; {} was reached after {n} realizations", percent(*h)),
            Some(h) => {
                // The error shrinks with the root of the number; two digits are all that is known of it.
                let needed = *n as f64 * (h / goal.target).powi(2);
                let unit = 10f64.powf(needed.log10().floor() - 1.0);
                format!(
                    "not precise enough: {asked} was asked of the mean {goal}, and it is {} after the {n} realizations allowed; some {} would be needed",
                    percent(*h),
                    super::csv::number((needed / unit).ceil() * unit)
                )
            }
            None if *n < pace::may_end_after(0) => format!(
                "not precise enough: {asked} was asked of the mean {goal}, and it takes {} realizations to know the error; {n} were allowed",
                pace::may_end_after(0)
            ),
            None => format!(
                "not precise enough: {asked} was asked of the mean {goal}, which is 0 in {n} realizations; no error is a share of 0"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_read_with_and_without_its_metric() {
        let goal = |metric: &str, scope: &str, target: f64| Ok(Goal { metric: metric.into(), scope: scope.into(), target });
        assert_eq!("3%".parse(), goal("unmet_share", "world", 0.03));
        assert_eq!("0.5 %".parse(), goal("unmet_share", "world", 0.005));
        assert_eq!("0.7%".parse(), goal("unmet_share", "world", 0.007));
        assert_eq!("0.03".parse(), goal("unmet_share", "world", 0.03));
        assert_eq!("lost_output=10%".parse(), goal("lost_output", "world", 0.1));
        assert_eq!("min_cover@region:EUR = 2%".parse(), goal("min_cover", "region:EUR", 0.02));
        for wrong in ["", "%", "0%", "100%", "-3%", "three", "=3%", "x@=3%", "nan", "inf%", "unmet_share"] {
            assert!(wrong.parse::<Goal>().is_err(), "{wrong}");
        }
    }
}
