//! The laws in shipped scenarios and small patches of them.

use coercivity::engine::balance;
use coercivity::scenario::schema::Drive;
use coercivity::scenario::{self};

use super::run::*;
use super::verbs::*;
use super::worlds::*;

fn shipped(name: &str) -> Run {
    let path = format!("scenarios/{name}.toml");
    match scenario::load(std::path::Path::new(&path), &[]) {
        Ok((scenario, _)) => Run::new(scenario, 0),
        Err(failure) => panic!("{path}: {failure}"),
    }
}

#[test]
fn the_undisturbed_world_stands_still_for_ten_years() {
    stands_still(shipped("undisturbed"), 520);
}

#[test]
fn the_world_with_worn_out_magnets_stands_still_too() {
    let sets = [("demand.noise", "0"), ("price.noise", "0")].map(|(k, v)| (k.to_string(), v.to_string()));
    match scenario::load(std::path::Path::new("scenarios/worlds/magnets-2024-recycling.toml"), &sets) {
        Ok((scenario, _)) => stands_still(Run::new(scenario, 0), 156),
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn books_are_right_in_every_shipped_scenario() {
    for name in [
        "first",
        "2025-export-licences",
        "2010-export-quota",
        "heavy-ban",
        "myanmar-border-closure",
        "stockpile-release",
        "ev-boom",
        "tit-for-tat",
    ] {
        let mut run = shipped(name);
        let opening = balance::ledger(run.here(), &run.state);
        for t in 0..run.scenario.run.horizon.min(104) {
            if t % 4 == 0 {
                lawful_step(&mut run);
                books_are_right(&run, &opening);
            } else {
                run.step();
            }
        }
    }
}

/// first.toml with its licence replaced by a ban, and a changed line.
fn first_with(changes: &[(&str, &str)], event: &str) -> String {
    let text = include_str!("../../scenarios/first.toml");
    let mut text = text.split("[[event]]").next().unwrap_or_default().to_string();
    for (from, to) in changes {
        assert!(text.contains(from), "first.toml has no `{from}`");
        text = text.replace(from, to);
    }
    text + event
}

const BAN: &str = "[[event]]\nid = \"ban\"\ntype = \"export_ban\"\nstart = \"8 weeks\"\nduration = \"20 weeks\"\n\
                   scope = { from = [\"A\"], to = [\"B\"] }\ndivert = false\nsource = \"assumed\"\n";

/// I15. With panic off: who fears for more may order more and starve others.
#[test]
fn more_cover_never_means_more_unmet_demand_in_a_single_chain() {
    for place in
        ["id = \"CARS\", region = \"B\", stage = \"manufacturer\", cover_in = ", "recipe = \"press\", utilisation = \"75 %\", cover_in = "]
    {
        let old = if place.contains("CARS") { "\"8 weeks\"" } else { "\"5 weeks\"" };
        let mut last = f64::INFINITY;
        for weeks in 0..24 {
            let text = first_with(&[(&format!("{place}{old}"), &format!("{place}\"{weeks} weeks\""))], BAN);
            let mut run = Run::of(&text);
            let mut unmet = 0.0;
            for _ in 0..104 {
                run.step();
                unmet += (run.state.users[0].demand[0] - run.state.users[0].served[0]).max(0.0);
            }
            assert!(unmet <= last * (1.0 + 1e-12), "I15: {weeks} weeks of cover: {unmet} t unmet, {last} with a week less");
            last = unmet;
        }
    }
}

/// I13: a supplier split into two halves that are alike is the same supplier.
#[test]
fn splitting_a_supplier_and_its_lanes_into_halves_changes_nothing() {
    let magnets = "id = \"MAGNETS\", region = \"A\"";
    let whole = first_with(&[], BAN);
    let line = whole.lines().find(|l| l.contains(magnets)).unwrap_or_default().to_string();
    let oxide = whole.lines().find(|l| l.contains("to = \"MAGNETS\"")).unwrap_or_default().to_string();
    let one = |text: &str, name: &str| text.replace("MAGNETS", name);
    let halves = first_with(
        &[
            (&line, &format!("{}\n{}", one(&line, "MAG_A"), one(&line, "MAG_B"))),
            (&oxide, &format!("{}\n{}", one(&oxide, "MAG_A"), one(&oxide, "MAG_B"))),
            ("{ facility = \"MAGNETS\", share = 1.0 }", "{ facility = \"MAG_A\", share = 0.5 }, { facility = \"MAG_B\", share = 0.5 }"),
        ],
        BAN,
    );
    let (mut a, mut b) = (Run::of(&whole), Run::of(&halves));
    for t in 0..104 {
        a.step();
        b.step();
        let u = row(|w| a.state.users[0].served[w] + a.state.users[0].backlog[w]);
        near(&a.state.users[0].served, &b.state.users[0].served, &u, &format!("I13: served in week {t}"));
        near(&a.state.users[0].backlog, &b.state.users[0].backlog, &u, &format!("I13: waiting in week {t}"));
        let price = |r: &Run| r.state.markets[0].price;
        near(&price(&a), &price(&b), &price(&a), &format!("I13: price in week {t}"));
    }
}

/// A mine without a stockpile digs what is ordered: it does not dig double in one week and nothing in the next.
#[test]
fn a_mine_without_cover_stands_still() {
    for cover in ["0 weeks", "0.3 weeks"] {
        let text = first_with(&[("cover_out = \"4 weeks\"", &format!("cover_out = \"{cover}\""))], "");
        let run = Run::of(&text);
        assert!(run.network.facilities.iter().any(|f| f.drive == Drive::Throttle));
        stands_still(run, 52);
    }
}

/// The magnets of first.toml under a licence that takes longer than the run, so that only general licences let them out.
fn general_licences(events: &[(&str, usize)]) -> f64 {
    let mut text = first_with(
        &[],
        "[[event]]\nid = \"desk\"\ntype = \"export_licence\"\nstart = \"0 weeks\"\nreview = \"500 weeks\"\nreturn_rate = 0\n\
         scope = { from = [\"A\"] }\nsource = \"assumed\"\n",
    );
    for (id, start) in events {
        text += &format!(
            "[[event]]\nid = \"{id}\"\ntype = \"general_licence\"\nstart = \"{start} weeks\"\nduration = \"20 weeks\"\nshare = 1\n\
             volume = \"100 t\"\nspan = \"20 weeks\"\nsource = \"assumed\"\n"
        );
    }
    let mut run = Run::of(&text);
    let mut cleared = 0.0;
    for _ in 0..80 {
        run.step();
        let export = run.shocks.licensed[0].lane;
        cleared += run.state.lanes[export].departed()[0];
    }
    cleared
}

#[test]
fn a_general_licence_to_come_takes_nothing_from_the_one_in_force() {
    for (events, volume) in [(&[("g1", 2)][..], 100.0), (&[("g1", 2), ("g2", 40)], 200.0), (&[("g1", 2), ("g2", 8)], 200.0)] {
        let cleared = general_licences(events);
        assert!((cleared - volume).abs() < 1e-6, "{events:?}: {cleared} t left under {volume} t of general licences");
    }
}

#[test]
fn delays_of_two_events_on_one_lane_add_up() {
    let delay = |id: &str, weeks: usize| {
        format!(
            "[[event]]\nid = \"{id}\"\ntype = \"logistics_delay\"\nstart = \"0 weeks\"\nweeks = \"{weeks} weeks\"\nscope = {{ from = [\"A\"] }}\nsource = \"assumed\"\n"
        )
    };
    let on_the_road = |events: &str| {
        let mut run = Run::of(&first_with(&[], events));
        (0..40).for_each(|_| run.step());
        let lane = run.network.lanes.iter().position(|l| l.name.contains("MAGNETS>CARS")).unwrap_or_default();
        balance::in_transit(&run.state, lane)[0] / run.network.lanes[lane].flow
    };
    // The delayed are on the road as many weeks longer; orders rise meanwhile, so the count is of the lane's last shipment's due week.
    let (one, other, both) = (on_the_road(&delay("a", 2)), on_the_road(&delay("b", 3)), on_the_road(&(delay("a", 2) + &delay("b", 3))));
    assert!(both > one.max(other) + 1.0, "{one} and {other} weeks of goods on the road, both together {both}");
}

#[test]
fn cohorts_together_have_what_the_file_says_once() {
    for (key, value) in [("base_stock", "\"400 t\""), ("cover_in", "\"8 weeks\""), ("stock", "{ magnet = \"300 t\" }")] {
        let on_hand = |cohorts: usize| {
            let cars = "cover_in = \"8 weeks\", source = \"assumed: for learning\", demand";
            let text = first_with(&[(cars, &format!("{key} = {value}, cohorts = {cohorts}, source = \"assumed\", demand"))], "");
            let run = Run::of(&text);
            run.network.users.iter().map(|u| run.state.slots[u.slot].on_hand[0]).sum::<f64>()
        };
        assert!((on_hand(1) - on_hand(4)).abs() < 1e-9 * on_hand(1), "{key}: {} t in one, {} t in four", on_hand(1), on_hand(4));
    }
    let capacity = |cohorts: usize| {
        let text = first_with(&[("utilisation = \"75 %\"", &format!("capacity = \"1300 t/yr\", cohorts = {cohorts}"))], "");
        let run = Run::of(&text);
        let makers = (0..run.network.facilities.len()).filter(|&f| run.network.facilities[f].group == "MAGNETS");
        makers.map(|f| run.state.capacity_of(run.here(), f)[0]).sum::<f64>()
    };
    assert!((capacity(1) - capacity(4)).abs() < 1e-9 * capacity(1), "{} t a week in one, {} in four", capacity(1), capacity(4));
}

#[test]
fn of_two_drivers_the_one_that_does_not_bind_piles_up_nowhere() {
    let text = first_with(
        &[
            ("outputs = { ndpr_oxide = 0.2 }", "outputs = { ndpr_oxide = 0.15, rest = 0.05 }, driver = [\"ndpr_oxide\", \"rest\"]"),
            ("commodity = [", "commodity = [ { id = \"rest\", content = { NdPr = 1.0 } },"),
        ],
        "",
    );
    stands_still(Run::of(&text), 104);
}

#[test]
fn a_buyer_without_a_licence_is_pushed_nothing_either() {
    // Scrap is pushed across the border to B under a desk that approves nobody, and under a quota of half of it.
    let push = |event: &str| {
        let text = first_with(
            &[
                ("outputs = { magnet = 1.0 }", "outputs = { magnet = 1.0, swarf = 0.1 }, driver = \"magnet\""),
                ("inputs = { ndpr_oxide = 0.3 }", "inputs = { ndpr_oxide = 0.4 }"),
                ("commodity = [", "commodity = [ { id = \"swarf\", content = { NdPr = 0.3 } },"),
                ("facility = [", "facility = [ { id = \"YARD\", region = \"B\", stage = \"stockpile\" },"),
            ],
            &format!("[[push]]\nfrom = \"MAGNETS\"\ncommodity = \"swarf\"\nto = [{{ facility = \"YARD\", share = 1.0 }}]\n{event}"),
        );
        let mut run = Run::of(&text);
        let mut shipped = 0.0;
        for _ in 0..52 {
            run.step();
            let lane = run.network.lanes.iter().position(|l| l.push).unwrap_or_default();
            shipped += run.state.lanes[lane].shipped[0] / run.network.lanes[lane].flow / 52.0;
        }
        shipped
    };
    let common = "start = \"0 weeks\"\nscope = { commodities = [\"swarf\"] }\nsource = \"assumed\"\n";
    assert!((push("") - 1.0).abs() < 1e-6);
    assert_eq!(push(&format!("[[event]]\nid = \"e\"\ntype = \"export_licence\"\nreview = \"4 weeks\"\napproval = 0\n{common}")), 0.0);
    let quota = push(&format!("[[event]]\nid = \"e\"\ntype = \"export_quota\"\nmultiple = 0.5\nspan = \"13 weeks\"\n{common}"));
    assert!((quota - 0.5).abs() < 1e-6, "{quota}");
}
