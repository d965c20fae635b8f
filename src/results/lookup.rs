//! In: a table and a name. Out: the series, number or name for people that stands there, if any.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Results, Series, Stat, SummaryRow};

impl Results {
    /// The series of a variable and scope.
    pub fn series(&self, variable: &str, scope: &str) -> Option<&Series> {
        self.series.iter().find(|s| s.variable == variable && s.scope == scope)
    }

    /// All series of a variable whose scope starts with `prefix`, in the order of the table.
    pub fn series_of<'a>(&'a self, variable: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a Series> {
        self.series.iter().filter(move |s| s.variable == variable && s.scope.starts_with(prefix))
    }

    /// One line of the summary.
    pub fn row(&self, metric: &str, scope: &str, stat: Stat) -> Option<&SummaryRow> {
        self.summary.iter().find(|r| r.metric == metric && r.scope == scope && r.stat == stat)
    }

    /// The value of one line of the summary, in the metric's unit.
    pub fn value(&self, metric: &str, scope: &str, stat: Stat) -> Option<f64> {
        self.row(metric, scope, stat).and_then(|r| r.value)
    }

    /// Name for people of a scope; without one, its id.
    pub fn name<'a>(&'a self, scope: &'a str) -> &'a str {
        match self.names.iter().find(|(s, _)| s == scope) {
            Some((_, name)) => name,
            None if scope == "world" => "World",
            None => scope.split_once(':').map_or(scope, |(_, id)| id),
        }
    }

    /// First day of a period; the start itself where the calendar ends.
    pub fn date(&self, period: usize) -> Date {
        let weeks = i64::try_from(period).unwrap_or(i64::MAX);
        self.start.checked_add(weeks.saturating_mul(7).clamp(0, 3_000_000).days()).unwrap_or(self.start)
    }
}

impl Series {
    /// The values of a statistic, one a period.
    pub fn stat(&self, stat: Stat) -> Option<&[f64]> {
        self.stats.iter().find(|(s, _)| *s == stat).map(|(_, values)| values.as_slice())
    }
}
