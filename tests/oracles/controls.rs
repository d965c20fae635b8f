//! In: a chain of three nodes and one measure each. Out: that each event type does what it says, counted in weeks.

use coercivity::engine::State;
use coercivity::wide::{WIDTH, each};

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

#[test]
fn breakdowns_last_as_long_and_come_as_often_as_they_say() {
    let case = case("breakdowns", &[]);
    let (fail, mend) = (0.04, 0.25);
    let up = mend / (fail + mend);
    // Weeks for which it has been broken, counted from what it made.
    let mut down_for = [0_usize; WIDTH];
    let means = case.means(20, 200, |_, s| {
        for w in 0..WIDTH {
            down_for[w] = if s.broken[0][w] > 0.0 { down_for[w] + 1 } else { 0 };
        }
        let share = |n: usize| each(|w| if down_for[w] == n { 1.0 } else { 0.0 });
        // A base-stock level of 8,000, 2,000 used a week, 0.25 for what is held and 3 for what is owed: the textbook's example.
        let cost = each(|w| {
            let left = 8000.0 - (down_for[w] as f64 + 1.0) * 2000.0;
            if left > 0.0 { 0.25 * left } else { -3.0 * left }
        });
        [share(0), share(1), share(4), cost]
    });
    let [whole, first, fourth, cost] = means;
    whole.agrees("O27 working", up);
    whole.contradicts("O27 working, if mended in three weeks", (1.0 / 3.0) / (fail + 1.0 / 3.0));
    first.agrees("O27 broken for a week", up * fail);
    fourth.agrees("O27 broken for four weeks", up * fail * (1.0 - mend).powi(3));
    // The same cost by the sum over how long it has been broken.
    let mut theory = up * 0.25 * 6000.0;
    for n in 1..400 {
        let left = 8000.0 - (f64::from(n) + 1.0) * 2000.0;
        theory += up * fail * (1.0 - mend).powi(n - 1) * if left > 0.0 { 0.25 * left } else { -3.0 * left };
    }
    same("O27 cost, by the sum", theory, 2737.07, 1e-5);
    cost.agrees("O27 cost a week", theory);
}

#[test]
fn what_is_broken_makes_nothing_and_one_that_breaks_down_moves_no_other() {
    let case = case("breakdowns", &[("run.horizon", "300 weeks")]);
    let broken = case.trace(|s| s.broken[0][0]);
    let made = case.trace(|s| s.activity[0][0]);
    assert!(broken.iter().zip(&made).all(|(b, m)| *b == 0.0 || *m == 0.0) && broken.contains(&1.0));
    let (both, mut other) = (self::case("breakdowns", &[("event.luck.scope", "{}"), ("run.horizon", "300 weeks")]), vec![]);
    both.run(1, &mut |_, _, _, s| other.push(s.broken[0][0]));
    assert_eq!(broken, other);
}

#[test]
fn a_rule_that_reaches_further_than_the_border_holds_what_was_made_of_its_goods() {
    // The shop of C sells only what A made: it can send nothing more. The buyer has eight weeks of it and one on the way.
    same("weeks served, army", served("third_country", "ARMY/magnet", 20.0), 8.0 + 1.0, 1e-9);
    same("weeks served, cars", served("third_country", "CARS/magnet", 80.0), 90.0, 1e-9);
    // Goods of elsewhere hold nothing of A's; above its own share no rule holds anything.
    assert_eq!(case("third_country", &[]).shocks.licensed.len(), 1);
    assert_eq!(case("third_country", &[("event.far.origin", "[\"B\"]")]).shocks.licensed.len(), 0);
}

#[test]
fn nobody_files_for_more_than_a_cap_on_volumes_lets_it() {
    let case = case("hoarding", &[]);
    let lane = case.lane("MAKER", "CARS");
    let sent = case.trace(|s| s.lanes[lane].shipped[0]);
    assert!(sent[10..50].iter().all(|x| *x <= 88.0 + 1e-9), "{:?}", &sent[10..50]);
    assert!(sent[20..50].iter().all(|x| (*x / 88.0 - 1.0).abs() < 1e-9), "it files for what it may");
    assert!(sent[50] > 89.0, "the rule is over");
    // A cap of the desk's own does the same.
    let own = self::case("hoarding", &[("event.desk.volume_cap_ratio", "1.1"), ("event.cap.probability", "0")]);
    let sent = own.trace(|s| s.lanes[lane].shipped[0]);
    assert!(sent[5..].iter().all(|x| *x <= 88.0 + 1e-9) && sent[60] > 87.0);
}
