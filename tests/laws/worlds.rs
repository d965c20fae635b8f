//! The laws in random worlds under random events.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::sync::Once;

use coercivity::engine::{self, State, World as Here, balance};
use coercivity::scenario::schema::Scenario;
use coercivity::wide::{Row, WIDTH};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError};

use super::random::{Wish, worlds};
use super::run::*;
use super::verbs::*;

const TOLERANCE: f64 = 1e-9;
const ANYTHING: Wish = Wish { events: 5, noise: true, unbalanced: true, correct_at_once: false };
const BALANCED: Wish = Wish { events: 0, noise: false, unbalanced: false, correct_at_once: false };

pub fn cases(n: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { n };
    let rng_seed = if std::env::var_os("PROPTEST_RNG_SEED").is_some() { default.rng_seed } else { RngSeed::Fixed(20_250_404) };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 3000, ..default }
}

/// Largest change of any stock since the opening, in weeks of its flow; of any price, relative; and of any user's unmet demand.
pub fn drift(run: &Run, opening: &State) -> (f64, String) {
    let mut worst = (0.0, String::new());
    let mut note = |x: f64, what: &str| {
        if x > worst.0 || x.is_nan() {
            worst = (x, what.to_string());
        }
    };
    for (s, slot) in run.network.slots.iter().enumerate().filter(|(_, s)| !s.infinite) {
        for w in 0..WIDTH {
            note((run.state.slots[s].on_hand[w] - opening.slots[s].on_hand[w]).abs() / slot.flow.max(0.01), &slot.name);
        }
    }
    for (k, market) in run.network.markets.iter().enumerate() {
        run.state.markets[k].price.iter().for_each(|p| note((p - 1.0).abs(), &market.name));
    }
    for (u, user) in run.network.users.iter().enumerate() {
        for w in 0..WIDTH {
            note((run.state.users[u].demand[w] - run.state.users[u].served[w]).abs() / user.facility_demand, "unmet demand");
        }
    }
    worst
}

pub fn stands_still(mut run: Run, weeks: usize) {
    let opening = run.state.clone();
    for t in 0..weeks {
        run.step();
        if t % 13 == 12 || t < 3 {
            let (x, what) = drift(&run, &opening);
            assert!(x < TOLERANCE, "week {t}: {what} has moved by {x:e}");
        }
    }
}

thread_local! {
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// Runs one case; what goes wrong is told once, at the end, not for every world tried on the way to the plainest.
fn tried(case: impl FnOnce()) -> Result<(), TestCaseError> {
    static HUSH: Once = Once::new();
    HUSH.call_once(|| {
        let aloud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !TRYING.get() {
                aloud(info);
            }
        }));
    });
    TRYING.set(true);
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(case));
    TRYING.set(false);
    outcome.map_err(|what| {
        let text = what.downcast_ref::<String>().cloned().or_else(|| what.downcast_ref::<&str>().map(|s| (*s).to_string()));
        TestCaseError::fail(text.unwrap_or_default())
    })
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn mass_orders_demand_quotas_and_licences_add_up_in_every_period(world in worlds(ANYTHING)) {
        tried(|| {
            let mut run = Run::of(&world.text());
            let opening = balance::ledger(run.here(), &run.state);
            books_are_right(&run, &opening);
            for _ in 0..run.scenario.run.horizon {
                lawful_step(&mut run);
                books_are_right(&run, &opening);
            }
        })?;
    }

    #[test]
    fn without_events_and_noise_every_world_stands_still(world in worlds(BALANCED)) {
        tried(|| {
            stands_still(Run::of(&world.calm), 104);
        })?;
    }

    #[test]
    fn an_order_closes_the_gap_to_its_target_when_correction_is_whole(world in worlds(Wish { correct_at_once: true, ..ANYTHING })) {
        tried(|| {
            let mut run = Run::of(&world.text());
            for _ in 0..60 {
                run.draw();
                let here = Here { network: &run.network, shocks: &run.shocks, rounds: &run.rounds, draws: &run.draws };
                let (now, state) = (&run.now, &mut run.state);
                engine::events::events(here, now, state);
                engine::desks::desks(here, now, state);
                engine::receive::receive(here, state);
                engine::produce::produce(here, now, state);
                engine::order::order(here, state);
                positions_meet_their_targets(here, state);
                engine::ship::ship(here, now, state);
                engine::price::price(here, now, state);
                engine::adapt::adapt(here, now, state);
                state.period += 1;
            }
        })?;
    }

    #[test]
    fn a_world_a_thousand_times_as_large_behaves_the_same(world in worlds(ANYTHING)) {
        tried(|| {
            let text = world.text();
            let mut small = Run::of(&text);
            let mut large = Run::of(&text);
            enlarge(&mut large.scenario, 1024.0);
            large = Run::new(large.scenario, 0);
            for _ in 0..60 {
                small.step();
                large.step();
            }
            for (k, (a, b)) in small.state.markets.iter().map(|m| m.price).zip(large.state.markets.iter().map(|m| m.price)).enumerate() {
                near(&a, &b, &b, &format!("I12: price of {}", small.network.markets[k].name));
            }
            for (s, (a, b)) in small.state.slots.iter().map(|x| x.on_hand).zip(large.state.slots.iter().map(|x| x.on_hand)).enumerate() {
                // What is planned opens without flow: what passes through it is a part of what passes elsewhere, and is rounded as that is.
                let n = &large.network;
                let alike = n.slots.iter().filter(|x| x.commodity == n.slots[s].commodity).map(|x| x.flow).fold(0.0, f64::max);
                let flow = if n.facilities[n.slots[s].facility].planned { alike } else { n.slots[s].flow };
                near(&row(|w| 1024.0 * a[w]), &b, &row(|w| b[w] + flow), &format!("I12: {}", small.network.slots[s].name));
            }
            for (u, (a, b)) in small.state.users.iter().map(|u| u.served_total).zip(large.state.users.iter().map(|u| u.served_total)).enumerate() {
                near(&row(|w| 1024.0 * a[w]), &b, &b, &format!("I12: served at {u}"));
            }
        })?;
    }

    #[test]
    fn a_realization_does_not_know_its_neighbours(world in worlds(ANYTHING), first in 1..8u64) {
        tried(|| {
            let text = world.text();
            let (mut here, mut there) = (Run::at(&text, 0), Run::at(&text, first));
            for _ in 0..here.scenario.run.horizon {
                here.step();
                there.step();
            }
            let shift = first as usize;
            let same = |a: &[Row], b: &[Row], what: &str| {
                for (i, (a, b)) in a.iter().zip(b).enumerate() {
                    assert_eq!(a[shift..], b[..WIDTH - shift], "I14: {what} {i}");
                }
            };
            let stocks = |s: &State| s.slots.iter().map(|x| x.on_hand).collect::<Vec<_>>();
            same(&stocks(&here.state), &stocks(&there.state), "on hand");
            let prices = |s: &State| s.markets.iter().map(|m| m.price).collect::<Vec<_>>();
            same(&prices(&here.state), &prices(&there.state), "price");
            let served = |s: &State| s.users.iter().map(|u| u.served_total).collect::<Vec<_>>();
            same(&served(&here.state), &served(&there.state), "served");
            same(&here.state.worked, &there.state.worked, "worked");
            same(&balance::held(&here.state), &balance::held(&there.state), "held");
        })?;
    }

    #[test]
    fn a_state_opened_again_is_as_one_opened_anew(world in worlds(ANYTHING)) {
        tried(|| {
            let mut run = Run::of(&world.text());
            for _ in 0..30 {
                run.step();
            }
            // The next batch draws something else.
            run.draws = run.shocks.open(&run.network, WIDTH as u64);
            let mut state = std::mem::take(&mut run.state);
            state.reopen(run.here());
            assert_eq!(format!("{state:?}"), format!("{:?}", State::open(run.here())));
        })?;
    }

    #[test]
    fn the_short_way_of_works_and_lanes_under_no_rule_leads_where_the_long_one_does(world in worlds(ANYTHING)) {
        tried(|| {
            let text = world.text();
            let (mut short, mut long) = (Run::of(&text), Run::of(&text));
            long.rounds.outlets.iter_mut().for_each(|outlet| outlet.alone = false);
            long.rounds.works.iter_mut().for_each(|work| work.rationed = true);
            for _ in 0..short.scenario.run.horizon {
                short.step();
                long.step();
            }
            assert_eq!(format!("{:?}", short.state), format!("{:?}", long.state));
        })?;
    }
}

/// I10. Where buyers are turned away or a limit or a floor binds, the gap may stay.
fn positions_meet_their_targets(here: Here<'_>, state: &State) {
    let n = here.network;
    let psi = here.draws.of(n.price.psi);
    for &s in &n.order_sequence {
        let slot = &n.slots[s];
        if here.shocks.reroutes[s] {
            continue;
        }
        let placed = sum(n.inbound[s].iter().filter(|&&l| !n.lanes[l].push).map(|&l| &state.lanes[l].placed));
        let scare = &state.scare[n.facilities[slot.facility].region];
        for w in 0..WIDTH {
            if placed[w] <= 0.0 || placed[w] >= slot.order_limit * (1.0 - 1e-12) {
                continue;
            }
            let waiting = slot.user.map_or(state.slots[s].owed[w], |u| state.users[u].backlog[w]);
            let position = state.slots[s].on_hand[w] + state.slots[s].on_order[w] - waiting;
            // What is pushed is on its way before the period is over.
            let target = slot.base_stock.unwrap_or_else(|| {
                state.slots[s].usage_forecast[w] * (state.slots[s].cover[w] * (1.0 + psi[w] * scare[w]) + state.slots[s].lead[w])
                    - state.slots[s].push_forecast[w]
            });
            let scale = target.abs() + placed[w] + state.slots[s].on_order[w];
            assert!((position - target).abs() <= TOLERANCE * scale, "I10: {}: {position} is not {target}", slot.name);
        }
    }
}

/// Every mass of a scenario, times `x`.
fn enlarge(scenario: &mut Scenario, x: f64) {
    use coercivity::scenario::schema::{Dist, EventKind, Papers, Quotas, Replenishment, Reserves, Target, Volume};
    let scale = |d: &mut Dist| {
        if let Dist::Fixed(v) = d {
            *v *= x;
        } else {
            panic!("a fixed mass was expected");
        }
    };
    for f in &mut scenario.facilities {
        f.capacity.as_mut().into_iter().for_each(scale);
        f.stock.iter_mut().for_each(|(_, t)| *t *= x);
        f.order_limit.iter_mut().for_each(|t| *t *= x);
        if let Replenishment::BaseStock(level) = &mut f.replenishment {
            *level *= x;
        }
        if let Some(d) = &mut f.demand {
            d.rate *= x;
        }
    }
    for p in &mut scenario.stockpiles {
        if let Some(buy) = &mut p.buy {
            scale(&mut buy.rate);
            if let Target::Mass(t) = &mut buy.target {
                *t *= x;
            }
        }
        p.release.iter_mut().for_each(|r| scale(&mut r.rate));
    }
    for p in &mut scenario.projects {
        scale(&mut p.capacity);
    }
    for pool in &mut scenario.expertise {
        // People for each t made.
        if let Dist::Fixed(v) = &mut pool.learning {
            *v /= x;
        }
    }
    for e in &mut scenario.events {
        match &mut e.kind {
            EventKind::Reserves(Reserves::Action { rate, target, .. }) => {
                scale(rate);
                target.as_mut().into_iter().for_each(scale);
            }
            EventKind::Papers(Papers::GeneralLicence { volume: Volume::Mass(d), .. }) => scale(d),
            EventKind::Quotas(Quotas::Export { quota, .. } | Quotas::Production(quota)) => {
                for batch in &mut quota.batches {
                    if let Volume::Mass(d) = &mut batch.volume {
                        scale(d);
                    }
                }
            }
            _ => {}
        }
    }
}
