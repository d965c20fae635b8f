//! In: a chain of three nodes and one measure each. Out: that each event type does what it says, counted in weeks.

use coercivity::engine::State;

use crate::harness::{case, same};

/// Weeks in which the maker makes nothing.
fn idle(name: &str) -> Vec<usize> {
    let made = case(name, &[]).trace(|s| s.activity[0][0]);
    (0..made.len()).filter(|t| made[*t] == 0.0).collect()
}

/// What a user is served from the onset of the event in week 10 on, in weeks of its demand.
fn served(name: &str, user: &str, demand: f64) -> f64 {
    let case = case(name, &[]);
    let slot = case.slot(user);
    let u = case.network.slots[slot].user.expect("a user");
    let all = case.trace(|s| s.users[u].served[0]);
    all[10..].iter().sum::<f64>() / demand
}

#[test]
fn who_strikes_makes_nothing_until_the_strike_is_over() {
    assert_eq!(idle("strike"), (10..20).collect::<Vec<_>>());
}

#[test]
fn an_inspection_leaves_the_share_of_capacity_that_it_says() {
    let case = case("inspection", &[]);
    let made = case.trace(|s| s.activity[0][0]);
    // Opening activity is 0.8 of capacity: half of it is 0.625 of the opening.
    assert!(made[..10].iter().all(|x| (x / 100.0 - 1.0).abs() < 1e-9));
    assert!(made[10..20].iter().all(|x| (x / 62.5 - 1.0).abs() < 1e-9), "{:?}", &made[10..20]);
    assert!(made[20] > 100.0);
}

#[test]
fn works_live_on_what_they_have_once_their_feed_is_cut_off() {
    // Four weeks on the shelf and two on the way, then nothing; the maker's own week of cover is worked off with them.
    let made: f64 = case("feed", &[]).trace(|s| s.activity[0][0])[10..].iter().sum();
    same("weeks made after the feed is cut off", made / 100.0, 6.0, 1e-9);
    same("weeks served after it, cars", served("feed", "CARS/magnet", 80.0), 6.0 + 1.0 + 3.0 + 8.0, 1e-9);
}

#[test]
fn a_listed_buyer_lives_on_what_it_has_and_nobody_else_feels_it() {
    same("weeks served after the list, army", served("entity", "ARMY/magnet", 20.0), 3.0 + 8.0, 1e-9);
    same("weeks served after the list, cars", served("entity", "CARS/magnet", 80.0), 90.0, 1e-9);
}

#[test]
fn a_ban_on_military_end_use_is_a_list_of_all_military_buyers() {
    let look = |s: &State| s.users.iter().map(|u| u.served[0]).sum::<f64>() + s.slots.iter().map(|x| x.on_hand[0]).sum::<f64>();
    assert_eq!(case("military", &[]).trace(look), case("entity", &[]).trace(look));
}

#[test]
fn duties_raise_the_price_where_goods_arrive_by_the_share_that_pays() {
    let case = case("tariff", &[]);
    let market = case.market("magnet@B");
    let price = case.trace(|s| s.markets[market].price[0]);
    // Cars take four fifths of what enters B.
    for (weeks, factor) in [(0..10, 1.0), (10..20, 1.25), (20..30, 1.25 + 0.08), (30..100, 1.08)] {
        assert!(price[weeks.clone()].iter().all(|p| (p - factor).abs() < 1e-12), "{weeks:?}: {:?}", &price[weeks.clone()]);
    }
    let served = case.trace(|s| s.users.iter().map(|u| u.served[0]).sum());
    assert!(served.iter().all(|x| (x / 100.0 - 1.0).abs() < 1e-12), "a duty cuts no flow");
}

#[test]
fn a_detente_suspends_an_event_while_it_lasts() {
    let idle = idle("detente");
    assert!(idle.iter().all(|t| !(20..30).contains(t)), "{idle:?}");
    assert_eq!(idle.len(), 80);
    // Without it the strike goes on.
    let never = case("detente", &[("event.truce.probability", "0")]).trace(|s| s.activity[0][0]);
    assert!(never[10..].iter().all(|x| *x == 0.0));
}

#[test]
fn after_a_detente_quotas_and_general_licences_begin_anew() {
    // A year's quota of ten weeks' flow: used up by week 20, suspended in weeks 30 to 33, then what is due for the rest of the year.
    let case = case("truce_of_a_quota", &[]);
    let lane = case.lane("MAKER", "CARS");
    let sent = case.trace(|s| s.lanes[lane].shipped[0]);
    let total = |weeks: std::ops::Range<usize>| sent[weeks].iter().sum::<f64>() / 80.0;
    same("weeks sent under the quota", total(10..30), 10.0, 1e-9);
    assert!(total(30..34) > 4.0);
    // Of the year's ten weeks, those for the 28 weeks of it that are left.
    same("weeks sent under the new volume", total(34..62), 10.0 * 28.0 / 52.0, 1e-9);
    // The general licence of the army covers two weeks of its trade a year, the desk takes for ever over the rest.
    let lane = case.lane("MAKER", "ARMY");
    let free = case.trace(|s| s.lanes[lane].cleared[0]);
    let total = |weeks: std::ops::Range<usize>| free[weeks].iter().sum::<f64>() / 20.0;
    same("weeks free under the licence", total(10..30), 2.0, 1e-9);
    same("weeks free after the truce", total(34..62), 2.0, 1e-9);
}
