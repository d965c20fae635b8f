//! In: the fields that a study's parameters, its policies and the command line set. Out: fields that two of them would set, and
//! those that no point may have of its own.

use super::{Parameter, Policy, Study};
use crate::scenario::overrides::touch;
use crate::scenario::problem::Problems;

/// Fields that all points have in common, and what to write instead of setting them at points.
const COMMON: [(&str, &str); 3] = [
    ("run.realizations", "write `realizations = …` at the top of the study"),
    ("run.seed", "write `seed = …` at the top of the study"),
    ("rows", "write a scenario for each table of rows, and list them under `scenarios`"),
];

/// Notes what parameters and policies may not set, and what both of them set.
pub fn within(parameters: &[Parameter], policies: &[Policy], problems: &mut Problems) {
    for (i, parameter) in parameters.iter().enumerate() {
        // A column of a table of points has no place in the study but the table's.
        let at = if parameter.at == "design.path" { parameter.at.clone() } else { format!("parameter[#{}].path", i + 1) };
        common(&parameter.path, &at, problems);
    }
    for (i, policy) in policies.iter().enumerate() {
        let at = format!("policy[#{}].set", i + 1);
        for (path, _) in &policy.set {
            common(path, &at, problems);
            if parameters.iter().any(|p| touch(&p.path, path)) {
                problems.error(&at, format!("this policy sets `{path}`, which varies from point to point"));
            }
        }
    }
}

fn common(path: &str, at: &str, problems: &mut Problems) {
    for (field, instead) in COMMON.into_iter().filter(|(field, _)| touch(field, path)) {
        let message = if path == field {
            format!("all points have the same `{field}`")
        } else {
            format!("`{path}` sets `{field}`, which all points have in common")
        };
        problems.error(at, message).help(instead);
    }
}

/// Notes what the command line sets although the study sets it from point to point or policy to policy.
pub fn with_flags(study: &Study, sets: &[(String, String)], problems: &mut Problems) {
    for (key, _) in sets {
        let mut refuse = |at: String, what: &str| {
            problems.error(at, format!("`--set {key}` on the command line sets what {what}")).help("leave one out");
        };
        if let Some(p) = study.parameters.iter().find(|p| touch(&p.path, key)) {
            refuse(p.at.clone(), "the study varies");
        }
        for (i, policy) in study.policies.iter().enumerate() {
            if policy.set.iter().any(|(path, _)| touch(path, key)) {
                refuse(format!("policy[#{}].set", i + 1), &format!("policy `{}` sets", policy.id));
            }
        }
    }
}
