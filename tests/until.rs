//! A run that ends when a mean is precise enough is the run of as many realizations; where that is too few, the exit code says so.

mod desk;

use desk::{Desk, same_files, shipped};

/// `run first.toml` without charts.
fn run<'a>(first: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["run", first, "--no-charts"][..], more].concat()
}

#[test]
fn a_run_that_ends_early_is_the_run_of_as_many_realizations() {
    let desk = Desk::new();
    let first = shipped("first.toml");
    for (goal, threads) in [("6%", "1"), ("lost_output=5%", "3"), ("fill_rate@region:B=0.7%", "2"), ("6%", "2")] {
        let words =
            desk.done(&run(&first, &["--until", goal, "--realizations", "6000", "--threads", threads, "-o", "early", "--overwrite"]));
        assert!(words.contains("was reached after"), "{words}");
        let manifest = desk.json("early/manifest.json");
        let n = manifest["realizations"].as_u64().expect("a number");
        assert!((256..6000).contains(&n) && n.is_multiple_of(16), "{goal}: {n}");
        let until = &manifest["until"];
        assert_eq!((&until["reached"], &until["realizations"]), (&true.into(), &n.into()));
        assert!(until["half_width"].as_f64() < until["target"].as_f64(), "{until}");
        desk.done(&run(&first, &["--realizations", &n.to_string(), "-o", "plain", "--overwrite", "--quiet"]));
        same_files(&desk.files("plain"), &desk.files("early"), goal);
    }
}

#[test]
fn an_interval_that_is_reached_is_the_one_in_the_summary() {
    let desk = Desk::new();
    desk.done(&run(&shipped("first.toml"), &["--until", "6%", "--realizations", "6000", "-o", "out", "--quiet"]));
    let summary = desk.read("out/summary.csv");
    let row: Vec<&str> = summary.lines().find(|l| l.starts_with("unmet_share,world,mean,")).expect("a row").split(',').collect();
    let [mean, low, high] = [3, 5, 6].map(|i| row[i].parse::<f64>().expect("a number"));
    let told = desk.json("out/manifest.json")["until"]["half_width"].as_f64().expect("a number");
    assert!(((high - low) / 2.0 / mean / told - 1.0).abs() < 1e-6 && told < 0.06, "{row:?} {told}");
}

#[test]
fn nothing_ends_before_the_error_is_known() {
    let desk = Desk::new();
    desk.done(&run(&shipped("first.toml"), &["--until", "99%", "--realizations", "2000", "-o", "out", "--quiet"]));
    assert_eq!(desk.json("out/manifest.json")["realizations"], 256);
}

#[test]
fn a_run_whose_cap_comes_first_ends_with_three_and_leaves_its_files() {
    let desk = Desk::new();
    let first = shipped("first.toml");
    let arguments = run(&first, &["--until", "1%", "--realizations", "300", "-o", "out", "--json"]);
    let output = desk.run(&arguments);
    assert_eq!(desk::code(&output), 3, "{}", desk::told(&output));
    assert!(desk::told(&output).contains("not precise enough: ± 1 %") && desk::told(&output).contains("would be needed"));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&json["until"]["reached"], &json["realizations"]), (&false.into(), &300.into()));
    let manifest = desk.json("out/manifest.json");
    assert_eq!(manifest["until"]["reached"], false);
    assert!(
        manifest["warnings"].as_array().is_some_and(|w| w.iter().any(|w| w.as_str().is_some_and(|w| w.contains("not precise enough"))))
    );
    desk.done(&run(&first, &["--realizations", "300", "-o", "plain", "--quiet"]));
    same_files(&desk.files("plain"), &desk.files("out"), "the cap");
    // On the page of words too; and with fewer than it takes to know the error, however small it is.
    let output = desk.run(&run(&first, &["--until", "90%", "--realizations", "100", "-o", "few"]));
    assert_eq!(desk::code(&output), 3);
    let page = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("it takes 256 realizations"), "{page}");
}

#[test]
fn a_mean_of_zero_is_never_precise() {
    let desk = Desk::new();
    let never = ["--set", "event.licence.probability=0", "--until", "5%", "--realizations", "400", "-o", "out", "--quiet"];
    let why = desk.ends(3, &run(&shipped("first.toml"), &never));
    assert!(why.contains("is 0 in 400 realizations"), "{why}");
    assert_eq!(desk.json("out/manifest.json")["until"]["half_width"], serde_json::Value::Null);
}

#[test]
fn an_unknown_metric_is_refused_before_anything_is_run() {
    let desk = Desk::new();
    let first = shipped("first.toml");
    for (goal, words) in [
        ("unmet_shar=3%", &["no metric `unmet_shar`", "did you mean `unmet_share`?", "lost_output"][..]),
        ("height=3%", &["no metric `height`", "there are:", "unmet_share"]),
        ("unmet_share@region:C=3%", &["no scope `region:C`", "did you mean `region:B`?"]),
        ("lost_output@everywhere=3%", &["no scope `everywhere`", "world"]),
        ("parameter@x=3%", &["no metric `parameter`"]),
        ("0%", &["--until", "unmet_share@region:EUR=3%"]),
        ("three", &["--until"]),
    ] {
        let why = desk.ends(2, &run(&first, &["--until", goal]));
        assert!(words.iter().all(|w| why.contains(w)), "{goal}: {why}");
    }
    assert!(!desk.path("output").exists());
}
