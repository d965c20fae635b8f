//! `explain`: one future of a run again.

mod desk;
mod legible;

use std::collections::BTreeMap;
use std::process::Output;

use desk::{Desk, code, shipped as scenario, told};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn done(output: &Output) {
    assert_eq!(code(output), 0, "{}", told(output));
}

/// Outcomes of an explanation: `metric:scope` and the text of its value.
fn outcomes(desk: &Desk, folder: &str) -> BTreeMap<String, String> {
    let text = desk.read(&format!("{folder}/outcomes.csv"));
    let mut table = csv::Reader::from_reader(text.as_bytes());
    table.records().map(|r| r.expect("a row")).map(|r| (format!("{}:{}", &r[0], &r[1]), r[2].to_owned())).collect()
}

/// A row of a run's table of realizations, name and text of each cell.
fn realization(desk: &Desk, folder: &str, k: usize) -> Vec<(String, String)> {
    let text = desk.read(&format!("{folder}/realizations.csv"));
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head = table.headers().expect("a head").clone();
    let row = table.records().nth(k).expect("so many realizations").expect("a row");
    head.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).skip(1).collect()
}

fn explained_as_it_was(desk: &Desk, run: &str, k: usize) {
    let out = format!("{run}-{k}");
    done(&desk.run(&["explain", run, "--realization", &k.to_string(), "--no-charts", "--quiet", "-o", &out]));
    let told = outcomes(desk, &out);
    let row = realization(desk, run, k);
    assert!(row.len() > 20);
    for (name, value) in row {
        assert_eq!(told.get(&name), Some(&value), "{name} of realization {k}");
    }
}

#[test]
fn a_future_is_explained_as_it_was_to_the_last_bit_printed() {
    let desk = Desk::new();
    // 37 realizations end within a batch.
    done(&desk.run(&["run", &scenario("first.toml"), "--realizations", "37", "--seed", "3", "--no-charts", "-o", "run"]));
    for k in [0, 15, 16, 36] {
        explained_as_it_was(&desk, "run", k);
    }
    let flagship = scenario("2025-export-licences.toml");
    let short = ["--realizations", "20", "--set", "run.horizon=60 weeks", "--no-baseline", "--no-charts"];
    done(&desk.run(&[&["run", &flagship, "-o", "flagship"], &short[..]].concat()));
    for k in [3, 19] {
        explained_as_it_was(&desk, "flagship", k);
    }
}

#[test]
fn a_folder_and_its_scenario_with_the_same_flags_explain_the_same_bytes() {
    let desk = Desk::new();
    let first = scenario("first.toml");
    let flags = ["--realizations", "24", "--set", "facility.CARS.cover_in=\"5 weeks\""];
    done(&desk.run(&[&["run", &first, "--no-charts", "-o", "run"], &flags[..]].concat()));
    done(&desk.run(&["explain", "run", "--realization", "9", "-o", "one"]));
    done(&desk.run(&["explain", "run", "--realization", "9", "-o", "two"]));
    done(&desk.run(&[&["explain", &first, "--realization", "9", "-o", "three"], &flags[..]].concat()));
    for file in ["trace.csv", "bindings.csv", "charts/what-bound.svg", "charts/what-bound.csv"] {
        let one = desk.read(&format!("one/{file}"));
        assert!(one.lines().count() > 5, "{file}");
        assert!(one == desk.read(&format!("two/{file}")) && one == desk.read(&format!("three/{file}")), "{file} differs");
    }
    legible::legible("what-bound", &desk.read("one/charts/what-bound.svg"));
}

#[test]
fn the_bases_of_a_run_are_taken_from_its_folder_even_when_they_have_gone() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("worlds")).expect("a folder");
    std::fs::copy(scenario("first.toml"), desk.path("worlds/same.toml")).expect("a copy");
    // Base and scenario share a file name.
    desk.write("same.toml", "base = \"worlds/same.toml\"\ntitle = \"On top\"\n[run]\nrealizations = 18\n");
    done(&desk.run(&["run", "same.toml", "--no-charts", "-o", "run"]));
    std::fs::remove_dir_all(desk.path("worlds")).expect("removed");
    std::fs::remove_file(desk.path("same.toml")).expect("removed");
    explained_as_it_was(&desk, "run", 17);
}

#[test]
fn what_cannot_be_explained_is_said_and_ends_with_two() {
    let desk = Desk::new();
    let first = scenario("first.toml");
    done(&desk.run(&["run", &first, "--realizations", "12", "--no-charts", "-o", "run"]));
    std::fs::create_dir(desk.path("empty")).expect("a folder");
    let fails = |arguments: &[&str], words: &str| {
        let output = desk.run(&[&["explain"], arguments].concat());
        assert_eq!(code(&output), 2, "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains(words), "{arguments:?}: {}", told(&output));
    };
    fails(&["run", "--realization", "12"], "numbered 0 to 11");
    fails(&["empty", "--realization", "0"], "not the folder of a run");
    fails(&["nowhere.toml", "--realization", "0"], "no file");
    fails(&["run", "--realization", "0", "--seed", "4"], "its own seed");
    fails(&["run"], "--realization");
    let manifest = desk.read("run/manifest.json");
    desk.write("run/manifest.json", &manifest.replace(concat!("\"version\": \"", env!("CARGO_PKG_VERSION")), "\"version\": \"0.0.9"));
    fails(&["run", "--realization", "0"], "made by coercivity 0.0.9");
    desk.write("run/manifest.json", &manifest);
    // Whatever the command was that left it: a sweep has a manifest too, and `merge` may have made it.
    desk.write("run/manifest.json", &manifest.replace("\"kind\": \"run\"", "\"kind\": \"sweep\""));
    fails(&["run", "--realization", "0"], "not the folder of a run");
    desk.write("run/manifest.json", &manifest);
    let rows = desk.read("run/realizations.csv");
    let digit = if rows.trim_end().ends_with('7') { "8" } else { "7" };
    desk.write("run/realizations.csv", &format!("{}{digit}\n", rows.trim_end()));
    fails(&["run", "--realization", "11"], "made by another build");
    desk.write("run/realizations.csv", &rows);
    let copy = desk.read("run/inputs/first.toml");
    desk.write("run/inputs/first.toml", &copy.replace("8 weeks", "9 weeks"));
    fails(&["run", "--realization", "0"], "has been changed");
    desk.write("run/inputs/first.toml", &copy);
    done(&desk.run(&["explain", "run", "--realization", "11", "--no-charts", "-o", "eleven"]));
    let made = desk.json("eleven/manifest.json");
    let overrides = serde_json::json!([["run.realizations", "12"]]);
    assert_eq!((&made["kind"], &made["baseline"], &made["overrides"]), (&"explain".into(), &true.into(), &overrides));
    fails(&["eleven", "--realization", "0"], "not the folder of a run");
}

#[test]
fn what_bound_is_what_was_short() {
    let desk = Desk::new();
    // A ban on magnets for half a year, and eight weeks of stock: the ban binds the lane, then the empty shelf the line.
    let ban = "{ id = \"ban\", type = \"export_ban\", start = 2025-03-03, duration = \"26 weeks\", source = \"assumed: a test\", scope = { from = [\"A\"], to = [\"B\"], commodities = [\"magnet\"] } }";
    let text = std::fs::read_to_string(scenario("first.toml")).expect("shipped");
    let (world, _) = text.split_once("[[event]]").expect("an event");
    desk.write("ban.toml", &format!("event = [{ban}]\n{world}"));
    done(&desk.run(&["explain", "ban.toml", "--realization", "5", "-o", "out"]));
    let text = desk.read("out/bindings.csv");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = table.records().map(|r| r.expect("a row")).collect();
    let weeks = |scope: &str, kind: &str| -> Vec<u32> {
        rows.iter().filter(|r| &r[3] == scope && &r[5] == kind).map(|r| r[0].parse().expect("a period")).collect()
    };
    let banned = weeks("lane:MAGNETS>CARS:magnet", "ban");
    assert_eq!(banned, (8..34).collect::<Vec<u32>>(), "the ban holds the lane from its first week to its last");
    // Eight weeks of stock and six on the way; while the ban lasts nobody may order, after it the way is long.
    let (shut_out, dry) = (weeks("user:CARS/magnet", "refused"), weeks("user:CARS/magnet", "input"));
    assert!(shut_out.first().is_some_and(|t| (20..=24).contains(t)) && shut_out.len() > 8, "{shut_out:?}");
    assert!(dry.first().is_some_and(|t| (33..=36).contains(t)) && dry.len() > 4, "{dry:?}");
    // What is told of the line is what the trace says it lacked.
    let trace = desk.read("out/trace.csv");
    let mut table = csv::Reader::from_reader(trace.as_bytes());
    let mut lacking: BTreeMap<String, f64> = BTreeMap::new();
    for r in table.records().map(|r| r.expect("a row")).filter(|r| &r[3] == "user:CARS/magnet") {
        let sign = match &r[2] {
            "demand" => 1.0,
            "served" => -1.0,
            _ => continue,
        };
        *lacking.entry(r[0].to_owned()).or_default() += sign * r[4].parse::<f64>().expect("a number");
    }
    for r in rows.iter().filter(|r| &r[3] == "user:CARS/magnet" && ["refused", "input"].contains(&&r[5])) {
        let told: f64 = r[7].parse().expect("an amount");
        assert!((told - lacking[&r[0]]).abs() < 1e-6, "period {}: {told} and {}", &r[0], lacking[&r[0]]);
    }
    let page = said(&desk.run(&["explain", "ban.toml", "--realization", "5", "-o", "out"]));
    assert!(page.contains("banned") && page.contains("Realization 5"), "{page}");
    for line in page.lines() {
        assert!(line.chars().count() <= 100, "{} columns: {line}", line.chars().count());
    }
}

#[test]
fn json_tells_what_bound() {
    let desk = Desk::new();
    let output =
        desk.run(&["explain", &scenario("first.toml"), "--realization", "3", "--realizations", "16", "--no-charts", "--json", "-o", "out"]);
    done(&output);
    let value: serde_json::Value = serde_json::from_str(&said(&output)).expect("JSON and nothing else");
    assert_eq!((value["realization"].as_u64(), value["folder"].as_str()), (Some(3), Some("out")));
    assert!(value["bound"].as_array().is_some_and(|b| !b.is_empty() && b[0]["kind"].is_string()));
    assert!(value["events"][0]["id"] == "licence" && value["outcomes"].as_array().is_some_and(|o| o.len() > 10));
}
