//! In: quotas in batches, paced, not published, loose, shared by margin. Out: what leaves in which week, and what a tonne is worth (O29, I9).

use coercivity::engine::State;

use crate::harness::{Case, Sample, case, same};

fn left(case: &Case) -> Vec<f64> {
    case.trace(|s| s.lanes[0].departed()[0])
}

/// Holds week by week.
fn weeks(what: &str, list: &[f64], theory: impl Fn(usize) -> f64) {
    for (t, x) in list.iter().enumerate() {
        same(&format!("{what}, week {t}"), *x, theory(t), 1e-9);
    }
}

#[test]
fn a_batch_is_handed_out_in_its_week_and_not_before() {
    // 100 t a week are wanted.
    weeks("first come", &left(&case("batches", &[])), |t| match t % 52 {
        0..6 | 26..28 => 100.0,
        _ => 0.0,
    });
    let even = left(&case("batches", &[("event.halves.pacing", "even")]));
    weeks("even", &even, |t| if t % 52 < 26 { 600.0 / 26.0 } else { 200.0 / 26.0 });
}

#[test]
fn what_a_batch_leaves_waits_for_the_next_but_not_for_the_next_span() {
    let batches = "[{ start = \"0 weeks\", volume = \"3_000 t\" }, { start = \"26 weeks\", volume = \"1_000 t\" }]";
    let case = case("batches", &[("event.halves.batches", batches)]);
    weeks("four months late", &left(&case), |t| if t % 52 < 40 { 100.0 } else { 0.0 });
    let loose = crate::harness::case("batches", &[("event.halves.batches", &batches.replace("1_000", "4_000"))]);
    let books = |f: fn(&State) -> f64| *loose.trace(f).last().expect("no week");
    same("granted in two years", books(|s| s.quotas[0].granted[0]), 14_000.0, 1e-9);
    same("used", books(|s| s.quotas[0].used[0]), 10_400.0, 1e-9);
    same("lapsed with the first year", books(|s| s.quotas[0].lapsed[0]), 1_800.0, 1e-9);
    same("left", books(|s| s.quotas[0].left[0]), 1_800.0, 1e-9);
}

#[test]
fn a_front_loaded_quota_lets_its_first_share_go_in_the_first_half() {
    let sets = [("event.halves.pacing", "front_load"), ("event.halves.front_share", "0.8")];
    let sent = left(&case("batches", &sets));
    weeks("front", &sent, |t| match t % 52 {
        0..13 => 600.0 * 0.8 / 13.0,
        13..26 => 600.0 * 0.2 / 13.0,
        26..39 => 200.0 * 0.8 / 13.0,
        _ => 200.0 * 0.2 / 13.0,
    });
    let half = left(&case("batches", &[("event.halves.pacing", "front_load"), ("event.halves.front_share", "0.5")]));
    let even = left(&case("batches", &[("event.halves.pacing", "even")]));
    for (a, b) in half.iter().zip(&even) {
        same("half of it in half of the time", *a, *b, 1e-9);
    }
}

#[test]
fn a_quota_that_nobody_knows_lies_around_what_would_have_been_published() {
    let case = case("batches", &[("event.halves.unpublished_cv", "0.3")]);
    let mut granted = vec![];
    case.run(300, &mut |_, t, _, s| {
        if t == 0 {
            granted.extend(s.quotas[0].granted.iter().map(|x| x / 600.0));
        }
    });
    let granted = Sample(granted);
    granted.agrees("mean of an unpublished quota", 1.0);
    Sample(granted.0.iter().map(|x| (x - 1.0).powi(2)).collect()).agrees("its variance", 0.09);
    granted.contradicts("mean, a tenth more", 1.1);
}

#[test]
fn announced_with_a_scare_a_quota_makes_buyers_order_before_it_acts() {
    let sets = |scare| [("event.halves.start", "20 weeks"), ("event.halves.announce_lead", "8 weeks"), ("event.halves.scare", scare)];
    let cover = [("price.psi", "1.0"), ("behaviour.scare_decay", "0.0"), ("behaviour.scare_gain", "0.0")];
    let placed = |scare| {
        let all: Vec<(&str, &str)> = sets(scare).into_iter().chain(cover).collect();
        case("announced", &all).trace(|s| s.lanes[0].placed[0])
    };
    let (calm, scared) = (placed("0.0"), placed("0.5"));
    assert_eq!(calm[..12], scared[..12]);
    // Half as much cover again is three weeks of use; it is ordered in the eight weeks before the quota.
    let early: f64 = (12..20).map(|t| scared[t] - calm[t]).sum();
    assert!((270.0..=300.0).contains(&early), "{early} t ordered ahead, 300 t more are wanted");
}

/// Mean price multiples of the cheap and the dear good over the last thousand weeks, and what the quota earns on a kilogram of each.
fn rents(sets: &[(&str, &str)]) -> [f64; 2] {
    let case = case("rent", sets);
    let markets = ["cheap@B", "dear@B"].map(|m| case.market(m));
    markets.map(|k| {
        let price = case.trace(|s| s.markets[k].price[0]);
        price[2000..].iter().sum::<f64>() / 1000.0
    })
}

#[test]
fn a_quota_on_tonnes_earns_the_same_on_every_kilogram() {
    // Σ F P / (P + λ) = Q.
    let rent = |share: f64| {
        let need = |l: f64| 5.0 / (5.0 + l) + 0.1 * 200.0 / (200.0 + l) - share;
        let (mut low, mut high) = (0.0, 1e4);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if need(middle) > 0.0 { low = middle } else { high = middle }
        }
        low
    };
    same("O29 rent", rent(0.7), 3.311, 1e-3);
    let [cheap, dear] = rents(&[]);
    same("O29 multiple of the cheap good", cheap, 1.0 + rent(0.7) / 5.0, 0.02);
    same("O29 multiple of the dear good", dear, 1.0 + rent(0.7) / 200.0, 0.02);
}

#[test]
fn without_an_eye_on_margins_both_goods_become_dearer_alike() {
    let [cheap, dear] = rents(&[("event.quota.margin_exponent", "0")]);
    assert!((dear - cheap).abs() < 0.05 * cheap, "{cheap} and {dear}");
    assert!((dear - 1.0 - 3.311 / 200.0).abs() > 0.2, "O29 without allocation by margin: {dear}");
}
