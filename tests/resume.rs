//! Sweeps that are stopped, killed, torn or run twice: no finished point is lost, and no byte changes.

mod swept;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use swept::*;

/// A study long enough to be interrupted in.
fn long(desk: &Path, points: usize, realizations: usize) -> &'static str {
    let study = format!(
        "title = \"Long\"\nscenario = {:?}\nrealizations = {realizations}\ndesign = {{ type = \"latin_hypercube\", points = {points} }}\n\
         [[parameter]]\npath = \"event.licence.approval\"\nuniform = [0.3, 1.0]\n\
         [[parameter]]\npath = \"event.licence.review.lognormal.median\"\nuniform = [\"3 weeks\", \"20 weeks\"]\n",
        root("scenarios/first.toml")
    );
    fs::write(desk.join("long.toml"), study).expect("a file");
    "long.toml"
}

#[test]
fn a_finished_sweep_is_not_run_again() {
    let desk = tempfile::tempdir().expect("a folder");
    let study = root("scenarios/studies/first-delays.toml");
    done(&run(desk.path(), &["sweep", &study, "-o", "out", "--quiet"]));
    let before = bytes(&desk.path().join("out"));
    let again = run(desk.path(), &["sweep", &study, "-o", "out", "--json"]);
    done(&again);
    let json: serde_json::Value = serde_json::from_str(&said(&again)).expect("JSON");
    assert_eq!((&json["ran"], &json["cases"]), (&0.into(), &25.into()));
    assert!(before == bytes(&desk.path().join("out")));
    assert!(!desk.path().join("out.partial").exists());
    // Killed while the folder is put in its place again: what was there is gone, its points are not.
    let long = long(desk.path(), 60, 16);
    done(&run(desk.path(), &["sweep", long, "-o", "long", "--quiet"]));
    let whole = bytes(&desk.path().join("long"));
    let journal = desk.path().join("long.partial/journal.txt");
    let mut child = command(desk.path(), &["sweep", long, "-o", "long", "--quiet"]).spawn().expect("the command starts");
    let began = Instant::now();
    while fs::read_to_string(&journal).map_or(0, |t| t.lines().count()) < 61 {
        assert!(began.elapsed() < Duration::from_secs(60) && child.try_wait().expect("a child").is_none(), "points lie in one place only");
    }
    child.kill().expect("a process");
    child.wait().expect("an end");
    fs::remove_dir_all(desk.path().join("long")).expect("a folder");
    let again = run(desk.path(), &["sweep", long, "-o", "long", "--json"]);
    done(&again);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&said(&again)).expect("JSON")["ran"], 0);
    assert!(whole == bytes(&desk.path().join("long")));
    let other = run(desk.path(), &["sweep", &study, "-o", "out", "--quiet", "--seed", "9"]);
    assert_eq!(other.status.code(), Some(1), "{}", told(&other));
    assert!(told(&other).contains("--overwrite"), "{}", told(&other));
    assert!(before == bytes(&desk.path().join("out")));
}

#[test]
fn twenty_kills_at_any_moment_lose_nothing_and_change_no_byte() {
    let desk = tempfile::tempdir().expect("a folder");
    let study = long(desk.path(), 48, 1000);
    let began = Instant::now();
    done(&run(desk.path(), &["sweep", study, "-o", "unbroken", "--quiet"]));
    let whole = began.elapsed();
    let mut kept: Vec<usize> = vec![];
    for kill in 0..20u32 {
        let mut child = command(desk.path(), &["sweep", study, "-o", "broken", "--quiet"]).spawn().expect("the command starts");
        // From nearly at once to a seventh of the whole, now more, now less: into the points, the tables, the charts.
        std::thread::sleep(whole / 140 * (1 + (kill * 7) % 20) + Duration::from_millis(2));
        child.kill().expect("a process");
        child.wait().expect("an end");
        let journal = fs::read_to_string(desk.path().join("broken.partial/journal.txt")).unwrap_or_default();
        let whole_lines = journal.matches('\n').count();
        // Once the folder is finished its points lie in it, and the journal begins anew.
        let finished = desk.path().join("broken").exists();
        assert!(finished || kept.iter().all(|before| *before <= whole_lines), "{whole_lines} after {kept:?}");
        kept.push(whole_lines);
    }
    assert!(kept.iter().any(|n| *n > 2), "nothing was kept: {kept:?}");
    let last = run(desk.path(), &["sweep", study, "-o", "broken", "--json"]);
    done(&last);
    let json: serde_json::Value = serde_json::from_str(&said(&last)).expect("JSON");
    assert!(json["ran"].as_u64().is_some_and(|n| n < 48), "{} points were run again; kept {kept:?}", json["ran"]);
    same(&desk.path().join("unbroken"), &desk.path().join("broken"));
    let left: Vec<_> = fs::read_dir(desk.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn a_torn_last_line_is_dropped_and_a_foreign_journal_is_refused() {
    let desk = tempfile::tempdir().expect("a folder");
    let study = root("scenarios/studies/first-delays.toml");
    done(&run(desk.path(), &["sweep", &study, "-o", "whole", "--quiet"]));
    let journal = fs::read(desk.path().join("whole/journal.txt")).expect("a journal");
    let partial = desk.path().join("torn.partial");
    let lines: Vec<usize> = journal.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i + 1).collect();
    for (cut, ran) in [(3, 25), (lines[0], 25), (lines[4] - 1, 22), (lines[4], 21), (lines[10] + 7, 15), (journal.len(), 0)] {
        fs::create_dir_all(&partial).expect("a folder");
        fs::write(partial.join("journal.txt"), &journal[..cut]).expect("a file");
        let output = run(desk.path(), &["sweep", &study, "-o", "torn", "--json"]);
        done(&output);
        let json: serde_json::Value = serde_json::from_str(&said(&output)).expect("JSON");
        assert_eq!(json["ran"], ran, "cut at {cut}");
        same(&desk.path().join("whole"), &desk.path().join("torn"));
        fs::remove_dir_all(desk.path().join("torn")).expect("a folder");
    }
    // A line whose bytes have changed is not believed, nor what follows it.
    let mut changed = journal.clone();
    changed[lines[2] + 40] ^= 1;
    fs::create_dir_all(&partial).expect("a folder");
    fs::write(partial.join("journal.txt"), &changed).expect("a file");
    done(&run(desk.path(), &["sweep", &study, "-o", "torn", "--quiet"]));
    same(&desk.path().join("whole"), &desk.path().join("torn"));

    fs::create_dir_all(&partial).expect("a folder");
    fs::write(partial.join("journal.txt"), &journal).expect("a file");
    let other = ["sweep", &study, "-o", "torn", "--quiet", "--realizations", "20", "--overwrite"];
    let refused = run(desk.path(), &["sweep", &study, "-o", "torn-not", "--quiet"]);
    done(&refused);
    fs::remove_dir_all(desk.path().join("torn")).expect("a folder");
    let refused = run(desk.path(), &other[..7]);
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(told(&refused).contains("another sweep") && partial.join("journal.txt").exists(), "{}", told(&refused));
    done(&run(desk.path(), &other));
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_keeps_its_points_and_says_how_to_go_on() {
    let desk = tempfile::tempdir().expect("a folder");
    let study = long(desk.path(), 400, 2000);
    let mut child = command(desk.path(), &["sweep", study, "-o", "out", "--quiet", "--threads", "1"]).spawn().expect("the command starts");
    let journal = desk.path().join("out.partial/journal.txt");
    let began = Instant::now();
    while fs::read_to_string(&journal).map_or(0, |t| t.lines().count()) < 4 {
        assert!(began.elapsed() < Duration::from_secs(60) && child.try_wait().expect("a child").is_none(), "no point is finished");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill").success());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(130), "{}", told(&output));
    assert!(told(&output).contains("of 400 points are finished") && told(&output).contains("goes on from there"), "{}", told(&output));
    assert!(!desk.path().join("out").exists() && journal.exists());
}

#[test]
fn a_sweep_that_is_running_is_never_thrown_away() {
    let desk = tempfile::tempdir().expect("a folder");
    let study = long(desk.path(), 400, 2000);
    let mut child = command(desk.path(), &["sweep", study, "-o", "out", "--quiet", "--threads", "1"]).spawn().expect("the command starts");
    let lines = || fs::read_to_string(desk.path().join("out.partial/journal.txt")).map_or(0, |t| t.lines().count());
    let began = Instant::now();
    while lines() < 3 {
        assert!(began.elapsed() < Duration::from_secs(60) && child.try_wait().expect("a child").is_none(), "no point is finished");
        std::thread::sleep(Duration::from_millis(5));
    }
    for seed in ["1", "9"] {
        let other = run(desk.path(), &["sweep", study, "-o", "out", "--quiet", "--overwrite", "--seed", seed]);
        assert_eq!(other.status.code(), Some(1), "{}", told(&other));
        assert!(told(&other).contains("another sweep is running") && !told(&other).contains("--overwrite"), "{}", told(&other));
        assert!(lines() >= 3 && child.try_wait().expect("a child").is_none());
    }
    child.kill().expect("a process");
    child.wait().expect("an end");
}
