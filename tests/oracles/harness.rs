//! In: the name of a scenario in this folder and overrides. Out: runs of it through the real engine, and what is seen on the way.
//!
//! Every run also proves that mass balances at its end and that orders on the books agree with their lanes.

use std::path::Path;

use coercivity::engine::{self, Rounds, State, World, balance};
use coercivity::network::Network;
use coercivity::scenario::{self, problem::Problems, schema::Scenario};
use coercivity::shocks::{PeriodShocks, Shocks};
use coercivity::wide::{Row, WIDTH, ZERO};

/// A scenario ready to run.
pub struct Case {
    pub network: Network,
    pub shocks: Shocks,
    pub horizon: usize,
}

/// Reads `name`.toml with overrides on top.
pub fn read(name: &str, sets: &[(&str, &str)]) -> (Scenario, Problems) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles").join(format!("{name}.toml"));
    let sets: Vec<(String, String)> = sets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    match scenario::load(&path, &sets) {
        Ok(read) => read,
        Err(scenario::Failure::Wrong { problems, files }) => panic!("{}", scenario::render(&problems, &files, false)),
        Err(failure) => panic!("{failure}"),
    }
}

/// Compiles `name`.toml with overrides on top.
pub fn case(name: &str, sets: &[(&str, &str)]) -> Case {
    let (scenario, mut problems) = read(name, sets);
    let network = Network::compile(&scenario, &mut problems);
    let shocks = network.as_ref().map(|n| Shocks::compile(&scenario, n, &mut problems));
    match (network, shocks) {
        (Some(network), Some(shocks)) if !problems.any_error() => Case { network, shocks, horizon: scenario.run.horizon },
        _ => panic!("{}", scenario::render(&problems, &scenario.files, false)),
    }
}

/// The engine, compiled once for all tests.
#[inline(never)]
fn advance(world: World<'_>, t: usize, now: &mut PeriodShocks, state: &mut State) {
    world.shocks.fill(world.network, world.draws, t, now);
    engine::step(world, now, state);
}

impl Case {
    /// Runs `batches` batches of realizations and shows each period's end.
    pub fn run(&self, batches: u64, see: &mut dyn FnMut(usize, usize, World<'_>, &State)) {
        let Case { network, shocks, .. } = self;
        let (mut now, rounds) = (shocks.period(network), Rounds::new(network, shocks));
        for b in 0..batches {
            let draws = shocks.open(network, b * WIDTH as u64);
            let world = World { network, shocks, rounds: &rounds, draws: &draws };
            let mut state = State::open(world);
            let opening = balance::ledger(world, &state);
            for t in 0..self.horizon {
                advance(world, t, &mut now, &mut state);
                see(b as usize, t, world, &state);
            }
            let end = balance::ledger(world, &state);
            for e in 0..network.elements.len() {
                for w in 0..WIDTH {
                    let before = opening.inside[e][w] + end.mined[e][w];
                    let after = end.inside[e][w] + end.left[e][w];
                    assert!((before - after).abs() <= 1e-9 * before.abs().max(1.0), "mass: {before} became {after}");
                }
            }
            let gap = balance::on_order_gap(world, &state);
            assert!(gap < 1e-9, "orders on the books are off by {gap:e}");
        }
    }

    /// A number of every period, of the first realization.
    pub fn trace(&self, see: impl Fn(&State) -> f64) -> Vec<f64> {
        let mut out = vec![];
        self.run(1, &mut |_, _, _, state| out.push(see(state)));
        out
    }

    /// Means of quantities over the periods from `from` on, one number a realization.
    pub fn means<const N: usize>(&self, batches: u64, from: usize, mut see: impl FnMut(World<'_>, &State) -> [Row; N]) -> [Sample; N] {
        let mut out: [Sample; N] = std::array::from_fn(|_| Sample(vec![]));
        let (mut sums, mut count) = ([ZERO; N], 0.0);
        let last = self.horizon - 1;
        self.run(batches, &mut |_, t, world, state| {
            if t >= from {
                let seen = see(world, state);
                for (sum, x) in sums.iter_mut().zip(&seen) {
                    coercivity::wide::add(sum, x);
                }
                count += 1.0;
            }
            if t == last {
                for (sample, sum) in out.iter_mut().zip(&mut sums) {
                    sample.0.extend(sum.iter().map(|x| x / count));
                    *sum = ZERO;
                }
                count = 0.0;
            }
        });
        out
    }

    /// Index of a slot such as `USER/widget`.
    pub fn slot(&self, name: &str) -> usize {
        self.network.slots.iter().position(|s| s.name == name).expect("no such slot")
    }

    /// Index of a lane by the facilities at its ends.
    pub fn lane(&self, from: &str, to: &str) -> usize {
        let facility = |slot: usize| self.network.facilities[self.network.slots[slot].facility].id.as_str();
        self.network.lanes.iter().position(|l| facility(l.from) == from && facility(l.to) == to).expect("no such lane")
    }

    /// Index of a market such as `widget@B`.
    pub fn market(&self, name: &str) -> usize {
        self.network.markets.iter().position(|m| m.name == name).expect("no such market")
    }
}

/// One number a realization.
pub struct Sample(pub Vec<f64>);

impl Sample {
    /// Mean over realizations.
    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    /// Standard error of the mean.
    pub fn error(&self) -> f64 {
        let (n, mean) = (self.0.len() as f64, self.mean());
        (self.0.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt()
    }

    /// Standard errors from theory.
    pub fn z(&self, theory: f64) -> f64 {
        (self.mean() - theory) / self.error()
    }

    /// Holds if the mean lies within four standard errors of theory.
    pub fn agrees(&self, what: &str, theory: f64) {
        let z = self.z(theory);
        println!("| {what} | {:.6} | {theory:.6} | {z:+.2} |", self.mean());
        assert!(z.abs() < 4.0, "{what}: {} is {z:.1} standard errors from {theory}", self.mean());
    }

    /// Holds if the mean is far from a theory that is wrong on purpose.
    pub fn contradicts(&self, what: &str, theory: f64) {
        let z = self.z(theory);
        println!("| negative control: {what} | {:.6} | {theory:.6} | {z:+.0} |", self.mean());
        assert!(z.abs() > 10.0, "{what}: {} cannot be told from {theory} ({z:.1})", self.mean());
    }
}

/// Holds if two numbers agree to a relative tolerance (absolute below one).
pub fn same(what: &str, ours: f64, theory: f64, tolerance: f64) {
    println!("| {what} | {ours:.6} | {theory:.6} | |");
    assert!((ours - theory).abs() <= tolerance * theory.abs().max(1.0), "{what}: {ours}, and {theory} is right");
}
