//! In: columns of uniforms and the rank correlations that are wanted. Out: the same columns, in another order or bent together.
//!
//! A Latin hypercube is reordered (Iman and Conover 1982), so that each part of each range is still used once. Sobol points go through
//! a Gaussian copula, which keeps their even filling. Wanted are Spearman's ρ; normal scores with correlation 2 sin(π ρ / 6) have it.

use super::design::latin_hypercube::shuffled;
use crate::wide::normal_quantile1;

/// A triangular factor of the correlations of normal scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Target(Vec<Vec<f64>>);

impl Target {
    /// From pairs of parameters and their rank correlation; pairs that are not named have none. None: no numbers can be so
    /// correlated all at once.
    pub fn new(parameters: usize, pairs: &[(usize, usize, f64)]) -> Option<Target> {
        let mut matrix = identity(parameters);
        for &(a, b, rank) in pairs {
            let score = 2.0 * (std::f64::consts::PI * rank / 6.0).sin();
            (matrix[a][b], matrix[b][a]) = (score, score);
        }
        factor(&matrix).map(Target)
    }
}

fn identity(n: usize) -> Vec<Vec<f64>> {
    (0..n).map(|i| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect()
}

/// Cholesky's lower factor; none if the matrix is not positive definite by a hair.
fn factor(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let mut lower = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            if i == j {
                let square = matrix[i][i] - sum;
                if square < 1e-9 {
                    return None;
                }
                lower[i][i] = square.sqrt();
            } else {
                lower[i][j] = (matrix[i][j] - sum) / lower[j][j];
            }
        }
    }
    Some(lower)
}

/// Correlations between columns of mean zero and equal variance.
fn correlations(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    columns.iter().map(|a| columns.iter().map(|b| product(a, b) / (product(a, a) * product(b, b)).sqrt()).collect()).collect()
}

/// Puts each column into an order that gives the target's rank correlations. `false`: too few points for so many parameters.
pub fn reorder(columns: &mut [Vec<f64>], target: &Target, names: &[&str], seed: u64) -> bool {
    let n = columns.first().map_or(0, Vec::len);
    let score = |i: usize| normal_quantile1((i as f64 + 0.5) / n as f64);
    let scores: Vec<Vec<f64>> =
        names.iter().map(|name| shuffled("sweep, scores", name, n, seed).into_iter().map(score).collect()).collect();
    let Some(chance) = factor(&correlations(&scores)).filter(|_| n > names.len()) else { return false };
    // Undo the correlations that the scores have by chance, then give them those that are wanted.
    for row in 0..n {
        let mut plain: Vec<f64> = Vec::with_capacity(names.len());
        for i in 0..names.len() {
            let sum: f64 = (0..i).map(|k| chance[i][k] * plain[k]).sum();
            plain.push((scores[i][row] - sum) / chance[i][i]);
        }
        for (i, column) in columns.iter_mut().enumerate() {
            let wanted: f64 = (0..=i).map(|k| target.0[i][k] * plain[k]).sum();
            // The score waits in the place of the number until all are known.
            column.push(wanted);
        }
    }
    for column in columns {
        let wanted = column.split_off(n);
        let mut rising = column.clone();
        rising.sort_by(f64::total_cmp);
        let mut places: Vec<usize> = (0..n).collect();
        places.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
        for (place, u) in places.into_iter().zip(rising) {
            column[place] = u;
        }
    }
    true
}

/// Sends the columns through a Gaussian copula that has the target's rank correlations.
pub fn bind(columns: &mut [Vec<f64>], target: &Target) {
    let n = columns.first().map_or(0, Vec::len);
    for row in 0..n {
        let plain: Vec<f64> = columns.iter().map(|c| normal_quantile1(c[row])).collect();
        for (i, column) in columns.iter_mut().enumerate() {
            // A parameter that depends on none before it stays as it is, to the bit.
            if (0..i).any(|k| target.0[i][k] != 0.0) {
                column[row] = normal_cdf((0..=i).map(|k| target.0[i][k] * plain[k]).sum());
            }
        }
    }
}

/// Distribution function of the normal: its inverse, solved by halving.
fn normal_cdf(z: f64) -> f64 {
    let (mut low, mut high) = (1e-16, 1.0 - 1e-16);
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if normal_quantile1(middle) < z {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::super::design::{latin_hypercube, sobol};
    use super::*;
    use crate::results::rank::rank_correlation;

    fn rank(columns: &[Vec<f64>], a: usize, b: usize) -> f64 {
        rank_correlation(&columns[a], &columns[b])
    }

    #[test]
    fn a_reordered_hypercube_has_the_ranks_that_are_wanted_and_is_still_one() {
        let (n, names) = (400, ["a", "b", "c"]);
        let target = Target::new(3, &[(0, 1, 0.7), (1, 2, -0.3)]).expect("possible");
        let mut columns = latin_hypercube::cube(&names, n, 3);
        assert!(reorder(&mut columns, &target, &names, 3));
        for (a, b, wanted) in [(0, 1, 0.7), (1, 2, -0.3), (0, 2, 0.0)] {
            let found = rank(&columns, a, b);
            assert!((found - wanted).abs() < 0.03, "{a} and {b}: {found}");
        }
        for column in &columns {
            let mut parts: Vec<usize> = column.iter().map(|u| (u * n as f64) as usize).collect();
            parts.sort_unstable();
            assert_eq!(parts, (0..n).collect::<Vec<_>>());
        }
        let mut few = latin_hypercube::cube(&names, 3, 3);
        assert!(!reorder(&mut few, &target, &names, 3));
    }

    #[test]
    fn a_copula_gives_sobol_points_the_ranks_that_are_wanted() {
        let target = Target::new(3, &[(0, 2, 0.6)]).expect("possible");
        let (before, mut columns) = (sobol::cube(3, 1024, 1), sobol::cube(3, 1024, 1));
        bind(&mut columns, &target);
        assert_eq!((&columns[0], &columns[1]), (&before[0], &before[1]));
        assert!((rank(&columns, 0, 2) - 0.6).abs() < 0.01, "{}", rank(&columns, 0, 2));
        assert!(rank(&columns, 1, 2).abs() < 0.01);
        assert!(columns[2].iter().all(|u| *u > 0.0 && *u < 1.0));
    }

    #[test]
    fn correlations_that_contradict_each_other_are_refused() {
        assert!(Target::new(3, &[(0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)]).is_none());
        assert!(Target::new(2, &[(0, 1, 1.0)]).is_none());
    }
}
