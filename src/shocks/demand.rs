//! In: one period's normals of a facility. Out: the factor on its demand: lognormal, normal clipped at zero, or Poisson (ruling 12).

use super::Draws;
use super::stream::{Key, fill};
use crate::network::Network;
use crate::scenario::schema::NoiseKind;
use crate::wide::{ONE, Row, WIDTH, ZERO, exp, exp1, max, normal_quantile1};

/// Factor on a facility's demand in one period, from its normals `z`.
#[inline(always)]
pub(super) fn demand_factor(network: &Network, draws: &Draws, user: usize, k: Key, period: usize, z: &Row) -> Row {
    let u = &network.users[user];
    let sd = draws.of(u.noise);
    let mut factor = ONE;
    match u.noise_kind {
        NoiseKind::Lognormal => {
            for w in 0..WIDTH {
                factor[w] = sd[w] * z[w] - 0.5 * sd[w] * sd[w];
            }
            factor = exp(&factor);
        }
        NoiseKind::Normal => {
            for w in 0..WIDTH {
                factor[w] = max(1.0 + sd[w] * z[w], 0.0);
            }
        }
        NoiseKind::Poisson if u.facility_demand > 0.0 => {
            let mut x = ZERO;
            fill(k, period as u32, draws.first, &mut x);
            for w in 0..WIDTH {
                factor[w] = poisson_quantile(u.facility_demand, x[w]) / u.facility_demand;
            }
        }
        NoiseKind::Poisson => {}
    }
    factor
}

/// Smallest k with P(Poisson(mean) ≤ k) ≥ u.
fn poisson_quantile(mean: f64, u: f64) -> f64 {
    // e^-mean leaves the range of exp1 at 700; there the first terms of Cornish and Fisher are within one unit.
    if mean > 600.0 {
        let z = normal_quantile1(u);
        return (mean + mean.sqrt() * z + (z * z - 1.0) / 6.0).round().max(0.0);
    }
    let mut p = exp1(-mean);
    let mut sum = p;
    let mut k = 0.0;
    while sum < u && k < 10.0 * mean + 100.0 {
        k += 1.0;
        p *= mean / k;
        sum += p;
    }
    k
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_quantiles_are_right_on_both_sides_of_the_seam() {
        // Published: P(Poisson(3) ≤ 2) = 0.4232, P(≤ 3) = 0.6472.
        assert_eq!((poisson_quantile(3.0, 0.42), poisson_quantile(3.0, 0.43), poisson_quantile(3.0, 0.64)), (2.0, 3.0, 3.0));
        for u in [0.001, 0.05, 0.3, 0.5, 0.8, 0.99, 0.9999] {
            let (exact, near) = (poisson_quantile(600.0, u), poisson_quantile(600.000_001, u));
            assert!((exact - near).abs() <= 1.0, "{u}: {exact} and {near}");
        }
        assert!((poisson_quantile(5_000.0, 0.5) - 5_000.0).abs() <= 1.0);
    }
}
