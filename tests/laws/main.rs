//! The invariants of MODEL section 9, in random worlds under random events, period by period and verb by verb.
//!
//! A case that fails prints the whole scenario; shrinking ends at the plainest world and the fewest events that still fail. The
//! seed of the cases is fixed, so that a failure is the same everywhere; PROPTEST_CASES and PROPTEST_RNG_SEED look further.

mod calendar;
mod cases;
mod random;
mod run;
mod verbs;
mod worlds;
