//! In: the random walk and the jumps of a price law. Out: by how much each market's log price wanders in a week.

use super::Draws;
use super::stream::{Key, key, normal_and_uniforms};
use crate::network::Network;
use crate::wide::{Row, WIDTH, ZERO, each, exp, min};

/// Jumps a week that are counted; more of them in one week are not told apart from that many.
const MOST: usize = 12;

/// Addresses of the walks: per element, and per market its own and its jumps. Empty if no price wanders.
#[derive(Debug, Clone, Default)]
pub(super) struct Wander {
    elements: Vec<Key>,
    markets: Vec<[Key; 2]>,
}

impl Wander {
    pub(super) fn new(seed: u64, network: &Network) -> Wander {
        if !network.needs.walks {
            return Wander::default();
        }
        let k = |cause: &str, name: &str| key(seed, cause, name);
        Wander {
            elements: network.elements.iter().map(|e| k("walk element", e)).collect(),
            markets: network.markets.iter().map(|m| [k("walk", &m.name), k("jump", &m.name)]).collect(),
        }
    }

    /// Fills in a week's steps, one a market.
    #[inline(always)]
    pub(super) fn fill(&self, network: &Network, draws: &Draws, period: u32, out: &mut [Row]) {
        let law = &network.price;
        let (sd, drift, common) = (draws.of(law.walk), draws.of(law.drift), draws.of(law.noise_common));
        let jumps = network.parameters.fixed(law.jump_rate) != Some(0.0);
        for ((market, keys), step) in network.markets.iter().zip(&self.markets).zip(out) {
            let (shared, ..) = normal_and_uniforms(self.elements[market.element], period, draws.first);
            let (own, ..) = normal_and_uniforms(keys[0], period, draws.first);
            let mut sum = ZERO;
            for w in 0..WIDTH {
                sum[w] = drift[w] + sd[w] * (common[w].sqrt() * shared[w] + (1.0 - common[w]).sqrt() * own[w]);
            }
            if jumps {
                let (size, chance, _) = normal_and_uniforms(keys[1], period, draws.first);
                let n = count(draws.of(law.jump_rate), &chance);
                let (mean, spread) = (draws.of(law.jump_mean), draws.of(law.jump_sd));
                for w in 0..WIDTH {
                    sum[w] += n[w] * mean[w] + n[w].sqrt() * spread[w] * size[w];
                }
            }
            *step = sum;
        }
    }
}

/// A Poisson number by the inverse of its distribution at one uniform.
#[inline(always)]
fn count(rate: &Row, u: &Row) -> Row {
    let mut chance = exp(&each(|w| -min(rate[w], 10.0)));
    let (mut below, mut n) = (chance, ZERO);
    for k in 1..=MOST {
        for w in 0..WIDTH {
            n[w] += if u[w] >= below[w] { 1.0 } else { 0.0 };
            chance[w] *= rate[w] / k as f64;
            below[w] += chance[w];
        }
    }
    n
}
