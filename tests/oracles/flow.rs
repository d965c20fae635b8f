//! In: hubs that run short and quotas. Out: who gets how much, and when nothing is left (O6, O8).

use crate::harness::{Case, case, same};

/// What the hub ships to its three customers, week by week.
fn shares(case: &Case) -> Vec<[f64; 3]> {
    let lanes = ["U2", "U5", "U9"].map(|u| case.lane("HUB", u));
    let mut out = vec![];
    case.run(1, &mut |_, _, _, s| out.push(lanes.map(|l| s.lanes[l].shipped[0])));
    out
}

fn all_same(what: &str, ours: [f64; 3], theory: [f64; 3], tolerance: f64) {
    for i in 0..3 {
        same(&format!("{what}, customer {}", i + 1), ours[i], theory[i], tolerance);
    }
}

#[test]
fn a_short_hub_shares_in_proportion_to_what_is_asked() {
    let weeks = shares(&case("sharing", &[]));
    all_same("O6 before the shortage", weeks[0], [2.0, 5.0, 9.0], 1e-12);
    all_same("O6 proportional", weeks[1], [1.25, 3.125, 5.625], 1e-12);
}

#[test]
fn a_short_hub_that_shares_evenly_fills_the_small_first() {
    let weeks = shares(&case("sharing", &[("facility.HUB.sharing", "uniform")]));
    all_same("O6 uniform", weeks[1], [2.0, 4.0, 4.0], 1e-12);
}

#[test]
fn asking_for_more_changes_nothing_if_everybody_does() {
    let honest = shares(&case("sharing", &[]));
    let inflated = shares(&case("sharing", &[("behaviour.phantom", "2")]));
    for (a, b) in honest.iter().zip(&inflated) {
        for i in 0..3 {
            assert!((a[i] - b[i]).abs() < 1e-9, "{a:?} became {b:?}");
        }
    }
}

#[test]
fn a_hub_that_looks_at_the_past_gives_a_newcomer_nothing_extra() {
    let earned = shares(&case("turn_and_earn", &[]));
    all_same("O6 turn and earn", earned[1], [2.0, 5.0, 9.0], 1e-9);
    let proportional = shares(&case("turn_and_earn", &[("facility.HUB.sharing", "proportional")]));
    all_same("O6 proportional, with a newcomer", proportional[1], [8.0, 5.0, 9.0].map(|q| q * 16.0 / 22.0), 1e-12);
}

#[test]
fn a_quota_below_demand_bites_when_the_stock_is_gone() {
    let lost = case("quota", &[]).trace(|s| s.users[0].lost[0]);
    let first = lost.iter().position(|x| *x > 1e-9).expect("never short");
    let theory = (0..).find(|t| 1300 + 60 * t < 100 * (t + 1)).expect("never short");
    assert_eq!(first, theory as usize, "first short week");
    same("O8 lost in 60 weeks", lost.iter().sum(), 100.0 * 60.0 - 1300.0 - 60.0 * 59.0, 1e-9);
}

#[test]
fn a_quota_of_a_span_is_used_up_and_then_nothing_leaves() {
    let left = case("first_come", &[]).trace(|s| s.lanes[0].departed()[0]);
    for (t, x) in left.iter().enumerate() {
        same(&format!("O8b leaving in week {t}"), *x, if t % 13 < 6 { 100.0 } else { 0.0 }, 1e-9);
    }
    let even = case("first_come", &[("event.quota.pacing", "even")]).trace(|s| s.lanes[0].departed()[0]);
    for x in &even {
        same("O8b spread evenly", *x, 600.0 / 13.0, 1e-9);
    }
}
