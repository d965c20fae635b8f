//! In: parameters and how they are to be combined. Out: the points of a study, one number a parameter.

pub mod grid;
pub mod latin_hypercube;
pub mod listed;
pub mod one_at_a_time;
pub mod sobol;

use super::Parameter;
use super::correlate::{self, Target};
use super::spread::Spread;
use crate::scenario::problem::Problems;

/// Most cases of a study: scenarios × policies × points.
pub const MOST: usize = 1_000_000;

/// How points are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Design {
    /// Every value with every other.
    Grid,
    /// Each parameter's range cut into as many equal parts as there are points, each part used once.
    LatinHypercube {
        /// Number of points.
        points: usize,
        /// Seed of the design.
        seed: u64,
    },
    /// Owen-scrambled Sobol points.
    Sobol {
        /// Number of points, a power of two.
        points: usize,
        /// Seed of the scrambling.
        seed: u64,
    },
    /// The scenario as it stands, then each parameter alone at its low and high end.
    OneAtATime {
        /// Quantiles that are the ends.
        ends: [f64; 2],
    },
    /// Points from a table.
    Listed,
}

impl Design {
    /// Its word in files.
    pub fn word(&self) -> &'static str {
        match self {
            Design::Grid => "grid",
            Design::LatinHypercube { .. } => "latin_hypercube",
            Design::Sobol { .. } => "sobol",
            Design::OneAtATime { .. } => "one_at_a_time",
            Design::Listed => "file",
        }
    }

    /// Whether points are drawn from distributions.
    pub fn is_drawn(&self) -> bool {
        matches!(self, Design::LatinHypercube { .. } | Design::Sobol { .. })
    }
}

/// The points of a design that is not listed. `target` holds the rank correlations, if any. What cannot be is noted.
pub fn points(design: Design, parameters: &[Parameter], target: Option<&Target>, problems: &mut Problems) -> Vec<Vec<Option<f64>>> {
    let spreads: Vec<&Spread> = parameters.iter().map(|p| &p.spread).collect();
    let names: Vec<&str> = parameters.iter().map(|p| p.path.as_str()).collect();
    let mut columns = match design {
        Design::Grid => return grid::points(&spreads, problems),
        Design::OneAtATime { ends } => return one_at_a_time::points(&spreads, ends),
        Design::Listed => return vec![],
        Design::LatinHypercube { points, seed } => {
            let mut columns = latin_hypercube::cube(&names, points, seed);
            if let Some(target) = target
                && !correlate::reorder(&mut columns, target, &names, seed)
            {
                let message = format!("{points} points are too few to give {} parameters rank correlations", names.len());
                problems.error("design.points", message).help(format!("take at least {}", 3 * names.len() + 1));
            }
            columns
        }
        Design::Sobol { points, seed } => {
            let mut columns = sobol::cube(names.len(), points, seed);
            if let Some(target) = target {
                correlate::bind(&mut columns, target);
            }
            columns
        }
    };
    for (column, spread) in columns.iter_mut().zip(&spreads) {
        column.iter_mut().for_each(|u| *u = spread.quantile(*u));
    }
    let count = columns.first().map_or(0, Vec::len);
    (0..count).map(|i| columns.iter().map(|c| Some(c[i])).collect()).collect()
}
