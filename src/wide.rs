//! In: rows of `WIDTH` numbers, one a realization. Out: elementary functions of them, the same bits on every processor.
//!
//! Plain loops without fused multiply-add, so that the compiler may use whatever vector instructions there are and the result does
//! not depend on which. `exp` and `ln` are within 4e-15 relative; the inverse normal within 1e-15 relative.
//!
//! What lets the compiler do so: plain `for` loops of `WIDTH` turns over rows held
//! by value, no branch and no early end inside, both sides of a choice computed and one selected, and no closure large enough to be
//! compiled apart from its caller and its instructions. [`max`], [`min`] and [`within`] are one instruction where the library's are three or a panic.

use std::ops::{Deref, DerefMut};

/// Realizations abreast in one batch (measured: see docs/speed.md).
pub const WIDTH: usize = 16;

/// Numbers of a batch, one for each realization, from the start of a line of the cache on: a vector that straddles two lines is
/// fetched twice.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Wide<T>(pub [T; WIDTH]);

/// One number for each realization of a batch.
pub type Row = Wide<f64>;

impl<T> Deref for Wide<T> {
    type Target = [T; WIDTH];
    #[inline(always)]
    fn deref(&self) -> &[T; WIDTH] {
        &self.0
    }
}

impl<T> DerefMut for Wide<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T; WIDTH] {
        &mut self.0
    }
}

impl<T> IntoIterator for Wide<T> {
    type Item = T;
    type IntoIter = std::array::IntoIter<T, WIDTH>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Default for Row {
    fn default() -> Row {
        ZERO
    }
}

/// A row of zeros.
pub const ZERO: Row = splat(0.0);

/// A row of ones.
pub const ONE: Row = splat(1.0);

/// The same number for every realization.
#[inline(always)]
pub const fn splat(x: f64) -> Row {
    Wide([x; WIDTH])
}

/// A row from a function of the realization's column.
#[inline(always)]
pub fn each(f: impl Fn(usize) -> f64) -> Row {
    let mut out = ZERO;
    for (w, o) in out.iter_mut().enumerate() {
        *o = f(w);
    }
    out
}

/// Whether a condition holds in some column. Looks at all of them: an early end would keep them from being looked at together.
#[inline(always)]
pub fn any(f: impl Fn(usize) -> bool) -> bool {
    let mut found = 0_u64;
    for w in 0..WIDTH {
        found |= u64::from(f(w));
    }
    found != 0
}

/// The larger; `b` if either is not a number.
#[inline(always)]
pub fn max(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The smaller; `b` if either is not a number.
#[inline(always)]
pub fn min(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// `x` kept between `low` and `high`, where `low` is not above `high`.
#[inline(always)]
pub fn within(x: f64, low: f64, high: f64) -> f64 {
    min(max(x, low), high)
}

/// Sum of some rows of a table.
#[inline(always)]
pub fn sum_of(rows: &[Row], places: &[usize]) -> Row {
    let mut sum = ZERO;
    for &i in places {
        add(&mut sum, &rows[i]);
    }
    sum
}

/// One number of the columns, in halves: the same order on every processor.
#[inline(always)]
fn halve(row: &Row, join: impl Fn(f64, f64) -> f64) -> f64 {
    let mut parts = *row;
    let mut half = WIDTH / 2;
    while half > 0 {
        for w in 0..half {
            parts[w] = join(parts[w], parts[w + half]);
        }
        half /= 2;
    }
    parts[0]
}

/// Sum of the columns.
#[inline(always)]
pub fn total(row: &Row) -> f64 {
    halve(row, |a, b| a + b)
}

/// Least of the columns.
#[inline(always)]
pub fn least(row: &Row) -> f64 {
    halve(row, min)
}

/// Largest of the columns.
#[inline(always)]
pub fn largest(row: &Row) -> f64 {
    halve(row, max)
}

/// Multiplies `a` by `b`.
#[inline(always)]
pub fn times(a: &mut Row, b: &Row) {
    for w in 0..WIDTH {
        a[w] *= b[w];
    }
}

/// Adds `b` to `a`.
#[inline(always)]
pub fn add(a: &mut Row, b: &Row) {
    for w in 0..WIDTH {
        a[w] += b[w];
    }
}

const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 · 2^52: adding and subtracting it rounds to nearest

/// e^x for x in −700..700; outside, the value at the nearest end.
#[inline(always)]
pub fn exp1(x: f64) -> f64 {
    // In this order what is not a number stays so.
    let x = min(700.0, max(-700.0, x));
    let n = (x * std::f64::consts::LOG2_E + ROUND) - ROUND;
    let r = x - n * 6.931_471_803_691_238e-1 - n * 1.908_214_929_270_587_7e-10;
    // Taylor to order 12 on |r| <= ln2/2, in pairs of pairs (Estrin): a vector unit waits for the longest chain.
    let (r2, r4) = (r * r, (r * r) * (r * r));
    let low = (1.0 + r) + r2 * (0.5 + r * (1.0 / 6.0));
    let middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5_040.0));
    let high = (1.0 / 40_320.0 + r * (1.0 / 362_880.0)) + r2 * (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0));
    let p = (low + r4 * middle) + (r4 * r4) * (high + r4 * (1.0 / 479_001_600.0));
    // n + 1023 as an integer sits in the low bits of n + ROUND.
    let bits = ((n + 1023.0) + ROUND).to_bits() << 52;
    p * f64::from_bits(bits)
}

/// ln x for positive normal x; zero and below give the value at the smallest normal number.
#[inline(always)]
pub fn ln1(x: f64) -> f64 {
    let x = if x > f64::MIN_POSITIVE { x } else { f64::MIN_POSITIVE };
    let bits = x.to_bits();
    // Shift so that the mantissa lies in sqrt(1/2)..sqrt(2).
    let shifted = bits.wrapping_sub(0x3fe6_a09e_667f_3bcd);
    let exponent = (shifted >> 52) as u32 & 0xfff;
    let exponent = f64::from(((exponent << 20) as i32) >> 20);
    let m = f64::from_bits((shifted & 0x000f_ffff_ffff_ffff).wrapping_add(0x3fe6_a09e_667f_3bcd));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    // 2 atanh(s): odd series to s^19, in pairs of pairs; |s| <= 0.1716.
    let (z2, z4) = (z * z, (z * z) * (z * z));
    let low = (2.0 / 3.0 + z * (2.0 / 5.0)) + z2 * (2.0 / 7.0 + z * (2.0 / 9.0));
    let high = (2.0 / 11.0 + z * (2.0 / 13.0)) + z2 * (2.0 / 15.0 + z * (2.0 / 17.0));
    let p = (low + z4 * high) + (z4 * z4) * (2.0 / 19.0);
    let log_m = 2.0 * s + s * z * p;
    exponent * 6.931_471_803_691_238e-1 + (exponent * 1.908_214_929_270_587_7e-10 + log_m)
}

// Explicit loops: a closure this large would not be inlined, and one column at a time is eight times slower.

/// e^x in every column.
#[inline(always)]
pub fn exp(x: &Row) -> Row {
    let mut out = ZERO;
    for w in 0..WIDTH {
        out[w] = exp1(x[w]);
    }
    out
}

/// ln x in every column.
#[inline(always)]
pub fn ln(x: &Row) -> Row {
    let mut out = ZERO;
    for w in 0..WIDTH {
        out[w] = ln1(x[w]);
    }
    out
}

/// Two independent standard normals from 64 random bits (Box and Muller 1958), in single precision: within 1e-6 of the exact ones but
/// for radii below 0.03 (within 3e-4), none beyond 6.8. Twice as many fit a vector, and noise needs no more.
#[inline(always)]
pub fn box_muller(radius: u32, angle: u32) -> (f32, f32) {
    // The middle of its interval of 2^-32, never 0; rounding may give 1.
    let u = (radius >> 8) as i32 as f32 * (1.0 / 16_777_216.0) + ((radius & 0xff) as i32 as f32 + 0.5) * (1.0 / 4_294_967_296.0);
    let square = -2.0 * single_ln(u);
    let radius = (if square > 0.0 { square } else { 0.0 }).sqrt();
    // The first two bits say which quarter turn, the others where in it: y in -pi/4..pi/4.
    let y = (angle << 2) as i32 as f32 * (std::f32::consts::FRAC_PI_2 / 4_294_967_296.0);
    let quarter = angle >> 30;
    let z = y * y;
    let sin = y + y * z * (-1.0 / 6.0 + z * (1.0 / 120.0 + z * (-1.0 / 5_040.0 + z * (1.0 / 362_880.0))));
    let cos = 1.0 + z * (-0.5 + z * (1.0 / 24.0 + z * (-1.0 / 720.0 + z * (1.0 / 40_320.0))));
    let (a, b) = if quarter & 1 == 1 { (sin, cos) } else { (cos, sin) };
    let sign = |x: f32, negative: u32| f32::from_bits(x.to_bits() ^ (negative & 2) << 30);
    (radius * sign(a, quarter + 1), radius * sign(b, quarter))
}

/// ln x in single precision, for positive normal x.
#[inline(always)]
fn single_ln(x: f32) -> f32 {
    let shifted = x.to_bits().wrapping_sub(0x3f35_04f3);
    let exponent = ((shifted as i32) >> 23) as f32;
    let m = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(0x3f35_04f3));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let log_m = 2.0 * s + s * z * (2.0 / 3.0 + z * (2.0 / 5.0 + z * (2.0 / 7.0 + z * (2.0 / 9.0))));
    exponent * std::f32::consts::LN_2 + log_m
}

/// The standard normal quantile of u in 0..1 (Wichura 1988, algorithm AS 241, both branches computed and one selected).
#[inline(always)]
pub fn normal_quantile1(u: f64) -> f64 {
    let q = u - 0.5;
    let r = 0.180_625 - q * q;
    let num = ((((((2_509.080_928_730_122_7 * r + 33_430.575_583_588_13) * r + 67_265.770_927_008_7) * r + 45_921.953_931_549_87) * r
        + 13_731.693_765_509_46)
        * r
        + 1_971.590_950_306_551_3)
        * r
        + 133.141_667_891_784_38)
        * r
        + 3.387_132_872_796_366_5;
    let den = ((((((5_226.495_278_852_854 * r + 28_729.085_735_721_943) * r + 39_307.895_800_092_71) * r + 21_213.794_301_586_597) * r
        + 5_394.196_021_424_751)
        * r
        + 687.187_007_492_057_9)
        * r
        + 42.313_330_701_600_91)
        * r
        + 1.0;
    let centre = q * num / den;
    let tail = if q < 0.0 { u } else { 1.0 - u };
    let r = (-ln1(tail)).sqrt();
    let a = r - 1.6;
    let num = ((((((7.745_450_142_783_414e-4 * a + 0.022_723_844_989_269_184) * a + 0.241_780_725_177_450_6) * a
        + 1.270_458_252_452_368_4)
        * a
        + 3.647_848_324_763_204_5)
        * a
        + 5.769_497_221_460_691)
        * a
        + 4.630_337_846_156_546)
        * a
        + 1.423_437_110_749_683_5;
    let den = ((((((1.050_750_071_644_416_9e-9 * a + 5.475_938_084_995_345e-4) * a + 0.015_198_666_563_616_457) * a
        + 0.148_103_976_427_480_08)
        * a
        + 0.689_767_334_985_1)
        * a
        + 1.676_384_830_183_803_8)
        * a
        + 2.053_191_626_637_759)
        * a
        + 1.0;
    let near = num / den;
    let a = r - 5.0;
    let num = ((((((2.010_334_399_292_288_1e-7 * a + 2.711_555_568_743_487_6e-5) * a + 0.001_242_660_947_388_078_4) * a
        + 0.026_532_189_526_576_124)
        * a
        + 0.296_560_571_828_504_87)
        * a
        + 1.784_826_539_917_291_3)
        * a
        + 5.463_784_911_164_114)
        * a
        + 6.657_904_643_501_103;
    let den = ((((((2.044_263_103_389_939_8e-15 * a + 1.421_511_758_316_446e-7) * a + 1.846_318_317_510_054_7e-5) * a
        + 7.868_691_311_456_133e-4)
        * a
        + 0.014_875_361_290_850_615)
        * a
        + 0.136_929_880_922_735_8)
        * a
        + 0.599_832_206_555_888)
        * a
        + 1.0;
    let far = num / den;
    let t = if r <= 5.0 { near } else { far };
    let t = if q < 0.0 { -t } else { t };
    if q.abs() <= 0.425 { centre } else { t }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_and_ln_agree_with_the_standard_library() {
        for i in -20_000..20_000 {
            let x = f64::from(i) * 0.01;
            assert!((exp1(x) / x.exp() - 1.0).abs() < 1e-15 * 4.0, "exp {x}");
            let y = x.exp();
            assert!((ln1(y) - y.ln()).abs() <= 4e-16 * y.ln().abs().max(0.5), "ln {y}");
        }
        assert_eq!(exp1(0.0), 1.0);
        assert_eq!(ln1(1.0), 0.0);
    }

    #[test]
    fn box_muller_is_radius_and_angle() {
        for i in 0..2000_u32 {
            let (radius, angle) = (i.wrapping_mul(2_654_435_769) >> (i % 24), i.wrapping_mul(40_503_000));
            let u = (f64::from(radius) + 0.5) / 4_294_967_296.0;
            let (r, turn) = ((-2.0 * u.ln()).sqrt(), std::f64::consts::TAU * f64::from(angle) / 4_294_967_296.0);
            let (x, y) = box_muller(radius, angle);
            // The first quarter turn is centred on zero.
            let (c, s) = (r * turn.cos(), r * turn.sin());
            let found = [f64::from(x), f64::from(y)];
            let near = |a: f64, b: f64| (found[0] - a).abs() < 1e-6 * (1.0 + r) && (found[1] - b).abs() < 1e-6 * (1.0 + r);
            // Where in its quarter the angle lies is read as a signed number: past the middle it belongs to the quarter before.
            let past = angle << 2 >> 31 == 1;
            assert!(if past { near(s, -c) } else { near(c, s) }, "{radius} {angle}: {x} {y}, {c} {s}");
        }
    }

    #[test]
    fn the_normal_quantile_matches_published_values() {
        for (u, z) in [(0.975, 1.959_963_984_540_054), (0.5, 0.0), (1e-10, -6.361_340_902_404_056), (0.9, 1.281_551_565_544_600_5)] {
            assert!((normal_quantile1(u) - z).abs() < 1e-14 * (1.0 + f64::abs(z)), "{u}");
        }
    }
}
