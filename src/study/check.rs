//! In: cases that are to be run. Out: nothing, or what is wrong at which point, shown where the study says the value.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::ground::{Bench, Told};
use super::{Case, StudyError};
use crate::ensemble::EnsembleError;
use crate::scenario::locate;
use crate::scenario::problem::{Problem, Problems, Severity};

/// Compiles every case before any is run: a value out of range is told now, not after hours.
///
/// # Errors
/// [`StudyError::Wrong`] with what is wrong, once a parameter; [`StudyError::Ensemble`] if interrupted.
pub fn check(bench: &Bench, cases: &[Case], threads: usize, stop: &AtomicBool) -> Result<(), StudyError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|e| EnsembleError::Threads(threads, e.to_string()))?;
    let found: Vec<Result<Option<(Case, Told)>, StudyError>> = pool.install(|| {
        cases
            .par_iter()
            .map(|case| {
                if stop.load(Ordering::Relaxed) {
                    return Err(EnsembleError::Interrupted(0).into());
                }
                match bench.compile(*case) {
                    Ok(_) => Ok(None),
                    Err(StudyError::Wrong { problems, files }) => Ok(Some((*case, (problems, files)))),
                    Err(error) => Err(error),
                }
            })
            .collect()
    });
    let mut wrong = vec![];
    for one in found {
        wrong.extend(one?);
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(StudyError::Wrong { problems: gathered(bench, &wrong), files: bench.study.files.clone() })
}

/// Each mistake once, with the first point where it happens and the number of others.
fn gathered(bench: &Bench, wrong: &[(Case, Told)]) -> Problems {
    let mut seen: BTreeMap<(String, String), (Problem, Case, usize)> = BTreeMap::new();
    for (case, (problems, files)) in wrong {
        for problem in problems.iter().filter(|p| p.severity == Severity::Error) {
            let at = place(bench, *case, problem, files);
            // Two points with the same fault differ in numbers only.
            let kind = problem.message.replace(|c: char| c.is_ascii_digit() || c == '.', "");
            seen.entry((at, kind)).and_modify(|(_, _, count)| *count += 1).or_insert_with(|| (problem.clone(), *case, 1));
        }
    }
    let mut out = Problems::default();
    for ((at, _), (problem, case, count)) in seen {
        let others = if count > 1 { format!(", and at {} more", count - 1) } else { String::new() };
        let nowhere = at.is_empty();
        let told = out.error(at, format!("at point {}{others}: {}", case.point, problem.message));
        if let Some(help) = &problem.help {
            told.help(help);
        } else if nowhere {
            let inputs: Vec<String> = bench.study.sets(case).into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
            let (scenario, policy) = (&bench.study.scenarios[case.scenario].name, &bench.study.policies[case.policy].id);
            told.help(format!("scenario {scenario}, policy {policy}, {}", inputs.join(", ")));
        }
    }
    out
}

/// Where the study says what is wrong: the parameter or policy whose override is to blame, or nowhere in particular.
fn place(bench: &Bench, case: Case, problem: &Problem, files: &[crate::scenario::schema::SourceFile]) -> String {
    let file = locate::locate(&problem.path, files).and_then(|p| files.get(p.file));
    let key = file.and_then(|f| f.path.to_str()).and_then(|p| p.strip_prefix("--set "));
    let Some(key) = key else { return String::new() };
    if let Some(parameter) = bench.study.parameters.iter().find(|p| p.path == key) {
        return parameter.at.clone();
    }
    let policy = &bench.study.policies[case.policy];
    if policy.set.iter().any(|(path, _)| path == key) {
        return format!("policy[#{}].set", case.policy + 1);
    }
    String::new()
}
