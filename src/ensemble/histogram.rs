//! In: values, one at a time. Out: percentiles from integer counts that merge exactly.
//!
//! Bins are cut from the bits of the number: 128 to an octave, so a bin is at most 0.8 % wide and a percentile, interpolated inside
//! its bin and kept between the least and the largest value seen, is off by less. Negative values mirror positive ones; below 2^-40
//! everything counts as zero. Memory grows with the octaves seen, not with the values.

use std::collections::BTreeMap;

const BITS: u32 = 7;
const SMALLEST: f64 = 9.094_947_017_729_282e-13; // 2^-40

/// Counts of one variable.
#[derive(Debug, Clone)]
pub struct Histogram {
    /// Octave (signed, mirrored for negatives; 0 is the bin of zero) → counts of its bins.
    octaves: BTreeMap<i32, Box<[u32; 1 << BITS]>>,
    count: u64,
    least: f64,
    largest: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram { octaves: BTreeMap::new(), count: 0, least: f64::INFINITY, largest: f64::NEG_INFINITY }
    }
}

fn place(x: f64) -> (i32, usize) {
    if x.abs() < SMALLEST {
        return (0, 0);
    }
    let bits = x.abs().to_bits();
    let exponent = (bits >> 52) as i32 - 1023 + 42; // at least 1
    let bin = (bits >> (52 - BITS)) as usize & ((1 << BITS) - 1);
    if x > 0.0 { (exponent, bin) } else { (-exponent, (1 << BITS) - 1 - bin) }
}

/// Edges of a bin.
fn edges(octave: i32, bin: usize) -> (f64, f64) {
    if octave == 0 {
        return (0.0, 0.0);
    }
    let (sign, bin) = if octave > 0 { (1.0, bin) } else { (-1.0, (1 << BITS) - 1 - bin) };
    let scale = 2f64.powi(octave.abs() - 42);
    let step = scale / f64::from(1u32 << BITS);
    let (a, b) = (scale + step * bin as f64, scale + step * (bin + 1) as f64);
    if sign > 0.0 { (a, b) } else { (-b, -a) }
}

impl Histogram {
    /// Counts a value.
    pub fn add(&mut self, x: f64) {
        let (octave, bin) = place(x);
        self.octaves.entry(octave).or_insert_with(|| Box::new([0; 1 << BITS]))[bin] += 1;
        self.count += 1;
        self.least = self.least.min(x);
        self.largest = self.largest.max(x);
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Histogram) {
        for (octave, bins) in &other.octaves {
            let mine = self.octaves.entry(*octave).or_insert_with(|| Box::new([0; 1 << BITS]));
            mine.iter_mut().zip(bins.iter()).for_each(|(a, b)| *a += b);
        }
        self.count += other.count;
        self.least = self.least.min(other.least);
        self.largest = self.largest.max(other.largest);
    }

    /// The lower order statistic at rank q (n − 1), within the width of its bin.
    pub fn percentile(&self, q: f64) -> f64 {
        if self.count == 0 {
            return f64::NAN;
        }
        let rank = (q * (self.count - 1) as f64).floor() as u64;
        let mut before = 0;
        for (octave, bins) in &self.octaves {
            for (bin, &k) in bins.iter().enumerate().filter(|(_, k)| **k > 0) {
                if before + u64::from(k) > rank {
                    let (a, b) = edges(*octave, bin);
                    let inside = (rank - before) as f64 + 0.5;
                    return (a + (b - a) * inside / f64::from(k)).clamp(self.least, self.largest);
                }
                before += u64::from(k);
            }
        }
        self.largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_within_a_bin_of_exact_ones() {
        let mut values: Vec<f64> = (0..10_000).map(|i| (f64::from(i) * 0.7).sin() * f64::from(i % 97) * 3.0).collect();
        let mut h = Histogram::default();
        values.iter().for_each(|x| h.add(*x));
        values.sort_by(f64::total_cmp);
        for q in [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0] {
            let exact = values[(q * 9_999.0_f64).floor() as usize];
            assert!((h.percentile(q) - exact).abs() <= 0.008 * exact.abs() + 1e-12, "{q}: {} {exact}", h.percentile(q));
        }
    }

    #[test]
    fn a_constant_is_its_own_percentile() {
        let mut h = Histogram::default();
        (0..100).for_each(|_| h.add(0.3));
        assert_eq!((h.percentile(0.05), h.percentile(0.95)), (0.3, 0.3));
    }

    #[test]
    fn merging_equals_counting_together() {
        let (mut a, mut b, mut both) = (Histogram::default(), Histogram::default(), Histogram::default());
        for i in 0..1000 {
            let x = f64::from(i) - 300.0;
            if i % 3 == 0 {
                a.add(x)
            } else {
                b.add(x)
            }
            both.add(x);
        }
        a.merge(&b);
        assert_eq!(a.percentile(0.31), both.percentile(0.31));
    }
}
