//! In: files and the weeks in which they will be decided. Out: a desk's calendar, a pile for every week and realization.
//!
//! A pile is written and read in a row; a table of lanes by weeks would be mostly empty and larger than the cache.

use crate::wide::{Row, WIDTH};

/// What a desk will decide, by week of its clock: a ring of weeks, each with a pile of files for every realization.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Weeks.
    pub ring: usize,
    /// Week × realization.
    pub piles: Vec<Vec<File>>,
}

/// A shipment that waits for a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct File {
    /// Its lane, as an index of `Shocks::licensed`.
    pub licensed: u32,
    /// 0: it will be let go; 1: sent back.
    pub fate: u32,
    /// Mass, t.
    pub mass: f64,
}

impl Calendar {
    /// Nothing waits.
    pub fn new(ring: usize) -> Calendar {
        Calendar { ring, piles: vec![vec![]; ring * WIDTH] }
    }

    /// Empties the piles and keeps their memory.
    pub fn clear(&mut self) {
        self.piles.iter_mut().for_each(Vec::clear);
    }

    /// The week of the ring in which a clock stands.
    #[inline(always)]
    pub fn weeks(&self, clock: &Row) -> [usize; WIDTH] {
        let (ring, per) = (self.ring as f64, 1.0 / self.ring as f64);
        let mut at = [0; WIDTH];
        for w in 0..WIDTH {
            // A clock that stands a hair before its week is in that week.
            let week = (clock[w] + 1e-9).floor();
            at[w] = (week - ring * ((week + 0.5) * per).floor()) as u32 as usize;
        }
        at
    }
}
