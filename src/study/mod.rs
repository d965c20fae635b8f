//! In: scenarios, or a study file. Out: what several ensembles together tell.
//!
//! [`compare`] runs variants through the same futures; [`explain`] replays one of them.
//!
//! A [`Study`] says which fields of which scenarios take which values; [`design`] makes points of it, [`check`] compiles every point
//! before any is run, [`conduct`] runs them, [`journal`] keeps what is finished, [`table`] writes it. Sensitivity indices, scenario
//! discovery and back-tests belong here too: they read a [`Swept`](table::Swept).

pub mod check;
pub mod clash;
pub mod compare;
pub mod compare_tables;
pub mod conduct;
pub mod correlate;
pub mod design;
pub mod explain;
pub mod explain_tables;
pub mod file;
pub mod gist;
pub mod ground;
pub mod journal;
pub mod outcome;
pub mod point;
pub mod shape;
pub mod shard;
pub mod spread;
pub mod table;

use std::path::PathBuf;

use crate::ensemble::EnsembleError;
use crate::results::Stat;
use crate::results::csv::number;
use crate::scenario::Failure;
use crate::scenario::problem::Problems;
use crate::scenario::schema::SourceFile;
use design::Design;
use outcome::Outcome;
use spread::Spread;

/// A study that has been read: every value in range, every point made; scenarios are not opened yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// What it asks, in one line.
    pub title: String,
    /// What it asks, in a paragraph.
    pub description: String,
    /// Scenarios; points are run in each.
    pub scenarios: Vec<Source>,
    /// Named sets of overrides; at least one, `none` if the file has none.
    pub policies: Vec<Policy>,
    /// Realizations of each point, instead of the scenario's.
    pub realizations: Option<u64>,
    /// Seed of the realizations, instead of the scenario's; all points have the same.
    pub seed: Option<u64>,
    /// Outcomes that are told.
    pub outcomes: Vec<Outcome>,
    /// Statistics that are told of each.
    pub stats: Vec<Stat>,
    /// How points are made.
    pub design: Design,
    /// What varies.
    pub parameters: Vec<Parameter>,
    /// The points: one number a parameter, in the parameter's unit; none: as the scenario has it.
    pub points: Vec<Vec<Option<f64>>>,
    /// The study's file, then the table of points if there is one.
    pub files: Vec<SourceFile>,
}

/// A scenario of a study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name in tables: the file's, without ending.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Key path in the study.
    pub at: String,
}

/// A named set of overrides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name in tables.
    pub id: String,
    /// Dotted paths and values, as `--set` takes them.
    pub set: Vec<(String, String)>,
}

/// A field that varies.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its dotted path in the scenario, as `--set` takes it.
    pub path: String,
    /// Its column in tables; the path, unless the file says otherwise.
    pub id: String,
    /// For people.
    pub name: String,
    /// Unit in which its numbers are written; empty: none.
    pub unit: String,
    /// Values it takes.
    pub spread: Spread,
    /// Key path of those values in the study.
    pub at: String,
}

impl Parameter {
    /// A value as it stands in tables and as it is laid on the scenario: nine significant digits.
    pub fn written(&self, value: f64) -> String {
        if self.unit.is_empty() { number(value) } else { format!("\"{} {}\"", number(value), self.unit) }
    }
}

/// One combination of scenario, policy and point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// Its place among all cases, from 0.
    pub index: usize,
    /// Index of its scenario.
    pub scenario: usize,
    /// Index of its policy.
    pub policy: usize,
    /// Index of its point.
    pub point: usize,
}

impl Study {
    /// Number of cases: scenarios × policies × points.
    pub fn len(&self) -> usize {
        self.scenarios.len() * self.policies.len() * self.points.len()
    }

    /// Whether there is nothing to run.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A case by its place: the points of the first policy of the first scenario come first.
    pub fn case(&self, index: usize) -> Case {
        let (points, policies) = (self.points.len().max(1), self.policies.len().max(1));
        Case { index, scenario: index / (points * policies), policy: index / points % policies, point: index % points }
    }

    /// Overrides of a case, without those of the command line: policy, then point.
    pub fn sets(&self, case: Case) -> Vec<(String, String)> {
        let mut sets = self.policies[case.policy].set.clone();
        let values = self.parameters.iter().zip(&self.points[case.point]);
        sets.extend(values.filter_map(|(p, x)| Some((p.path.clone(), p.written((*x)?)))));
        sets
    }
}

/// Why a study cannot be run, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The user's files are wrong.
    #[error("the study is wrong")]
    Wrong {
        /// Everything found wrong.
        problems: Problems,
        /// The files to show the problems in.
        files: Vec<SourceFile>,
    },
    /// The ensemble failed or was interrupted.
    #[error(transparent)]
    Ensemble(#[from] EnsembleError),
    /// The disk failed.
    #[error("{what}: {source}")]
    Disk {
        /// What could not be done.
        what: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Finished points that are there belong to something else.
    #[error("{0}")]
    Foreign(String),
    /// Another process is running this sweep, or one in the same folder: what it has finished must not be touched.
    #[error("{0}")]
    Busy(String),
}

impl From<Failure> for StudyError {
    fn from(failure: Failure) -> StudyError {
        match failure {
            Failure::Wrong { problems, files } => StudyError::Wrong { problems, files },
            Failure::Disk { path, source } => StudyError::Disk { what: format!("cannot read {}", path.display()), source },
        }
    }
}
