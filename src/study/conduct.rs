//! In: cases that are not finished. Out: each one's lines, handed over as soon as it is.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use super::ground::Bench;
use super::point::{self, Ran};
use super::{Case, StudyError};
use crate::ensemble::EnsembleError;
use crate::wide::WIDTH;

/// Batches a thread from which on a point is worth all threads at once. Smaller ones run abreast: threads then wait for one another only
/// at the end of the sweep, not of every point.
const LARGE: u64 = 256;

/// Runs the cases; `done` gets each finished one, in any order, and may refuse.
///
/// # Errors
/// The first failure, of a case or of `done`; [`EnsembleError::Interrupted`] with the number of finished cases if `stop` was raised.
pub fn run(
    bench: &Bench,
    cases: &[Case],
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
    done: &mut dyn FnMut(Case, Ran) -> Result<(), StudyError>,
) -> Result<(), StudyError> {
    let batches = bench.realizations.div_ceil(WIDTH as u64);
    let threads = threads.max(1);
    let abreast = if batches >= LARGE * threads as u64 { 1 } else { threads.min(cases.len()).max(1) };
    let each = threads / abreast;
    let (next, failed, mut finished) = (AtomicUsize::new(0), AtomicBool::new(false), 0);
    let outcome = std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..abreast {
            let (sender, next, failed) = (sender.clone(), &next, &failed);
            scope.spawn(move || {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if stop.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed) {
                        break;
                    }
                    let ran = point::run(bench, *case, each, progress, stop);
                    if sender.send((*case, ran)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut outcome = Ok(());
        for (case, ran) in receiver {
            let kept = ran.and_then(|ran| done(case, ran));
            match kept {
                Ok(()) => finished += 1,
                // Points that were interrupted too say nothing new.
                Err(error) if outcome.is_ok() => {
                    failed.store(true, Ordering::Relaxed);
                    outcome = Err(error);
                }
                Err(_) => {}
            }
        }
        outcome
    });
    match outcome {
        Err(StudyError::Ensemble(EnsembleError::Interrupted(_))) => Err(EnsembleError::Interrupted(finished).into()),
        Ok(()) if (finished as usize) < cases.len() => Err(EnsembleError::Interrupted(finished).into()),
        other => other,
    }
}
