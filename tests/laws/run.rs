//! In: a scenario. Out: it in motion, and what compares rows within the tolerance of every law.

use coercivity::engine::{self, Rounds, State, World as Here};
use coercivity::network::Network;
use coercivity::scenario::schema::Scenario;
use coercivity::scenario::{self, Failure};
use coercivity::shocks::{Draws, PeriodShocks, Shocks};
use coercivity::wide::{Row, WIDTH, ZERO, add, each};

/// Relative tolerance of every law.
pub const TOLERANCE: f64 = 1e-9;

/// A scenario in motion.
pub struct Run {
    pub scenario: Scenario,
    pub network: Network,
    pub shocks: Shocks,
    pub rounds: Rounds,
    pub draws: Draws,
    pub now: PeriodShocks,
    pub state: State,
}

impl Run {
    pub fn of(text: &str) -> Run {
        Run::at(text, 0)
    }

    /// The batch that begins with realization `first`.
    pub fn at(text: &str, first: u64) -> Run {
        let loaded = match scenario::load_text("random.toml", text) {
            Ok((scenario, _)) => scenario,
            Err(Failure::Wrong { problems, files }) => panic!("{}\n{text}", scenario::render(&problems, &files, false)),
            Err(failure) => panic!("{failure}"),
        };
        Run::new(loaded, first)
    }

    pub fn new(scenario: Scenario, first: u64) -> Run {
        let mut problems = scenario::problem::Problems::default();
        let network = Network::compile(&scenario, &mut problems);
        let Some(network) = network else { panic!("{}", scenario::render(&problems, &scenario.files, false)) };
        let shocks = Shocks::compile(&scenario, &network, &mut problems);
        assert!(!problems.any_error(), "{}", scenario::render(&problems, &scenario.files, false));
        let (draws, rounds) = (shocks.open(&network, first), Rounds::new(&network, &shocks));
        let now = shocks.period(&network);
        let state = State::open(Here { network: &network, shocks: &shocks, rounds: &rounds, draws: &draws });
        Run { scenario, network, shocks, rounds, draws, now, state }
    }

    pub fn here(&self) -> Here<'_> {
        Here { network: &self.network, shocks: &self.shocks, rounds: &self.rounds, draws: &self.draws }
    }

    pub fn step(&mut self) {
        self.draw();
        let here = Here { network: &self.network, shocks: &self.shocks, rounds: &self.rounds, draws: &self.draws };
        engine::step(here, &mut self.now, &mut self.state);
    }

    pub fn draw(&mut self) {
        let t = self.state.period;
        self.shocks.fill(&self.network, &self.draws, t, &mut self.now);
    }
}

pub fn near(a: &Row, b: &Row, scale: &Row, what: &str) {
    for w in 0..WIDTH {
        assert!((a[w] - b[w]).abs() <= TOLERANCE * scale[w].max(1.0), "{what}, realization {w}: {} is not {}", a[w], b[w]);
    }
}

pub fn at_most(a: &Row, b: &Row, scale: &Row, what: &str) {
    for w in 0..WIDTH {
        assert!(a[w] <= b[w] + TOLERANCE * scale[w].max(1.0), "{what}, realization {w}: {} exceeds {}", a[w], b[w]);
    }
}

pub fn row(f: impl Fn(usize) -> f64) -> Row {
    each(f)
}

pub fn sum<'a>(rows: impl Iterator<Item = &'a Row>) -> Row {
    let mut out = ZERO;
    rows.for_each(|r| add(&mut out, r));
    out
}
