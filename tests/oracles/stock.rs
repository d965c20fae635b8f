//! In: textbook inventories. Out: backorders, ready rates, fill rates, costs and order variances as the books have them (O2–O5, O26).

use coercivity::engine::balance::in_transit;
use coercivity::wide::{ZERO, each};

use crate::harness::{Case, Sample, case};
use crate::normal::{density, distribution, loss};

/// Backorders, ready weeks, demand not served on time and goods on the way of the one user.
fn service(case: &Case, batches: u64, from: usize) -> [Sample; 4] {
    let lane = case.network.inbound[case.network.users[0].slot][0];
    let mut waiting = ZERO;
    case.means(batches, from, move |_, s| {
        let backlog = s.users[0].backlog;
        // What waited is served first: late is the demand of this week that the rest does not cover.
        let late = each(|w| (s.users[0].demand[w] - (s.users[0].served[w] - waiting[w]).max(0.0)).max(0.0));
        waiting = backlog;
        [backlog, each(|w| if backlog[w] <= 1e-9 { 1.0 } else { 0.0 }), late, in_transit(s, lane)]
    })
}

#[test]
fn a_base_stock_with_normal_demand_has_the_backorders_and_fill_rates_of_the_books() {
    let (mean, sd) = (100.0, 20.0);
    for (lead, level, k) in [("4 weeks", "440 t", 1.0), ("2 weeks", "208.48528137423857 t", 0.3)] {
        let case = case("one_stock", &[("route.A/B.lead", lead), ("facility.USER.base_stock", level)]);
        let weeks = case.network.lanes[0].lead as f64;
        let [backlog, ready, late, transit] = service(&case, 400, 50);
        let spread = sd * weeks.sqrt();
        backlog.agrees(&format!("O3 backorders, {lead}"), spread * loss(k));
        ready.agrees(&format!("O3 ready rate, {lead}"), distribution(k));
        let (shorter, level) = (sd * (weeks - 1.0).sqrt(), mean * weeks + k * spread);
        let fill = 1.0 - (spread * loss(k) - shorter * loss((level - mean * (weeks - 1.0)) / shorter)) / mean;
        Sample(late.0.iter().map(|x| 1.0 - x / mean).collect()).agrees(&format!("O3 type-2 fill rate, {lead}"), fill);
        transit.agrees(&format!("O2 goods on the way, {lead}"), mean * weeks);
    }
}

#[test]
fn a_lead_time_longer_by_a_week_is_noticed() {
    let [backlog, ..] = service(&case("one_stock", &[("route.A/B.lead", "5 weeks")]), 100, 50);
    backlog.contradicts("O3 backorders, lead time + 1", 40.0 * loss(1.0));
}

#[test]
fn a_base_stock_with_poisson_demand_has_the_backorders_of_the_books() {
    let [backlog, _, _, transit] = service(&case("poisson", &[]), 800, 30);
    let (mean, level) = (12.0_f64, 15);
    let mut p = (-mean).exp();
    let mut theory = 0.0;
    for x in 1..200 {
        p *= mean / f64::from(x);
        theory += f64::from((x - level).max(0)) * p;
    }
    backlog.agrees("O4 backorders, Poisson demand", theory);
    transit.agrees("O4 pipeline", mean);
}

#[test]
fn goods_on_the_way_are_usage_times_mean_time_however_much_it_varies() {
    let [_, _, _, transit] = service(&case("delay", &[]), 300, 50);
    transit.agrees("O2 goods on the way, carriers late by 1.2 weeks on average", 3.0 * 5.2);
    transit.contradicts("O2 goods on the way, no delay", 3.0 * 4.0);
}

#[test]
fn two_stocks_in_a_row_pass_their_delays_on() {
    let case = case("serial", &[]);
    let (up, down) = (case.lane("DEPOT", "USER"), 0);
    let [depot, user] = case.means(500, 40, |_, s| [s.lanes[up].backorders, s.users[down].backlog]);
    let (mean, sd) = (100.0, 20.0);
    let (spread, level) = (sd * 3.0_f64.sqrt(), 330.0);
    depot.agrees("O5 backorders at the depot", spread * loss((level - 3.0 * mean) / spread));
    // The user's lead-time demand is that of two weeks, plus what the depot owes.
    let (steps, width) = (4000, 16.0);
    let theory: f64 = (0..=steps)
        .map(|i| {
            let x = -8.0 + width * f64::from(i) / f64::from(steps);
            let owed = (3.0 * mean + spread * x - level).max(0.0);
            let s1 = sd * 2.0_f64.sqrt();
            density(x) * width / f64::from(steps) * s1 * loss((260.0 - owed - 2.0 * mean) / s1)
        })
        .sum();
    user.agrees("O5 backorders at the user", theory);
}

#[test]
fn the_optimum_of_clark_and_scarf_costs_what_they_say() {
    let cost = |sets: &[(&str, &str)], batches| {
        let case = case("clark_scarf", sets);
        let (to_second, to_user) = (case.lane("FIRST", "SECOND"), case.lane("SECOND", "USER"));
        let [first, second, user] = ["FIRST/widget", "SECOND/widget", "USER/widget"].map(|s| case.slot(s));
        let [cost] = case.means(batches, 40, |_, s| {
            let (a, b) = (in_transit(s, to_second), in_transit(s, to_user));
            [each(|w| {
                2.0 * (s.slots[first].on_hand[w] + a[w])
                    + 4.0 * (s.slots[second].on_hand[w] + b[w])
                    + 7.0 * s.slots[user].on_hand[w]
                    + 37.12 * s.users[0].backlog[w]
            })]
        });
        cost
    };
    cost(&[], 1000).agrees("O5b cost of the optimum", 47.668_653);
    cost(&[("supply.USER/widget.from.0.lead", "2 weeks")], 50).contradicts("O5b, last lead time + 1", 47.668_653);
}

#[test]
fn forecasts_whip_orders_as_much_as_chen_found() {
    let ratio = |sets: &[(&str, &str)], batches| {
        let case = case("bullwhip", sets);
        let [orders] = case.means(batches, 100, |_, s| [each(|w| (s.lanes[0].placed[w] - 100.0).powi(2) / 25.0)]);
        orders
    };
    let theory = |lead: f64, a: f64| 1.0 + 2.0 * lead * a + 2.0 * lead * lead * a * a / (2.0 - a);
    ratio(&[], 500).agrees("O26 variance of orders over that of demand", theory(5.0, 0.2));
    // Cover counts like lead time: both are weeks of forecast in the order-up-to level.
    ratio(&[("facility.BUYER.cover_in", "2 weeks"), ("behaviour.forecast", "0.1")], 500).agrees("O26, 2 weeks of cover", theory(7.0, 0.1));
    ratio(&[("route.A/B.lead", "6 weeks")], 100).contradicts("O26, lead time + 1", theory(5.0, 0.2));
}
