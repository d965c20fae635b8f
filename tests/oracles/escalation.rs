//! In: measures that breed measures, conditions, groups. Out: the moments of a Hawkes process (O30), and events in their weeks.

use coercivity::engine::State;
use coercivity::wide::{WIDTH, each};

use crate::harness::{Case, Sample, case, same};

/// Measures taken by the first escalation over the whole run.
fn counts(case: &Case, batches: u64) -> Sample {
    let mut out = Sample(vec![]);
    let last = case.horizon - 1;
    case.run(batches, &mut |_, t, _, state| {
        if t == last {
            out.0.extend(state.affairs.taken[0].iter());
        }
    });
    out
}

#[test]
fn measures_that_breed_measures_have_the_mean_and_the_spread_of_their_process() {
    let (rate, n, weeks) = (0.1, 0.5, 2000.0);
    let case = case("provoked", &[]);
    let taken = counts(&case, 40);
    // Excitement starts at nothing, and what it lacks fades by decay (1 - n) a week.
    let lag = 1.0 / (0.4 * (1.0 - n));
    let mean = rate / (1.0 - n) * (weeks - lag * n);
    let weekly = Sample(taken.0.iter().map(|x| x / weeks).collect());
    weekly.agrees("O30 measures a week", mean / weeks);
    weekly.contradicts("O30 measures a week, if none bred", rate);
    let average = taken.mean();
    let fano = Sample(taken.0.iter().map(|x| (x - average).powi(2) / average).collect());
    fano.agrees("O30 spread over mean", 1.0 / (1.0 - n).powi(2));
    assert!(fano.z(1.0) > 8.0, "it cannot be told from a Poisson process");
}

#[test]
fn who_answers_takes_as_many_measures_as_it_is_provoked_to() {
    let case = case("answered", &[]);
    let last = case.horizon - 1;
    let mut shares = Sample(vec![]);
    case.run(20, &mut |_, t, _, state| {
        if t == last {
            let [one, two] = [0, 1].map(|e| state.affairs.taken[e]);
            shares.0.extend(each(|w| two[w] / one[w]).iter());
        }
    });
    shares.agrees("answers to a measure", 0.6);
}

#[test]
fn adding_an_escalation_moves_no_other_draw() {
    let alone = counts(&case("provoked", &[("run.horizon", "200 weeks")]), 2).0;
    let case = case("answered", &[("run.horizon", "200 weeks"), ("escalation.one.branching", "0.5"), ("escalation.one.decay", "0.4")]);
    let mut with = vec![];
    case.run(2, &mut |_, t, _, state| {
        if t == 199 {
            with.extend(state.affairs.taken[0].iter().copied());
        }
    });
    assert_eq!(alone, with);
    assert!(alone.iter().any(|x| *x > 10.0));
}

#[test]
fn an_answer_comes_so_many_weeks_after_what_it_waits_for() {
    let case = case("answer", &[]);
    let ore = case.lane("PIT", "MAKER");
    let down = case.trace(|s| s.users.iter().map(|u| if u.served[0] < 0.95 * u.demand[0] { u.demand[0] } else { 0.0 }).sum::<f64>());
    let held = down.iter().position(|x| *x > 10.0).expect("no line is ever down");
    let open = case.trace(|s| s.lanes[ore].open[0]);
    let shut: Vec<usize> = (0..open.len()).filter(|t| open[*t] < 1.0).collect();
    assert_eq!(shut, (held + 3..held + 13).collect::<Vec<_>>(), "lines down in week {held}");
    // The event that waits for it: two weeks later, and not again.
    let first = case.trace(|s| s.affairs.first[1][0]);
    same("onset of the echo", *first.last().expect("a week"), (held + 5) as f64, 0.0);
}

#[test]
fn what_waits_for_more_than_ever_happens_never_begins() {
    let case = case("answer", &[("event.ban.when", "{ measure = \"scare\", region = \"B\", above = 0.9 }")]);
    let open = case.trace(|s| s.affairs.first.iter().map(|f| f[0]).fold(f64::INFINITY, f64::min));
    assert!(open.iter().all(|x| *x > 1e8));
}

#[test]
fn an_event_may_answer_again_once_it_is_over() {
    let when = |again: bool| format!("{{ measure = \"lines_down\", above = 0.1, delay = \"3 weeks\", again = {again} }}");
    let spells = |again: bool| {
        let case = case("answer", &[("event.ban.when", when(again).as_str()), ("event.strike.duration", "60 weeks")]);
        let ore = case.lane("PIT", "MAKER");
        let open = case.trace(|s| s.lanes[ore].open[0]);
        (1..open.len()).filter(|&t| open[t] < 1.0 && open[t - 1] == 1.0).count()
    };
    assert_eq!(spells(false), 1);
    assert!(spells(true) > 2, "{}", spells(true));
}

/// Weeks since the start in which something held, for each realization of a batch.
fn weeks(case: &Case, holds: impl Fn(&State, usize) -> bool) -> Vec<Vec<usize>> {
    let mut out = vec![vec![]; WIDTH];
    case.run(1, &mut |_, t, _, state| {
        for (w, list) in out.iter_mut().enumerate() {
            if holds(state, w) {
                list.push(t);
            }
        }
    });
    out
}

#[test]
fn measures_are_renewed_suspended_and_taken_between_their_dates_only() {
    let case = case("measures", &[]);
    let id = |name: &str| case.shocks.pending.iter().position(|p| case.shocks.schedules[p.event].id == name).expect("no such event");
    let (strike, truce) = (id("strike"), id("truce"));
    let taken = weeks(&case, |s, w| s.affairs.now[0][w] > 0.0);
    assert!(taken.iter().flatten().all(|t| (5..65).contains(t)) && taken.iter().all(|t| !t.is_empty()));
    let begun = |p: usize| {
        weeks(&case, move |s, w| {
            let t = s.period as f64 - 1.0;
            t >= s.affairs.onset[p][w] && t < s.affairs.onset[p][w] + s.affairs.lasts[p][w]
        })
    };
    let (on_strike, in_truce) = (begun(strike), begun(truce));
    let maker = case.network.facilities.iter().position(|f| f.id == "MAKER").expect("a maker");
    let halved = weeks(&case, |s, w| s.capacity[maker][w] < 1.0);
    let hushed = weeks(&case, |s, w| {
        let (t, onset, lasts) = (s.period as f64 - 1.0, s.affairs.onset[truce][w], s.affairs.lasts[truce][w]);
        t > onset && t < onset + lasts
    });
    let (mut renewed, mut suspended) = (0, 0);
    for w in 0..WIDTH {
        let expected: Vec<usize> = on_strike[w].iter().copied().filter(|t| !in_truce[w].contains(t)).collect();
        assert_eq!(halved[w], expected, "realization {w}");
        suspended += usize::from(expected.len() < on_strike[w].len());
        // A truce hushes the weeks after that of its onset.
        assert!(taken[w].iter().all(|t| !hushed[w].contains(t)), "realization {w}");
        renewed += usize::from(on_strike[w].windows(7).any(|x| x[6] - x[0] == 6));
    }
    assert!(renewed > 3 && suspended > 3, "{renewed} renewed, {suspended} suspended");
}

#[test]
fn a_delay_without_a_date_slows_the_weeks_in_which_it_is_in_force() {
    let case = case("measures", &[]);
    let late = case.shocks.schedules.iter().position(|s| s.id == "late").expect("no delay");
    let lane = case.lane("MAKER", "CARS");
    // Delays belong to the week: they are read from what happens, not from the state.
    let (draws, rounds) = (case.shocks.open(&case.network, 0), coercivity::engine::Rounds::new(&case.network, &case.shocks));
    let world = coercivity::engine::World { network: &case.network, shocks: &case.shocks, rounds: &rounds, draws: &draws };
    let (mut now, mut state) = (case.shocks.period(&case.network), State::open(world));
    let mut slow = 0;
    for t in 0..case.horizon {
        case.shocks.fill(&case.network, &draws, t, &mut now);
        coercivity::engine::step(world, &mut now, &mut state);
        for w in 0..WIDTH {
            let expected = if now.strength[late][w] > 0.0 { 2.0 } else { 0.0 };
            assert_eq!(now.delay[lane][w], expected, "week {t}, realization {w}");
            slow += usize::from(expected > 0.0);
        }
    }
    assert!(slow > 100, "{slow}");
}

#[test]
fn events_of_a_group_happen_together_and_of_a_choice_one_at_most() {
    let windows = |key: &str, chances: [&str; 2]| {
        let sets = [("event.strike.probability", chances[0]), ("event.truce.probability", chances[1])];
        let key = [format!("event.strike.{key}"), format!("event.truce.{key}")];
        let named = [(key[0].as_str(), "together"), (key[1].as_str(), "together")];
        let case = case("detente", &[&sets[..], &named[..]].concat());
        let draws: Vec<_> = (0..50).map(|b| case.shocks.open(&case.network, b * WIDTH as u64)).collect();
        let happens: Vec<[f64; 2]> =
            draws.iter().flat_map(|d| (0..WIDTH).map(|w| [d.windows[0].occurs[w], d.windows[1].occurs[w]])).collect();
        happens
    };
    let group = windows("group", ["0.6", "0.6"]);
    assert!(group.iter().all(|[a, b]| a == b));
    let share = |list: &[[f64; 2]], i: usize| list.iter().map(|x| x[i]).sum::<f64>() / list.len() as f64;
    assert!((share(&group, 0) - 0.6).abs() < 0.06);
    let choice = windows("choice", ["0.3", "0.7"]);
    assert!(choice.iter().all(|[a, b]| a + b == 1.0));
    assert!((share(&choice, 0) - 0.3).abs() < 0.06);
    // Apart they are independent.
    let apart = windows("name", ["0.6", "0.6"]);
    assert!(apart.iter().any(|[a, b]| a > b) && apart.iter().any(|[a, b]| a < b));
}
