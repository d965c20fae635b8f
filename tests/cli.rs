//! The command as its users meet it: what it prints, what it leaves, how it ends.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SUMMARY: &str = "metric,scope,stat,value,se,lo95,hi95,n";
const TIMESERIES: &str = "period,date,variable,scope,stat,value,unit";
const EXCEEDANCE: &str = "metric,scope,threshold,probability,lo95,hi95,n";
const CONVERGENCE: &str = "metric,scope,n,mean,se";
const EXPORTS: &str = "month,destination,p05,p25,p50,p75,p95,mean,unit,partial";

fn scenario(name: &str) -> String {
    format!("{}/scenarios/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A place of its own, and commands run in it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coercivity"));
        command.args(arguments).current_dir(self.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the command starts")
    }

    /// `run first.toml` with few realizations and no charts, and some arguments more.
    fn first(&self, more: &[&str]) -> Output {
        let first = scenario("first.toml");
        let mut arguments = vec!["run", first.as_str(), "--no-charts"];
        if !more.contains(&"--realizations") {
            arguments.extend(["--realizations", "12"]);
        }
        arguments.extend(more);
        self.run(&arguments)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.path().join(path), text).expect("a writable folder");
    }

    /// Every file below, relative, with `/`; hidden ones too.
    fn files(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        walk(self.path(), self.path(), &mut found);
        found
    }

    /// The one folder in `output`.
    fn default_folder(&self) -> PathBuf {
        let mut entries: Vec<PathBuf> = fs::read_dir(self.path().join("output")).expect("output").flatten().map(|e| e.path()).collect();
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries.remove(0)
    }
}

fn walk(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
        if entry.path().is_dir() {
            walk(root, &entry.path(), found);
        }
        let path = entry.path();
        let relative = path.strip_prefix(root).expect("below");
        found.insert(relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"));
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn done(output: &Output) {
    assert_eq!(code(output), 0, "{}", told(output));
}

fn head(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[test]
fn check_accepts_every_shipped_scenario() {
    let desk = Desk::new();
    for name in ["first", "2025-export-licences", "2010-export-quota", "heavy-ban", "myanmar-border-closure", "undisturbed"] {
        let output = desk.run(&["check", &scenario(&format!("{name}.toml"))]);
        done(&output);
        assert!(!said(&output).is_empty(), "{name} is checked without a word");
    }
    assert!(desk.files().is_empty(), "check leaves {:?}", desk.files());
}

#[test]
fn a_wrong_file_ends_with_two_and_leaves_nothing() {
    let desk = Desk::new();
    desk.write("wrong.toml", "title = \"x\"\nelemnts = []\n");
    desk.write(
        "misfit.toml",
        &format!(
            "base = {:?}\n[[supply]]\nto = \"CARS\"\ncommodity = \"magnet\"\nfrom = [{{ facility = \"MAGNETS\", share = 0.5 }}]\n",
            scenario("first.toml")
        ),
    );
    for (command, file) in
        [("check", "wrong.toml"), ("run", "wrong.toml"), ("run", "nowhere.toml"), ("check", "misfit.toml"), ("run", "misfit.toml")]
    {
        let output = desk.run(&[command, file]);
        assert_eq!(code(&output), 2, "{command} {file}: {}", told(&output));
        assert!(told(&output).contains("error"), "{command} {file}: {}", told(&output));
        assert_eq!(said(&output), "", "{command} {file}");
    }
    assert_eq!(desk.files(), BTreeSet::from(["misfit.toml".to_string(), "wrong.toml".to_string()]));
}

#[test]
fn a_wrong_command_line_ends_with_two() {
    let desk = Desk::new();
    for arguments in [&["fly"][..], &["run"], &["run", "a.toml", "--realizations", "0"], &["run", "a.toml", "--set", "run.seed"]] {
        let output = desk.run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", told(&output));
    }
    done(&desk.run(&["--help"]));
    done(&desk.run(&["run", "--help"]));
    done(&desk.run(&["--version"]));
}

#[test]
fn a_run_leaves_the_promised_files_and_no_others() {
    // As many as the 5th percentile needs: with fewer, fans are not drawn.
    let desk = Desk::new();
    let output = desk.run(&[
        "run",
        &scenario("2025-export-licences.toml"),
        "--realizations",
        "240",
        "--set",
        "run.horizon=\"60 weeks\"",
        "-o",
        "out",
    ]);
    done(&output);
    assert!(said(&output).contains("out"), "the page of words does not name the folder: {}", said(&output));
    let files = desk.files();
    let tables = ["summary.csv", "timeseries.csv", "realizations.csv", "exceedance.csv", "convergence.csv", "drivers.csv", "manifest.json"];
    let inputs = ["inputs/2025-export-licences.toml", "inputs/magnets-2024.toml", "inputs/price-law.csv"];
    let mut left = files.clone();
    for name in tables.iter().chain(&inputs).chain(&["inputs", "charts", "charts/magnet-exports.csv"]) {
        assert!(left.remove(&format!("out/{name}")), "no {name} among {files:?}");
    }
    assert!(left.remove("out"));
    let charts: BTreeSet<String> = files
        .iter()
        .filter_map(|f| f.strip_prefix("out/charts/"))
        .filter_map(|f| f.rsplit_once('.'))
        .map(|(name, _)| name.to_string())
        .collect();
    assert!(charts.len() >= 4, "{charts:?}");
    for chart in &charts {
        for ending in ["svg", "png", "csv"] {
            let file = format!("out/charts/{chart}.{ending}");
            assert!(files.contains(&file), "no {file}");
            assert!(fs::metadata(desk.path().join(&file)).is_ok_and(|m| m.len() > 0), "{file} is empty");
            left.remove(&file);
        }
    }
    assert!(left.is_empty(), "not promised: {left:?}");
    for (file, columns) in [
        ("summary.csv", SUMMARY),
        ("timeseries.csv", TIMESERIES),
        ("exceedance.csv", EXCEEDANCE),
        ("convergence.csv", CONVERGENCE),
        ("charts/magnet-exports.csv", EXPORTS),
    ] {
        let text = desk.read(&format!("out/{file}"));
        assert_eq!(head(&text), columns, "{file}");
        assert!(text.lines().count() > 1, "{file} has no rows");
        let width = columns.split(',').count();
        let mut table = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        assert!(table.records().all(|r| r.is_ok_and(|r| r.len() == width)), "{file} is ragged");
    }
    let realizations = desk.read("out/realizations.csv");
    assert!(head(&realizations).starts_with("realization,"));
    assert_eq!(realizations.lines().count(), 241);
    let shipped = fs::read_to_string(scenario("2025-export-licences.toml")).expect("shipped");
    assert_eq!(desk.read("out/inputs/2025-export-licences.toml"), shipped);
    let manifest: serde_json::Value = serde_json::from_str(&desk.read("out/manifest.json")).expect("JSON");
    assert_eq!(manifest["realizations"], 240);
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert!(manifest["inputs"].as_array().is_some_and(|i| i.len() >= 3));
    assert!(manifest["seed"].is_u64() && manifest["identity"].is_string() && manifest["wall_seconds"].is_f64());
}

#[test]
fn a_scenario_with_no_inside_or_few_realizations_still_draws_its_charts() {
    let desk = Desk::new();
    let first = scenario("first.toml");
    for (realizations, out) in [("1", "one"), ("9", "nine")] {
        done(&desk.run(&["run", &first, "--realizations", realizations, "-o", out]));
        assert!(desk.files().contains(&format!("{out}/charts/magnet-exports.png")));
    }
    done(&desk.run(&["run", &first, "--realizations", "8", "--set", "inside=[]", "-o", "no-inside"]));
}

#[test]
fn the_same_command_twice_replaces_its_own_folder_with_the_same_tables() {
    let desk = Desk::new();
    done(&desk.first(&[]));
    let folder = desk.default_folder();
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(name.starts_with("first-"), "{name}");
    let table = |file: &str| fs::read(folder.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    let tables = ["summary.csv", "timeseries.csv", "realizations.csv", "exceedance.csv", "convergence.csv"];
    let before: Vec<Vec<u8>> = tables.iter().map(|t| table(t)).collect();
    done(&desk.first(&["--threads", "3"]));
    assert_eq!(desk.default_folder(), folder);
    for (file, bytes) in tables.iter().zip(&before) {
        assert!(table(file) == *bytes, "{file} differs");
    }
    // Neither leftovers nor hidden folders.
    assert!(desk.files().iter().all(|f| f.starts_with(&format!("output/{name}")) || f == "output"), "{:?}", desk.files());
}

#[test]
fn another_run_gets_another_folder() {
    let desk = Desk::new();
    done(&desk.first(&[]));
    done(&desk.first(&["--seed", "2"]));
    done(&desk.first(&["--set", "facility.CARS.cover_in=\"6 weeks\""]));
    assert_eq!(fs::read_dir(desk.path().join("output")).expect("output").count(), 3);
}

#[test]
fn a_folder_with_other_files_needs_overwrite() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("mine")).expect("a folder");
    desk.write("mine/thesis.txt", "years of work");
    let output = desk.first(&["-o", "mine"]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    assert!(told(&output).contains("--overwrite"), "{}", told(&output));
    assert_eq!(desk.read("mine/thesis.txt"), "years of work");
    assert_eq!(desk.files().len(), 2, "{:?}", desk.files());
    done(&desk.first(&["-o", "mine", "--overwrite"]));
    assert!(!desk.files().contains("mine/thesis.txt") && desk.files().contains("mine/summary.csv"));
    // The folder of another run is another folder too.
    assert_eq!(code(&desk.first(&["-o", "mine", "--seed", "9"])), 1);
    // An empty one is anybody's.
    fs::create_dir(desk.path().join("empty")).expect("a folder");
    done(&desk.first(&["-o", "empty"]));
}

#[test]
fn a_file_in_the_place_of_the_folder_is_not_lost() {
    let desk = Desk::new();
    desk.write("out", "a letter");
    let output = desk.first(&["-o", "out"]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    assert_eq!(desk.read("out"), "a letter");
}

#[test]
fn set_and_seed_change_what_they_name() {
    let desk = Desk::new();
    done(&desk.first(&["-o", "plain"]));
    done(&desk.first(&["-o", "seeded", "--seed", "77"]));
    done(&desk.first(&["-o", "set", "--set", "run.seed=77"]));
    let rows = |folder: &str| desk.read(&format!("{folder}/realizations.csv"));
    assert_ne!(rows("plain"), rows("seeded"));
    assert_eq!(rows("seeded"), rows("set"));
    let manifest: serde_json::Value = serde_json::from_str(&desk.read("seeded/manifest.json")).expect("JSON");
    assert_eq!(manifest["seed"], 77);
    let unknown = desk.first(&["-o", "unknown", "--set", "facility.CARS.cover_inn=\"6 weeks\""]);
    assert_eq!(code(&unknown), 2);
    assert!(told(&unknown).contains("cover_inn"), "{}", told(&unknown));
    assert!(!desk.path().join("unknown").exists());
}

#[test]
fn what_is_not_wanted_is_left_out() {
    let desk = Desk::new();
    let output = desk.first(&["-o", "out", "--no-realizations", "--no-baseline", "--quiet"]);
    done(&output);
    assert_eq!((said(&output), told(&output)), (String::new(), String::new()));
    let files = desk.files();
    assert!(!files.contains("out/realizations.csv") && !files.contains("out/charts") && files.contains("out/summary.csv"), "{files:?}");
}

#[test]
fn the_baseline_changes_what_is_lost_and_nothing_of_the_disturbed_world() {
    let desk = Desk::new();
    done(&desk.first(&["-o", "with"]));
    done(&desk.first(&["-o", "without", "--no-baseline"]));
    let column = |folder: &str, wanted: &str| {
        let text = desk.read(&format!("{folder}/realizations.csv"));
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let at = table.headers().expect("a head").iter().position(|h| h == wanted).unwrap_or_else(|| panic!("no {wanted}"));
        table.records().map(|r| r.expect("a row")[at].to_string()).collect::<Vec<_>>()
    };
    let text = desk.read("with/realizations.csv");
    let unmet = head(&text).split(',').find(|h| h.contains("unmet_share")).expect("a column of unmet demand").to_string();
    assert_eq!(column("with", &unmet), column("without", &unmet));
}

#[test]
fn json_is_json_with_the_summary_in_it() {
    let desk = Desk::new();
    let output = desk.first(&["-o", "out", "--json"]);
    done(&output);
    let value: serde_json::Value = serde_json::from_str(&said(&output)).expect("JSON on standard output, and nothing else");
    assert_eq!(value["realizations"], 12);
    assert_eq!(value["folder"], "out");
    let rows = value["summary"].as_array().expect("rows");
    assert!(!rows.is_empty() && rows.iter().all(|r| r["metric"].is_string() && r["scope"].is_string() && r["n"] == 12));
}

#[cfg(unix)]
mod interrupted {
    use super::*;
    use std::process::{Child, Stdio};
    use std::time::{Duration, Instant};

    /// Starts a run that would take minutes, waits until its folder is in the making, and interrupts it.
    fn interrupt(desk: &Desk, out: &str) -> Output {
        let first = scenario("first.toml");
        let arguments = ["run", first.as_str(), "--realizations", "5000000", "-o", out, "--overwrite", "--no-realizations"];
        let child = desk.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
        let began = Instant::now();
        while !desk.files().iter().any(|f| f.starts_with(&format!(".{out}."))) {
            assert!(began.elapsed() < Duration::from_secs(60), "the run does not begin");
            std::thread::sleep(Duration::from_millis(20));
        }
        // The handler is set right after the folder is opened.
        std::thread::sleep(Duration::from_millis(300));
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
        assert!(kill.success());
        finish(child)
    }

    fn finish(mut child: Child) -> Output {
        let began = Instant::now();
        while child.try_wait().expect("a child").is_none() {
            if began.elapsed() > Duration::from_secs(30) {
                let _ = child.kill();
                panic!("the run does not stop within 30 seconds");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        child.wait_with_output().expect("an end")
    }

    #[test]
    fn a_run_leaves_no_folder() {
        let desk = Desk::new();
        let output = interrupt(&desk, "out");
        assert_eq!(code(&output), 130, "{}", told(&output));
        assert!(told(&output).contains("nothing was written"), "{}", told(&output));
        assert!(desk.files().is_empty(), "{:?}", desk.files());
    }

    #[test]
    fn a_run_leaves_the_old_folder_whole() {
        let desk = Desk::new();
        done(&desk.first(&["-o", "out"]));
        let before: Vec<(String, Vec<u8>)> = contents(&desk);
        let output = interrupt(&desk, "out");
        assert_eq!(code(&output), 130, "{}", told(&output));
        assert!(before == contents(&desk), "{:?}", desk.files());
    }

    fn contents(desk: &Desk) -> Vec<(String, Vec<u8>)> {
        desk.files().into_iter().filter_map(|f| fs::read(desk.path().join(&f)).ok().map(|bytes| (f, bytes))).collect()
    }
}
