//! In: how much is done. Out: when a run takes stock next: at 16, 20, 25, 32 … realizations, each a quarter further than the last.

use crate::wide::WIDTH;

/// Where it is first taken.
const FIRST: u64 = 16;

/// The first place after `count` at which stock is taken.
pub fn after(count: u64) -> u64 {
    let mut next = FIRST;
    while next <= count {
        next += next.div_ceil(4);
    }
    next
}

/// The places after `from`, up to `to` itself.
pub fn between(from: u64, to: u64) -> Vec<u64> {
    let mut list = vec![];
    let mut next = after(from);
    while next <= to {
        list.push(next);
        next = after(next);
    }
    list
}

/// The first number of realizations after `batches` whole batches at which a run may end early. It keeps the same pace in batches, so it
/// falls on whole ones, and no run ends before 256 realizations: with fewer the error itself is not to be trusted.
pub fn may_end_after(batches: u64) -> u64 {
    after(batches) * WIDTH as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_taken_at_the_same_places_whoever_asks() {
        assert_eq!(between(0, 80), [16, 20, 25, 32, 40, 50, 63, 79]);
        assert_eq!(between(20, 40), [25, 32, 40]);
        assert_eq!(between(80, 90), [0; 0]);
        assert_eq!([may_end_after(0), may_end_after(16), may_end_after(17)], [256, 320, 320]);
    }
}
