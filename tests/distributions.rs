//! Our inverses against the samplers of `rand_distr`, and the first draws of each for ever.

use coercivity::scenario::schema::{Dist, RowTable};
use coercivity::shocks::sampler::{Sampler, quantile};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand_distr::Distribution;

const N: usize = 40_000;

/// Largest gap between two empirical distribution functions, in units of its 1e-6 critical value.
fn kolmogorov_smirnov(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let (mut i, mut j, mut gap) = (0, 0, 0.0f64);
    while i < a.len() && j < b.len() {
        let x = a[i].min(b[j]);
        while i < a.len() && a[i] <= x {
            i += 1;
        }
        while j < b.len() && b[j] <= x {
            j += 1;
        }
        gap = gap.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
    }
    gap / (2.7 * (2.0 / N as f64).sqrt())
}

fn ours(dist: &Dist, seed: u64) -> Vec<f64> {
    let rows = RowTable::default();
    let sampler = Sampler { dist, rows: &rows };
    let mut rng = SmallRng::seed_from_u64(seed);
    (0..N).map(|_| sampler.sample(&mut rng)).collect()
}

fn theirs(dist: impl Distribution<f64>, seed: u64) -> Vec<f64> {
    let mut rng = SmallRng::seed_from_u64(seed);
    (0..N).map(|_| dist.sample(&mut rng)).collect()
}

#[test]
fn every_distribution_agrees_with_the_sampler_of_rand_distr() {
    let beta = |mean: f64, sd: f64| {
        let k = mean * (1.0 - mean) / (sd * sd) - 1.0;
        rand_distr::Beta::new(mean * k, (1.0 - mean) * k).expect("a beta")
    };
    let cases: Vec<(Dist, Vec<f64>)> = vec![
        (Dist::Uniform { low: 2.0, high: 5.0 }, theirs(rand_distr::Uniform::new(2.0, 5.0).expect("uniform"), 1)),
        (Dist::Triangular { low: 1.0, mode: 2.0, high: 6.0 }, theirs(rand_distr::Triangular::new(1.0, 6.0, 2.0).expect("triangular"), 2)),
        (Dist::Pert { low: 1.0, mode: 2.0, high: 6.0 }, theirs(rand_distr::Pert::new(1.0, 6.0).with_mode(2.0).expect("pert"), 3)),
        (Dist::Normal { mean: 3.0, sd: 2.0 }, theirs(rand_distr::Normal::new(3.0, 2.0).expect("normal"), 4)),
        (Dist::Lognormal { median: 9.0, sigma: 0.4 }, theirs(rand_distr::LogNormal::new(9f64.ln(), 0.4).expect("lognormal"), 5)),
        (Dist::Beta { mean: 0.85, sd: 0.08 }, theirs(beta(0.85, 0.08), 6)),
        (Dist::Beta { mean: 0.5, sd: 0.4 }, theirs(beta(0.5, 0.4), 7)),
    ];
    for (i, (dist, sample)) in cases.into_iter().enumerate() {
        let gap = kolmogorov_smirnov(ours(&dist, 100 + i as u64), sample);
        assert!(gap < 1.0, "{dist:?}: {gap}");
    }
}

#[test]
fn a_wrong_distribution_is_noticed() {
    let gap = kolmogorov_smirnov(ours(&Dist::Beta { mean: 0.85, sd: 0.08 }, 1), ours(&Dist::Beta { mean: 0.85, sd: 0.085 }, 2));
    assert!(gap > 1.0, "{gap}");
}

#[test]
fn quantiles_keep_their_values_for_ever() {
    let rows = RowTable { names: vec!["x".into()], rows: vec![vec![1.5], vec![2.5]] };
    let at = |d: &Dist, u: f64| quantile(d, u, &rows, 1);
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12 * b.abs().max(1.0), "{a} is not {b}");
    close(at(&Dist::Uniform { low: 2.0, high: 5.0 }, 0.25), 2.75);
    close(at(&Dist::Triangular { low: 0.0, mode: 1.0, high: 2.0 }, 0.125), 0.5);
    close(at(&Dist::Normal { mean: 1.0, sd: 2.0 }, 0.975), 1.0 + 2.0 * 1.959_963_984_540_054);
    close(at(&Dist::Lognormal { median: 9.0, sigma: 0.4 }, 0.5), 9.0);
    // A beta with both shapes 2: the median is one half, I_0.25(2, 2) = 5/32.
    let half = Dist::Beta { mean: 0.5, sd: (1.0f64 / 20.0).sqrt() };
    close(at(&half, 0.5), 0.5);
    close(at(&half, 5.0 / 32.0), 0.25);
    close(at(&Dist::Empirical { values: vec![3.0, 6.0], weights: vec![1.0, 3.0] }, 0.24), 3.0);
    close(at(&Dist::Empirical { values: vec![3.0, 6.0], weights: vec![1.0, 3.0] }, 0.26), 6.0);
    close(at(&Dist::Column { name: "x".into(), scale: 2.0 }, 0.9), 5.0);
}
