//! In: shards of one sweep. Out: the whole, or why they are not one.

use super::StudyError;
use super::table::{Head, Swept};
use crate::ensemble::shard::missing;
use crate::results::manifest::program;

/// Puts shards together, in any order; `names` are what they are called in messages.
///
/// # Errors
/// [`StudyError::Foreign`] with the reason: different sweeps or another version, a shard that is missing or twice, a sweep
/// that is none of many.
pub fn merge(shards: Vec<(String, Swept)>) -> Result<Swept, StudyError> {
    let foreign = |why: String| Err(StudyError::Foreign(why));
    let mut shards = shards;
    shards.sort_by_key(|(_, s)| s.head.shard.map(|s| s.number));
    let Some((first, head)) = shards.first().map(|(name, s)| (name.clone(), s.head.clone())) else {
        return foreign("there is nothing to merge".into());
    };
    let Some(of) = head.shard.map(|s| s.of) else { return foreign(format!("{first} is no shard: it is whole")) };
    for (name, shard) in &shards {
        let (found, own) = (&shard.head.version, program());
        if *found != own {
            let why = format!("{name} was written by version {found}, and this is {own}; shards are merged by the version that ran them");
            return foreign(why);
        }
        if let Some(why) = difference(&head, &shard.head) {
            return foreign(format!("{first} and {name} are shards of different sweeps: {why}"));
        }
    }
    let numbers: Vec<u32> = shards.iter().filter_map(|(_, s)| Some(s.head.shard?.number)).collect();
    if let Some(pair) = numbers.windows(2).find(|w| w[0] == w[1]) {
        return foreign(format!("shard {} of {of} is given twice", pair[0]));
    }
    if let Some(why) = missing(&numbers, of) {
        return foreign(why);
    }
    // In the order of their numbers, cases are in theirs.
    let entries = shards.into_iter().flat_map(|(_, s)| s.entries).collect();
    Ok(Swept { head: Head { shard: None, ..head }, entries })
}

/// What two shards differ in; none: they are of one sweep.
fn difference(a: &Head, b: &Head) -> Option<String> {
    let of = |h: &Head| h.shard.map(|s| s.of);
    if of(a) != of(b) {
        let said = |h: &Head| of(h).map_or("a whole".to_owned(), |n| format!("one of {n}"));
        return Some(format!("{} and {}", said(a), said(b)));
    }
    if a.title != b.title {
        return Some(format!("`{}` and `{}`", a.title, b.title));
    }
    for (what, x, y) in [("seeds", a.seed, b.seed), ("realizations", a.realizations, b.realizations)] {
        if x != y {
            return Some(format!("{what} {x} and {y}"));
        }
    }
    let same = Head { shard: a.shard, ..b.clone() } == *a;
    (!same).then(|| "their studies, scenarios, overrides or flags are not the same".to_owned())
}
