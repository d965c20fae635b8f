//! `compare`: the same futures under several variants.

mod desk;
mod legible;

use std::collections::BTreeMap;
use std::fs;
use std::process::Output;

use desk::{Desk, code, shipped as scenario, told};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn done(output: &Output) {
    assert_eq!(code(output), 0, "{}", told(output));
}

/// Rows of a table as maps from column to cell.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head = table.headers().expect("a head").clone();
    table.records().map(|r| head.iter().map(str::to_owned).zip(r.expect("a row").iter().map(str::to_owned)).collect()).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

/// A licence that holds nothing up and refuses nobody.
const HARMLESS: &str = "event.licence.approval=1.0,event.licence.review=\"1 week\"";

#[test]
fn a_file_compared_with_itself_differs_in_nothing() {
    let desk = Desk::new();
    let first = scenario("first.toml");
    let output = desk.run(&["compare", &first, &first, "--realizations", "230", "--no-charts", "-o", "out"]);
    done(&output);
    assert!(said(&output).contains("every outcome of every future is the same"), "{}", said(&output));
    let differences = rows(&desk.read("out/differences.csv"));
    assert!(differences.len() > 100);
    for row in &differences {
        let expected = if row["stat"] == "prob_equal" { "1" } else { "0" };
        assert_eq!(row["value"], expected, "{row:?}");
        assert_eq!((row["variant"].as_str(), row["against"].as_str()), ("first (2)", "first"));
    }
    let series = rows(&desk.read("out/difference_timeseries.csv"));
    assert!(series.len() > 1000 && series.iter().all(|r| r["value"] == "0"));
}

#[test]
fn the_summary_of_each_variant_is_that_of_its_own_run_to_the_byte() {
    let desk = Desk::new();
    let first = scenario("first.toml");
    // More than one wave, and a last batch that is partly filled.
    let size = ["--realizations", "245", "--seed", "5", "--no-charts"];
    done(&desk.run(&[&["compare", &first, "--with", HARMLESS, "-o", "both"], &size[..]].concat()));
    done(&desk.run(&[&["run", &first, "-o", "as-it-is"], &size[..]].concat()));
    let sets = ["--set", "event.licence.approval=1.0", "--set", "event.licence.review=\"1 week\""];
    done(&desk.run(&[&["run", &first, "-o", "harmless"], &sets[..], &size[..]].concat()));
    let both = desk.read("both/summary.csv");
    let mut lines = both.lines();
    let (_, head) = lines.next().and_then(|h| h.split_once(',')).expect("a head");
    let of = |label: &str| -> String {
        let label = format!("{label},");
        let mine = both.lines().filter_map(|l| l.strip_prefix(label.as_str()));
        std::iter::once(head).chain(mine).map(|l| format!("{l}\n")).collect()
    };
    assert!(of("first") == desk.read("as-it-is/summary.csv"), "the first variant differs from its run");
    let label = format!("\"{}\"", HARMLESS.replace('"', "\"\""));
    assert!(of(&label) == desk.read("harmless/summary.csv"), "the second variant differs from its run");
}

#[test]
fn differences_are_those_of_the_means_and_their_error_is_smaller_than_that_of_separate_runs() {
    let desk = Desk::new();
    let flagship = scenario("2025-export-licences.toml");
    let more = ["--realizations", "120", "--no-charts", "--set", "run.horizon=60 weeks", "-o", "out"];
    done(
        &desk.run(
            &[&["compare", &flagship, "--with", "event.april-licences.controlled_share=0.5", "--label", "a", "--label", "b"], &more[..]]
                .concat(),
        ),
    );
    let summary = rows(&desk.read("out/summary.csv"));
    let of = |variant: &str, metric: &str, scope: &str| {
        let row = summary.iter().find(|r| r["variant"] == variant && r["metric"] == metric && r["scope"] == scope && r["stat"] == "mean");
        let row = row.unwrap_or_else(|| panic!("no {metric} of {scope}"));
        (number(row, "value"), number(row, "se"))
    };
    let differences = rows(&desk.read("out/differences.csv"));
    let mut seen = 0;
    for d in differences.iter().filter(|d| d["stat"] == "mean") {
        let ((a, _), (b, _)) = (of("a", &d["metric"], &d["scope"]), of("b", &d["metric"], &d["scope"]));
        assert!((number(d, "value") - (b - a)).abs() <= 1e-6 * (a.abs() + b.abs()) + 1e-9, "{d:?}: {a} and {b}");
        seen += 1;
    }
    assert!(seen > 200, "{seen} differences");
    for scope in ["world", "region:EUR", "region:USA", "sector:auto_micro"].iter().filter(|s| differences.iter().any(|d| d["scope"] == **s))
    {
        let paired =
            differences.iter().find(|d| d["metric"] == "unmet_share" && d["scope"] == *scope && d["stat"] == "mean").expect("a row");
        let apart = of("a", "unmet_share", scope).1.hypot(of("b", "unmet_share", scope).1);
        assert!(number(paired, "se") < 0.8 * apart, "{scope}: {} paired, {apart} apart", number(paired, "se"));
    }
    // Chances of being worse, equal and better are all there is.
    let mut sums: BTreeMap<(String, String), f64> = BTreeMap::new();
    for d in differences.iter().filter(|d| d["stat"].starts_with("prob_")) {
        *sums.entry((d["metric"].clone(), d["scope"].clone())).or_default() += number(d, "value");
        assert!(number(d, "lo95") <= number(d, "value") && number(d, "value") <= number(d, "hi95"), "{d:?}");
    }
    assert!(sums.len() > 200 && sums.values().all(|s| (s - 1.0).abs() < 1e-8));
    let chance = |metric: &str, stat: &str| {
        number(differences.iter().find(|d| d["metric"] == metric && d["scope"] == "world" && d["stat"] == stat).expect("a row"), "value")
    };
    // Fewer magnets held is better, for what is lost as for what is kept.
    for metric in ["unmet_share", "lost_output", "fill_rate"] {
        assert!(chance(metric, "prob_better") > 0.9, "{metric}: {}", chance(metric, "prob_better"));
    }
}

#[test]
fn the_tables_are_the_same_bytes_on_any_number_of_threads() {
    let desk = Desk::new();
    let first = scenario("first.toml");
    for threads in ["1", "3"] {
        let output =
            desk.run(&["compare", &first, "--with", HARMLESS, "--realizations", "500", "--no-charts", "--threads", threads, "-o", threads]);
        done(&output);
    }
    for table in ["summary.csv", "differences.csv", "difference_timeseries.csv"] {
        assert!(desk.read(&format!("1/{table}")) == desk.read(&format!("3/{table}")), "{table} differs");
    }
}

#[test]
fn the_first_file_decides_seed_and_number_and_the_shortest_horizon_holds() {
    let desk = Desk::new();
    let base = scenario("first.toml");
    desk.write(
        "short.toml",
        &format!("base = {base:?}\ntitle = \"Shorter\"\n[run]\nhorizon = \"70 weeks\"\nrealizations = 17\nseed = 99\n"),
    );
    let sets = ["--realizations", "40", "--no-baseline"];
    done(&desk.run(&[&["compare", &base, "short.toml", "--no-charts", "-o", "out"], &sets[..]].concat()));
    let manifest: serde_json::Value = serde_json::from_str(&desk.read("out/manifest.json")).expect("JSON");
    assert_eq!((manifest["seed"].as_u64(), manifest["realizations"].as_u64()), (Some(1), Some(40)));
    let overrides = serde_json::json!([["run.realizations", "40"]]);
    assert_eq!((&manifest["kind"], &manifest["baseline"], &manifest["overrides"]), (&"compare".into(), &false.into(), &overrides));
    let series = rows(&desk.read("out/difference_timeseries.csv"));
    let last = series.iter().map(|r| number(r, "period") as u32).max();
    assert_eq!(last, Some(69));
    // Cut to the same weeks, they are the same futures.
    assert!(rows(&desk.read("out/differences.csv")).iter().filter(|r| r["stat"] == "prob_equal").all(|r| r["value"] == "1"));
    assert!(desk.path("out/inputs/first.toml").exists() && desk.path("out/inputs/short.toml").exists());
}

#[test]
fn wrong_comparisons_end_with_two_and_leave_nothing() {
    let desk = Desk::new();
    let first = scenario("first.toml");
    desk.write("later.toml", &format!("base = {first:?}\ntitle = \"Later\"\n[run]\nstart = 2025-02-03\n"));
    for (more, words) in [
        (vec![], "two variants"),
        (vec!["nowhere.toml"], "nowhere.toml"),
        (vec!["later.toml"], "2025-02-03"),
        (vec!["--with", "facility.CARS.cover_inn=4 weeks"], "cover_inn"),
        (vec!["--with", "title=One, two"], "`two`"),
        (vec!["--with", "run.seed=3"], "--seed"),
        (vec!["--with", "run.start=2025-02-03"], "--set run.start"),
        (["--with", HARMLESS].repeat(6), "7 variants"),
        (vec!["--with", HARMLESS, "--label", "x", "--label", "x"], "`x`"),
    ] {
        let output = desk.run(&[&["compare", first.as_str()], &more[..]].concat());
        assert_eq!(code(&output), 2, "{more:?}: {}", told(&output));
        assert!(told(&output).contains(words), "{more:?}: {}", told(&output));
    }
    assert_eq!(fs::read_dir(desk.path("")).expect("a folder").count(), 1, "something was left");
}

#[test]
fn a_comparison_leaves_the_promised_files_and_json_is_json() {
    let desk = Desk::new();
    let first = scenario("first.toml");
    let shorter = "event.licence.review=\"2 weeks\"";
    let output = desk.run(&["compare", &first, "--with", HARMLESS, "--with", shorter, "--realizations", "208", "--json"]);
    done(&output);
    let value: serde_json::Value = serde_json::from_str(&said(&output)).expect("JSON and nothing else");
    let folder = value["folder"].as_str().expect("a folder").to_owned();
    assert!(folder.starts_with("output/compare-first-") || folder.starts_with("output\\compare-first-"), "{folder}");
    assert_eq!(value["variants"].as_array().map(Vec::len), Some(3));
    assert_eq!(value["variants"][1]["changes"][0], "event.licence.approval=1.0");
    let one = &value["differences"][0];
    for key in ["metric", "scope", "variant", "against", "stat", "value", "se", "lo95", "hi95", "n"] {
        assert!(one.get(key).is_some(), "no {key} in {one}");
    }
    let read = |name: &str| fs::read_to_string(desk.path(&folder).join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    for (file, head) in [
        ("summary.csv", "variant,metric,scope,stat,value,se,lo95,hi95,n"),
        ("differences.csv", "metric,scope,variant,against,stat,value,se,lo95,hi95,n"),
        ("difference_timeseries.csv", "period,date,variable,scope,variant,against,stat,value,unit"),
        ("charts/variants.csv", "date,variable,scope,name,variant,p05,p25,p50,p75,p95,mean,unit"),
        ("charts/difference.csv", "date,variable,scope,name,variant,against,p05,p25,p50,p75,p95,mean,unit"),
        ("charts/places.csv", "metric,scope,name,variant,against,mean,se,lo95,hi95,p05,p95,prob_worse,prob_equal,prob_better,n,unit"),
    ] {
        let text = read(file);
        assert_eq!(text.lines().next(), Some(head), "{file}");
        assert!(rows(&text).len() > 5, "{file}");
    }
    for chart in ["variants", "difference", "places"] {
        legible::legible(chart, &read(&format!("charts/{chart}.svg")));
        assert!(desk.path(&folder).join(format!("charts/{chart}.png")).exists());
    }
    // The same again takes its own place.
    let again = desk.run(&["compare", &first, "--with", HARMLESS, "--with", shorter, "--realizations", "208"]);
    done(&again);
    assert!(said(&again).contains(&folder), "{}", said(&again));
    for line in said(&again).lines() {
        assert!(line.chars().count() <= 100, "{} columns: {line}", line.chars().count());
    }
}

#[test]
fn worlds_that_share_little_are_said_to_be_different_chains() {
    let desk = Desk::new();
    let (first, other) = (scenario("first.toml"), scenario("undisturbed.toml"));
    let output = desk.run(&["compare", &first, &other, "--realizations", "16", "--no-charts", "-o", "out"]);
    done(&output);
    assert!(said(&output).split_whitespace().collect::<Vec<_>>().join(" ").contains("they are different chains"), "{}", said(&output));
    let alike = desk.run(&["compare", &first, "--with", "event.licence.approval=0.5", "--realizations", "16", "--no-charts", "-o", "two"]);
    done(&alike);
    assert!(!said(&alike).contains("different chains"));
}
