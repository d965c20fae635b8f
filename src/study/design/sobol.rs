//! In: a number of parameters and points, a seed. Out: Owen-scrambled Sobol points: a column of uniforms for each parameter.
//!
//! Directions of Joe and Kuo, scrambled by hashing (Burley 2020), from the crate `sobol_burley`: single precision, 65,536 points, 256
//! parameters, which is more than a study can pay for.

use sobol_burley::{NUM_DIMENSIONS, sample};

/// Most points.
pub const MOST_POINTS: usize = 1 << 16;

/// Most parameters.
pub const MOST_PARAMETERS: usize = NUM_DIMENSIONS as usize;

/// One column a parameter, one number in (0, 1) a point; within [`MOST_POINTS`] and [`MOST_PARAMETERS`].
pub fn cube(parameters: usize, points: usize, seed: u64) -> Vec<Vec<f64>> {
    // Every seed scrambles in its own way; both halves count.
    let seed = (seed ^ (seed >> 32).wrapping_mul(0x9e37_79b9)) as u32;
    let number = |point: usize, parameter: usize| {
        let u = sample(point.min(MOST_POINTS - 1) as u32, parameter.min(MOST_PARAMETERS - 1) as u32, seed);
        // To the middle of the last bit: never 0, where some distributions have no quantile.
        (f64::from(u) + 0.5 / f64::from(1 << 24)).min(1.0 - f64::EPSILON)
    };
    (0..parameters).map(|p| (0..points).map(|i| number(i, p)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_fill_every_box_of_every_pair_of_parameters_alike() {
        let (n, k) = (256usize, 6);
        for seed in [0, 7, 7 << 32] {
            let columns = cube(k, n, seed);
            for column in &columns {
                let mut parts: Vec<usize> = column.iter().map(|u| (u * n as f64) as usize).collect();
                parts.sort_unstable();
                assert_eq!(parts, (0..n).collect::<Vec<_>>(), "one point in each part of each parameter");
            }
            // Quarter by quarter, a (t, m, s)-net: 16 boxes, 16 points in each.
            let mut boxes = [0; 16];
            for i in 0..n {
                boxes[(columns[0][i] * 4.0) as usize * 4 + (columns[1][i] * 4.0) as usize] += 1;
            }
            assert_eq!(boxes, [16; 16]);
        }
        assert_ne!(cube(2, n, 7), cube(2, n, 8), "the seed matters");
        assert_ne!(cube(2, n, 7), cube(2, n, 7 << 32));
    }

    #[test]
    fn a_smooth_function_is_integrated_far_better_than_by_chance() {
        let error = |points: usize| {
            let columns = cube(3, points, 5);
            let mean = (0..points).map(|i| columns.iter().map(|c| c[i]).product::<f64>()).sum::<f64>() / points as f64;
            (mean - 0.125).abs()
        };
        // By chance it would be about 0.15 / √1024 = 0.005.
        assert!(error(1024) < 2e-4, "{}", error(1024));
    }
}
