//! In: a scenario. Out: a case that runs batches of it, as `coercivity run` would.
#![allow(dead_code)]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use coercivity::ensemble::batch::Record;
use coercivity::ensemble::dispatch::{self, Job};
use coercivity::ensemble::observe::Watch;
use coercivity::ensemble::twins::Twins;
use coercivity::ensemble::{self, Plan};
use coercivity::network::Network;
use coercivity::scenario::{self, Failure, render};
use coercivity::shocks::Shocks;
use coercivity::wide::WIDTH;

/// A scenario ready to run.
pub struct Case {
    pub network: &'static Network,
    pub shocks: &'static Shocks,
    twins: Twins<'static>,
    pub watch: Watch,
    pub plan: Plan,
}

impl Case {
    /// A shipped scenario with overrides.
    pub fn shipped(name: &str, baseline: bool, sets: &[(&str, &str)]) -> Case {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
        let sets: Vec<_> = sets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Case::new(scenario::load(&path, &sets), baseline)
    }

    /// A scenario written here.
    pub fn text(text: &str) -> Case {
        Case::new(scenario::load_text("bench.toml", text), false)
    }

    fn new(read: Result<(scenario::schema::Scenario, scenario::problem::Problems), Failure>, baseline: bool) -> Case {
        let (scenario, mut problems) = match read {
            Ok(read) => read,
            Err(Failure::Wrong { problems, files }) => panic!("{}", render(&problems, &files, false)),
            Err(failure) => panic!("{failure}"),
        };
        let Some(network) = Network::compile(&scenario, &mut problems) else {
            panic!("{}", render(&problems, &scenario.files, false));
        };
        let shocks = Shocks::compile(&scenario, &network, &mut problems);
        let plan = Plan { realizations: WIDTH as u64, horizon: scenario.run.horizon, baseline, keep: false };
        let watch = Watch::new(&network, &shocks, &scenario.run);
        // Benchmarks end with the process.
        let (network, shocks): (&'static Network, &'static Shocks) = (Box::leak(Box::new(network)), Box::leak(Box::new(shocks)));
        Case { network, shocks, twins: Twins::new(network, shocks), watch, plan }
    }

    /// What one batch needs.
    pub fn job(&self) -> Job<'_> {
        self.twins.job(&self.watch, &self.plan, 0)
    }

    /// Runs one batch on the widest path.
    pub fn batch(&self) {
        let mut record = Record::default();
        dispatch::run_on(dispatch::widest(), self.job(), &AtomicBool::new(false), &mut record);
        std::hint::black_box(record);
    }

    /// Runs `realizations` on `threads`.
    pub fn run(&self, realizations: u64, threads: usize) {
        let plan = Plan { realizations, ..self.plan.clone() };
        let tally = ensemble::run(self.network, self.shocks, &self.watch, &plan, threads, &|_| {}, &AtomicBool::new(false));
        std::hint::black_box(tally.ok());
    }

    /// Slots, lanes and periods of one realization, its baseline included: what a nanosecond is divided by.
    pub fn steps(&self) -> u64 {
        let runs = if self.plan.baseline { 2 } else { 1 };
        (self.network.slots.len() + self.network.lanes.len()) as u64 * self.plan.horizon as u64 * runs
    }
}

/// A chain of `facilities`: a quarter mines, refineries, magnet makers and users each; every buyer has two suppliers, picked by a
/// fixed rule that looks like chance.
pub fn random_network(facilities: usize, weeks: usize) -> String {
    let each = facilities.div_ceil(4).max(2);
    let regions = each.min(8);
    let source = "source = \"assumed: for measuring speed\"";
    let mut text = format!(
        "title = \"A random network\"\nelements = [\"X\"]\ninside = [\"R0\"]\nsector = [{{ id = \"use\", name = \"Use\" }}]\n\
         commodity = [\n  {{ id = \"ore\", content = {{ X = 1.0 }}, {source} }},\n  {{ id = \"oxide\", content = {{ X = 1.0 }}, price = \"60 USD/kg\", {source} }},\n  \
         {{ id = \"magnet\", content = {{ X = 1.0 }}, price = \"90 USD/kg\", finished = true, {source} }},\n]\n\
         recipe = [\n  {{ id = \"dig\", outputs = {{ ore = 1.0 }}, {source} }},\n  {{ id = \"refine\", inputs = {{ ore = 1.0 }}, outputs = {{ oxide = 1.0 }}, {source} }},\n  \
         {{ id = \"press\", inputs = {{ oxide = 1.0 }}, outputs = {{ magnet = 1.0 }}, {source} }},\n]\n\
         [run]\nstart = 2025-01-06\nhorizon = \"{weeks} weeks\"\nseed = 1\nseries = [\"price\"]\n[price]\nnoise = 0.05\nnoise_common = 0.0\n{source}\n"
    );
    for r in 0..regions {
        let _ = writeln!(text, "[[region]]\nid = \"R{r}\"\nname = \"Region {r}\"");
        for to in 0..regions {
            let weeks = (r + to) % 3 + 2;
            let _ = writeln!(text, "[[route]]\nfrom = \"R{r}\"\nto = \"R{to}\"\nlead = \"{weeks} weeks\"\n{source}");
        }
    }
    let stages = [
        ("MINE", "mine", "recipe = \"dig\"\nutilisation = \"90 %\"\ncover_out = \"4 weeks\""),
        ("REF", "separation_light", "recipe = \"refine\"\nutilisation = \"80 %\"\ncover_in = \"4 weeks\""),
        ("MAG", "magnet", "recipe = \"press\"\nutilisation = \"80 %\"\ncover_in = \"5 weeks\""),
        (
            "USER",
            "manufacturer",
            "cover_in = \"8 weeks\"\ndemand = { sector = \"use\", commodity = \"magnet\", rate = \"1000 t/yr\", noise = 0.1 }",
        ),
    ];
    for (name, stage, own) in stages {
        for i in 0..each {
            let region = (i * 7) % regions;
            let _ = writeln!(text, "[[facility]]\nid = \"{name}{i}\"\nregion = \"R{region}\"\nstage = \"{stage}\"\n{own}\n{source}");
        }
    }
    for (to, from, commodity) in [("REF", "MINE", "ore"), ("MAG", "REF", "oxide"), ("USER", "MAG", "magnet")] {
        for i in 0..each {
            let other = (i + 1 + i * 2_654_435_761 % (each - 1)) % each;
            let _ = writeln!(
                text,
                "[[supply]]\nto = \"{to}{i}\"\ncommodity = \"{commodity}\"\nfrom = [{{ facility = \"{from}{i}\", share = 0.6 }}, {{ facility = \"{from}{other}\", share = 0.4 }}]\n{source}"
            );
        }
    }
    text
}
