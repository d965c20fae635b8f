//! In: an address (seed, cause, name, period, realization). Out: the uniform numbers that live there.
//!
//! Philox4x32-10 (Salmon et al. 2011): a pure function of key and counter, so a number has an address, not a place in a queue.
//! The key is made once from seed, cause and name; the counter is period and realization. Adding a draw moves no other.

use crate::wide::{Row, WIDTH, Wide, ZERO, box_muller};

/// The address of a family of draws: one purpose, one name, one seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key([u32; 2]);

/// Makes the key of a cause and a name.
pub fn key(seed: u64, cause: &str, name: &str) -> Key {
    let mut h: u64 = 0xcbf2_9ce4_8422_2325 ^ mix(seed);
    for part in [cause, name] {
        for byte in part.bytes() {
            h = (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        h = mix(h ^ 0xff51_afd7_ed55_8ccd);
    }
    Key([h as u32, (h >> 32) as u32])
}

/// Finaliser of splitmix64: neighbouring seeds give unrelated keys.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const M0: u64 = 0xd251_1f53;
const M1: u64 = 0xcd9e_8d57;
const W0: u32 = 0x9e37_79b9;
const W1: u32 = 0xbb67_ae85;
const LOW: u64 = 0xffff_ffff;

/// Ten rounds on one counter. Its words stand in 64-bit lanes, which a vector unit multiplies in one instruction.
#[inline(always)]
fn philox(key: [u32; 2], counter: [u64; 4]) -> [u64; 4] {
    let [mut a, mut b, mut c, mut d] = counter;
    let mut k = key;
    for _ in 0..10 {
        let p0 = M0 * a;
        let p1 = M1 * c;
        a = (p1 >> 32) ^ b ^ u64::from(k[0]);
        b = p1 & LOW;
        c = (p0 >> 32) ^ d ^ u64::from(k[1]);
        d = p0 & LOW;
        k = [k[0].wrapping_add(W0), k[1].wrapping_add(W1)];
    }
    [a, b, c, d]
}

/// The block of random bits at an address.
#[inline(always)]
fn block(key: Key, period: u32, realization: u64, index: u32) -> [u64; 4] {
    philox(key.0, [u64::from(period), realization & LOW, realization >> 32, u64::from(index)])
}

/// 52 random bits to the middle of their interval: never 0, never 1.
#[inline(always)]
fn unit(low: u64, high: u64) -> f64 {
    let bits = (high << 32 | low) >> 12;
    // A number in 1..2 from its mantissa, less one, plus half a step.
    f64::from_bits(bits | 0x3ff0_0000_0000_0000) - 1.0 + 1.110_223_024_625_156_5e-16
}

/// One uniform in (0, 1) for each realization of a batch.
#[inline(always)]
pub fn fill(key: Key, period: u32, first_realization: u64, out: &mut Row) {
    let mut u = ZERO;
    for w in 0..WIDTH {
        let b = block(key, period, first_realization + w as u64, 0);
        u[w] = unit(b[0], b[1]);
    }
    *out = u;
}

/// A standard normal and two uniforms of 32 bits at one address, independent of each other.
#[inline(always)]
pub fn normal_and_uniforms(key: Key, period: u32, first_realization: u64) -> (Row, Row, Row) {
    let (mut z, mut u, mut v) = (ZERO, ZERO, ZERO);
    for w in 0..WIDTH {
        let [a, b, c, d] = block(key, period, first_realization + w as u64, 0);
        z[w] = f64::from(box_muller(a as u32, b as u32).0);
        u[w] = short_unit(c as u32);
        v[w] = short_unit(d as u32);
    }
    (z, u, v)
}

/// 32 random bits to the middle of their interval: never 0, never 1.
#[inline(always)]
fn short_unit(bits: u32) -> f64 {
    // A number in 1..2 from the top of its mantissa, less one, plus half a step.
    f64::from_bits(u64::from(bits) << 20 | 0x3ff0_0000_0000_0000) - 1.0 + 1.164_153_218_269_348_1e-10
}

/// The standard normals of four periods, `4 span` to `4 span + 3`, from one block of bits.
#[inline(always)]
pub fn normals(key: Key, span: u32, first_realization: u64) -> [Single; SPAN] {
    let mut out = [Wide([0.0; WIDTH]); SPAN];
    for w in 0..WIDTH {
        let [a, b, c, d] = block(key, span, first_realization + w as u64, 1);
        (out[0][w], out[1][w]) = box_muller(a as u32, b as u32);
        (out[2][w], out[3][w]) = box_muller(c as u32, d as u32);
    }
    out
}

/// Periods whose normals come from one block.
pub const SPAN: usize = 4;

/// One number in single precision for each realization of a batch.
pub type Single = Wide<f32>;

/// The `index`-th uniform of a list at one address (buyers of a lane, say).
pub fn fill_nth(key: Key, index: u32, first_realization: u64) -> Row {
    let mut out = ZERO;
    for w in 0..WIDTH {
        let b = block(key, u32::MAX, first_realization + w as u64, index);
        out[w] = unit(b[0], b[1]);
    }
    out
}

/// A row in double precision.
#[inline(always)]
pub fn double(row: &Single) -> Row {
    let mut out = ZERO;
    for w in 0..WIDTH {
        out[w] = f64::from(row[w]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of the generator's authors (Random123, kat_vectors, philox4x32-10).
    #[test]
    fn the_generator_gives_its_authors_known_answers() {
        let run = |counter: [u32; 4], key: [u32; 2]| philox(key, counter.map(u64::from));
        assert_eq!(run([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(run([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            run([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn a_draw_depends_on_its_address_alone() {
        let k = key(7, "demand", "EUR_USE_EV");
        let (mut wide, mut narrow) = (ZERO, ZERO);
        fill(k, 3, 8, &mut wide);
        fill(k, 3, 11, &mut narrow);
        assert_eq!(wide[3], narrow[0]);
        assert_ne!(key(7, "demand", "A"), key(8, "demand", "A"));
        assert_ne!(key(7, "demandA", ""), key(7, "demand", "A"));
    }

    #[test]
    fn normals_have_the_moments_and_tails_of_the_books() {
        let k = key(11, "price", "X");
        let (mut n, mut sums, mut tails, mut across) = (0.0, [0.0; 4], [0.0; 3], [0.0; 6]);
        for span in 0..20_000 {
            let rows = normals(k, span, 0);
            for w in 0..WIDTH {
                let z = rows.map(|row| f64::from(row[w]));
                let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
                across.iter_mut().zip(pairs).for_each(|(sum, (i, j))| *sum += z[i] * z[j]);
                for z in z {
                    n += 1.0;
                    for (p, sum) in sums.iter_mut().enumerate() {
                        *sum += z.powi(p as i32 + 1);
                    }
                    for (i, limit) in [1.0, 2.0, 3.0].into_iter().enumerate() {
                        tails[i] += f64::from(u8::from(z.abs() > limit));
                    }
                }
            }
        }
        let off = |found: f64, expected: f64, variance: f64| (found / n - expected) / (variance / n).sqrt();
        for (i, (expected, variance)) in [(0.0, 1.0), (1.0, 2.0), (0.0, 15.0), (3.0, 96.0)].into_iter().enumerate() {
            assert!(off(sums[i], expected, variance).abs() < 4.0, "moment {}: {}", i + 1, sums[i] / n);
        }
        for (i, p) in [0.317_310_507_862_914_1, 0.045_500_263_896_358_4, 0.002_699_796_063_260_2].into_iter().enumerate() {
            assert!(off(tails[i], p, p * (1.0 - p)).abs() < 4.0, "tail {}: {}", i + 1, tails[i] / n);
        }
        // A quarter as many products as numbers.
        assert!(across.iter().all(|sum| off(4.0 * sum, 0.0, 4.0).abs() < 4.0), "correlations {:?}", across.map(|x| 4.0 * x / n));
    }

    #[test]
    fn units_lie_strictly_between_zero_and_one() {
        assert!(unit(0, 0) > 0.0 && unit(LOW, LOW) < 1.0);
        assert!(short_unit(0) > 0.0 && short_unit(u32::MAX) < 1.0);
    }
}
