//! In: nothing. Out: what may stand for a number: distributions drawn once, processes drawn afresh, rows of joint draws.

/// A number, or a distribution from which one value a realization is drawn.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Dist {
    /// The same value in every realization.
    Fixed(f64),
    /// Uniform between `low` and `high`.
    Uniform { low: f64, high: f64 },
    /// Triangular with its peak at `mode`.
    Triangular { low: f64, mode: f64, high: f64 },
    /// PERT (a beta with shape 4) between `low` and `high`, peak at `mode`.
    Pert { low: f64, mode: f64, high: f64 },
    /// Normal; fields that must be positive are clipped at their range.
    Normal { mean: f64, sd: f64 },
    /// Lognormal by median and standard deviation of the logarithm.
    Lognormal { median: f64, sigma: f64 },
    /// Beta on 0..1 by mean and standard deviation.
    Beta { mean: f64, sd: f64 },
    /// One of `values` with probability proportional to `weights`.
    Empirical { values: Vec<f64>, weights: Vec<f64> },
    /// The named column of the scenario's [`RowTable`]; all columns of one realization come from one row.
    Column { name: String, scale: f64 },
}

/// A distribution drawn afresh for each application or shipment; its own parameters may be [`Dist`].
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// The family and its parameters.
    pub family: Family,
    /// Draws above this are set to it (weeks).
    pub max: Option<f64>,
}

/// The family of a [`Process`].
#[derive(Debug, Clone, PartialEq)]
pub enum Family {
    /// Always this value.
    Fixed(Dist),
    /// Uniform between low and high.
    Uniform(Dist, Dist),
    /// Triangular: low, mode, high.
    Triangular(Dist, Dist, Dist),
    /// Normal: mean, standard deviation; clipped at zero.
    Normal(Dist, Dist),
    /// Lognormal: median, sigma.
    Lognormal(Dist, Dist),
    /// Values with weights.
    Empirical(Vec<f64>, Vec<f64>),
}

/// A table of joint draws from which each realization takes one whole row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowTable {
    /// Column names.
    pub names: Vec<String>,
    /// One vector a row, one value a column.
    pub rows: Vec<Vec<f64>>,
}
