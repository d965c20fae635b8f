//! In: smugglers between two prices that stand still. Out: what they carry, what is caught, and who gets it, counted in weeks (O25).

use coercivity::engine::State;
use coercivity::wide::{WIDTH, each};

use crate::harness::{Case, Sample, case, same};

/// What goes before anybody is caught, over the capacity: a duty of a quarter, a margin of a fifth, a width of a tenth.
fn tempted() -> f64 {
    (1.25_f64 / 1.2).ln() / 0.1
}

fn through(case: &Case) -> Vec<f64> {
    let lane = case.network.illicit[0].lane;
    case.trace(|s| s.lanes[lane].shipped[0])
}

fn stands(what: &str, list: &[f64], theory: f64) {
    for (t, x) in list.iter().enumerate() {
        same(&format!("{what}, week {t} of it"), *x, theory, 1e-12);
    }
}

#[test]
fn smugglers_go_once_the_gap_between_two_prices_pays_for_it() {
    let sent = through(&case("illicit", &[]));
    // The duty is felt in the price of week 10, and seen the week after.
    stands("before the duty", &sent[..11], 0.0);
    stands("after it", &sent[11..], 10.0 * tempted());
    let sent = through(&case("illicit", &[("event.duty.rate", "0.19")]));
    stands("a gap below the margin", &sent, 0.0);
    let sent = through(&case("illicit", &[("event.duty.rate", "0.4")]));
    stands("a gap beyond margin and width", &sent[11..], 10.0);
}

#[test]
fn capacity_may_be_a_multiple_of_the_lawful_trade_between_the_two_regions() {
    let sent = through(&case("illicit", &[("illicit_lane.boats.multiple", "0.05")]));
    stands("a twentieth of 100 t a week", &sent[11..], 5.0 * tempted());
}

#[test]
fn what_is_smuggled_arrives_unordered_and_is_ordered_less() {
    let case = case("illicit", &[]);
    let (cars, lane) = (case.slot("CARS/magnet"), case.lane("MAKER", "CARS"));
    let came = case.trace(|s| s.slots[cars].on_hand[0]);
    // Sent in week 11, three weeks on the way, there in week 14; nothing is used of it that would not have been.
    stands("on hand until it comes", &came[..14], 8.0 * 80.0);
    same("on hand when it comes", came[14] - came[13], 10.0 * tempted(), 1e-9);
    let bought = case.trace(|s| s.lanes[lane].shipped[0]);
    same("bought lawfully in the end", *bought.last().expect("no week"), 80.0 - 10.0 * tempted(), 1e-3);
    let served = case.trace(|s| s.users.iter().map(|u| u.served[0]).sum());
    stands("served", &served, 200.0);
}

#[test]
fn a_crackdown_deters_seizes_and_passes() {
    let case = case("crackdown", &[]);
    let full = 10.0 * tempted();
    let sent = through(&case);
    let caught = case.trace(|s| s.illicit[0].seized[0]);
    for (weeks, through, seized) in [
        (11..30, full, 0.0),
        (30..50, full * 0.5 * 0.8, full * 0.5 * 0.2),
        (50..60, full, 0.0),
        (60..70, 3.0 * full, 0.0),
        (70..100, 2.5 * full, 0.0),
    ] {
        stands(&format!("let through in {weeks:?}"), &sent[weeks.clone()], through);
        stands(&format!("seized in {weeks:?}"), &caught[weeks], seized);
    }
    let books = |s: &State| s.illicit[0].seized_total[0];
    same("seized in all", *case.trace(books).last().expect("no week"), 20.0 * full * 0.1, 1e-9);
}

#[test]
fn no_more_is_diverted_than_a_part_of_the_shelf() {
    let case = case("illicit", &[("illicit_lane.boats.capacity", "10_000 t/week"), ("illicit_lane.boats.diverted", "0.5")]);
    let lane = case.network.illicit[0].lane;
    let shelf = case.slot("MAKER/magnet");
    let (mut sent, mut left) = (vec![], vec![]);
    case.run(1, &mut |_, _, _, s| {
        sent.push(s.lanes[lane].shipped[0]);
        left.push(s.slots[shelf].on_hand[0]);
    });
    for t in 11..100 {
        same(&format!("half of the shelf goes in week {t}"), sent[t], left[t], 1e-9);
    }
    assert!(sent[11] > 100.0, "{}", sent[11]);
}

#[test]
fn nothing_that_rules_lawful_trade_stops_smugglers() {
    let case = case("illicit_ban", &[]);
    stands("under a ban", &through(&case)[11..], 10.0 * tempted());
    // Cars live on their shelf, what was on its way, and then on what the boats bring: those whom the ban shuts out buy it too.
    let slot = case.slot("CARS/magnet");
    let user = case.network.slots[slot].user.expect("a user");
    let served = case.trace(|s| s.users[user].served[0]);
    same("served in the end", *served.last().expect("no week"), 10.0 * tempted(), 1e-9);
}

#[test]
fn boats_are_caught_as_often_as_chance_has_it() {
    let case = case("seizure", &[]);
    let (lane, full, weeks) = (case.network.illicit[0].lane, 10.0 * tempted(), 50);
    let (mut shares, mut free) = (vec![], vec![]);
    let mut seized_in_ten = vec![0.0; WIDTH];
    case.run(400, &mut |_, t, _, s| {
        if t == 20 {
            seized_in_ten = s.illicit[0].seized_total.to_vec();
        }
        if t == 60 {
            shares.extend(s.illicit[0].through_total.iter().map(|x| x / (full * f64::from(weeks))));
            free.extend(seized_in_ten.iter().map(|x| if *x == 0.0 { 1.0 } else { 0.0 }));
        }
        let all = each(|w| s.lanes[lane].shipped[w] * s.illicit[0].seized[w]);
        assert!(all.iter().all(|x| *x == 0.0), "a boat is caught whole or not at all");
    });
    let (shares, free) = (Sample(shares), Sample(free));
    shares.agrees("O25 delivered share", 0.7);
    free.agrees("O25 no boat of ten is caught", 0.7_f64.powi(10));
    shares.contradicts("O25 delivered share, seizure + 0.02", 0.68);
    free.contradicts("O25 no boat of ten is caught, one boat less", 0.7_f64.powi(9) + 0.02);
}

#[test]
fn seizures_are_the_same_whatever_events_there_are() {
    let luck = |case: &Case| case.trace(|s| f64::from(u8::from(s.illicit[0].seized[0] > 0.0)));
    assert_eq!(luck(&case("seizure", &[]))[11..], luck(&case("seizure", &[("event.duty.rate", "0.4")]))[11..]);
    assert!(luck(&case("seizure", &[])).iter().any(|x| *x > 0.0), "no boat is ever caught");
}

#[test]
fn a_mine_without_leave_is_outside_quotas_and_shut_by_a_crackdown() {
    let case = case("illicit_mine", &[]);
    let dug = |name: &str| {
        let a = case.network.activities.iter().position(|a| a.name == name).expect("no such mine");
        case.trace(|s| s.activity[a][0])
    };
    let (lawful, hole) = (dug("PIT/dig"), dug("HOLE/dig"));
    stands("lawful before the quota", &lawful[..10], 50.0);
    stands("lawful under the quota", &lawful[10..], 25.0);
    stands("the hole under the quota", &hole[10..25], 50.0);
    // It has no known limit: what is left is of its opening output.
    stands("the hole after the crackdown", &hole[31..], 12.5);
}
