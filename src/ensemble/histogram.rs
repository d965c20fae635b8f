//! In: values, a row at a time. Out: percentiles from integer counts that merge exactly.
//!
//! Bins are cut from the bits of the number: 128 to an octave, so a bin is at most 1/128 of its value wide and a percentile, put at
//! its place inside its bin and kept between the least and the largest value seen, is off by less than 0.8 % (tested). Negative
//! values mirror positive ones; below 2^-40 everything counts as zero, from 2^64 on everything as 2^64. Memory grows with the
//! octaves seen, not with the values.

use serde::{Deserialize, Serialize};

use crate::wide::{Row, WIDTH, largest, least, max, min, total};

/// Bins of an octave.
const BINS: usize = 128;
/// Octaves of one sign: from 2^-40 to 2^64.
const OCTAVES: usize = 104;
/// Octave of zero, between the negative ones and the positive ones.
const ZERO_OCTAVE: usize = OCTAVES;
const SMALLEST_EXPONENT: i64 = 1023 - 40;
/// Place of an octave that has no bins yet.
const NONE: u8 = u8::MAX;

/// Counts of one variable.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Histogram {
    /// Per octave, from the most negative to the most positive: where its bins are.
    places: [u8; 2 * OCTAVES + 1],
    bins: Vec<[u32; BINS]>,
    count: u64,
    least: f64,
    largest: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram { places: [NONE; 2 * OCTAVES + 1], bins: vec![], count: 0, least: f64::INFINITY, largest: f64::NEG_INFINITY }
    }
}

/// Counts as they are written to a file: octaves that hold something, from the lowest.
#[derive(Serialize, Deserialize)]
struct Written {
    octaves: Vec<(u8, Vec<u32>)>,
    count: u64,
    least: f64,
    largest: f64,
}

impl From<Histogram> for Written {
    fn from(h: Histogram) -> Written {
        let octaves = h.octaves().map(|(octave, bins)| (octave as u8, bins.to_vec())).collect();
        Written { octaves, count: h.count, least: h.least, largest: h.largest }
    }
}

impl TryFrom<Written> for Histogram {
    type Error = &'static str;

    fn try_from(w: Written) -> Result<Histogram, &'static str> {
        let mut h = Histogram { count: w.count, least: w.least, largest: w.largest, ..Histogram::default() };
        for (octave, bins) in w.octaves {
            let new = h.places.get(octave as usize).is_some_and(|place| *place == NONE);
            let bins: Option<[u32; BINS]> = bins.try_into().ok();
            match bins {
                Some(bins) if new => *h.open(octave as usize) = bins,
                _ => return Err("these are no counts"),
            }
        }
        Ok(h)
    }
}

/// Octave and bin of a value, as one number that rises with it.
#[inline(always)]
fn key(x: f64) -> u16 {
    let bits = (x.to_bits() & (u64::MAX >> 1)) as i64;
    let steps = (bits >> 45) - (SMALLEST_EXPONENT << 7);
    let last = (OCTAVES * BINS) as i64 - 1;
    let steps = if steps > last { last } else { steps };
    let above = ((ZERO_OCTAVE + 1) * BINS) as i64 + steps;
    let below = (ZERO_OCTAVE * BINS) as i64 - 1 - steps;
    let signed = if x < 0.0 { below } else { above };
    (if steps < 0 { (ZERO_OCTAVE * BINS) as i64 } else { signed }) as u16
}

const ZERO_KEY: u16 = (ZERO_OCTAVE * BINS) as u16;

/// What a batch leaves of one row: in which bin each value lies, their sum, the least and the largest. Less than half the memory
/// of the values, so that a wave of batches stays in the cache until it is counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Note {
    keys: [u16; WIDTH],
    /// Sum.
    pub sum: f64,
    least: f64,
    largest: f64,
}

impl Note {
    /// Nothing.
    pub const NONE: Note = Note { keys: [ZERO_KEY; WIDTH], sum: 0.0, least: f64::INFINITY, largest: f64::NEG_INFINITY };

    /// Of the first `used` values of a row.
    #[inline(always)]
    pub fn new(row: &Row, used: usize) -> Note {
        let mut row = *row;
        let mut rest = 0.0;
        if used < WIDTH {
            // What does not count looks like what does, and is taken off the sum.
            let first = row[0];
            row[used..].fill(first);
            rest = first * (WIDTH - used) as f64;
        }
        let mut keys = [0; WIDTH];
        for w in 0..WIDTH {
            keys[w] = key(row[w]);
        }
        Note { keys, sum: total(&row) - rest, least: least(&row), largest: largest(&row) }
    }
}

/// Edges of a bin.
fn edges(octave: usize, bin: usize) -> (f64, f64) {
    if octave == ZERO_OCTAVE {
        return (0.0, 0.0);
    }
    let positive = octave > ZERO_OCTAVE;
    let (octave, bin) = if positive { (octave - ZERO_OCTAVE - 1, bin) } else { (OCTAVES - 1 - octave, BINS - 1 - bin) };
    let scale = 2f64.powi(octave as i32 - 40);
    let step = scale / BINS as f64;
    let (a, b) = (scale + step * bin as f64, scale + step * (bin + 1) as f64);
    if positive { (a, b) } else { (-b, -a) }
}

impl Histogram {
    /// Counts a value.
    #[cfg(test)]
    pub fn add(&mut self, x: f64) {
        self.count_key(key(x), 1);
        self.count += 1;
        self.least = min(self.least, x);
        self.largest = max(self.largest, x);
    }

    /// Counts what was noted of the first `used` realizations of a batch.
    #[inline(always)]
    pub fn add_note(&mut self, note: &Note, used: usize) {
        self.least = min(self.least, note.least);
        self.largest = max(self.largest, note.largest);
        self.count += used as u64;
        let mut zeros = 0;
        for k in note.keys {
            zeros += u16::from(k == ZERO_KEY);
        }
        // Zeros are often many: counting them one by one would wait for one place in memory.
        let (mut others, mut n) = (note.keys, used);
        if zeros > 0 {
            n = 0;
            for k in &note.keys[..used] {
                others[n] = *k;
                n += usize::from(*k != ZERO_KEY);
            }
            self.count_key(ZERO_KEY, (used - n) as u32);
        }
        // First where they are counted, then counting: else each count would have to wait for the one before.
        let mut at = [0; WIDTH];
        for (at, k) in at.iter_mut().zip(&others[..n]) {
            let (octave, bin) = (*k as usize / BINS, *k as usize % BINS);
            if self.places[octave] == NONE {
                self.open(octave);
            }
            *at = self.places[octave] as usize * BINS + bin;
        }
        let bins = self.bins.as_flattened_mut();
        for at in &at[..n] {
            bins[*at] += 1;
        }
    }

    #[inline(always)]
    fn count_key(&mut self, key: u16, times: u32) {
        let (octave, bin) = (key as usize / BINS, key as usize % BINS);
        let place = self.places[octave] as usize;
        match self.bins.get_mut(place) {
            Some(bins) => bins[bin] += times,
            None => self.open(octave)[bin] += times,
        }
    }

    /// Makes room for an octave.
    #[cold]
    fn open(&mut self, octave: usize) -> &mut [u32; BINS] {
        let place = self.bins.len();
        self.places[octave] = place as u8;
        // A run has tens of thousands of histograms: none asks for more than it needs.
        self.bins.reserve_exact(1);
        self.bins.push([0; BINS]);
        &mut self.bins[place]
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Histogram) {
        for octave in 0..self.places.len() {
            let Some(theirs) = other.bins.get(other.places[octave] as usize) else { continue };
            let mine = self.places[octave] as usize;
            let mine = if mine < self.bins.len() { &mut self.bins[mine] } else { self.open(octave) };
            mine.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
        }
        self.count += other.count;
        self.least = min(self.least, other.least);
        self.largest = max(self.largest, other.largest);
    }

    /// Octaves that hold something, from the lowest.
    fn octaves(&self) -> impl Iterator<Item = (usize, &[u32; BINS])> {
        self.places.iter().enumerate().filter_map(|(octave, place)| Some((octave, self.bins.get(*place as usize)?)))
    }

    /// Bins that hold something, from the lowest: edges and count.
    pub fn filled(&self) -> impl Iterator<Item = ((f64, f64), u64)> {
        self.octaves().flat_map(|(octave, bins)| {
            bins.iter().enumerate().filter(|(_, k)| **k > 0).map(move |(bin, k)| (edges(octave, bin), u64::from(*k)))
        })
    }

    /// Least and largest value counted.
    pub fn range(&self) -> (f64, f64) {
        (self.least, self.largest)
    }

    /// The lower order statistics at ranks q (n − 1) for rising `q`, each within the width of its bin.
    pub fn percentiles<const N: usize>(&self, q: [f64; N]) -> [f64; N] {
        let mut out = [if self.count == 0 { f64::NAN } else { self.largest }; N];
        let ranks = q.map(|q| (q * self.count.saturating_sub(1) as f64).floor() as u64);
        let (mut before, mut next) = (0, 0);
        for (octave, bins) in self.octaves() {
            for (bin, k) in bins.iter().map(|k| u64::from(*k)).enumerate() {
                while next < N && before + k > ranks[next] {
                    let (a, b) = edges(octave, bin);
                    let inside = (ranks[next] - before) as f64 + 0.5;
                    out[next] = (a + (b - a) * inside / k as f64).clamp(self.least, self.largest);
                    next += 1;
                }
                before += k;
            }
        }
        out
    }

    /// The lower order statistic at rank q (n − 1), within the width of its bin.
    pub fn percentile(&self, q: f64) -> f64 {
        self.percentiles([q])[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wide::each;

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
    fn a_note_counts_as_its_values() {
        let (mut rows, mut values) = (Histogram::default(), Histogram::default());
        for i in 0..50 {
            let row: Row = each(|w| if (i + w) % 3 == 0 { 0.0 } else { ((i * w) as f64).sin() * 1e3 });
            let used = if i % 7 == 0 { 5 } else { WIDTH };
            let note = Note::new(&row, used);
            rows.add_note(&note, used);
            row[..used].iter().for_each(|x| values.add(*x));
            assert!((note.sum - row[..used].iter().sum::<f64>()).abs() < 1e-9);
        }
        let all = |h: &Histogram| (h.filled().collect::<Vec<_>>(), h.range(), h.count);
        assert_eq!(all(&rows), all(&values));
    }

    #[test]
    fn a_value_lies_in_its_bin() {
        for x in [1.0, -1.0, 0.3, -0.3, 1e-11, -1e-11, 12_345.678, -9e9, 1.999, f64::from_bits(0x3fef_ffff_ffff_ffff)] {
            let mut h = Histogram::default();
            h.add(x);
            let ((a, b), k) = h.filled().next().expect("one");
            assert!(k == 1 && a <= x && x <= b && b - a <= 1.000_001 * a.abs().max(b.abs()) / 128.0, "{x} in {a}..{b}");
        }
        assert_eq!((key(0.0), key(-0.0), key(1e-13), key(-1e-13)), (ZERO_KEY, ZERO_KEY, ZERO_KEY, ZERO_KEY));
        assert!(key(1e300) == key(1e20) && key(-1e300) == 0 && key(5.0) < key(5.1) && key(-5.0) > key(-5.1));
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
