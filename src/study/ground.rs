//! In: a study. Out: its scenarios read once, and the chain with its baselines compiled once for all points that leave it as it is.

use std::sync::{Arc, Mutex, PoisonError};

use super::clash;
use super::outcome::Outcome;
use super::{Case, Study, StudyError};
use crate::ensemble::Plan;
use crate::ensemble::batch::scalar_names;
use crate::ensemble::calm::Baselines;
use crate::ensemble::metrics::METRICS;
use crate::ensemble::observe::Watch;
use crate::network::Network;
use crate::scenario::overrides::touch;
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Scenario, SourceFile};
use crate::scenario::{Failure, Template, names};
use crate::shocks::Shocks;

/// What points share: the chain, what is watched of it, and what it does without events.
#[derive(Debug)]
pub struct Ground {
    scenario: Scenario,
    /// The chain.
    pub network: Network,
    /// What is watched: no more than the outcomes need.
    pub watch: Watch,
    /// What batches do without events.
    pub baselines: Baselines,
}

/// A case ready to run.
#[derive(Debug)]
pub struct Compiled {
    /// What it shares with others.
    pub ground: Arc<Ground>,
    /// Its scenario.
    pub scenario: Scenario,
    /// Its events.
    pub shocks: Shocks,
}

/// Problems with the files to show them in.
pub type Told = (Problems, Vec<SourceFile>);

/// How much is run, from the command line.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Overrides that hold at every point.
    pub sets: Vec<(String, String)>,
    /// Realizations, instead of the study's.
    pub realizations: Option<u64>,
    /// Seed, instead of the study's.
    pub seed: Option<u64>,
    /// Whether each realization runs beside its own baseline.
    pub baseline: bool,
}

/// A study with its scenarios open.
#[derive(Debug)]
pub struct Bench {
    /// The study; its outcomes are told from here on.
    pub study: Study,
    /// Files of each scenario.
    pub files: Vec<Vec<SourceFile>>,
    /// Realizations of the first scenario's points.
    pub realizations: u64,
    /// Seed of the first scenario's points.
    pub seed: u64,
    /// Whether each realization runs beside its own baseline.
    pub baseline: bool,
    templates: Vec<Template>,
    everywhere: Vec<(String, String)>,
    last: Mutex<Option<Arc<Ground>>>,
}

impl Bench {
    /// Opens the scenarios and compiles each as it stands; returns their warnings too.
    ///
    /// # Errors
    /// [`StudyError::Wrong`] if a scenario is wrong, an outcome is of nothing, or `--set` holds what the study or a policy sets.
    pub fn open(mut study: Study, options: &Options) -> Result<(Bench, Vec<Told>), StudyError> {
        let mut problems = Problems::default();
        clash::with_flags(&study, &options.sets, &mut problems);
        if problems.any_error() {
            return Err(StudyError::Wrong { problems, files: study.files });
        }
        // What the command line says, by its own flag or by `--set`, comes before what the study says.
        let number = |key: &str, flag: Option<u64>, own: Option<u64>| {
            let own = own.filter(|_| !options.sets.iter().any(|(set, _)| touch(set, key)));
            flag.or(own).map(|x| (key.to_owned(), x.to_string()))
        };
        let everywhere: Vec<(String, String)> =
            [number("run.realizations", options.realizations, study.realizations), number("run.seed", options.seed, study.seed)]
                .into_iter()
                .flatten()
                .collect();
        let (mut templates, mut files, mut told, mut warnings) = (vec![], vec![], vec![], vec![]);
        let (mut realizations, mut seed) = (0, 0);
        for source in &study.scenarios {
            let template = match Template::open(&source.path, &options.sets) {
                Ok(template) => template,
                Err(Failure::Wrong { problems: wrong, files }) if files.is_empty() => {
                    let message = wrong.iter().map(|p| p.message.as_str()).collect::<Vec<_>>().join("; ");
                    problems.error(source.at.clone(), message).help("the path is taken from the folder of the study");
                    continue;
                }
                Err(failure) => return Err(failure.into()),
            };
            let (scenario, mut found) = template.with(&everywhere)?;
            let network = Network::compile(&scenario, &mut found);
            let shocks = network.as_ref().map(|n| Shocks::compile(&scenario, n, &mut found));
            let (Some(network), Some(shocks), false) = (network, shocks, found.any_error()) else {
                return Err(StudyError::Wrong { problems: found, files: scenario.files });
            };
            if templates.is_empty() {
                (realizations, seed) = (scenario.run.realizations, scenario.run.seed);
            }
            let watch = Watch::new(&network, &shocks, &scenario.run);
            told.extend(scalar_names(&network, &shocks, &watch, &plan(&scenario, options.baseline)));
            files.push(scenario.files.clone());
            warnings.push((found, scenario.files));
            templates.push(template);
        }
        if templates.len() == study.scenarios.len() {
            outcomes(&mut study, &told, &mut problems);
        }
        if problems.any_error() {
            return Err(StudyError::Wrong { problems, files: study.files });
        }
        let baseline = options.baseline;
        let bench = Bench { study, files, realizations, seed, baseline, templates, everywhere, last: Mutex::default() };
        Ok((bench, warnings))
    }

    /// Reads and compiles a case, sharing the chain with the last one if it is the same.
    ///
    /// # Errors
    /// What is wrong with the scenario at this point.
    pub fn compile(&self, case: Case) -> Result<Compiled, StudyError> {
        let mut sets = self.everywhere.clone();
        sets.extend(self.study.sets(case));
        let (scenario, mut problems) = self.templates[case.scenario].with(&sets)?;
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let with_sets = |scenario: Scenario| {
            let written = sets.iter().map(|(key, text)| SourceFile { path: format!("--set {key}").into(), text: format!("{key}={text}") });
            scenario.files.into_iter().chain(written).collect::<Vec<_>>()
        };
        let ground = match last.filter(|g| same_chain(&g.scenario, &scenario)) {
            Some(ground) => ground,
            None => {
                let Some(network) = Network::compile(&scenario, &mut problems) else {
                    return Err(StudyError::Wrong { problems, files: with_sets(scenario) });
                };
                let mut watch = Watch::new(&network, &Shocks::calm(scenario.run.seed, &network), &scenario.run);
                narrow(&mut watch, &network, &self.study.outcomes);
                let baselines = Baselines::new(scenario.run.realizations, scenario.run.horizon, &watch);
                let ground = Arc::new(Ground { scenario: scenario.clone(), network, watch, baselines });
                *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(ground.clone());
                ground
            }
        };
        let shocks = Shocks::compile(&scenario, &ground.network, &mut problems);
        if problems.any_error() {
            return Err(StudyError::Wrong { problems, files: with_sets(scenario) });
        }
        Ok(Compiled { ground, scenario, shocks })
    }
}

/// How much of a scenario is run.
pub fn plan(scenario: &Scenario, baseline: bool) -> Plan {
    Plan { realizations: scenario.run.realizations, horizon: scenario.run.horizon, baseline, keep: true }
}

/// Whether two scenarios compile to the same network and do the same without events: they may differ in events and words only.
fn same_chain(a: &Scenario, b: &Scenario) -> bool {
    let Scenario { title, description, events, escalations, checks, evidence, files, .. } = b.clone();
    Scenario { title, description, events, escalations, checks, evidence, files, ..a.clone() } == *b
}

/// Leaves what the outcomes need: series, exports and output cost time, and a sweep tells none of them.
fn narrow(watch: &mut Watch, network: &Network, outcomes: &[Outcome]) {
    watch.series.clear();
    watch.readings.clear();
    watch.groups.clear();
    watch.rents.clear();
    watch.quotas = outcomes.iter().any(|o| o.metric == "quota_used");
    watch.destinations.clear();
    watch.export_lanes.clear();
    let of_users = |o: &&Outcome| METRICS.contains(&o.metric.as_str());
    watch.scopes.retain(|s| outcomes.iter().filter(of_users).any(|o| o.means_scope(&s.name)));
    let told = |metric: &str, scope: &str| outcomes.iter().any(|o| o.metric == metric && o.means_scope(scope));
    watch.traffic.retain(|t| {
        let scope = format!("commodity:{}", network.commodities[t.commodity].id);
        told("smuggled", &scope) || told("seized", &scope)
    });
    watch.sides.retain(|s| {
        let scope = format!("commodity:{}", network.commodities[s.commodity].id);
        outcomes.iter().filter(|o| !of_users(o)).any(|o| o.means_scope(&scope))
    });
    watch.chapters.retain(|c| outcomes.iter().any(|o| o.means_scope(&c.scope)));
    let mut users = vec![];
    for scope in &mut watch.scopes {
        scope.group = crate::network::place(&mut users, watch.users[scope.group].clone());
    }
    watch.users = users;
}

/// Checks that every outcome is told by some scenario; without any, the usual ones that are.
fn outcomes(study: &mut Study, told: &[(String, String)], problems: &mut Problems) {
    let some = |o: &Outcome| told.iter().any(|(metric, scope)| o.means(metric, scope));
    if study.outcomes.is_empty() {
        study.outcomes = Outcome::usual().into_iter().filter(some).collect();
        return;
    }
    for (i, outcome) in study.outcomes.iter().enumerate().filter(|(_, o)| !some(o)) {
        let mut scopes: Vec<&str> = told.iter().filter(|(metric, _)| *metric == outcome.metric).map(|(_, s)| s.as_str()).collect();
        let at = format!("outcomes[{i}]");
        if scopes.is_empty() {
            let mut metrics: Vec<&str> = told.iter().map(|(m, _)| m.as_str()).filter(|m| *m != "parameter").collect();
            metrics.sort_unstable();
            metrics.dedup();
            let help = names::suggestion(&outcome.metric, &metrics);
            problems.error(at, format!("unknown metric `{}`", outcome.metric)).help(help);
        } else {
            scopes.dedup();
            let help = names::suggestion(&outcome.scope, &scopes);
            problems.error(at, format!("`{}` is not told of `{}`", outcome.metric, outcome.scope)).help(help);
        }
    }
}
