//! In: names of parameters, a number of points, a seed. Out: a Latin hypercube: a column of uniforms for each parameter.
//!
//! Each column's numbers fall one into each of `points` equal parts of (0, 1), in an order of its own. They have addresses, as all
//! random numbers here: one more parameter moves no other.

use crate::shocks::stream::{fill_nth, key};
use crate::wide::WIDTH;

/// One column a parameter, one number in (0, 1) a point.
pub fn cube(names: &[&str], points: usize, seed: u64) -> Vec<Vec<f64>> {
    let column = |name: &&str| {
        let order = shuffled("sweep, order", name, points, seed);
        let within = uniforms("sweep, place", name, points, seed);
        order.iter().zip(within).map(|(part, u)| (*part as f64 + u) / points as f64).collect()
    };
    names.iter().map(column).collect()
}

/// Uniforms of a cause and a name, one a point.
fn uniforms(cause: &str, name: &str, points: usize, seed: u64) -> Vec<f64> {
    let key = key(seed, cause, name);
    let mut all: Vec<f64> = (0..points).step_by(WIDTH).flat_map(|first| fill_nth(key, 0, first as u64)).collect();
    all.truncate(points);
    all
}

/// The numbers 0 … n − 1 in random order.
pub fn shuffled(cause: &str, name: &str, n: usize, seed: u64) -> Vec<usize> {
    let keys = uniforms(cause, name, n, seed);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_every_parameter_is_used_once() {
        let (n, names) = (53, ["a", "b", "c"]);
        let columns = cube(&names, n, 9);
        for column in &columns {
            let mut parts: Vec<usize> = column.iter().map(|u| (u * n as f64) as usize).collect();
            parts.sort_unstable();
            assert_eq!(parts, (0..n).collect::<Vec<_>>());
        }
        assert_ne!(columns[0], columns[1]);
        assert_ne!(cube(&names, n, 10), columns, "the seed matters");
        assert_eq!(cube(&["b"], n, 9)[0], columns[1], "other parameters do not");
    }
}
