//! In: uniforms and distributions. Out: draws by the inverse of each distribution, one uniform a draw, no rejection.

use rand::RngExt;
use rand_distr::Distribution;

use crate::network::Parameters;
use crate::scenario::schema::{Dist, RowTable};
use crate::wide::{exp1, ln1, normal_quantile1};

/// The value of a distribution at quantile `u` in (0, 1); `row` is the realization's row of joint draws.
pub fn quantile(dist: &Dist, u: f64, rows: &RowTable, row: usize) -> f64 {
    match dist {
        Dist::Fixed(x) => *x,
        Dist::Uniform { low, high } => low + (high - low) * u,
        Dist::Triangular { low, mode, high } => {
            let width = high - low;
            let split = if width > 0.0 { (mode - low) / width } else { 0.0 };
            if u < split { low + (u * width * (mode - low)).sqrt() } else { high - ((1.0 - u) * width * (high - mode)).sqrt() }
        }
        Dist::Pert { low, mode, high } => {
            let width = high - low;
            if width <= 0.0 {
                return *mode;
            }
            let a = 1.0 + 4.0 * (mode - low) / width;
            let b = 1.0 + 4.0 * (high - mode) / width;
            low + width * beta_quantile(a, b, u)
        }
        Dist::Normal { mean, sd } => mean + sd * normal_quantile1(u),
        Dist::Lognormal { median, sigma } => median * exp1(sigma * normal_quantile1(u)),
        Dist::Beta { mean, sd } => {
            if *sd <= 0.0 {
                return *mean;
            }
            let k = mean * (1.0 - mean) / (sd * sd) - 1.0;
            beta_quantile(mean * k, (1.0 - mean) * k, u)
        }
        Dist::Empirical { values, weights } => {
            let total: f64 = weights.iter().sum();
            let mut sum = 0.0;
            for (v, w) in values.iter().zip(weights) {
                sum += w;
                if u * total < sum {
                    return *v;
                }
            }
            values.last().copied().unwrap_or(0.0)
        }
        Dist::Column { name, scale } => match rows.names.iter().position(|n| n == name) {
            Some(c) => rows.rows[row][c] * scale,
            None => 0.0,
        },
    }
}

/// Clips a draw to the range of its parameter.
pub fn parameter(parameters: &Parameters, index: usize, u: f64, row: usize) -> f64 {
    let p = &parameters.list[index];
    quantile(&p.dist, u, &parameters.rows, row).clamp(p.low, p.high)
}

/// ln Γ(x) for x > 0 (Lanczos, g = 7, nine terms; error below 1e-14).
fn ln_gamma(x: f64) -> f64 {
    const C: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let t = x + 7.5;
    let sum = (1..9).fold(C[0], |s, i| s + C[i] / (x + i as f64));
    0.918_938_533_204_672_8 + (x + 0.5) * ln1(t) - t + ln1(sum)
}

/// ln B(a, b).
fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// Regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz); `ln_beta` is ln B(a, b).
fn beta_cdf(a: f64, b: f64, ln_beta: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_cdf(b, a, ln_beta, 1.0 - x);
    }
    let front = exp1(a * ln1(x) + b * ln1(1.0 - x) - ln_beta) / a;
    let tiny = 1e-300;
    let (mut c, mut d) = (1.0, 1.0 - (a + b) * x / (a + 1.0));
    d = 1.0 / if d.abs() < tiny { tiny } else { d };
    let mut f = d;
    for m in 1..300 {
        let m = f64::from(m);
        for step in 0..2 {
            let num = if step == 0 {
                m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
            } else {
                -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
            };
            d = 1.0 + num * d;
            d = 1.0 / if d.abs() < tiny { tiny } else { d };
            c = 1.0 + num / c;
            c = if c.abs() < tiny { tiny } else { c };
            f *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * f
}

/// Inverse of [`beta_cdf`] by Newton's method, kept inside a bracket that halves when a step would leave it.
fn beta_quantile(a: f64, b: f64, u: f64) -> f64 {
    let ln_beta = ln_beta(a, b);
    let (mut low, mut high) = (0.0, 1.0);
    let mut x = a / (a + b);
    for _ in 0..200 {
        let off = beta_cdf(a, b, ln_beta, x) - u;
        if off < 0.0 {
            low = x;
        } else {
            high = x;
        }
        let density = exp1((a - 1.0) * ln1(x) + (b - 1.0) * ln1(1.0 - x) - ln_beta);
        let step = x - off / density;
        let next = if step > low && step < high { step } else { 0.5 * (low + high) };
        if (next - x).abs() <= 1e-15 * x {
            return next;
        }
        x = next;
    }
    x
}

/// A distribution for anyone who samples singly with the `rand` crates.
#[derive(Debug, Clone)]
pub struct Sampler<'a> {
    /// What is sampled.
    pub dist: &'a Dist,
    /// Joint draws for [`Dist::Column`].
    pub rows: &'a RowTable,
}

impl Distribution<f64> for Sampler<'_> {
    fn sample<R: rand::Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let u: f64 = rng.random();
        let row = if self.rows.rows.is_empty() { 0 } else { rng.random_range(0..self.rows.rows.len()) };
        quantile(self.dist, u.clamp(1e-16, 1.0 - 1e-16), self.rows, row)
    }
}
