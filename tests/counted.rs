//! What is counted in bins agrees with what was kept, within the promised width of a bin.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use coercivity::engine::{self, Rounds, State, World};
use coercivity::ensemble::observe::Watch;
use coercivity::ensemble::{self, Plan};
use coercivity::network::Network;
use coercivity::results::{Results, Stat, collect};
use coercivity::scenario;
use coercivity::scenario::schema::Scenario;
use coercivity::shocks::Shocks;
use coercivity::wide::WIDTH;

fn compile(name: &str) -> (Scenario, Network, Shocks) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let (scenario, mut problems) = scenario::load(&path, &[]).expect("the scenario reads");
    let network = Network::compile(&scenario, &mut problems).expect("the network compiles");
    let shocks = Shocks::compile(&scenario, &network, &mut problems);
    (scenario, network, shocks)
}

fn run((scenario, network, shocks): &(Scenario, Network, Shocks), realizations: u64, keep: bool) -> Results {
    let plan = Plan { realizations, horizon: scenario.run.horizon, baseline: false, keep };
    let watch = Watch::new(network, shocks, &scenario.run);
    let tally = ensemble::run(network, shocks, &watch, &plan, 2, &|_| {}, &AtomicBool::new(false));
    collect::collect(scenario, network, shocks, &watch, &plan, &tally.expect("nobody interrupts"))
}

#[test]
fn outcomes_that_are_counted_agree_with_outcomes_that_are_kept() {
    let case = compile("first.toml");
    let (kept, counted) = (run(&case, 1500, true), run(&case, 1500, false));
    assert!(counted.realization_values.is_empty() && kept.summary.len() == counted.summary.len());
    for (a, b) in kept.summary.iter().zip(&counted.summary) {
        assert_eq!((&a.metric, &a.scope, a.stat), (&b.metric, &b.scope, b.stat));
        let (Some(x), Some(y)) = (a.value, b.value) else {
            assert_eq!(a.value, b.value);
            continue;
        };
        // A threshold inside a bin has the whole bin on one side: as many realizations as lie there.
        let (relative, absolute) = match a.stat {
            Stat::Mean | Stat::Sd => (1e-9, 1e-9),
            Stat::ProbGt(_) => (0.0, 0.01),
            _ => (1.0 / 128.0, 1e-9),
        };
        assert!((x - y).abs() <= relative * x.abs() + absolute, "{} {} {}: {x} kept, {y} counted", a.metric, a.scope, a.stat);
    }
    assert_eq!(kept.convergence.len(), counted.convergence.len());
}

#[test]
fn percentiles_of_series_are_within_a_bin_of_exact_ones() {
    let case = compile("benchmark-full.toml");
    let realizations = 600;
    let results = run(&case, realizations, false);
    let (_, network, shocks) = &case;
    // The same realizations again, every number of some weeks kept.
    let weeks = [30, 60, 70, 120, 200];
    let mut exact = vec![[vec![], vec![]]; weeks.len()];
    let market = network.markets.iter().position(|m| m.name == "material@B").expect("a market");
    let (mut now, rounds) = (shocks.period(network), Rounds::new(network, shocks));
    for first in (0..realizations).step_by(WIDTH) {
        let draws = shocks.open(network, first);
        let world = World { network, shocks, rounds: &rounds, draws: &draws };
        let mut state = State::open(world);
        for t in 0..=weeks[weeks.len() - 1] {
            shocks.fill(network, &draws, t, &mut now);
            engine::step(world, &mut now, &mut state);
            if let Some(k) = weeks.iter().position(|w| *w == t) {
                let used = WIDTH.min((realizations - first) as usize);
                exact[k][0].extend_from_slice(&state.users[0].backlog[..used]);
                exact[k][1].extend(state.markets[market].price[..used].iter().map(|p| p * network.markets[market].reference));
            }
        }
    }
    let mut compared = 0;
    for (k, lists) in exact.iter_mut().enumerate() {
        for (values, (variable, scope)) in lists.iter_mut().zip([("backlog", "world"), ("price", "market:material@B")]) {
            values.sort_by(f64::total_cmp);
            let series = results.series.iter().find(|s| s.variable == variable && s.scope == scope).expect("a series");
            for (stat, found) in &series.stats {
                let q = match stat {
                    Stat::P05 => 0.05,
                    Stat::P25 => 0.25,
                    Stat::P50 => 0.5,
                    Stat::P75 => 0.75,
                    Stat::P95 => 0.95,
                    _ => continue,
                };
                let (x, y) = (values[(q * (values.len() - 1) as f64).floor() as usize], found[weeks[k]]);
                assert!((x - y).abs() <= x.abs() / 128.0 + 1e-12, "{variable} in week {}, {stat}: {x} exact, {y} counted", weeks[k]);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, weeks.len() * 2 * 5);
}
