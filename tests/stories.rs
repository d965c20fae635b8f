//! Each story told by a scenario goes on saying what it said: a small ensemble against a golden; and the points of two of them.
//!
//! `UPDATE_GOLDEN=1 cargo test --test stories` writes the goldens anew: read the difference.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use coercivity::ensemble::observe::Watch;
use coercivity::ensemble::{Plan, run};
use coercivity::network::Network;
use coercivity::results::csv::number;
use coercivity::results::{Results, Stat, collect};
use coercivity::scenario::load;
use coercivity::shocks::Shocks;

/// Realizations of a small ensemble: one batch, so that the test is quick.
const FEW: u64 = 16;

/// Relative difference that is none: tables have nine digits.
const TOLERANCE: f64 = 1e-6;

fn results(name: &str, sets: &[(&str, &str)]) -> Results {
    let sets: Vec<(String, String)> = sets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let (scenario, mut problems) = load(&Path::new("scenarios").join(format!("{name}.toml")), &sets).expect("the scenario loads");
    let network = Network::compile(&scenario, &mut problems).expect("the scenario compiles");
    let shocks = Shocks::compile(&scenario, &network, &mut problems);
    let plan = Plan { realizations: FEW, horizon: scenario.run.horizon, baseline: true, keep: true };
    let watch = Watch::new(&network, &shocks, &scenario.run);
    let tally = run(&network, &shocks, &watch, &plan, 2, &|_| {}, &AtomicBool::new(false)).expect("nobody interrupts");
    collect::collect(&scenario, &network, &shocks, &watch, &plan, &tally)
}

/// Means of everything but facilities: `metric,scope` to value.
fn means(results: &Results) -> BTreeMap<String, f64> {
    let rows = results.summary.iter().filter(|r| r.stat == Stat::Mean && !r.scope.starts_with("facility:"));
    rows.filter_map(|r| Some((format!("{},{}", r.metric, r.scope), r.value?))).collect()
}

fn golden(name: &str) -> PathBuf {
    Path::new("tests/golden").join(format!("{name}.csv"))
}

/// What differs from the golden, line by line; nothing if nothing does.
fn differences(name: &str, found: &BTreeMap<String, f64>) -> String {
    let text = std::fs::read_to_string(golden(name)).expect("a golden; UPDATE_GOLDEN=1 writes it");
    let wanted: BTreeMap<String, f64> = text
        .lines()
        .skip(1)
        .map(|line| line.rsplit_once(',').expect("metric,scope,mean"))
        .map(|(key, value)| (key.to_owned(), value.parse().expect("a number")))
        .collect();
    let mut out = String::new();
    for key in wanted.keys().chain(found.keys().filter(|k| !wanted.contains_key(*k))) {
        match (wanted.get(key), found.get(key)) {
            (Some(a), Some(b)) if (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1e-6) => {}
            (a, b) => writeln!(out, "{name}: {key}: {} was {}", show(b), show(a)).expect("a text grows"),
        }
    }
    out
}

fn show(value: Option<&f64>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |x| number(*x))
}

#[test]
fn every_story_says_what_it_said() {
    let stories = [
        "diversification",
        "entity-list",
        "ev-boom",
        "licences-not-a-ban",
        "passport-crackdown",
        "quota-cut",
        "smuggling-crackdown",
        "stockpile-release",
        "technology-ban-2023",
        "tit-for-tat",
    ];
    let mut changed = String::new();
    for name in stories {
        let found = means(&results(name, &[]));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let lines: String = found.iter().map(|(key, value)| format!("{key},{}\n", number(*value))).collect();
            std::fs::write(golden(name), format!("metric,scope,mean\n{lines}")).expect("a golden is written");
        }
        changed += &differences(name, &found);
    }
    assert!(changed.is_empty(), "{changed}");
}

#[test]
fn licences_that_pass_every_civil_file_starve_nobody_but_the_military() {
    let results = results("licences-not-a-ban", &[]);
    let missed = |scope: &str| results.value("unmet_share", scope, Stat::Mean).expect("told");
    let civil = ["ev", "wind", "industrial", "micro_motors", "electronics"].map(|s| missed(&format!("sector:{s}")));
    assert!(civil.iter().all(|x| *x < 0.015), "{civil:?}");
    assert!(missed("sector:defence") > 0.1, "{}", missed("sector:defence"));
    // In the last year civil users have what they need, the military still has not.
    let last = |scope: &str| {
        let series = results.series("unmet_share", scope).and_then(|s| s.stat(Stat::Mean)).expect("told");
        series[series.len() - 52..].iter().sum::<f64>() / 52.0
    };
    assert!(last("sector:ev") < 0.005 && last("sector:defence") > 0.1, "{} {}", last("sector:ev"), last("sector:defence"));
}

#[test]
fn passports_and_people_change_when_others_deliver() {
    let share = |name: &str| results(name, &[]).value("outside_share_5y", "stage:magnet", Stat::Mean).expect("told");
    let (free, usual, held) = (share("diversification-unlimited"), share("diversification"), share("passport-crackdown"));
    assert!(free > usual && usual > held, "{free} {usual} {held}");
}
