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
    fn a_shard_is_read_as_it_is_written() {
        assert_eq!("3/16".parse::<Shard>().map(|s| s.to_string()), Ok("3/16".to_string()));
        for wrong in ["0/4", "5/4", "3", "3/", "a/b", "-1/4", "1/0", "1/2/3"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
