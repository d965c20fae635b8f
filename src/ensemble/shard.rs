//! In: `3/16`, the third of sixteen shards. Out: the batches that it runs.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Plan;

/// Most shards of a run.
const MOST: u32 = 100_000;

/// One of the shards that a run is cut into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// Its batches: a block without gaps. Shards differ by one batch at most; with more shards than batches some hold none.
    pub fn batches(self, plan: &Plan) -> Range<u64> {
        let all = u128::from(plan.batches());
        let cut = |number: u32| (all * u128::from(number) / u128::from(self.of)) as u64;
        cut(self.number - 1)..cut(self.number)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.trim().parse().ok()?, n.trim().parse().ok()?)));
        match parts {
            Some((_, of)) if of > MOST => Err(format!("there can be {MOST} shards at most")),
            Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
            Some(_) => Err("shards count from 1: the first of four is 1/4, the last 4/4".into()),
            None => Err("a shard is written I/N, as in 3/16: the third of sixteen".into()),
        }
    }
}

/// Which shards of so many are not among these numbers, which rise without one twice; none: all are there. Names a few of them at most.
pub fn missing(numbers: &[u32], of: u32) -> Option<String> {
    const SHOWN: usize = 12;
    let shown = (1..=of).filter(|n| numbers.binary_search(n).is_err()).take(SHOWN).map(|n| n.to_string());
    let shown = shown.collect::<Vec<_>>().join(", ");
    match (of as usize).saturating_sub(numbers.len()) {
        0 => None,
        1 => Some(format!("shard {shown} of {of} is missing")),
        n if n > SHOWN => Some(format!("shards {shown}, … of {of} are missing ({n} in all)")),
        _ => Some(format!("shards {shown} of {of} are missing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_join_without_gaps_and_differ_by_one_batch_at_most() {
        for (realizations, of) in [(1, 1), (16, 3), (17, 3), (1000, 16), (31, 16), (4_294_967_295, 7)] {
            let plan = Plan { realizations, horizon: 1, baseline: true, keep: true };
            let parts: Vec<Range<u64>> = (1..=of).map(|number| Shard { number, of }.batches(&plan)).collect();
            assert_eq!((parts[0].start, parts[of as usize - 1].end), (0, plan.batches()));
            assert!(parts.windows(2).all(|p| p[0].end == p[1].start));
            let sizes = || parts.iter().map(|p| p.end - p.start);
            assert!(sizes().max() <= sizes().min().map(|n| n + 1), "{parts:?}");
        }
    }

    #[test]
    fn missing_shards_are_named_but_not_thousands_of_them() {
        assert_eq!(missing(&[1, 2, 3], 3), None);
        assert_eq!(missing(&[1, 3], 3).as_deref(), Some("shard 2 of 3 is missing"));
        assert_eq!(missing(&[2], 4).as_deref(), Some("shards 1, 3, 4 of 4 are missing"));
        let many = missing(&[1], u32::MAX).expect("many are missing");
        assert!(many.starts_with("shards 2, 3, ") && many.ends_with("13, … of 4294967295 are missing (4294967294 in all)"), "{many}");
    }

    #[test]
    fn a_shard_is_read_as_it_is_written() {
        assert_eq!("3/16".parse::<Shard>().map(|s| s.to_string()), Ok("3/16".to_string()));
        for wrong in ["0/4", "5/4", "3", "3/", "a/b", "-1/4", "1/0", "1/2/3"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
