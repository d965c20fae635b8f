//! In: what the ensemble counted. Out: tables, a manifest, and the files that hold them.
//!
//! Everything a chart or a page of words shows is in a [`Results`]; nothing is computed again elsewhere.

pub mod collect;
pub mod csv;
pub mod drivers;
pub mod estimate;
pub mod lookup;
pub mod manifest;
pub mod rank;
pub mod stat;
pub mod ticket;
pub mod until;

use jiff::civil::Date;

/// All tables of one run.
#[derive(Debug, Clone)]
pub struct Results {
    /// Title of the scenario.
    pub title: String,
    /// Its description.
    pub description: String,
    /// Realizations behind every number.
    pub realizations: u64,
    /// First day of period 0.
    pub start: Date,
    /// Number of weekly periods.
    pub horizon: usize,
    /// Events in order of onset, for marking on charts.
    pub events: Vec<EventMark>,
    /// Time series, sorted by variable then scope.
    pub series: Vec<Series>,
    /// Scalars, sorted by metric then scope.
    pub summary: Vec<SummaryRow>,
    /// P(value > threshold) of chosen metrics.
    pub exceedance: Vec<ExceedanceRow>,
    /// Which parameters the outcomes of the world follow; empty if outcomes were not kept.
    pub drivers: Vec<drivers::DriverRow>,
    /// Running mean of headline metrics.
    pub convergence: Vec<ConvergenceRow>,
    /// Finished magnets leaving the inside by calendar month.
    pub exports: Vec<ExportRow>,
    /// One row a realization: names of columns, then values; both empty if they are not kept.
    pub realization_names: Vec<String>,
    /// Row-major, `realizations` × names.
    pub realization_values: Vec<f64>,
    /// Names for people of regions, sectors, commodities and facilities by scope, e.g. `region:EUR` → `Europe`.
    pub names: Vec<(String, String)>,
    /// Stage of each facility in order of display: (scope, stage).
    pub facility_order: Vec<(String, String)>,
    /// Warnings worth a reader's attention.
    pub notes: Vec<String>,
    /// How precise a mean became, if it was asked for.
    pub until: Option<until::Until>,
}

/// An event on a time axis.
#[derive(Debug, Clone, PartialEq)]
pub struct EventMark {
    /// Key.
    pub id: String,
    /// For people.
    pub name: String,
    /// Median onset.
    pub date: Date,
    /// Median end; none: beyond the horizon.
    pub end: Option<Date>,
}

/// A statistic across realizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Stat {
    Mean,
    Sd,
    P05,
    P25,
    P50,
    P75,
    P95,
    P99,
    Cvar95,
    Cvar99,
    /// P(value > x), x in thousandths.
    ProbGt(u32),
}

/// One variable of one scope over time.
#[derive(Debug, Clone)]
pub struct Series {
    /// e.g. `price`, `price_outside`, `unmet_share`, `output_share`, `cover`.
    pub variable: String,
    /// e.g. `world`, `region:EUR`, `market:dy_oxide@JPN`.
    pub scope: String,
    /// Unit of the values.
    pub unit: String,
    /// Each statistic with one value a period.
    pub stats: Vec<(Stat, Vec<f64>)>,
}

/// One line of `summary.csv`.
#[derive(Debug, Clone)]
pub struct SummaryRow {
    /// Metric, e.g. `unmet_share`.
    pub metric: String,
    /// Scope.
    pub scope: String,
    /// Statistic.
    pub stat: Stat,
    /// Value; none: too few realizations behind it.
    pub value: Option<f64>,
    /// Monte Carlo standard error.
    pub se: Option<f64>,
    /// 95 % interval.
    pub lo95: Option<f64>,
    /// 95 % interval.
    pub hi95: Option<f64>,
    /// Realizations.
    pub n: u64,
}

/// One line of `exceedance.csv`.
#[derive(Debug, Clone)]
pub struct ExceedanceRow {
    /// Metric.
    pub metric: String,
    /// Scope.
    pub scope: String,
    /// Threshold, in the metric's unit.
    pub threshold: f64,
    /// P(metric > threshold).
    pub probability: f64,
    /// Wilson 95 % interval.
    pub lo95: f64,
    /// Wilson 95 % interval.
    pub hi95: f64,
    /// Realizations.
    pub n: u64,
}

/// One line of `convergence.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvergenceRow {
    /// Metric.
    pub metric: String,
    /// Scope.
    pub scope: String,
    /// After this many realizations …
    pub n: u64,
    /// … the mean …
    pub mean: f64,
    /// … and its standard error.
    pub se: f64,
}

/// One line of `charts/magnet-exports.csv`.
#[derive(Debug, Clone)]
pub struct ExportRow {
    /// `YYYY-MM`.
    pub month: String,
    /// Region id or `world`.
    pub destination: String,
    /// Percentiles 5, 25, 50, 75, 95 and mean, t a month.
    pub values: [f64; 6],
    /// The run covers only part of this month.
    pub partial: bool,
}
