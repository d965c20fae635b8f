//! In: a stockpile beside a chain of three nodes. Out: that it buys, holds and releases what, when and to whom it says (MODEL 6.11).

use crate::harness::{Case, case, same};

/// What a lane carries, week by week.
fn sent(case: &Case, from: &str, to: &str) -> Vec<f64> {
    let lane = case.lane(from, to);
    case.trace(|s| s.lanes[lane].shipped[0])
}

fn stock(case: &Case, slot: &str) -> Vec<f64> {
    let slot = case.slot(slot);
    case.trace(|s| s.slots[slot].on_hand[0])
}

#[test]
fn a_stockpile_of_which_nothing_is_asked_stands_still() {
    let case = case("reserve", &[]);
    assert!(stock(&case, "RESERVE/magnet").iter().all(|x| *x == 400.0));
    let served = case.trace(|s| s.users.iter().map(|u| u.served[0]).sum());
    assert!(served.iter().all(|x| (x / 100.0 - 1.0).abs() < 1e-12));
    assert_eq!(case.network.lanes[case.lane("MAKER", "RESERVE")].flow, 0.0);
}

#[test]
fn a_stockpile_released_by_order_bridges_as_many_weeks_as_it_holds() {
    // Three weeks at sea, eight on the shelf, and four in the stockpile.
    for (sets, weeks) in
        [(&[][..], 15.0), (&[("event.release.probability", "0")][..], 11.0), (&[("event.release.target", "150 t")][..], 13.5)]
    {
        let case = case("release_by_order", sets);
        let served = case.trace(|s| s.users.iter().map(|u| u.served[0]).sum());
        same("weeks served after magnets stop", served[10..].iter().sum::<f64>() / 100.0, weeks, 1e-9);
    }
}

#[test]
fn what_is_released_arrives_after_a_week_and_no_faster_than_its_rate() {
    let case = case("release_by_order", &[]);
    let left = stock(&case, "RESERVE/magnet");
    for (t, stock) in left.iter().enumerate() {
        same("stock", *stock, (400.0 - 50.0 * (t as f64 - 9.0).max(0.0)).max(0.0), 1e-9);
    }
    let shelf = stock(&case, "CARS/magnet");
    // Nothing is lacking in week 10: it goes out in proportion to use, and what is on its way is not on the shelf yet.
    same("shelf in week 10", shelf[10], 640.0, 1e-9);
    same("shelf in week 11", shelf[11], 640.0 + 40.0, 1e-9);
}

#[test]
fn who_defends_the_country_is_served_first_unless_the_policy_says_otherwise() {
    let late = ("event.release.start", "15 weeks");
    for (sets, army) in [(&[late][..], 50.0), (&[late, ("stockpile.RESERVE/magnet.priority", "[]")][..], 10.0)] {
        let case = case("release_by_order", sets);
        // In week 15 either lacks three of its eight weeks: 240 t and 60 t.
        same("the army's part of the first week", sent(&case, "RESERVE", "ARMY")[15], army, 1e-9);
        same("the cars' part of it", sent(&case, "RESERVE", "CARS")[15], 50.0 - army, 1e-9);
    }
}

/// Weeks in which the stockpile releases, and the customers' cover over what they want at the end of each week.
fn by_rule(sets: &[(&str, &str)]) -> (Vec<usize>, Vec<f64>) {
    let case = case("release_by_rule", sets);
    let left = stock(&case, "RESERVE/magnet");
    let (cars, army) = (case.slot("CARS/magnet"), case.slot("ARMY/magnet"));
    let cover = case.trace(|s| (s.slots[cars].on_hand[0] + s.slots[army].on_hand[0]) / 800.0);
    let before = |t: usize| if t == 0 { 5000.0 } else { left[t - 1] };
    ((0..left.len()).filter(|&t| left[t] < before(t) - 1e-9).collect(), cover)
}

#[test]
fn a_stockpile_begins_at_one_threshold_and_ends_at_another() {
    let (weeks, cover) = by_rule(&[]);
    // Arrivals end in week 13; of eight weeks less than half is left in week 17.
    assert_eq!(weeks[0], 17, "{weeks:?}");
    let last = weeks.iter().take_while(|t| weeks.contains(&(**t + 1))).last().expect("a second week") + 1;
    assert!(cover[last] >= 0.85 && cover[last] < 0.95, "it ends at {}", cover[last]);
    assert!(weeks.iter().any(|&t| cover[t] > 0.5 && cover[t] < 0.9), "between the thresholds it goes on");
    let begins = |weeks: &[usize]| weeks.iter().filter(|t| !weeks.contains(&(**t - 1))).count();
    // Without a second threshold it begins again and again.
    let (nervous, _) = by_rule(&[("stockpile.RESERVE/magnet.release.cover_until", "0.5")]);
    assert!(begins(&nervous) > 2 * begins(&weeks), "{weeks:?}, {nervous:?}");
}

#[test]
fn a_government_that_buys_gets_its_target_and_no_more() {
    let case = case("buy_by_order", &[]);
    let (left, bought) = (stock(&case, "RESERVE/magnet"), sent(&case, "MAKER", "RESERVE"));
    assert!(bought[..10].iter().all(|x| *x == 0.0));
    // Ordered in week 10, shipped at once, three weeks at sea.
    same("first week's stock", left[12], 400.0, 1e-9);
    same("stock a week later", left[13], 415.0, 1e-9);
    same("bought in all", bought.iter().sum(), 300.0, 1e-9);
    same("stock at the end", left[99], 700.0, 1e-9);
}

#[test]
fn a_stockpile_buys_while_prices_are_felt_to_be_low() {
    let case = case("buy_by_rule", &[]);
    let market = case.market("magnet@B");
    let seen = case.trace(|s| s.markets[market].price[0]);
    assert!(seen[10..30].iter().all(|p| (p - 0.5).abs() < 1e-12) && seen[30..].iter().all(|p| (p - 1.0).abs() < 1e-12), "{seen:?}");
    // What is felt closes 12 % of the gap each week: 0.5 + 0.5 · 0.88^n is below 0.8 for the first time after n = 4 weeks, in week 13.
    let felt = case.trace(|s| s.markets[market].felt[0]);
    let placed = case.lane("MAKER", "RESERVE");
    let orders = case.trace(|s| s.lanes[placed].placed[0]);
    let weeks: Vec<usize> = (0..orders.len()).filter(|&t| orders[t] > 0.0).collect();
    assert_eq!(weeks[0], 14);
    let last = weeks[weeks.len() - 1];
    assert_eq!(weeks.len(), last - 13, "it does not rest in between");
    assert!(felt[last - 1] < 0.95 && felt[last] >= 0.95, "it ends in week {last}, when {} is felt", felt[last]);
    assert!(orders.iter().all(|x| *x == 0.0 || *x == 5.0));
}

#[test]
fn a_mandate_fills_shelves_to_the_cover_it_asks_for_and_no_longer_than_it_lasts() {
    let case = case("mandate", &[]);
    let (cars, army) = (stock(&case, "CARS/magnet"), stock(&case, "ARMY/magnet"));
    same("weeks on the shelf before", cars[9] / 80.0, 8.0, 1e-9);
    same("weeks on the shelf under the mandate", cars[69] / 80.0, 12.0, 1e-3);
    same("weeks on the shelf after it", cars[199] / 80.0, 8.0, 1e-3);
    assert!(cars[20] < 12.0 * 80.0, "shelves fill as they can, not at once");
    same("weeks on the shelf of who is not in scope", army[199] / 20.0, 8.0, 1e-3);
}

#[test]
fn what_a_mandate_makes_users_hold_is_no_glut() {
    let sets = |event: &'static str| [("commodity.magnet.price", "50 USD/kg"), ("event.mandate.probability", event)];
    let price = |event: &'static str| {
        let case = case("mandate", &sets(event));
        let market = case.market("magnet@B");
        case.trace(|s| s.markets[market].price[0])
    };
    let (with, without) = (price("1"), price("0"));
    assert!(without.iter().all(|p| (p - 1.0).abs() < 1e-9));
    // Who must hold more wants more: dearer while shelves fill, and not cheap once they are full.
    assert!(with[12] > 1.05, "{}", with[12]);
    same("price once shelves are full", with[69], 1.0, 1e-2);
}
