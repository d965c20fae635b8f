//! The same numbers for any number of threads, and no draw moved by what it has nothing to do with.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use coercivity::ensemble::batch::Record;
use coercivity::ensemble::calm::Baselines;
use coercivity::ensemble::dispatch;
use coercivity::ensemble::observe::Watch;
use coercivity::ensemble::tally::{Cell, Outcomes, Scalar, Wave};
use coercivity::ensemble::twins::Twins;
use coercivity::ensemble::{self, Part, Plan, run_part};
use coercivity::network::Network;
use coercivity::results::{Results, collect, csv};
use coercivity::scenario::problem::Problems;
use coercivity::scenario::schema::Scenario;
use coercivity::scenario::{Failure, load, load_text, render};
use coercivity::shocks::Shocks;
use coercivity::wide::Row;

fn compile(loaded: Result<(Scenario, Problems), Failure>) -> (Scenario, Network, Shocks) {
    let (scenario, mut problems) = match loaded {
        Ok(read) => read,
        Err(Failure::Wrong { problems, files }) => panic!("{}", render(&problems, &files, false)),
        Err(failure) => panic!("{failure}"),
    };
    let network = Network::compile(&scenario, &mut problems);
    let Some(network) = network else { panic!("{}", render(&problems, &scenario.files, false)) };
    let shocks = Shocks::compile(&scenario, &network, &mut problems);
    assert!(!problems.any_error(), "{}", render(&problems, &scenario.files, false));
    (scenario, network, shocks)
}

fn results(scenario: &Scenario, network: &Network, shocks: &Shocks, realizations: u64, threads: usize) -> Results {
    let plan = Plan { realizations, horizon: scenario.run.horizon, baseline: true, keep: true };
    let watch = Watch::new(network, shocks, &scenario.run);
    let tally = ensemble::run(network, shocks, &watch, &plan, threads, &|_| {}, &AtomicBool::new(false));
    collect::collect(scenario, network, shocks, &watch, &plan, &tally.expect("nobody interrupts"))
}

/// All tables of a run, one after the other.
fn tables(results: &Results) -> Vec<u8> {
    let mut bytes = vec![];
    csv::summary(results, &mut bytes).expect("memory");
    csv::timeseries(results, &mut bytes).expect("memory");
    csv::realizations(results, &mut bytes).expect("memory");
    csv::exceedance(results, &mut bytes).expect("memory");
    csv::convergence(results, &mut bytes).expect("memory");
    csv::exports(results, &mut bytes).expect("memory");
    bytes
}

/// `assert_eq!` on megabytes would print them.
fn same_bytes(a: &[u8], b: &[u8], what: &str) {
    if let Some(i) = (0..a.len().max(b.len())).find(|&i| a.get(i) != b.get(i)) {
        let near = |x: &[u8]| String::from_utf8_lossy(&x[i.saturating_sub(60).min(x.len())..(i + 40).min(x.len())]).into_owned();
        panic!("{what}: byte {i} differs\n{}\n---\n{}", near(a), near(b));
    }
}

fn sets(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(k, v)| ((*k).to_string(), (*v).to_string())).collect()
}

#[test]
fn the_tables_are_the_same_bytes_on_one_two_three_and_eight_threads() {
    // 3,001 realizations are more than one wave and end within a batch.
    let (scenario, network, shocks) = compile(load(Path::new("scenarios/first.toml"), &[]));
    let alone = tables(&results(&scenario, &network, &shocks, 3001, 1));
    for threads in [2, 3, 8] {
        same_bytes(&alone, &tables(&results(&scenario, &network, &shocks, 3001, threads)), &format!("{threads} threads"));
    }
}

#[test]
fn the_flagship_is_the_same_on_any_number_of_threads() {
    let short = sets(&[("run.horizon", "30 weeks")]);
    let (scenario, network, shocks) = compile(load(Path::new("scenarios/2025-export-licences.toml"), &short));
    let alone = tables(&results(&scenario, &network, &shocks, 27, 1));
    for threads in [2, 3, 8] {
        same_bytes(&alone, &tables(&results(&scenario, &network, &shocks, 27, threads)), &format!("{threads} threads"));
    }
}

/// first.toml with measures that breed measures: an event each week or so, of two kinds and a truce, and breakdowns.
fn quarrel() -> String {
    format!("{WORLD}{}", include_str!("oracles/quarrel.part.toml"))
}

#[test]
fn a_quarrel_is_the_same_on_any_number_of_threads_and_whoever_runs_beside_it() {
    let (scenario, network, shocks) = from_text(&quarrel());
    let alone = results(&scenario, &network, &shocks, 100, 1);
    same_bytes(&tables(&alone), &tables(&results(&scenario, &network, &shocks, 100, 3)), "3 threads");
    let columns = alone.realization_names.len();
    for n in [1, 7, 40] {
        let few = results(&scenario, &network, &shocks, n, 2);
        assert_eq!(few.realization_values, alone.realization_values[..n as usize * columns], "{n} realizations");
    }
}

#[test]
fn a_realization_is_the_same_however_many_run_beside_it() {
    let (scenario, network, shocks) = compile(load(Path::new("scenarios/first.toml"), &[]));
    let many = results(&scenario, &network, &shocks, 100, 2);
    let columns = many.realization_names.len();
    for n in [1, 7, 8, 13] {
        let few = results(&scenario, &network, &shocks, n, 3);
        assert_eq!(few.realization_names, many.realization_names);
        assert_eq!(few.realization_values.len(), n as usize * columns);
        assert_eq!(few.realization_values, many.realization_values[..n as usize * columns], "{n} realizations");
    }
}

#[test]
fn baselines_that_are_kept_are_those_that_would_be_computed() {
    // On a chain with noise of demand and prices: three points of a sweep, the last of other events, beside the baselines of the first.
    let (scenario, network, shocks) = from_text(&noisy());
    let plan = Plan { realizations: 70, horizon: scenario.run.horizon, baseline: true, keep: true };
    let mut watch = Watch::new(&network, &shocks, &scenario.run);
    // As in a sweep: series of desks would be read from a chain that has none.
    watch.series.clear();
    watch.readings.clear();
    let kept = Baselines::new(plan.realizations, plan.horizon, &watch);
    let nobody = AtomicBool::new(false);
    let calm = Shocks::calm(shocks.seed, &network);
    for (shocks, times) in [(&shocks, 2), (&calm, 1)] {
        let alone = ensemble::run(&network, shocks, &watch, &plan, 2, &|_| {}, &nobody).expect("nobody interrupts");
        for _ in 0..times {
            let part = Part { network: &network, shocks, watch: &watch, plan: &plan, batches: 0..plan.batches(), kept: Some(&kept) };
            let beside = run_part(&part, 2, &|_| {}, &nobody, None).expect("nobody interrupts");
            assert_eq!(beside.calm_output, alone.calm_output);
            for (a, b) in alone.scalars.iter().zip(&beside.scalars) {
                assert_eq!(a.values, b.values);
            }
        }
    }
    assert!((0..5).all(|batch| kept.get(batch).is_some()) && kept.get(5).is_none());
}

#[test]
fn every_set_of_instructions_gives_the_same_bits() {
    let (scenario, network, shocks) = from_text(&noisy());
    let plan = Plan { realizations: 8, horizon: scenario.run.horizon, baseline: true, keep: true };
    let watch = Watch::new(&network, &shocks, &scenario.run);
    let twins = Twins::new(&network, &shocks);
    let record = |path| {
        let job = twins.job(&watch, &plan, 0);
        let mut record = Record::default();
        dispatch::run_on(path, job, &AtomicBool::new(false), &mut record);
        record
    };
    let counted = |path, record: &Record| {
        let (mut cells, mut scalar) = (vec![Cell::default(); 16], Scalar::default());
        dispatch::count_on(path, &mut cells, 0, &Wave { tables: vec![(record.used, &record.series)] });
        let records = std::slice::from_ref(record);
        dispatch::absorb_on(path, &mut scalar, 0, &Outcomes { records, before: 0, steps: &[], keep: false });
        format!("{cells:?} {scalar:?}")
    };
    let plain = record(dispatch::paths()[0]);
    for path in dispatch::paths() {
        let wide = record(path);
        assert!(counted(path, &wide) == counted(dispatch::paths()[0], &plain), "{path:?}");
        assert!(wide.series == plain.series && wide.scalars == plain.scalars && wide.exports == plain.exports, "{path:?}");
        assert!(wide.output == plain.output && wide.calm_output == plain.calm_output, "{path:?}");
    }
}

#[test]
fn another_seed_gives_other_numbers() {
    let run = |seed: &str| {
        let (scenario, network, shocks) = compile(load(Path::new("scenarios/first.toml"), &sets(&[("run.seed", seed)])));
        tables(&results(&scenario, &network, &shocks, 16, 2))
    };
    assert!(run("1") == run("1") && run("1") != run("2"));
}

/// A world with something of every kind of draw.
const WORLD: &str = include_str!("../scenarios/first.toml");

fn noisy() -> String {
    WORLD.replace(
        "[run]",
        "[demand]\nnoise = 0.1\nelasticity = { uniform = [0.0, 0.1] }\n[price]\nnoise = 0.1\npsi = { uniform = [0.0, 0.5] }\n\n[run]",
    )
}

fn from_text(text: &str) -> (Scenario, Network, Shocks) {
    compile(load_text("noisy.toml", text))
}

/// Every draw of a batch under a name, by what it is of: parameters, windows, buyers, and ten weeks of every series.
fn draws(network: &Network, shocks: &Shocks) -> BTreeMap<String, Vec<Row>> {
    let mut out: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let draws = shocks.open(network, 0);
    for (i, p) in network.parameters.drawn() {
        out.insert(format!("parameter {}", p.name), vec![draws.network[i]]);
    }
    for (i, p) in shocks.parameters.drawn() {
        out.insert(format!("parameter {}", p.name), vec![draws.events[i]]);
    }
    for (schedule, window) in shocks.schedules.iter().zip(&draws.windows) {
        out.insert(format!("window {}", schedule.id), vec![window.onset, window.occurs]);
    }
    for licensed in &shocks.licensed {
        let name = format!("buyers {}/{}", shocks.desks[licensed.desk].id, network.lanes[licensed.lane].name);
        out.insert(name, draws.buyers[licensed.first_buyer..licensed.first_buyer + licensed.buyers].to_vec());
    }
    let mut now = shocks.period(network);
    for t in 10..20 {
        shocks.fill(network, &draws, t, &mut now);
        let mut note = |name: String, row: &Row| out.entry(name).or_default().push(*row);
        for (f, facility) in network.facilities.iter().enumerate() {
            note(format!("demand {}", facility.id), &now.demand[f]);
        }
        for (e, element) in network.elements.iter().enumerate() {
            note(format!("element {element}"), &now.element[e]);
        }
        for (m, market) in network.markets.iter().enumerate() {
            note(format!("market {}", market.name), &now.market[m]);
        }
        for (d, desk) in shocks.desks.iter().enumerate() {
            note(format!("strictness {}", desk.id), &now.strictness[d]);
        }
        for (h, licensed) in shocks.licensed.iter().enumerate() {
            let name = format!("{}/{}", shocks.desks[licensed.desk].id, network.lanes[licensed.lane].name);
            note(format!("review {name}"), &now.review[h]);
            note(format!("returned {name}"), &now.returned[h]);
        }
        for (l, lane) in network.lanes.iter().enumerate().filter(|(l, _)| *l < now.delay.len()) {
            note(format!("delay {}", lane.name), &now.delay[l]);
        }
    }
    out
}

/// Every draw of the smaller world is one of the larger, bit for bit.
fn none_moved(smaller: &str, larger: &str) {
    let (_, network, shocks) = from_text(smaller);
    let before = draws(&network, &shocks);
    let (_, network, shocks) = from_text(larger);
    let after = draws(&network, &shocks);
    assert!(before.len() > 12, "only {} kinds of draw", before.len());
    for (name, rows) in &before {
        // Lanes without any delay have a row once some lane has one.
        assert_eq!(Some(rows), after.get(name), "{name} has moved");
    }
}

const STRANGER: &str = r#"
[[facility]]
id = "AAA_OTHER_MINE"
region = "A"
stage = "mine"
recipe = "dig"
cover_out = { uniform = ["3 weeks", "5 weeks"] }
source = "assumed"

[[facility]]
id = "AAA_OTHER_USER"
region = "A"
stage = "manufacturer"
cover_in = { uniform = ["3 weeks", "5 weeks"] }
demand = { sector = "ev", commodity = "concentrate", rate = "10 t/yr", noise = 0.2 }
source = "assumed"

[[supply]]
to = "AAA_OTHER_USER"
commodity = "concentrate"
from = [{ facility = "AAA_OTHER_MINE", share = 1.0 }]
source = "assumed"
"#;

/// first.toml writes its tables as arrays in line; a scenario that adds to them needs the other form, so it stands on top as a base.
fn on_top(extra: &str) -> String {
    // Written once: tests run side by side, and one would read what another is writing.
    static BASE: std::sync::OnceLock<std::path::PathBuf> = std::sync::OnceLock::new();
    let base = BASE.get_or_init(|| {
        let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("noisy-{}.toml", std::process::id()));
        std::fs::write(&base, noisy()).expect("a writable folder");
        base
    });
    format!("base = {:?}\n{extra}", base.display().to_string())
}

const OTHER_EVENTS: &str = r#"
[[event]]
id = "aaa-outage"
type = "outage"
start = { uniform = ["4 weeks", "30 weeks"] }
duration = { lognormal = { median = "6 weeks", sigma = 0.3 } }
probability = 0.5
capacity = { uniform = [0.0, 0.5] }
scope = { facilities = ["REFINERY"] }
source = "assumed"

[[event]]
id = "zzz-storms"
type = "logistics_delay"
start = "0 weeks"
weeks = { uniform = ["0 weeks", "3 weeks"] }
scope = { from = ["A"] }
source = "assumed"
"#;

#[test]
fn a_facility_more_moves_no_other_draw() {
    none_moved(&on_top(""), &on_top(STRANGER));
}

#[test]
fn an_event_more_moves_no_other_draw() {
    none_moved(&on_top(""), &on_top(OTHER_EVENTS));
    none_moved(&on_top(STRANGER), &on_top(&format!("{OTHER_EVENTS}{STRANGER}")));
}

#[test]
fn the_order_of_a_file_changes_nothing() {
    let tables_of = |text: &str| {
        let (scenario, network, shocks) = from_text(text);
        tables(&results(&scenario, &network, &shocks, 20, 2))
    };
    let forwards = on_top(&format!("{STRANGER}{OTHER_EVENTS}"));
    let (first, second) = OTHER_EVENTS.split_at(OTHER_EVENTS.rfind("[[event]]").expect("two events"));
    let backwards = on_top(&format!("{second}\n{STRANGER}\n{first}"));
    same_bytes(&tables_of(&forwards), &tables_of(&backwards), "events and facilities in another order");

    // Lines of the in-line arrays of first.toml, turned round within each array.
    let mut lines: Vec<String> = noisy().lines().map(str::to_string).collect();
    let mut i = 0;
    while i < lines.len() {
        if lines[i].contains("= [") && !lines[i].contains(']') {
            let end = (i + 1..lines.len()).find(|&j| lines[j].trim() == "]").expect("an end");
            lines[i + 1..end].reverse();
            i = end;
        }
        i += 1;
    }
    let turned = lines.join("\n");
    assert_ne!(turned, noisy());
    same_bytes(&tables_of(&noisy()), &tables_of(&turned), "items in another order");
}
