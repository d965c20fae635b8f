//! A run in shards: merged, it is the whole run byte for byte; what does not belong together is refused with its reason.

mod desk;

use std::fs;

use desk::{Desk, same_files, shipped};
use sha2::{Digest, Sha256};

/// Realizations that end within a batch: thirteen batches, the last of eleven.
const COUNT: &str = "203";

/// Runs shard `i` of `n` into the folder `s<i>-<n>`, on a number of threads of its own.
fn shard(desk: &Desk, scenario: &str, i: u32, n: u32, more: &[&str]) -> String {
    let (cut, folder, threads) = (format!("{i}/{n}"), format!("s{i}-{n}"), (i % 3 + 1).to_string());
    let mut arguments = vec!["run", scenario, "--realizations", COUNT, "--shard", &cut, "-o", &folder, "--threads", &threads, "--quiet"];
    arguments.extend(more);
    assert_eq!(desk.done(&arguments), "");
    folder
}

/// Merges folders into `to`.
fn merge(desk: &Desk, shards: &[String], to: &str, more: &[&str]) {
    let mut arguments = vec!["merge"];
    arguments.extend(shards.iter().map(String::as_str));
    arguments.extend(["-o", to, "--quiet"]);
    arguments.extend(more);
    assert_eq!(desk.done(&arguments), "");
}

/// The whole run, and the same in 1, 2, 3 and 16 shards, three of which hold no batch, merged in an order that is none.
fn holds_for(more: &[&str], merging: &[&str], cuts: &[u32]) {
    let desk = Desk::new();
    let first = shipped("first.toml");
    let mut arguments = vec!["run", &first, "--realizations", COUNT, "-o", "whole", "--quiet"];
    arguments.extend(more);
    arguments.extend(merging);
    desk.done(&arguments);
    let whole = desk.files("whole");
    assert!(whole.contains_key("summary.csv") && whole.len() >= 5, "{:?}", whole.keys());
    for &n in cuts {
        let mut shards: Vec<String> = (1..=n).map(|i| shard(&desk, &first, i, n, more)).collect();
        shards.sort_by_key(|name| Sha256::digest(name).to_vec());
        let to = format!("merged-{n}");
        merge(&desk, &shards, &to, merging);
        same_files(&whole, &desk.files(&to), &format!("{n} shards {more:?}"));
        let (one, other) = (desk.json("whole/manifest.json"), desk.json(&format!("{to}/manifest.json")));
        for key in ["identity", "seed", "realizations", "inputs", "mass_error", "warnings"] {
            assert_eq!(one[key], other[key], "{key}");
        }
    }
}

#[test]
fn merged_shards_are_the_whole_run_with_its_charts() {
    holds_for(&[], &[], &[3]);
}

#[test]
fn merged_shards_are_the_whole_run_whatever_the_cut() {
    holds_for(&["--seed", "8"], &["--no-charts"], &[1, 2, 16]);
}

#[test]
fn merged_shards_are_the_whole_run_when_outcomes_are_counted_and_not_kept() {
    holds_for(&["--no-realizations", "--no-baseline"], &["--no-charts"], &[1, 2, 3, 16]);
}

#[test]
fn shards_know_their_scenario_when_its_files_are_gone() {
    let desk = Desk::new();
    // Two files of one name in different folders, a table beside one of them, and an override that leads nowhere afterwards.
    desk.write("mine/chain.toml", "base = \"../worlds/deep/chain.toml\"\ntitle = \"Mine\"\n[price]\nbeta = { column = \"b\" }\n");
    let first = fs::read_to_string(shipped("first.toml")).expect("shipped");
    desk.write("worlds/deep/chain.toml", &format!("rows = \"law.csv\"\n{first}"));
    desk.write("worlds/deep/law.csv", "b\n0.5\n1.0\n1.5\n");
    let sets = ["--set", "facility.CARS.cover_in=\"6 weeks\"", "--no-charts"];
    desk.done(&[&["run", "mine/chain.toml", "--realizations", COUNT, "-o", "whole", "--quiet"][..], &sets].concat());
    let shards = [2, 1].map(|i| shard(&desk, "mine/chain.toml", i, 2, &sets));
    fs::remove_dir_all(desk.path("mine")).expect("gone");
    fs::remove_dir_all(desk.path("worlds")).expect("gone");
    merge(&desk, &shards, "merged", &["--no-charts"]);
    let (whole, merged) = (desk.files("whole"), desk.files("merged"));
    assert!(["inputs/chain.toml", "inputs/2-chain.toml", "inputs/law.csv"].iter().all(|f| whole.contains_key(*f)), "{:?}", whole.keys());
    same_files(&whole, &merged, "without the files");
    assert!(desk.read("whole/realizations.csv").contains("parameter:"));
}

#[test]
fn a_shard_says_what_it_is() {
    let desk = Desk::new();
    let first = shipped("first.toml");
    let run = ["run", &first, "--realizations", "100", "--shard"];
    let words = desk.done(&[&run[..], &["2/3"]].concat());
    assert!(words.contains("Shard 2 of 3: realizations 32 to 63, of 100."), "{words}");
    let value: serde_json::Value = serde_json::from_str(&desk.done(&[&run[..], &["16/16", "--json"]].concat())).expect("JSON");
    assert_eq!((&value["shard"]["number"], &value["shard"]["first"], &value["shard"]["realizations"]), (&16.into(), &96.into(), &4.into()));
    let empty = desk.done(&[&run[..], &["1/16"]].concat());
    assert!(empty.contains("no realization"), "{empty}");
    desk.done(&[&run[..], &["1/3", "--quiet"]].concat());
    desk.done(&[&run[..], &["3/3", "--quiet"]].concat());
    let mut folders: Vec<String> =
        fs::read_dir(desk.path("output")).expect("output").flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    folders.sort();
    assert_eq!(folders.len(), 5, "{folders:?}");
    let (stem, rest) = folders[0].split_once("-shard-").expect("a name");
    assert_eq!(rest, "01-of-16");
    let manifest = desk.json(&format!("output/{stem}-shard-2-of-3/manifest.json"));
    assert_eq!((&manifest["shard"]["of"], &manifest["shard"]["first"], &manifest["realizations"]), (&3.into(), &32.into(), &100.into()));
    assert!(manifest["shard"]["ensemble"].as_str().is_some_and(|id| stem.ends_with(&id[..8])), "{manifest}");
    // Merged without -o, the whole lies where the whole run would have left it, and may take its place.
    desk.done(&["run", &first, "--realizations", "100", "--quiet"]);
    let whole = desk.files(&format!("output/{stem}"));
    let shards: Vec<String> = (1..=3).map(|i| format!("output/{stem}-shard-{i}-of-3")).collect();
    let mut merge = vec!["merge", "--quiet"];
    merge.extend(shards.iter().map(String::as_str));
    desk.done(&merge);
    assert!(desk.json(&format!("output/{stem}/manifest.json"))["arguments"][0] == "merge");
    same_files(&whole, &desk.files(&format!("output/{stem}")), "the default folder");
}

/// Expects that two folders, or more, are refused with these words, and nothing is left.
fn refused(desk: &Desk, shards: &[&str], words: &[&str]) {
    let why = desk.ends(2, &[&["merge", "-o", "refused"][..], shards].concat());
    assert!(words.iter().all(|w| why.contains(w)), "{shards:?}: {why}");
    assert!(!desk.path("refused").exists());
}

#[test]
fn what_does_not_belong_together_is_refused_with_its_reason() {
    let desk = Desk::new();
    let first = shipped("first.toml");
    for i in 1..=3 {
        shard(&desk, &first, i, 3, &[]);
    }
    let run = |to: &str, scenario: &str, more: &[&str]| {
        desk.done(&[&["run", scenario, "--realizations", COUNT, "--shard", "2/3", "--quiet", "-o", to][..], more].concat());
    };
    refused(&desk, &["s1-3", "s3-3"], &["shard 2 of 3 is missing"]);
    refused(&desk, &["s2-3"], &["shards 1, 3 of 3 are missing"]);
    refused(&desk, &["s2-3", "s3-3", "s1-3", "s3-3"], &["shard 3/3 stands twice"]);
    run("seed", &first, &["--seed", "5"]);
    refused(&desk, &["s1-3", "seed", "s3-3"], &["s1-3 and seed", "seed: 1 and 5"]);
    run("flag", &first, &["--no-baseline"]);
    refused(&desk, &["s1-3", "flag", "s3-3"], &["--no-baseline"]);
    run("counted", &first, &["--no-realizations"]);
    refused(&desk, &["s1-3", "counted", "s3-3"], &["--no-realizations"]);
    run("set", &first, &["--set", "facility.CARS.cover_in=6 weeks"]);
    refused(&desk, &["s1-3", "set", "s3-3"], &["overrides", "6 weeks"]);
    let changed = fs::read_to_string(&first).expect("shipped").replace("9 weeks", "8 weeks");
    desk.write("first.toml", &changed);
    run("changed", "first.toml", &[]);
    refused(&desk, &["s1-3", "changed", "s3-3"], &["scenario", "first.toml"]);
    desk.done(&["run", &first, "--shard", "2/3", "--realizations", "204", "--quiet", "-o", "more"]);
    refused(&desk, &["s1-3", "more", "s3-3"], &["number of realizations: 203 and 204"]);
    shard(&desk, &first, 2, 4, &[]);
    refused(&desk, &["s1-3", "s2-4", "s3-3"], &["number of shards: 3 and 4"]);
    desk.done(&["run", &first, "--realizations", COUNT, "--no-charts", "--quiet", "-o", "whole"]);
    refused(&desk, &["s1-3", "whole", "s3-3"], &["whole is no shard"]);
    refused(&desk, &["s1-3", "nowhere", "s3-3"], &["nowhere is no shard"]);
    refused(&desk, &["s1-3", "first.toml", "s3-3"], &["first.toml is no shard"]);
    assert_eq!(desk.run(&["merge"]).status.code(), Some(2));
}

#[test]
fn a_harmed_shard_is_refused() {
    let desk = Desk::new();
    let first = shipped("first.toml");
    shard(&desk, &first, 1, 2, &[]);
    shard(&desk, &first, 2, 2, &[]);
    let file = desk.path("s2-2/tally.bin");
    let sound = fs::read(&file).expect("a tally");
    let harm = |bytes: &[u8]| fs::write(&file, bytes).expect("a writable file");
    let middle = sound.len() / 2;
    let mut flipped = sound.clone();
    flipped[middle] ^= 1;
    for (harmed, words) in [(&sound[..middle], "digest"), (&sound[..20], "too short"), (&[][..], "too short"), (&flipped[..], "digest")] {
        harm(harmed);
        refused(&desk, &["s1-2", "s2-2"], &["damaged", words]);
    }
    // Digests that fit: what was written by another version, and what is no tally at all.
    let sealed = |mut body: Vec<u8>| {
        let digest = Sha256::digest(&body);
        body.extend(digest);
        body
    };
    let body = &sound[..sound.len() - 32];
    let head = body.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(1).expect("format and version stand first").0 + 1;
    let rest = &body[head..];
    assert!(body.starts_with(format!("coercivity tally 2\n{}", env!("CARGO_PKG_VERSION")).as_bytes()));
    harm(&sealed([b"coercivity tally 2\n0.0.9\n", rest].concat()));
    refused(&desk, &["s1-2", "s2-2"], &["version 0.0.9", env!("CARGO_PKG_VERSION")]);
    harm(&sealed(b"something else".to_vec()));
    refused(&desk, &["s1-2", "s2-2"], &["damaged", "first line"]);
    for end in [head, head + 40, body.len() - 1] {
        harm(&sealed(body[..end].to_vec()));
        refused(&desk, &["s1-2", "s2-2"], &["damaged"]);
    }
    // The copies of the scenario: those of the first shard are the ones that are read.
    harm(&sound);
    let copy = desk.path("s1-2/inputs/first.toml");
    let text = fs::read_to_string(&copy).expect("a copy");
    fs::write(&copy, text.replace("9 weeks", "8 weeks")).expect("a writable file");
    refused(&desk, &["s1-2", "s2-2"], &["first.toml", "changed"]);
    fs::remove_file(&copy).expect("gone");
    refused(&desk, &["s2-2", "s1-2"], &["first.toml"]);
    fs::write(&copy, text).expect("a writable file");
    merge(&desk, &["s2-2".into(), "s1-2".into()], "merged", &["--no-charts"]);
}

#[test]
fn a_shard_has_a_number_and_no_goal() {
    let desk = Desk::new();
    let first = shipped("first.toml");
    for wrong in ["0/4", "5/4", "3", "x/2", "1/1000000"] {
        let why = desk.ends(2, &["run", &first, "--shard", wrong]);
        assert!(why.contains("--shard"), "{wrong}: {why}");
    }
    let why = desk.ends(2, &["run", &first, "--shard", "1/2", "--until", "3%"]);
    assert!(why.contains("--until") && why.contains("cannot be used with"), "{why}");
    assert!(!desk.path("output").exists());
}

/// `examples/shards.sh` as it stands.
#[cfg(unix)]
#[test]
fn the_shell_script_merges_four_shards_into_the_whole_run() {
    let desk = Desk::new();
    let first = shipped("first.toml");
    let script = format!("{}/examples/shards.sh", env!("CARGO_MANIFEST_DIR"));
    let mut command = std::process::Command::new("sh");
    command.args([&script, &first, "parts"]).env("COERCIVITY", env!("CARGO_BIN_EXE_coercivity")).env("REALIZATIONS", "80");
    let output = command.current_dir(desk.path("")).output().expect("a shell");
    let (words, faults) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && words.contains("80 realizations"), "{words}{faults}");
    desk.done(&["run", &first, "--realizations", "80", "--no-charts", "--quiet", "-o", "whole"]);
    same_files(&desk.files("whole"), &desk.files("parts/whole"), "the script");
    let summary = desk.read("whole/summary.csv");
    let row: Vec<&str> = summary.lines().find(|l| l.starts_with("unmet_share,world,mean,")).expect("a row").split(',').collect();
    let mean = 100.0 * row[3].parse::<f64>().expect("a number");
    assert!(words.contains(&format!("demand not served: {mean:.2} %")), "{words}");
}
