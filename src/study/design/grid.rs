//! In: the values of each parameter. Out: every value with every other; the last parameter changes fastest.

use super::{MOST, Spread};
use crate::scenario::problem::Problems;

/// The points of a grid; none, and a note, if there would be too many.
pub fn points(spreads: &[&Spread], problems: &mut Problems) -> Vec<Vec<Option<f64>>> {
    let values: Vec<&[f64]> = spreads.iter().map(|s| if let Spread::Values(v) = s { v.as_slice() } else { &[] }).collect();
    let count = values.iter().try_fold(1usize, |n, v| n.checked_mul(v.len())).filter(|n| *n <= MOST);
    let Some(count) = count else {
        problems
            .error("design", format!("this grid has more than {MOST} points"))
            .help("fewer values, or a sobol design, whose number of points does not grow with parameters");
        return vec![];
    };
    (0..count)
        .map(|index| {
            let mut left = index;
            let mut point: Vec<Option<f64>> = values
                .iter()
                .rev()
                .map(|v| {
                    let x = v[left % v.len()];
                    left /= v.len();
                    Some(x)
                })
                .collect();
            point.reverse();
            point
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_has_every_value_with_every_other_in_the_order_of_reading() {
        let (a, b) = (Spread::Values(vec![1.0, 2.0]), Spread::Values(vec![10.0, 20.0, 30.0]));
        let mut problems = Problems::default();
        let points = points(&[&a, &b], &mut problems);
        let flat: Vec<(f64, f64)> = points.iter().map(|p| (p[0].expect("given"), p[1].expect("given"))).collect();
        assert_eq!(flat, [(1.0, 10.0), (1.0, 20.0), (1.0, 30.0), (2.0, 10.0), (2.0, 20.0), (2.0, 30.0)]);
        let long = Spread::Values((0..200).map(f64::from).collect());
        assert!(super::points(&[&long, &long, &long], &mut problems).is_empty() && problems.any_error());
    }
}
