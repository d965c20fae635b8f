//! In: z. Out: the normal density, distribution and loss function, for the formulas of the oracles.

/// Density.
pub fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// Distribution, by Simpson's rule from zero.
pub fn distribution(z: f64) -> f64 {
    const N: usize = 2000;
    let h = z / N as f64;
    let sum: f64 = (0..=N)
        .map(|i| {
            let weight = if i == 0 || i == N {
                1.0
            } else if i % 2 == 1 {
                4.0
            } else {
                2.0
            };
            weight * density(h * i as f64)
        })
        .sum();
    0.5 + sum * h / 3.0
}

/// Loss function G(z) = φ(z) − z (1 − Φ(z)).
pub fn loss(z: f64) -> f64 {
    density(z) - z * (1.0 - distribution(z))
}
