//! In: distributions of the scenario. Out: a list of parameters, each drawn once a realization at an address of its own name.

use std::collections::BTreeMap;

use crate::scenario::schema::{Dist, RowTable};

/// Index of a parameter in [`Parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Param(pub usize);

/// One number of the world that may differ between realizations.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Dotted path in the scenario; the name in the address of its draw.
    pub name: String,
    /// Where its values come from.
    pub dist: Dist,
    /// Values below are set to it.
    pub low: f64,
    /// Values above are set to it.
    pub high: f64,
}

/// All parameters of a network, and the table of joint draws some of them read.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// In order of creation; nothing depends on the order.
    pub list: Vec<Parameter>,
    /// Joint draws.
    pub rows: RowTable,
    named: BTreeMap<String, usize>,
}

impl Parameters {
    /// No parameters yet, over a table of joint draws.
    pub fn over(rows: RowTable) -> Parameters {
        Parameters { rows, ..Parameters::default() }
    }
}

impl Parameters {
    /// Adds a parameter whose values are clipped to `low..=high`. The same name, or the same fixed value, is stored once.
    pub fn add(&mut self, name: impl Into<String>, dist: &Dist, low: f64, high: f64) -> Param {
        let name = name.into();
        let known = match dist {
            Dist::Fixed(x) => self.list.iter().position(|p| p.dist == Dist::Fixed(*x) && p.low == low && p.high == high),
            _ => self.named.get(&name).copied(),
        };
        if let Some(i) = known {
            return Param(i);
        }
        self.named.insert(name.clone(), self.list.len());
        self.list.push(Parameter { name, dist: dist.clone(), low, high });
        Param(self.list.len() - 1)
    }

    /// Central value (median or nearest to it) of a parameter.
    pub fn central(&self, param: Param) -> f64 {
        let p = &self.list[param.0];
        central(&p.dist, &self.rows).clamp(p.low, p.high)
    }

    /// Ends of the support of a parameter (0.1 % and 99.9 % where it has none).
    pub fn support(&self, param: Param) -> (f64, f64) {
        let p = &self.list[param.0];
        let (low, high) = support(&p.dist, &self.rows);
        (low.clamp(p.low, p.high), high.clamp(p.low, p.high))
    }

    /// Whether a parameter is one number in every realization, and which.
    pub fn fixed(&self, param: Param) -> Option<f64> {
        let p = &self.list[param.0];
        match p.dist {
            Dist::Fixed(x) => Some(x.clamp(p.low, p.high)),
            _ => None,
        }
    }

    /// Value of a parameter in one row of the joint draws; none: it is no column of them.
    pub fn in_row(&self, param: Param, row: usize) -> Option<f64> {
        let p = &self.list[param.0];
        match &p.dist {
            Dist::Column { name, scale } => {
                let column = self.column(name)?;
                Some((self.rows.rows.get(row)?[column] * scale).clamp(p.low, p.high))
            }
            _ => None,
        }
    }

    /// Parameters that really differ between realizations.
    pub fn drawn(&self) -> impl Iterator<Item = (usize, &Parameter)> {
        self.list.iter().enumerate().filter(|(_, p)| !matches!(p.dist, Dist::Fixed(_)))
    }

    /// Index of a column of the row table.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.rows.names.iter().position(|n| n == name)
    }
}

fn column_values(rows: &RowTable, name: &str, scale: f64) -> Vec<f64> {
    let Some(c) = rows.names.iter().position(|n| n == name) else { return vec![] };
    let mut v: Vec<f64> = rows.rows.iter().map(|r| r[c] * scale).collect();
    v.sort_by(f64::total_cmp);
    v
}

fn sorted_empirical(values: &[f64]) -> Vec<f64> {
    let mut v = values.to_vec();
    v.sort_by(f64::total_cmp);
    v
}

/// A middle value of a distribution.
pub fn central(dist: &Dist, rows: &RowTable) -> f64 {
    match dist {
        Dist::Fixed(x) => *x,
        Dist::Uniform { low, high } => 0.5 * (low + high),
        Dist::Triangular { mode, .. } | Dist::Pert { mode, .. } => *mode,
        Dist::Normal { mean, .. } | Dist::Beta { mean, .. } => *mean,
        Dist::Lognormal { median, .. } => *median,
        Dist::Empirical { values, weights } => {
            let total: f64 = weights.iter().sum();
            let mut pairs: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut sum = 0.0;
            for (v, w) in &pairs {
                sum += w;
                if sum >= 0.5 * total {
                    return *v;
                }
            }
            0.0
        }
        Dist::Column { name, scale } => {
            let v = column_values(rows, name, *scale);
            v.get(v.len() / 2).copied().unwrap_or(0.0)
        }
    }
}

fn support(dist: &Dist, rows: &RowTable) -> (f64, f64) {
    const Z: f64 = 3.09;
    match dist {
        Dist::Fixed(x) => (*x, *x),
        Dist::Uniform { low, high } | Dist::Triangular { low, high, .. } | Dist::Pert { low, high, .. } => (*low, *high),
        Dist::Normal { mean, sd } => (mean - Z * sd, mean + Z * sd),
        Dist::Lognormal { median, sigma } => (median * (-Z * sigma).exp(), median * (Z * sigma).exp()),
        Dist::Beta { mean, sd } => ((mean - Z * sd).max(0.0), (mean + Z * sd).min(1.0)),
        Dist::Empirical { values, .. } => {
            let v = sorted_empirical(values);
            (v.first().copied().unwrap_or(0.0), v.last().copied().unwrap_or(0.0))
        }
        Dist::Column { name, scale } => {
            let v = column_values(rows, name, *scale);
            (v.first().copied().unwrap_or(0.0), v.last().copied().unwrap_or(0.0))
        }
    }
}
