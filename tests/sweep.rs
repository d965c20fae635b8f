//! Sweeps as their users meet them: tables, shards, refusals, the script. What stops them is in `resume.rs`.

mod swept;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};
use swept::*;

const HEAD: &str = "point,scenario,policy,event.licence.approval,review,mine,metric,scope,stat,value,se,lo95,hi95,n";

#[test]
fn a_sweep_is_one_long_table_of_inputs_and_outcomes() {
    let desk = tempfile::tempdir().expect("a folder");
    let output = run(desk.path(), &["sweep", &root("tests/studies/every_design.toml"), "-o", "out", "--json"]);
    done(&output);
    let text = read(desk.path().join("out/sweep.csv"));
    assert_eq!(text.lines().next(), Some(HEAD));
    let rows = table(desk.path().join("out/sweep.csv"));
    // Scenarios × policies × points × (regions, prices, losses) × three statistics.
    let outcomes = rows.iter().filter(|r| r["point"] == "0" && r["scenario"] == "first" && r["policy"] == "as_is").count();
    assert_eq!(rows.len(), 2 * 2 * 12 * outcomes);
    assert!(rows.iter().all(|r| r["n"] == "48"));
    let stats: Vec<&str> = rows[..3].iter().map(|r| r["stat"].as_str()).collect();
    assert_eq!(stats, ["mean", "p50", "prob_gt_0.2"]);
    let design = table(desk.path().join("out/design.csv"));
    assert_eq!(design.len(), 12);
    for row in &rows {
        let point = &design[row["point"].parse::<usize>().expect("a number")];
        assert!(["event.licence.approval", "review", "mine"].iter().all(|k| row[*k] == point[*k]));
    }
    assert!(design.iter().all(|r| r["mine"] == "70" || r["mine"] == "90"));
    assert_eq!(table(desk.path().join("out/parameters.csv"))[1]["unit"], "weeks");
    let json: serde_json::Value = serde_json::from_str(&said(&output)).expect("JSON and nothing else");
    assert_eq!((&json["points"], &json["cases"], &json["ran"], &json["realizations"]), (&12.into(), &48.into(), &48.into(), &48.into()));
    for key in ["folder", "design", "seconds", "scenarios", "policies", "shard", "parameters", "notes", "outcomes"] {
        assert!(json.get(key).is_some(), "no {key}");
    }
    let first = &json["outcomes"][0];
    for key in
        ["metric", "scope", "scenario", "policy", "points", "least", "least_at", "median", "largest", "largest_at", "rank_correlation"]
    {
        assert!(first.get(key).is_some(), "no {key} in {first}");
    }
    assert!(first["rank_correlation"]["review"].is_f64());
}

#[test]
fn a_point_gives_what_a_run_with_its_values_gives() {
    let desk = tempfile::tempdir().expect("a folder");
    done(&run(desk.path(), &["sweep", &root("tests/studies/every_design.toml"), "-o", "out", "--quiet"]));
    let rows = table(desk.path().join("out/sweep.csv"));
    for (point, policy, scenario) in [("7", "as_is", "scenarios/first.toml"), ("4", "stock", "tests/studies/twin.toml")] {
        let name = Path::new(scenario).file_stem().expect("a name").to_string_lossy();
        let mine: Vec<_> = rows.iter().filter(|r| r["point"] == point && r["policy"] == policy && r["scenario"] == name).collect();
        let set = |key: &str, value: String| ["--set".to_owned(), format!("{key}={value}")];
        let mut arguments: Vec<String> =
            ["run", &root(scenario), "--realizations", "48", "--seed", "5", "--no-charts", "--quiet", "--overwrite", "-o", "one"]
                .map(str::to_owned)
                .to_vec();
        if policy == "stock" {
            arguments.extend(set("facility.CARS.cover_in", "20 weeks".into()));
        }
        arguments.extend(set("event.licence.approval", mine[0]["event.licence.approval"].clone()));
        arguments.extend(set("event.licence.review.lognormal.median", format!("{} weeks", mine[0]["review"])));
        arguments.extend(set("facility.MINE.utilisation", format!("{} %", mine[0]["mine"])));
        done(&run(desk.path(), &arguments.iter().map(String::as_str).collect::<Vec<_>>()));
        let summary = table(desk.path().join("one/summary.csv"));
        let mut seen = BTreeMap::new();
        for row in mine {
            let key = |r: &BTreeMap<String, String>| [r["metric"].clone(), r["scope"].clone(), r["stat"].clone()];
            if let Some(other) = summary.iter().find(|r| key(r) == key(row)) {
                *seen.entry(row["metric"].clone()).or_insert(0) += 1;
                assert_eq!((&row["value"], &row["se"], &row["n"]), (&other["value"], &other["se"], &other["n"]), "{row:?}");
            }
        }
        let metrics: Vec<&str> = seen.keys().map(String::as_str).collect();
        assert_eq!(metrics, ["calm_peak_inside", "lost_output", "peak_price_inside", "triangle_area", "unmet_share"]);
        // The worst of all points is worse than any.
        let mass_error = |folder: &str| manifest(&desk.path().join(folder))["mass_error"].as_f64().expect("a number");
        assert!(mass_error("one") > 0.0 && mass_error("out") >= mass_error("one"));
    }
}

#[test]
fn threads_and_shards_change_nothing() {
    let desk = tempfile::tempdir().expect("a folder");
    let study = root("tests/studies/every_design.toml");
    for (threads, out) in [("1", "one"), ("3", "three")] {
        done(&run(desk.path(), &["sweep", &study, "-o", out, "--quiet", "--threads", threads]));
    }
    same(&desk.path().join("one"), &desk.path().join("three"));
    let page = said(&run(desk.path(), &["sweep", &study, "-o", "one"]));
    assert!(page.contains("Nothing was left to run") && page.lines().all(|l| l.chars().count() <= 100), "{page}");
    let mut rows = vec![];
    for part in ["1", "2", "3"] {
        done(&run(desk.path(), &["sweep", &study, "-o", part, "--quiet", "--shard", &format!("{part}/3")]));
        rows.extend(read(desk.path().join(part).join("sweep.csv")).lines().skip(1).map(str::to_owned));
        assert!(!desk.path().join(part).join("charts").exists());
    }
    let whole: Vec<String> = read(desk.path().join("one/sweep.csv")).lines().skip(1).map(str::to_owned).collect();
    assert_eq!(rows, whole);
    done(&run(desk.path(), &["merge", "3", "1", "2", "-o", "merged", "--quiet"]));
    same(&desk.path().join("one"), &desk.path().join("merged"));
    done(&run(desk.path(), &["sweep", &study, "-o", "other", "--quiet", "--shard", "2/3", "--seed", "9"]));
    fs::create_dir(desk.path().join("old")).expect("a folder");
    let journal = read(desk.path().join("3/journal.txt"));
    let (head, rest) = journal.split_once('\n').expect("lines");
    let (before, after) = head[9..].split_once("\"version\":\"").expect("a version");
    let after = after.split_once('"').expect("its end").1;
    let head = format!("{before}\"version\":\"0.0.1\"{after}");
    let sum = Sha256::digest(head.as_bytes()).iter().take(4).map(|b| format!("{b:02x}")).collect::<String>();
    fs::write(desk.path().join("old/journal.txt"), format!("{sum} {head}\n{rest}")).expect("a file");
    for (folders, why) in [
        (&["1", "3"][..], "shard 2 of 3 is missing"),
        (&["1", "2", "2", "3"], "shard 2 of 3 is given twice"),
        (&["1", "other", "3"], "seeds 5 and 9"),
        (&["one"], "one is no shard: it is whole"),
        (&["1", "nowhere", "3"], "nowhere is no shard of a sweep"),
        (&["1", "2", "old"], "old was written by version 0.0.1"),
    ] {
        let output = run(desk.path(), &[&["merge"], folders, &["-o", "refused"]].concat());
        assert_eq!(output.status.code(), Some(2), "{folders:?}: {}", told(&output));
        assert!(told(&output).contains(why), "{folders:?}: {}", told(&output));
    }
    assert!(!desk.path().join("refused").exists());
    let output = run(desk.path(), &["sweep", &study, "--shard", "1/1000000000000"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
}

#[test]
fn a_shard_without_a_point_is_a_shard_all_the_same() {
    let desk = tempfile::tempdir().expect("a folder");
    let study = root("scenarios/studies/first-delays.toml");
    let few = ["--realizations", "16", "--quiet"];
    done(&run(desk.path(), &[&["sweep", &study, "-o", "whole"], &few[..]].concat()));
    let parts: Vec<String> = (1..=27).map(|k| k.to_string()).collect();
    for part in &parts {
        done(&run(desk.path(), &[&["sweep", &study, "-o", part, "--shard", &format!("{part}/27")], &few[..]].concat()));
    }
    let merge: Vec<&str> = ["merge", "-o", "merged", "--quiet"].into_iter().chain(parts.iter().map(String::as_str)).collect();
    done(&run(desk.path(), &merge));
    same(&desk.path().join("whole"), &desk.path().join("merged"));
}

#[test]
fn a_sweep_with_other_inputs_or_flags_is_another_sweep() {
    let desk = tempfile::tempdir().expect("a folder");
    let base = desk.path().join("base.toml");
    fs::copy(root("scenarios/first.toml"), &base).expect("a copy");
    fs::write(desk.path().join("later.toml"), "title = \"Later\"\nbase = \"base.toml\"\n").expect("a file");
    let study = "title = \"Two\"\nscenario = \"later.toml\"\nrealizations = 16\ndesign = { type = \"grid\" }\n\
                 [[parameter]]\npath = \"event.licence.approval\"\nvalues = [0.5, 0.9]\n";
    fs::write(desk.path().join("two.toml"), study).expect("a file");
    let sweep = ["sweep", "two.toml", "-o", "out", "--quiet"];
    done(&run(desk.path(), &sweep));
    let before = bytes(&desk.path().join("out"));
    let refused = |more: &[&str]| {
        let output = run(desk.path(), &[&sweep[..], more].concat());
        assert_eq!(output.status.code(), Some(1), "{more:?}: {}", told(&output));
        assert!(told(&output).contains("--overwrite"), "{more:?}: {}", told(&output));
        assert!(before == bytes(&desk.path().join("out")), "{more:?}");
    };
    refused(&["--set", "facility.CARS.cover_in=9 weeks"]);
    refused(&["--no-baseline"]);
    refused(&["--seed", "9"]);
    done(&run(desk.path(), &sweep));
    let text = read(base.clone());
    fs::write(&base, text + "\n# edited\n").expect("a file");
    refused(&[]);
    let set = ["--overwrite", "--no-baseline", "--set", "facility.CARS.cover_in=9 weeks"];
    done(&run(desk.path(), &[&sweep[..], &set[..]].concat()));
    let manifest = manifest(&desk.path().join("out"));
    assert_eq!(manifest["overrides"], serde_json::json!([["facility.CARS.cover_in", "9 weeks"]]));
    assert_eq!(manifest["baseline"], false);
}

#[test]
fn a_study_that_asks_for_no_mean_gets_it_all_the_same() {
    let desk = tempfile::tempdir().expect("a folder");
    let study = format!(
        "title = \"Chances\"\nscenario = {:?}\nrealizations = 16\noutcomes = [\"unmet_share\"]\nstats = [\"prob_gt_0.05\"]\n\
         design = {{ type = \"grid\" }}\n[[parameter]]\npath = \"event.licence.approval\"\nvalues = [0.3, 0.9]\n",
        root("scenarios/first.toml")
    );
    fs::write(desk.path().join("study.toml"), study).expect("a file");
    let output = run(desk.path(), &["sweep", "study.toml", "-o", "out", "--json"]);
    done(&output);
    let json: serde_json::Value = serde_json::from_str(&said(&output)).expect("JSON");
    assert_eq!(json["outcomes"][0]["points"], 2, "{json}");
    let stats: Vec<String> = table(desk.path().join("out/sweep.csv")).iter().map(|r| r["stat"].clone()).collect();
    assert_eq!(stats, ["mean", "prob_gt_0.05", "mean", "prob_gt_0.05"]);
}

#[test]
fn what_is_wrong_with_a_study_is_told_in_its_place_and_nothing_is_left() {
    let desk = tempfile::tempdir().expect("a folder");
    for name in ["wrong", "wrong_points", "wrong_outcomes", "wrong_correlations", "wrong_common"] {
        let output = run(
            Path::new(env!("CARGO_MANIFEST_DIR")),
            &["sweep", &format!("tests/studies/{name}.toml"), "-o", &desk.path().join("out").display().to_string()],
        );
        assert_eq!(output.status.code(), Some(2), "{name}: {}", told(&output));
        insta::with_settings!({ snapshot_path => "studies/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, told(&output));
        });
        assert_eq!(said(&output), "");
    }
    assert_eq!(fs::read_dir(desk.path()).expect("a folder").count(), 0);
    let output = run(desk.path(), &["sweep", "nowhere.toml"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    let set = ["sweep", &root("scenarios/studies/first-delays.toml"), "--set", "event.licence.approval=0.5"];
    let output = run(desk.path(), &set);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("sets what the study varies"));
    // Neither a table around it, nor the key that takes its place, nor a policy's.
    let study = root("tests/studies/every_design.toml");
    for (set, why) in [
        ("event.licence.review=\"9 weeks\"", "sets what the study varies"),
        ("facility.MINE.capacity=\"1 t/yr\"", "sets what the study varies"),
        ("facility.CARS.cover_in=\"9 weeks\"", "sets what policy `stock` sets"),
    ] {
        let output = run(desk.path(), &["sweep", &study, "--set", set]);
        assert_eq!(output.status.code(), Some(2), "{set}: {}", told(&output));
        assert!(told(&output).contains(why) && told(&output).contains("every_design.toml:"), "{}", told(&output));
    }
}

#[test]
fn what_the_command_line_sets_holds_at_every_point() {
    let desk = tempfile::tempdir().expect("a folder");
    let study = root("tests/studies/every_design.toml");
    let sets = ["--set", "run.realizations=32", "--set", "run.seed=9"];
    done(&run(desk.path(), &[&["sweep", &study, "-o", "sets", "--quiet"], &sets[..]].concat()));
    done(&run(desk.path(), &["sweep", &study, "-o", "flags", "--quiet", "--realizations", "32", "--seed", "9"]));
    let rows = table(desk.path().join("sets/sweep.csv"));
    assert!(rows.iter().all(|r| r["n"] == "32"));
    assert!(rows == table(desk.path().join("flags/sweep.csv")));
}

#[test]
fn points_from_a_table_are_taken_as_they_are() {
    let desk = tempfile::tempdir().expect("a folder");
    let study = format!(
        "title = \"Listed\"\nscenario = {:?}\nrealizations = 16\noutcomes = [\"unmet_share\"]\ndesign = {{ type = \"file\", path = \"points.csv\" }}\n\
         [[parameter]]\npath = \"event.licence.approval\"\nid = \"approval\"\n",
        root("scenarios/first.toml")
    );
    fs::write(desk.path().join("study.toml"), study).expect("a file");
    let points = "# three points\napproval,event.licence.review.lognormal.median\n0.5,9 weeks\n,12 weeks\n1,\n";
    fs::write(desk.path().join("points.csv"), points).expect("a file");
    done(&run(desk.path(), &["sweep", "study.toml", "-o", "out", "--quiet"]));
    let design = read(desk.path().join("out/design.csv"));
    assert_eq!(design, "point,approval,event.licence.review.lognormal.median\n0,0.5,9\n1,,12\n2,1,\n");
    fs::write(desk.path().join("points.csv"), "approval,x\n0.5,9 weeks\nhalf,9 days\n").expect("a file");
    let output = run(desk.path(), &["sweep", "study.toml", "-o", "bad", "--quiet"]);
    assert_eq!(output.status.code(), Some(2));
    let text = told(&output);
    assert!(text.contains("line 3, column `approval`: `half` is not a quantity") && text.contains("`9 days` is not `weeks`"), "{text}");
}

/// Every command of the page, in its order; the long study by its first shard of many.
#[cfg(unix)]
#[test]
fn every_command_of_the_page_runs() {
    let desk = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(root("scenarios"), desk.path().join("scenarios")).expect("a link");
    let page = fs::read_to_string(root("docs/sweep.md")).expect("the page");
    let commands: Vec<Vec<&str>> =
        page.lines().filter_map(|l| l.strip_prefix("coercivity ")).map(|l| l.split_whitespace().collect()).collect();
    assert!(commands.len() >= 4, "{commands:?}");
    for arguments in commands {
        let output = run(desk.path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", told(&output));
        assert!(said(&output).contains("Tables and charts"), "{arguments:?}");
        assert!(said(&output).lines().all(|l| l.chars().count() <= 100), "{}", said(&output));
    }
    let study = "scenarios/studies/licences-sobol.toml";
    done(&run(desk.path(), &["sweep", study, "--realizations", "16", "--shard", "1/512", "-o", "sobol", "--quiet"]));
    assert_eq!(table(desk.path().join("sobol/design.csv")).len(), 2);
}

/// The script of the documentation, where there is a Python.
#[test]
fn the_script_sweeps_and_reads_the_tables() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("no python3: the script is not tried");
        return;
    }
    let desk = tempfile::tempdir().expect("a folder");
    let mut script = Command::new("python3");
    script.arg(root("examples/sweep.py")).arg(env!("CARGO_BIN_EXE_coercivity")).arg(desk.path().join("out"));
    let output = script.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("python3 starts");
    done(&output);
    let text = said(&output);
    assert!(text.contains("25 points") && text.contains("unmet_share"), "{text}");
    // Reviews down, approvals across.
    let rows: Vec<&str> = text.lines().filter(|l| l.trim_start().starts_with("18")).collect();
    assert!(rows.len() == 1 && rows[0].split_whitespace().count() == 6, "{text}");
}
