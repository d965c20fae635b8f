//! In: numbers, in any order and any grouping. Out: their sum, the same bits whatever the order and the grouping.
//!
//! A sum of floats depends on what is added first. Here each number becomes a whole number of units and is added exactly, to one of
//! three counters by its size: below 1 the unit is 2^-95, so a square of 1e-6 keeps 17 digits; below 2^40 and below 2^85 the unit is
//! finer than the last bit of any such number. 2^28 batches, the most a run can have, overflow none of them.
//!
//! Where speed counts, up to a thousand numbers are first added as floats that cannot round ([`Brief`]).

use serde::{Deserialize, Serialize};

/// Sizes from which on a number belongs to the next counter.
const FROM: [f64; 2] = [1.0, (1_u64 << 40) as f64];
/// Sizes from which on a number is too large to be counted.
const MOST: f64 = (1_u128 << 85) as f64;
/// Bits of a number's whole part and of the rest below it: a number of 97 bits becomes two of 64.
const REST: u32 = 60;
/// Each counter's units of 2^REST in one.
const SCALE: [f64; 3] = [(1_u64 << 35) as f64, 1.0 / (1_u64 << 5) as f64, 1.0 / (1_u64 << 48) as f64];
/// Bits by which a counter's unit is larger than that of the one before.
const CARRY: [u32; 2] = [40, 43];
/// Stands in the last counter once something was added that is no number, or too large a one.
const SPOILT: i128 = i128::MIN;

/// A sum that does not depend on the order of what was added.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Exact([i128; 3]);

/// A number in whole units of a counter; what is below the unit is cut off.
#[inline(always)]
fn units(x: f64, counter: usize) -> i128 {
    let scaled = x * SCALE[counter];
    let whole = scaled as i64;
    let rest = (scaled - whole as f64) * (1_u64 << REST) as f64;
    (i128::from(whole) << REST) + i128::from(rest as i64)
}

impl Exact {
    /// Adds a number. What is not finite, or 2^85 and more, spoils the sum.
    #[inline(always)]
    pub fn add(&mut self, x: f64) {
        let size = x.abs();
        if size < FROM[1] {
            let counter = usize::from(size >= FROM[0]);
            self.0[counter] = self.0[counter].wrapping_add(units(x, counter));
        } else {
            self.add_large(x);
        }
    }

    #[cold]
    fn add_large(&mut self, x: f64) {
        if x.abs() < MOST && self.0[2] != SPOILT {
            self.0[2] = self.0[2].wrapping_add(units(x, 2));
        } else {
            self.0[2] = SPOILT;
        }
    }

    /// The sum with a number more.
    pub fn plus(mut self, x: f64) -> Exact {
        self.add(x);
        self
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Exact) {
        let spoilt = self.0[2] == SPOILT || other.0[2] == SPOILT;
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a = a.wrapping_add(b));
        if spoilt {
            self.0[2] = SPOILT;
        }
    }

    /// The counters with all that is whole carried to the next: the same for the same sum, whatever went through which.
    fn settled(&self) -> [i128; 3] {
        let [mut small, mut middle, mut large] = self.0;
        if large == SPOILT {
            return [0, 0, SPOILT];
        }
        (middle, small) = (middle.wrapping_add(small >> CARRY[0]), small & ((1 << CARRY[0]) - 1));
        (large, middle) = (large.wrapping_add(middle >> CARRY[1]), middle & ((1 << CARRY[1]) - 1));
        [small, middle, large]
    }

    /// The sum as a float; not a number if something spoilt it.
    pub fn value(&self) -> f64 {
        let counters = self.settled();
        if counters[2] == SPOILT {
            return f64::NAN;
        }
        let part = |counter: usize| counters[counter] as f64 / (SCALE[counter] * (1_u64 << REST) as f64);
        // From the largest: a small negative sum is a whole less and almost a whole more.
        part(2) + part(1) + part(0)
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Exact) -> bool {
        self.settled() == other.settled()
    }
}

impl Eq for Exact {}

/// Sizes from which on a number is not added briefly.
const BRIEF: f64 = (1_u64 << 22) as f64;
/// Adding and taking away 1.5 · 2^52 units leaves whole units: 2^-21 of the number, 2^-65 of its rest.
const ROUND: [f64; 2] = [6_755_399_441_055_744.0 / (1_u64 << 21) as f64, 6_755_399_441_055_744.0 / (1_u128 << 65) as f64];

/// A sum of at most 1,024 numbers of less than 2^22, in two floats of which neither ever rounds: whole units of 2^-21, and the rest in
/// units of 2^-65.
#[derive(Debug, Clone, Copy, Default)]
pub struct Brief {
    high: f64,
    low: f64,
}

impl Brief {
    /// Whether a number is small enough.
    #[inline(always)]
    pub fn takes(x: f64) -> bool {
        x.abs() < BRIEF
    }

    /// Adds a number that it takes.
    #[inline(always)]
    pub fn add(&mut self, x: f64) {
        let high = (x + ROUND[0]) - ROUND[0];
        let low = ((x - high) + ROUND[1]) - ROUND[1];
        self.high += high;
        self.low += low;
    }

    /// Adds what was added up.
    #[inline(always)]
    pub fn add_to(self, sum: &mut Exact) {
        sum.add(self.high);
        sum.add(self.low);
    }
}

/// Adds to each sum its number in each of at most 1,024 tables; `N`: at least as many as there are sums.
pub fn add_tables<const N: usize>(sums: &mut [Exact], tables: &[&[f64]]) {
    let mut briefs = [Brief::default(); N];
    for table in tables {
        let mut all = true;
        for (brief, x) in briefs.iter_mut().zip(*table) {
            let takes = Brief::takes(*x);
            brief.add(if takes { *x } else { 0.0 });
            all &= takes;
        }
        if !all {
            sums.iter_mut().zip(*table).filter(|(_, x)| !Brief::takes(**x)).for_each(|(sum, x)| sum.add(*x));
        }
    }
    sums.iter_mut().zip(briefs).for_each(|(sum, brief)| brief.add_to(sum));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(numbers: &[f64]) -> Exact {
        numbers.iter().fold(Exact::default(), |sum, x| sum.plus(*x))
    }

    /// Numbers of all sizes and both signs.
    fn numbers() -> Vec<f64> {
        (0..4000).map(|i| (f64::from(i) * 0.7).sin() * 10f64.powi(i % 38 - 14)).collect()
    }

    #[test]
    fn order_and_grouping_change_nothing() {
        let forwards = numbers();
        let backwards: Vec<f64> = forwards.iter().rev().copied().collect();
        let whole = sum(&forwards);
        assert_eq!(whole, sum(&backwards));
        for cut in [0, 1, 7, 1999, 4000] {
            let (a, b) = forwards.split_at(cut);
            let mut parts = sum(b);
            parts.merge(&sum(a));
            assert_eq!(whole, parts, "cut at {cut}");
        }
    }

    #[test]
    fn brief_sums_in_any_groups_are_the_same() {
        // As a batch leaves them: small ones below the last bit that is kept, some too large, some zero.
        let rows: Vec<[f64; 5]> = (0..1000).map(|i| [0.3, 1e-7, 400.0, 1e9, 0.0].map(|x| x * (f64::from(i) * 0.7).sin())).collect();
        let counted = |groups: &[usize]| {
            let mut sums = [Exact::default(); 5];
            let mut rest = rows.as_slice();
            for size in groups {
                let (group, after) = rest.split_at(*size);
                add_tables::<8>(&mut sums, &group.iter().map(|r| &r[..]).collect::<Vec<_>>());
                rest = after;
            }
            sums
        };
        let whole = counted(&[1000]);
        for groups in [&[1, 999][..], &[500, 500], &[3, 100, 897], &[1; 1000]] {
            assert_eq!(whole.map(|s| s.value().to_bits()), counted(groups).map(|s| s.value().to_bits()));
            assert_eq!(whole, counted(groups));
        }
        for (i, sum) in whole.iter().enumerate() {
            let plain: f64 = rows.iter().map(|r| r[i]).sum();
            assert!((sum.value() - plain).abs() <= 1e-12 * rows.iter().map(|r| r[i].abs()).sum::<f64>(), "{} {plain}", sum.value());
        }
        let mut mixed = Exact::default();
        add_tables::<8>(std::slice::from_mut(&mut mixed), &[&[1.0], &[f64::NAN], &[2.0]]);
        assert!(mixed.value().is_nan());
    }

    #[test]
    fn small_numbers_and_large_squares_keep_their_digits() {
        for x in [1e-6, -1e-14, 1e-12, 1e-15, 0.3, 1.0, 1e6, 12_345.678_9, 1e12, 1e13, 1e24, -2.5e-7, -1e24] {
            assert!((sum(&[x]).value() / x - 1.0).abs() < 1e-12, "{x}: {}", sum(&[x]).value());
            let many = sum(&vec![x; 1000]).value() / 1000.0;
            assert!((many / x - 1.0).abs() < 1e-12, "{x}: {many}");
        }
        assert_eq!(sum(&[]).value(), 0.0);
        assert_eq!(sum(&[1e24, 1e-6, -1e24]).value(), 1e-6);
    }

    #[test]
    fn as_many_as_a_run_can_have_do_not_overflow() {
        for x in [0.999_999, 1.0, 1e12, 3e25, -3e25] {
            let mut total = sum(&[x]);
            for _ in 0..28 {
                let half = total;
                total.merge(&half);
            }
            assert!((total.value() / (x * (1_u64 << 28) as f64) - 1.0).abs() < 1e-9, "{x}: {}", total.value());
        }
    }

    #[test]
    fn what_is_no_number_spoils_the_sum_for_good() {
        for x in [f64::NAN, f64::INFINITY, -1e300] {
            let mut other = sum(&[2.0, 1e20]);
            other.merge(&sum(&[1.0, x, 1e20]));
            other.add(1e20);
            assert!(other.value().is_nan(), "{x}: {}", other.value());
        }
    }
}
