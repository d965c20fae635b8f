//! What a scenario reads as: units, defaults, distributions, bases, overrides, evidence.

use std::fs;
use std::path::Path;

use coercivity::scenario::schema::{Batch, Class, Dist, EventKind, Evidence, Facility, Family, Papers, Quotas, Scenario, Trade, Volume};
use coercivity::scenario::{self, Failure, problem::Problems};

fn told(result: Result<(Scenario, Problems), Failure>) -> (Scenario, Problems) {
    match result {
        Ok(loaded) => loaded,
        Err(Failure::Wrong { problems, files }) => panic!("{}", scenario::render(&problems, &files, false)),
        Err(failure) => panic!("{failure}"),
    }
}

fn load(path: &str, sets: &[(&str, &str)]) -> Scenario {
    let sets: Vec<(String, String)> = sets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    told(scenario::load(Path::new(path), &sets)).0
}

const SOUND: &str = "tests/invalid/parts/sound.toml";

fn sound_and(text: &str) -> Scenario {
    let base = fs::read_to_string(SOUND).unwrap_or_default();
    told(scenario::load_text("memory.toml", &format!("{base}\n{text}"))).0
}

fn facility<'a>(scenario: &'a Scenario, id: &str) -> &'a Facility {
    match scenario.facilities.iter().find(|f| f.id == id) {
        Some(facility) => facility,
        None => panic!("no facility {id}"),
    }
}

#[test]
fn the_first_scenario_loads_without_a_word() {
    let (scenario, problems) = told(scenario::load(Path::new("scenarios/first.toml"), &[]));
    assert!(problems.is_empty(), "{}", scenario::render(&problems, &scenario.files, false));
    assert_eq!((scenario.facilities.len(), scenario.supplies.len(), scenario.events.len()), (4, 3, 1));
    assert_eq!((scenario.evidence.sourced, scenario.evidence.unsourced), (0, 0));
    assert!(scenario.evidence.assumed > 20);
}

#[test]
fn dates_become_weeks_and_lists_are_sorted() {
    let scenario = load("scenarios/first.toml", &[]);
    assert_eq!(scenario.events[0].start, Some(Dist::Fixed(13.0)));
    assert_eq!(scenario.events[0].duration, None);
    let ids: Vec<&str> = scenario.facilities.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["CARS", "MAGNETS", "MINE", "REFINERY"]);
    let slots: Vec<&str> = scenario.supplies.iter().map(|s| s.to.as_str()).collect();
    assert_eq!(slots, ["CARS", "MAGNETS", "REFINERY"]);
    assert_eq!(scenario.supplies[0].from[0].buyers, 20);
}

#[test]
fn every_kind_of_distribution_reads_as_it_is_written() {
    let cases = [
        ("\"6 weeks\"", Dist::Fixed(6.0)),
        ("\"45 working days\"", Dist::Fixed(9.0)),
        ("{ uniform = [\"5 weeks\", \"49 days\"] }", Dist::Uniform { low: 5.0, high: 7.0 }),
        ("{ triangular = [\"1 week\", \"2 weeks\", \"4 weeks\"] }", Dist::Triangular { low: 1.0, mode: 2.0, high: 4.0 }),
        ("{ pert = [\"1 week\", \"1 week\", \"4 weeks\"] }", Dist::Pert { low: 1.0, mode: 1.0, high: 4.0 }),
        ("{ normal = { mean = \"6 weeks\", sd = \"7 days\" } }", Dist::Normal { mean: 6.0, sd: 1.0 }),
        ("{ lognormal = { median = \"9 weeks\", sigma = 0.4 } }", Dist::Lognormal { median: 9.0, sigma: 0.4 }),
        (
            "{ empirical = { values = [\"1 week\", \"2 weeks\"], weights = [3, 1] } }",
            Dist::Empirical { values: vec![1.0, 2.0], weights: vec![3.0, 1.0] },
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(facility(&load(SOUND, &[("facility.EUR_USE.cover_in", text)]), "EUR_USE").cover_in, expected, "{text}");
    }
    let scenario = load(SOUND, &[("event.april.approval", "{ beta = { mean = 0.85, sd = 0.08 } }")]);
    let EventKind::Papers(Papers::ExportLicence(licence)) = &scenario.events[0].kind else { panic!("not a licence") };
    let beta = Dist::Beta { mean: 0.85, sd: 0.08 };
    assert_eq!(
        licence.approval,
        [(Class::Civil, None, beta.clone()), (Class::Sensitive, None, beta.clone()), (Class::Military, None, beta)]
    );
}

#[test]
fn a_column_of_joint_draws_stands_for_a_number() {
    let scenario = told(scenario::load_text(
        "tests/invalid/memory.toml",
        "title = \"Draws\"\nbase = \"parts/sound.toml\"\nrows = \"parts/draws.csv\"\n[price]\nsource = \"made up\"\nepsilon = { column = \"epsilon\" }\nnoise = { column = \"beta\", scale = 0.1 }\n",
    ))
    .0;
    assert_eq!(scenario.price.epsilon, Dist::Column { name: "epsilon".into(), scale: 1.0 });
    assert_eq!(scenario.price.noise, Dist::Column { name: "beta".into(), scale: 0.1 });
    assert_eq!(scenario.rows.map(|r| r.rows), Some(vec![vec![0.05, 0.7], vec![0.07, 0.8]]));
    let files: Vec<String> = scenario.files.iter().map(|f| f.path.display().to_string()).collect();
    assert_eq!(files, ["tests/invalid/memory.toml", "tests/invalid/parts/sound.toml", "tests/invalid/parts/draws.csv"]);
}

#[test]
fn joint_draws_named_by_an_override_are_looked_for_from_here() {
    let scenario = load(
        SOUND,
        &[("rows", "tests/invalid/parts/draws.csv"), ("price.epsilon", "{ column = \"epsilon\" }"), ("price.source", "made up")],
    );
    assert_eq!(scenario.price.epsilon, Dist::Column { name: "epsilon".into(), scale: 1.0 });
}

#[test]
fn every_type_of_event_can_be_read() {
    let scenario = sound_and(
        r#"
[[event]]
id = "e1"
type = "desk_rate"
start = { uniform = [2025-06-02, "30 weeks"] }
rate = 2
source = "made up"
[[event]]
id = "e2"
type = "general_licence"
start = "20 weeks"
desks = ["april"]
share = 0.4
multiple = 1.0
source = "made up"
[[event]]
id = "e3"
type = "export_quota"
start = 2025-02-03
duration = "permanent"
volume = "150 t"
span = "26 weeks"
pacing = "even"
source = "made up"
[[event]]
id = "e4"
type = "production_quota"
start = "5 weeks"
duration = { triangular = ["4 weeks", "8 weeks", "52 weeks"] }
multiple = { uniform = [0.5, 0.7] }
span = "1 year"
source = "made up"
[[event]]
id = "e5"
type = "export_ban"
start = "5 weeks"
divert = false
source = "made up"
[[event]]
id = "e6"
type = "outage"
start = "5 weeks"
capacity = "0 %"
source = "made up"
[[event]]
id = "e7"
type = "demand_shock"
start = "5 weeks"
demand = { lognormal = { median = 1.2, sigma = 0.1 } }
source = "made up"
[[event]]
id = "e8"
type = "logistics_delay"
start = "5 weeks"
weeks = { lognormal = { median = { uniform = ["1 week", "2 weeks"] }, sigma = 0.5 }, max = "20 weeks" }
source = "made up"
"#,
    );
    let kinds: Vec<&EventKind> = scenario.events.iter().map(|e| &e.kind).collect();
    assert_eq!(kinds.len(), 9);
    let EventKind::Quotas(Quotas::Export { quota, .. }) = kinds[3] else { panic!("{:?}", kinds[3]) };
    assert!(matches!(quota.batches[..], [Batch { start: 0, volume: Volume::Mass(Dist::Fixed(150.0)) }]) && quota.span == 26);
    let EventKind::Quotas(Quotas::Production(quota)) = kinds[4] else { panic!("{:?}", kinds[4]) };
    assert!(matches!(quota.batches[..], [Batch { start: 0, volume: Volume::Multiple(_) }]) && quota.span == 52);
    assert_eq!(scenario.events[1].start, Some(Dist::Uniform { low: 21.0, high: 30.0 }));
    assert_eq!(*kinds[5], EventKind::Trade(Trade::Ban { leakage: Dist::Fixed(0.0), divert: false }));
    let EventKind::Trade(Trade::Delay { weeks }) = kinds[8] else { panic!("not a delay") };
    assert_eq!(weeks.max, Some(20.0));
    assert_eq!(weeks.family, Family::Lognormal(Dist::Uniform { low: 1.0, high: 2.0 }, Dist::Fixed(0.5)));
}

#[test]
fn a_variant_changes_adds_and_removes_items_of_its_base() {
    let scenario = told(scenario::load_text(
        "tests/invalid/memory.toml",
        r#"
title = "A variant"
base = "parts/sound.toml"
[[facility]]
id = "EUR_USE"
cover_in = { uniform = ["1 week", "2 weeks"] }
demand = { noise = 0.05 }
[[facility]]
id = "CHN_NEW"
region = "CHN"
stage = "trader"
[[event]]
id = "april"
remove = true
"#,
    ))
    .0;
    let user = facility(&scenario, "EUR_USE");
    assert_eq!(scenario.title, "A variant");
    assert_eq!(user.cover_in, Dist::Uniform { low: 1.0, high: 2.0 });
    assert_eq!(user.demand.as_ref().map(|d| (d.noise.clone(), d.mix.clone())), Some((Dist::Fixed(0.05), vec![("magnet".into(), 1.0)])));
    assert_eq!(scenario.facilities.len(), 3);
    assert!(scenario.events.is_empty());
}

#[test]
fn an_override_goes_over_everything_and_may_leave_quotes_out() {
    let scenario = load(
        SOUND,
        &[
            ("run.seed", "3"),
            ("run.horizon", "1 year"),
            ("run.start", "2024-01-01"),
            ("facility.EUR_USE.cover_in", "4 weeks"),
            ("facility.EUR_USE.demand.mix", "{ magnet = 1.0 }"),
            ("event.april.approval.\"military@EUR\"", "2 %"),
            ("supply.EUR_USE/magnet.from.0.lead", "10 days"),
            ("demand.noise", "0.05"),
        ],
    );
    assert_eq!((scenario.run.seed, scenario.run.horizon), (3, 52));
    assert_eq!(facility(&scenario, "EUR_USE").cover_in, Dist::Fixed(4.0));
    assert_eq!(facility(&scenario, "EUR_USE").demand.as_ref().map(|d| d.noise.clone()), Some(Dist::Fixed(0.05)));
    assert_eq!(scenario.supplies[0].from[0].lead, Some(1));
    let EventKind::Papers(Papers::ExportLicence(licence)) = &scenario.events[0].kind else { panic!("not a licence") };
    assert_eq!(licence.approval.last(), Some(&(Class::Military, Some("EUR".into()), Dist::Fixed(0.02))));
}

#[test]
fn numbers_are_counted_by_their_support() {
    let (scenario, problems) = told(scenario::load_text(
        "tests/invalid/memory.toml",
        r#"
title = "Evidence"
base = "parts/sound.toml"
[[facility]]
id = "CHN_MAG"
cover_out = "2 weeks"
capacity = { uniform = ["1 kt/yr", "2 kt/yr"] }
sources = { cover_out = "assumed: a guess", capacity = "derived from its permit" }
[[facility]]
id = "CHN_NEW"
name = "3M"
region = "CHN"
stage = "trader"
cover_in = "2 weeks"
"#,
    ));
    let Evidence { sourced, derived, assumed, unsourced, .. } = scenario.evidence;
    assert_eq!((sourced, derived, assumed, unsourced), (9, 2, 1, 1));
    assert_eq!(problems.len(), 1);
    assert!(scenario::render(&problems, &scenario.files, false).contains("warning: 1 number has no source: cover_in"));
}

#[test]
fn lead_times_are_whole_weeks_of_at_least_one() {
    for (text, weeks) in [("1 day", 1), ("10 days", 1), ("10.5 days", 2), ("2.49 weeks", 2), ("0 weeks", 1)] {
        let scenario = load(SOUND, &[("supply.EUR_USE/magnet.from.0.lead", text)]);
        assert_eq!(scenario.supplies[0].from[0].lead, Some(weeks), "{text}");
    }
}

#[test]
fn a_file_from_another_editor_reads_the_same() {
    let text = fs::read_to_string(SOUND).unwrap_or_default();
    let odd = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(told(scenario::load_text("a.toml", &odd)).0.facilities, load(SOUND, &[]).facilities);
}

#[test]
fn keys_nested_without_end_are_an_error_and_not_a_crash() {
    for deep in ["a.".repeat(100_000) + "a = 1", "a = ".to_owned() + &"[".repeat(100_000), "a = ".to_owned() + &"{a=".repeat(100_000)] {
        assert!(matches!(scenario::load_text("deep.toml", &deep), Err(Failure::Wrong { .. })));
    }
}

#[test]
fn a_report_is_in_colour_only_when_asked() {
    let Err(Failure::Wrong { problems, files }) = scenario::load_text("a.toml", "title = 3") else { panic!("accepted") };
    assert!(scenario::render(&problems, &files, true).contains('\u{1b}'));
    assert!(!scenario::render(&problems, &files, false).contains('\u{1b}'));
}
