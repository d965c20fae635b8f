//! In: a user outside, and works there that are only planned. Out: ramps, people and learning as their formulas have them (MODEL 6.9),
//! and that what slows them cuts no flow.

use coercivity::engine::State;

use crate::harness::{Case, case, same};

/// ln 19 on either side of its middle: 5 % to 95 % in 80 operational weeks.
const STEEPNESS: f64 = 2.0 * 2.944_438_979_166_44 / 80.0;

fn capacity(case: &Case) -> Vec<f64> {
    case.trace(|s| s.projects[0].capacity[0])
}

fn made(case: &Case, name: &str) -> usize {
    case.network.activities.iter().position(|a| a.name.starts_with(name)).expect("no such activity")
}

/// First week at whose end a trace has reached a value.
fn reached(trace: &[f64], value: f64) -> usize {
    trace.iter().position(|x| *x >= value).expect("never reached")
}

/// Everything that moves in the chain that stands: activity of the maker inside, what is sent and served, prices.
fn flows(s: &State) -> Vec<u64> {
    let mut all: Vec<f64> = s.lanes.iter().map(|l| l.shipped[0]).collect();
    all.extend(s.users.iter().map(|u| u.served[0]));
    all.extend(s.activity.iter().map(|a| a[0]));
    all.extend(s.markets.iter().map(|m| m.price[0]));
    all.extend(s.slots.iter().map(|x| x.on_hand[0]));
    all.into_iter().map(f64::to_bits).collect()
}

/// O19: the area under a logistic ramp whose clock runs at speed A.
#[test]
fn a_ramp_is_logistic_on_its_own_clock() {
    // After 95 % its people are free: what is left of it is nobody's shortage.
    for (people, speed, horizon) in [("100", 1.0, "200 weeks"), ("25", 0.25, "330 weeks")] {
        let case = case("works", &[("expertise.B/magnet.people", people), ("project.first.build", "0 weeks"), ("run.horizon", horizon)]);
        // Begun in week 10, five weeks of permit: the ramp begins with week 15.
        let curve = &capacity(&case)[15..];
        let area: f64 = curve.windows(2).map(|k| 0.5 * (k[0] + k[1])).sum();
        let below = |speed: f64, t: f64| 40.0 / (STEEPNESS * speed) * (1.0 + (STEEPNESS * (speed * t - 40.0)).exp()).ln();
        let theory = |speed: f64| below(speed, curve.len() as f64) - below(speed, 1.0);
        same("area under the ramp", area, theory(speed), 1e-5);
        assert!((area / theory(0.99 * speed) - 1.0).abs() > 1e-4, "a clock that is off by 1 % would not be seen");
    }
}

#[test]
fn half_the_people_needed_double_what_is_left_of_a_ramp() {
    let weeks = |people: &str| reached(&capacity(&case("works", &[("expertise.B/magnet.people", people)])), 20.0) + 1 - 15;
    // 20 weeks of building, then half of the ramp.
    assert_eq!(weeks("100"), 60);
    assert_eq!(weeks("50"), 120);
    let of = |name: &str, horizon: &str| case(name, &[("run.horizon", horizon)]).trace(|s| s.projects[0].aged[0]);
    let (free, banned) = (of("works", "120 weeks"), of("technology", "120 weeks"));
    assert_eq!(free[..75], banned[..75]);
    assert_eq!(banned[74], 40.0);
    for t in 75..120 {
        assert_eq!(banned[t] - 40.0, 0.5 * (free[t] - 40.0));
    }
}

#[test]
fn projects_that_want_the_same_people_slow_each_other() {
    let second = [("event.begun.start", "10 weeks"), ("project.second.ramp", "80 weeks"), ("project.second.people", "100")];
    let clock = case("project_events", &second).trace(|s| s.projects[0].clock[0]);
    // Alone in weeks 15 to 34 it would run at full speed; the other ramps from week 10 on.
    assert!(clock[16..40].iter().all(|a| *a == 0.5), "{:?}", &clock[10..40]);
    let sharper: Vec<(&str, &str)> = second.iter().copied().chain([("expertise.B/magnet.exponent", "2.0")]).collect();
    let clock = case("project_events", &sharper).trace(|s| s.projects[0].clock[0]);
    same("clock at exponent 2", clock[20], 0.25, 1e-12);
    let free: Vec<(&str, &str)> = second.iter().copied().chain([("behaviour.expertise_limits", "false")]).collect();
    assert!(case("project_events", &free).trace(|s| s.projects[0].clock[0]).iter().all(|a| *a == 1.0));
}

/// O20: what is spoiled falls by the progress ratio each time experience doubles, and is booked.
#[test]
fn what_is_spoiled_falls_with_each_doubling_of_experience() {
    let case = case(
        "works",
        &[("project.first.starting_loss", "0.2"), ("project.first.progress_ratio", "0.8"), ("project.first.experience", "13 weeks")],
    );
    let works = made(&case, "WORKS");
    let (mut learnt, mut spoiled, mut before, mut doubled) = (0.0, 0.0, 0.0, 0);
    case.run(1, &mut |_, t, _, s| {
        let plant = &s.plants[0];
        // What is made in a week is spoiled at the rate of the week before.
        spoiled += before * s.activity[works][0];
        learnt += s.activity[works][0] / 40.0;
        before = plant.loss[0];
        if t > 40 {
            let theory = 0.2 * 0.8f64.powf(((13.0 + learnt) / 13.0).log2());
            assert!((plant.loss[0] / theory - 1.0).abs() < 1e-9, "week {t}: {} and {theory}", plant.loss[0]);
            assert!((plant.spoiled[0][0] - spoiled).abs() < 1e-9 * spoiled.max(1.0));
            doubled = ((13.0 + learnt) / 13.0).log2() as usize;
        }
        assert!((s.users[0].served[0] - 100.0).abs() < 1e-9);
    });
    assert!(doubled >= 4, "only {doubled} doublings");
}

/// O21: people who leave at a rate, and come at a rate; when they are kept from coming, only the first goes on.
#[test]
fn people_leave_and_come_and_are_called_back() {
    let sets = [("expertise.B/magnet.attrition", "10 %/yr"), ("expertise.B/magnet.inflow", "20")];
    let weekly = |a_year: f64| a_year / (365.25 / 7.0);
    let (stay, rest) = (1.0 - weekly(0.1), 200.0);
    let free = case("works", &sets).trace(|s| s.pools[0].people[0]);
    for t in [0, 10, 100, 399] {
        same("people", free[t], rest + (100.0 - rest) * stay.powi(t as i32 + 1), 1e-9);
    }
    let banned = case("passports", &sets).trace(|s| s.pools[0].people[0]);
    assert_eq!(free[..30], banned[..30]);
    for t in [30, 100, 399] {
        same("people after the ban", banned[t], 0.5 * free[29] * stay.powi(t as i32 - 29), 1e-9);
    }
    let leaking: Vec<(&str, &str)> = sets.iter().copied().chain([("event.passports.leak", "1.0")]).collect();
    assert_eq!(case("passports", &leaking).trace(|s| s.pools[0].people[0]), free);
}

#[test]
fn people_teach_each_other_up_to_a_ceiling_and_learn_from_what_is_made() {
    let people =
        case("works", &[("expertise.B/magnet.training", "50 %/yr"), ("expertise.B/magnet.ceiling", "150")]).trace(|s| s.pools[0].people[0]);
    let mut x = 100.0;
    for now in &people {
        x += 0.5 * x * (1.0 - x / 150.0) * 7.0 / 365.25;
        assert!((now - x).abs() < 1e-9);
    }
    assert!(people[399] > 145.0 && people[399] < 150.0);
    let case = case("works", &[("expertise.B/magnet.learning", "0.01")]);
    let works = made(&case, "WORKS");
    let (mut total, mut last) = (0.0, 0.0);
    case.run(1, &mut |_, _, _, s| {
        total += s.activity[works][0];
        last = s.pools[0].people[0];
    });
    same("people who learnt", last - 100.0, 0.01 * total, 1e-9);
}

#[test]
fn who_is_called_back_changes_no_flow_until_the_project_would_have_delivered() {
    let look = |name: &str| {
        let mut all = vec![];
        case(name, &[]).run(1, &mut |_, _, _, s| all.push(flows(s)));
        all
    };
    let (free, held) = (look("works"), look("passports"));
    let first = reached(&capacity(&case("works", &[])), 1e-9);
    assert_eq!(first, 35, "permit and building end with week 34");
    assert_eq!(free[..=first], held[..=first]);
    assert_ne!(free[first + 20], held[first + 20]);
    // Ten years on the user is served all the same: what the works do not make, the maker inside does.
    for name in ["works", "passports", "technology"] {
        assert!(case(name, &[]).trace(|s| s.users[0].served[0]).iter().all(|x| (x - 100.0).abs() < 1e-9));
    }
}

#[test]
fn customers_order_from_new_works_first_and_the_rest_where_they_did() {
    let case = case("works", &[]);
    let (works, maker) = (made(&case, "WORKS"), made(&case, "MAKER"));
    let end = case.trace(|s| s.activity[works][0]);
    same("made outside in the end", end[399], 40.0, 1e-4);
    same("made inside in the end", case.trace(|s| s.activity[maker][0])[399], 60.0, 1e-4);
    // From first output to what it can make takes a good quarter, mostly of laying in feed.
    assert!(end[60] > 0.9 * capacity(&case)[59]);
}

#[test]
fn works_that_lack_feed_promise_no_more_than_they_can_make() {
    let case = case("works", &[("supply.WORKS/ore.from.0.capacity", "\"10 t/week\"")]);
    let works = made(&case, "WORKS");
    let slot = case.slot("WORKS/magnet");
    case.run(1, &mut |_, _, _, s| {
        assert!(s.activity[works][0] < 20.0);
        assert!(s.slots[slot].owed[0] < 25.0, "{}", s.slots[slot].owed[0]);
        assert!((s.users[0].served[0] - 100.0).abs() < 1e-9);
    });
    same("made of the feed there is", case.trace(|s| s.activity[works][0])[399], 10.0, 1e-6);
}

#[test]
fn nobody_buys_before_the_goods_are_qualified() {
    let free = capacity(&case("works", &[]));
    let tested = capacity(&case("works", &[("project.first.qualification", "30 weeks")]));
    assert!(tested[..64].iter().all(|k| *k == 0.0));
    assert_eq!(tested[64..], free[64..], "the ramp goes on meanwhile");
}

#[test]
fn an_event_begins_delays_or_ends_a_project() {
    let of = |sets: &[(&str, &str)], p: usize| case("project_events", sets).trace(move |s| s.projects[p].capacity[0]);
    let plain = of(&[], 0);
    assert_eq!(plain, capacity(&case("works", &[])));
    let second = of(&[], 1);
    assert!(second[..50].iter().all(|k| *k == 0.0) && second[50..].iter().all(|k| *k == 20.0));
    assert!(of(&[("event.begun.probability", "0")], 1).iter().all(|k| *k == 0.0));
    for late in ["late", "early"] {
        let delayed = of(&[(&format!("event.{late}.probability"), "1")], 0);
        assert_eq!(delayed[13..], plain[..387], "thirteen weeks later, however far it is");
    }
    assert!(of(&[("event.given_up.probability", "1")], 0).iter().all(|k| *k == 0.0));
    let in_vain = [("event.given_up.probability", "1"), ("event.given_up.start", "50 weeks")];
    assert_eq!(of(&in_vain, 0), plain, "what delivers stays");
}

#[test]
fn a_floor_under_the_price_or_a_buyer_begins_what_waits_for_one() {
    let of = |sets: &[(&str, &str)]| case("decided", sets).trace(|s| s.projects[0].begun[0]);
    assert!(of(&[]).iter().all(|b| *b == 0.0), "the price never reaches the hurdle");
    assert_eq!(reached(&of(&[("event.floor.probability", "1")]), 1.0), 60);
    assert_eq!(reached(&of(&[("event.buyer.probability", "1")]), 1.0), 80);
    assert!(of(&[("event.floor.probability", "1"), ("project.waits.probability", "0")]).iter().all(|b| *b == 0.0));
}

#[test]
fn starts_by_price_come_at_the_rate_they_say() {
    // The floor is twice the price, the hurdle 1.5: half a unit above, at 0.4 a year for each unit.
    let sets = [
        ("event.floor.probability", "1"),
        ("event.floor.start", "0 weeks"),
        ("project.waits.hazard.rate", "0.4"),
        ("run.horizon", "261 weeks"),
    ];
    let begun = case("decided", &sets).means(64, 260, |_, s| [s.projects[0].begun]);
    begun[0].agrees("begun after five years", 1.0 - (-0.2 * 261.0 * 7.0 / 365.25f64).exp());
}

#[test]
fn who_may_not_buy_of_new_works_buys_where_it_did() {
    for shut in ["event.ban.probability", "event.desk.probability"] {
        let case = case("works_shut", &[(shut, "1.0")]);
        let lane = case.lane("WORKS", "CARS");
        let (sent, placed) = (case.trace(|s| s.lanes[lane].shipped[0]), case.trace(|s| s.lanes[lane].placed[0]));
        let served = case.trace(|s| s.users[0].served[0]);
        assert!(sent[199] > 35.0, "{shut}: {}", sent[199]);
        assert!(placed[201..].iter().all(|x| *x == 0.0), "{shut}: still ordered there");
        assert!(sent[260..].iter().all(|x| *x < 1e-9), "{shut}: still sent");
        // The old supplier can make 125: nobody goes short.
        assert!(served.iter().all(|x| (x - 100.0).abs() < 1e-9), "{shut}: {:?}", served.iter().copied().fold(f64::INFINITY, f64::min));
    }
    let open = case("works_shut", &[]);
    let lane = open.lane("WORKS", "CARS");
    assert!(open.trace(|s| s.lanes[lane].shipped[0])[399] > 35.0, "it is the ban and the desk that shut it");
}

#[test]
fn an_event_begins_no_project_that_never_comes() {
    let of = |chance: &str| {
        let case = case("project_events", &[("project.second.probability", chance)]);
        let second = case.network.projects.iter().position(|p| p.id == "second").expect("a second project");
        case.trace(|s| s.projects[second].capacity[0]).last().copied().expect("weeks")
    };
    assert_eq!((of("0.0"), of("1.0")), (0.0, 20.0));
}
