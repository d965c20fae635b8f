//! In: a part of the work on one batch. Out: that part, done with the widest vector instructions this processor has.
//!
//! What is wide is compiled three times, each part once a path and whole, with all that it calls; who calls the parts is compiled once.
//! Nothing fuses multiply and add, so the bits are the same on every path (tested).
//! This is the one file with `unsafe`: a function compiled for instructions that the processor may lack can only be called so,
//! and a path to it is made only after asking the processor.
#![allow(unsafe_code)]

use std::sync::atomic::AtomicBool;

use super::Plan;
use super::batch::{self, Calming, Looking, Record, See, Stepping};
use super::observe::Watch;
use super::tally::{Cell, Outcomes, Scalar, Wave, absorb, count};
use super::twins::Spares;
use crate::engine::{Rounds, State};
use crate::network::Network;
use crate::shocks::{Draws, Shocks};

/// What a batch needs.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The chain.
    pub network: &'a Network,
    /// What is scheduled.
    pub shocks: &'a Shocks,
    /// What the verbs visit.
    pub rounds: &'a Rounds,
    /// Memory for states.
    pub spares: &'a Spares,
    /// The same three without events.
    pub calm: (&'a Shocks, &'a Rounds, &'a Spares),
    /// What is watched.
    pub watch: &'a Watch,
    /// How much is run.
    pub plan: &'a Plan,
    /// First realization of the batch.
    pub first: u64,
}

/// An instruction set that this processor has: there is none but from [`paths`] and [`widest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path(Set);

/// Instruction sets the engine is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    /// What every processor of the architecture has.
    Plain,
    /// x86-64 with AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// x86-64 with AVX-512.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    // To the compiler the first brings the other three.
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("f16c")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

/// The paths this processor can take, the plain one first, the widest last.
pub fn paths() -> Vec<Path> {
    #[allow(unused_mut)]
    let mut list = vec![Path(Set::Plain)];
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx2() {
            list.push(Path(Set::Avx2));
        }
        if has_avx512() {
            list.push(Path(Set::Avx512));
        }
    }
    list
}

/// The widest path this processor can take.
pub fn widest() -> Path {
    paths().pop().unwrap_or(Path(Set::Plain))
}

/// Makes a function that runs `$body` on a path.
macro_rules! on_every_path {
    ($(#[$doc:meta])* $name:ident ( $($argument:ident : $type:ty),* ) -> $out:ty = $body:path) => {
        $(#[$doc])*
        pub fn $name(path: Path, $($argument: $type),*) -> $out {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2($($argument: $type),*) -> $out {
                    $body($($argument),*)
                }
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512($($argument: $type),*) -> $out {
                    $body($($argument),*)
                }
                match path.0 {
                    // SAFETY: whoever made this path has asked the processor for these instructions.
                    Set::Avx2 => return unsafe { avx2($($argument),*) },
                    // SAFETY: as above.
                    Set::Avx512 => return unsafe { avx512($($argument),*) },
                    Set::Plain => {}
                }
            }
            let _ = path;
            $body($($argument),*)
        }
    };
}

/// Runs a batch on one path, into a record whose memory is used again; `see` is shown every moment of it.
pub fn watch_on(path: Path, job: Job<'_>, stop: &AtomicBool, record: &mut Record, see: See<'_>) {
    batch::run(path, job, stop, record, see);
}

/// Runs a batch on one path, into a record whose memory is used again.
pub fn run_on(path: Path, job: Job<'_>, stop: &AtomicBool, record: &mut Record) {
    batch::run(path, job, stop, record, None);
}

on_every_path! {
    /// Draws what a batch draws once.
    open_on(shocks: &Shocks, network: &Network, first: u64) -> Draws = batch::open
}

on_every_path! {
    /// Draws what happens in one period.
    draw_on(step: &mut Stepping<'_, '_>) -> () = batch::draw
}

on_every_path! {
    /// Steps through one period.
    step_on(step: &mut Stepping<'_, '_>) -> () = batch::step
}

on_every_path! {
    /// Looks at the state at the end of a period.
    look_on(look: &mut Looking<'_>, state: &State) -> () = batch::look
}

on_every_path! {
    /// Notes what series want of it.
    note_on(look: &mut Looking<'_>, state: &State) -> () = batch::note
}

on_every_path! {
    /// Looks at the state of a baseline.
    calm_on(look: &mut Calming<'_>, state: &State) -> () = batch::look_calm
}

on_every_path! {
    /// Adds what a wave noted to cells, at most sixteen, on one path: cell `i` gets note `first + i` of each batch.
    count_on(cells: &mut [Cell], first: usize, wave: &Wave<'_>) -> () = count
}

on_every_path! {
    /// Adds to an outcome what the batches of a wave made of it; it is the `i`-th of each record.
    absorb_on(scalar: &mut Scalar, i: usize, wave: &Outcomes<'_>) -> () = absorb
}
