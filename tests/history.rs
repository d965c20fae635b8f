//! The flagship against what happened in 2025 (a consistency check, not a validation: the desk's parameters were inferred from the
//! same months).

use std::path::Path;
use std::sync::atomic::AtomicBool;

use coercivity::ensemble::observe::Watch;
use coercivity::ensemble::{Plan, run};
use coercivity::network::Network;
use coercivity::results::{Results, Stat, collect};
use coercivity::scenario::load;
use coercivity::shocks::Shocks;

fn flagship() -> Results {
    let sets = [("run.realizations".to_string(), "256".to_string()), ("run.horizon".to_string(), "\"52 weeks\"".to_string())];
    let (scenario, mut problems) = load(Path::new("scenarios/2025-export-licences.toml"), &sets).expect("the flagship loads");
    let network = Network::compile(&scenario, &mut problems).expect("the flagship compiles");
    let shocks = Shocks::compile(&scenario, &network, &mut problems);
    let plan = Plan { realizations: scenario.run.realizations, horizon: scenario.run.horizon, baseline: true, keep: true };
    let watch = Watch::new(&network, &shocks, &scenario.run);
    let tally = run(&network, &shocks, &watch, &plan, 2, &|_| {}, &AtomicBool::new(false)).expect("nobody interrupts");
    collect::collect(&scenario, &network, &shocks, &watch, &plan, &tally)
}

fn median(results: &Results, variable: &str, scope: &str) -> Vec<f64> {
    results.series(variable, scope).and_then(|s| s.stat(Stat::P50)).expect("the series is there").to_vec()
}

#[test]
fn the_april_licences_do_what_they_did() {
    let results = flagship();

    // Exports of finished magnets, month by month.
    let file = std::fs::read_to_string("tests/history/magnet-exports-2025.csv").expect("the record is there");
    let mut record = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(file.as_bytes());
    let (mut gap, mut months) = (0.0, vec![]);
    for row in record.records() {
        let row = row.expect("a row");
        let observed: f64 = row[1].parse().expect("a number");
        let ours = results.exports.iter().find(|e| e.month == row[0] && e.destination == "world").expect("a month").values[2];
        println!("{} observed {observed:.0} t, median {ours:.0} t", &row[0]);
        gap += (ours / observed - 1.0).abs();
        months.push((ours, row[0].to_string()));
    }
    gap /= months.len() as f64;
    println!("mean deviation {:.1} %", 100.0 * gap);
    assert!(gap < 0.25, "{gap}");
    let trough = months.iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("months");
    assert_eq!(trough.1, "2025-05");

    // Dy and Tb part between inside and outside; inside they hardly move (quotes in China stayed within a few per cent).
    for (oxide, least) in [("dy_oxide", 1.8), ("tb_oxide", 1.8)] {
        let scope = format!("commodity:{oxide}");
        let (inside, outside) = (median(&results, "price_inside", &scope), median(&results, "price_outside", &scope));
        let peak = |v: &[f64]| v.iter().copied().fold(0.0, f64::max) / v[0];
        assert!(peak(&outside) > least, "{oxide} outside {}", peak(&outside));
        assert!(peak(&inside) < 1.25, "{oxide} inside {}", peak(&inside));
    }

    // The first lines stop after weeks, not at once, and most run again before the year is out.
    let down = median(&results, "lines_down", "region:EUR");
    let onset = 13; // the week of 7 April
    let first = down.iter().position(|x| *x > 0.01).expect("European lines stop");
    assert!((onset + 4..onset + 14).contains(&first), "week {first}");
    let worst = down.iter().copied().fold(0.0, f64::max);
    assert!(down[51] < 0.6 * worst, "{} of {worst}", down[51]);

    // Defence buyers are refused, not delayed: they stay short.
    let defence = median(&results, "unmet_share", "sector:defence");
    assert!(defence[51] > 0.1 && defence[onset + 4] < 0.01);
    // China's own users do not notice.
    assert!(median(&results, "unmet_share", "region:CHN").iter().all(|x| *x < 0.005));
}
