//! In: the two benchmark scenarios. Out: whether they are the chain that the other programs run (benches/peers/README.md).
//!
//! Reference: mean shortage (backorders to customers) at four weeks, with standard errors, of two million realizations of
//! independent programs.

use std::path::Path;

use coercivity::engine::{self, Rounds, State, World};
use coercivity::network::Network;
use coercivity::scenario;
use coercivity::shocks::Shocks;
use coercivity::wide::WIDTH;

const WEEKS: [usize; 4] = [60, 120, 140, 200];

/// Mean shortage at the four weeks, with standard errors.
fn shortages(name: &str, realizations: u64, sets: &[(String, String)]) -> [(f64, f64); 4] {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let (scenario, mut problems) = scenario::load(&path, sets).expect("the scenario reads");
    let network = Network::compile(&scenario, &mut problems).expect("the network compiles");
    let shocks = Shocks::compile(&scenario, &network, &mut problems);
    let (mut now, rounds) = (shocks.period(&network), Rounds::new(&network, &shocks));
    let mut sums = [(0.0, 0.0); 4];
    let mut counted = 0.0;
    for batch in 0..realizations.div_ceil(WIDTH as u64) {
        let draws = shocks.open(&network, batch * WIDTH as u64);
        let world = World { network: &network, shocks: &shocks, rounds: &rounds, draws: &draws };
        let mut state = State::open(world);
        for t in 0..=WEEKS[3] {
            shocks.fill(&network, &draws, t, &mut now);
            engine::step(world, &mut now, &mut state);
            if let Some(k) = WEEKS.iter().position(|w| *w == t) {
                for x in state.users[0].backlog {
                    sums[k].0 += x;
                    sums[k].1 += x * x;
                }
            }
        }
        counted += WIDTH as f64;
    }
    sums.map(|(sum, squares)| {
        let mean = sum / counted;
        (mean, ((squares / counted - mean * mean) / counted).sqrt())
    })
}

fn worst_z(ours: [(f64, f64); 4], reference: [(f64, f64); 4]) -> f64 {
    let z = |(a, b): (&(f64, f64), &(f64, f64))| (a.0 - b.0) / a.1.hypot(b.1);
    let list: Vec<f64> = ours.iter().zip(&reference).map(z).collect();
    println!("ours {ours:.3?}\nz {list:.2?}");
    list.into_iter().map(f64::abs).fold(0.0, f64::max)
}

const FULL: [(f64, f64); 4] = [(246.25, 0.13), (2.2977, 0.012), (312.0, 0.14), (1.2343, 0.0051)];

#[test]
fn the_full_benchmark_is_the_chain_of_the_other_programs() {
    assert!(worst_z(shortages("benchmark-full.toml", 40_000, &[]), FULL) < 4.0);
}

#[test]
fn the_core_benchmark_is_the_chain_of_the_other_programs() {
    // Without events all weeks past the beginning are alike.
    assert!(worst_z(shortages("benchmark-core.toml", 40_000, &[]), [(1.2343, 0.0051); 4]) < 4.0);
}

#[test]
fn a_quota_of_two_thirds_is_noticed() {
    let sets = [("event.quota.volume".to_owned(), "80 t".to_owned())];
    assert!(worst_z(shortages("benchmark-full.toml", 4_000, &sets), FULL) > 20.0);
}
