//! In: one batch to run. Out: its record, computed with the widest vector instructions this processor has.
//!
//! The same code is compiled three times; none of it fuses multiply and add, so the bits are the same on every path (tested).
//! This is the one file with `unsafe`: a function compiled for instructions that the processor may lack can only be called so,
//! and it is called only after asking the processor.
#![allow(unsafe_code)]

use std::sync::atomic::AtomicBool;

use super::Plan;
use super::batch::{Record, See, run};
use super::observe::Watch;
use super::profile::{Profile, profile};
use super::tally::{Cell, Wave, count};
use crate::network::Network;
use crate::shocks::Shocks;

/// What a batch needs.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The chain.
    pub network: &'a Network,
    /// What is scheduled.
    pub shocks: &'a Shocks,
    /// The same without events.
    pub calm: &'a Shocks,
    /// What is watched.
    pub watch: &'a Watch,
    /// How much is run.
    pub plan: &'a Plan,
    /// First realization of the batch.
    pub first: u64,
}

/// Instruction sets the engine is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// What every processor of the architecture has.
    Plain,
    /// x86-64 with AVX2.
    Avx2,
    /// x86-64 with AVX-512.
    Avx512,
}

/// The paths this processor can take, the widest last.
pub fn paths() -> Vec<Path> {
    #[allow(unused_mut)]
    let mut list = vec![Path::Plain];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") {
            list.push(Path::Avx2);
        }
        let has = [is_x86_feature_detected!("avx512f"), is_x86_feature_detected!("avx512bw")];
        if has == [true; 2] && is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512vl") {
            list.push(Path::Avx512);
        }
    }
    list
}

/// The widest path this processor can take.
pub fn widest() -> Path {
    paths().pop().unwrap_or(Path::Plain)
}

/// Makes a function that runs `$body` on a path; a path the processor lacks falls back to the plain one.
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
                if paths().contains(&path) {
                    match path {
                        // SAFETY: `paths` has asked the processor for these instructions.
                        Path::Avx2 => return unsafe { avx2($($argument),*) },
                        // SAFETY: as above.
                        Path::Avx512 => return unsafe { avx512($($argument),*) },
                        Path::Plain => {}
                    }
                }
            }
            $body($($argument),*)
        }
    };
}

on_every_path! {
    /// Runs a batch on one path, into a record whose memory is used again; `see` is shown every moment of it.
    watch_on(job: Job<'_>, stop: &AtomicBool, record: &mut Record, see: See<'_>) -> () = run
}

/// Runs a batch on one path, into a record whose memory is used again.
pub fn run_on(path: Path, job: Job<'_>, stop: &AtomicBool, record: &mut Record) {
    watch_on(path, job, stop, record, None);
}

/// On every path in a program that is measured; in one that is tested, the plain path only: nobody waits for its compilation twice.
#[cfg(debug_assertions)]
pub fn profile_on(_: Path, job: Job<'_>) -> Profile {
    profile(job)
}

#[cfg(not(debug_assertions))]
on_every_path! {
    /// Runs a batch with a clock between its parts.
    profile_on(job: Job<'_>) -> Profile = profile
}

on_every_path! {
    /// Adds what a wave noted to cells on one path: cell `i` gets note `first + i` of each batch.
    count_on(cells: &mut [Cell], first: usize, wave: &Wave<'_>) -> () = count
}
