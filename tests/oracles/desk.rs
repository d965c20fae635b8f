//! In: desks that take time, send back, fall behind, stand still or refuse. Out: what is held, missed and served (O10–O13, O34).

use coercivity::engine::balance::{held, in_transit};
use coercivity::wide::{ZERO, each};

use crate::harness::{Sample, case, same};

const WEEKS: [(f64, f64); 4] = [(3.0, 0.2), (6.0, 0.3), (9.0, 0.4), (15.0, 0.1)];

/// P(review > k weeks).
fn longer(k: usize) -> f64 {
    WEEKS.iter().filter(|(w, _)| *w > k as f64).map(|(_, p)| p).sum()
}

#[test]
fn a_desk_holds_what_is_filed_times_how_long_it_takes() {
    let case = case("desk", &[]);
    let [at_desk, missed, on_way] = case.means(1000, 120, |_, s| [held(s)[0], s.users[0].backlog, in_transit(s, 0)]);
    at_desk.agrees("O10 held", 7.5);
    missed.agrees("O10 backorders", 7.5 + 2.0);
    on_way.agrees("O2 goods on the way behind a desk", 2.0);
    missed.contradicts("O10 backorders, lead time + 1", 7.5 + 3.0);
}

#[test]
fn what_a_desk_holds_is_flow_times_review_under_any_rule_of_ordering() {
    // Orders follow forecasts and cover here, and their mean is demand all the same.
    let noisy = ("facility.BUYERS.demand.noise", "0.1");
    let case = case("refusal", &[("event.desk.approval", "1"), ("facility.BUYERS.demand.backlog", "1"), noisy]);
    let [at_desk, on_way] = case.means(300, 100, |_, s| [held(s)[0], in_transit(s, 0)]);
    at_desk.agrees("O2 held under cover orders", 400.0);
    on_way.agrees("O2 goods on the way under cover orders", 300.0);
}

#[test]
fn what_a_desk_holds_varies_as_a_batch_queue_without_end() {
    let case = case("desk", &[]);
    let mut last = vec![];
    case.run(2500, &mut |_, t, _, s| {
        if t == 150 {
            last.extend(held(s)[0]);
        }
    });
    let mean = last.iter().sum::<f64>() / last.len() as f64;
    let theory: f64 = (0..15).map(|k| longer(k) * (2.0 - longer(k))).sum();
    assert!((theory - 9.27).abs() < 1e-9);
    let squares = Sample(last.iter().map(|x| (x - mean).powi(2)).collect());
    squares.agrees("O10 variance of what is held", theory);
    squares.contradicts("O10 variance, if units were licensed one by one", 7.5);
}

#[test]
fn a_new_desk_fills_up_as_its_longest_reviews_let_it() {
    let case = case("desk", &[("run.horizon", "40 weeks")]);
    let mut weeks: Vec<Vec<f64>> = vec![vec![]; 40];
    case.run(1000, &mut |_, t, _, s| weeks[t].extend(held(s)[0]));
    for (t, seen) in weeks.into_iter().enumerate().skip(20) {
        let theory: f64 = (0..=t - 20).map(longer).sum();
        Sample(seen).agrees(&format!("O10 held {} weeks after its start", t - 19), theory);
    }
}

#[test]
fn files_sent_back_wait_again_and_only_wait() {
    let case = case("desk", &[("event.desk.return_rate", "0.6"), ("run.horizon", "400 weeks")]);
    let [at_desk, missed] = case.means(1000, 250, |_, s| [held(s)[0], s.users[0].backlog]);
    at_desk.agrees("O11 held, 60 % sent back", 7.5 / 0.4);
    missed.agrees("O11 backorders, 60 % sent back", 7.5 / 0.4 + 2.0);
    at_desk.contradicts("O11 held, as if half were sent back", 7.5 / 0.5);
}

#[test]
fn a_desk_that_decides_half_of_what_it_gets_falls_behind_by_half() {
    let case = case("finite_desk", &[]);
    let (mut cleared, mut filed, mut releases) = (0.0, 0.0, vec![]);
    case.run(1, &mut |_, t, _, s| {
        cleared += s.lanes[0].departed()[0];
        filed += s.lanes[0].shipped[0];
        if s.lanes[0].departed()[0] > 0.0 {
            releases.push(t as f64);
        }
        let weeks = (t + 1) as f64;
        // Whole files: a half-decided one may be counted on either side.
        assert!((cleared - 0.5 * weeks).abs() <= 1.0, "{cleared} let go in {weeks} weeks");
        assert!((held(s)[0][0] - 0.5 * weeks).abs() <= 1.0, "{} held after {weeks} weeks", held(s)[0][0]);
    });
    same("O12 filed in 120 weeks", filed, 120.0, 1e-12);
    // One file a week arrives: the n-th is filed in week n, and each waits as long again as all before it.
    for (n, t) in releases.iter().enumerate() {
        let delay = t - n as f64;
        assert!((delay - n as f64).abs() <= 2.0, "file {n} waited {delay} weeks");
    }
    same("O12 delay of the file let go last, weeks", releases.last().copied().unwrap_or(0.0) - (releases.len() - 1) as f64, 60.0, 0.03);
}

/// Week in which the one file's goods arrive.
fn arrival(sets: &[(&str, &str)]) -> usize {
    let case = case("pulse", sets);
    let filed = case.trace(|s| s.applications.filed[0]);
    assert_eq!((filed[1], filed[2], filed[59]), (0.0, 1.0, 1.0), "one file, in week 2");
    let user = case.slot("USER/widget");
    case.trace(|s| s.slots[user].on_order[0]).windows(2).position(|x| x[0] > 0.5 && x[1] < 0.5).expect("never arrives") + 1
}

#[test]
fn a_frozen_clock_delays_every_file_by_the_frost() {
    // The carrier takes the first week of the opening's goods; what counts is the order of week 2.
    assert_eq!(arrival(&[]), 12, "nine weeks of review from week 2, one of transit");
    assert_eq!(arrival(&[("event.clock.rate", "0")]), 19, "frozen for seven weeks");
    assert_eq!(arrival(&[("event.clock.rate", "0"), ("event.clock.duration", "3 weeks")]), 15, "frozen for three weeks");
}

#[test]
fn a_clock_at_half_speed_doubles_what_remains() {
    // Two weeks have passed by week 4; the other seven take fourteen, to week 18, and one of transit.
    assert_eq!(arrival(&[("event.clock.rate", "0.5"), ("event.clock.duration", "100 weeks")]), 19);
    assert_eq!(arrival(&[("event.clock.rate", "2"), ("event.clock.duration", "100 weeks")]), 9, "twice as fast, rounded up to the week");
}

#[test]
fn buyers_refused_for_life_are_served_their_stock_and_what_was_on_the_way_and_then_nothing() {
    for backlog in ["0", "1"] {
        let case = case("refusal", &[("facility.BUYERS.demand.backlog", backlog)]);
        let served = case.trace(|s| s.users[0].served[0]);
        for (t, x) in served.iter().enumerate() {
            same(&format!("O34 served in week {t}"), *x, if t < 11 { 100.0 } else { 0.0 }, 1e-9);
        }
        same("O34 ordered for ever", case.trace(|s| s.lanes[0].placed[0]).iter().sum(), 0.0, 1e-12);
    }
}

#[test]
fn half_of_the_buyers_refused_is_half_of_the_demand_unserved_for_ever() {
    for backlog in ["0", "1"] {
        let case = case("refusal", &[("event.desk.approval", "0.5"), ("facility.BUYERS.demand.backlog", backlog)]);
        let (mut shares, mut worst) = (vec![], 0.0_f64);
        let mut early = ZERO;
        case.run(400, &mut |_, t, _, s| {
            if t == 100 {
                early = s.users[0].served;
            }
            if t == 399 {
                // The same buyers, week after week.
                let gap =
                    each(|w| (s.users[0].served[w] - 100.0 * s.lanes[0].eligible[w]).abs().max((s.users[0].served[w] - early[w]).abs()));
                worst = gap.into_iter().fold(worst, f64::max);
                shares.extend(s.users[0].served.map(|x| x / 100.0));
            }
        });
        assert!(worst < 1e-6, "backlog {backlog}: some realization is {worst} t/week from its eligible share");
        Sample(shares).agrees(&format!("O34 share served after 400 weeks, backlog {backlog}"), 0.5);
    }
}
