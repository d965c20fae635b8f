//! Every wrong file of `tests/invalid` and the message it gets, as a snapshot of what the user sees.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use coercivity::network::Network;
use coercivity::scenario::{self, Failure};
use coercivity::shocks::Shocks;

/// What the user is told about a file that must be wrong. Paths are relative to the crate, so no machine shows in them.
fn complaint(path: &Path, sets: &[(&str, &str)]) -> String {
    let sets: Vec<(String, String)> = sets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    match scenario::load(path, &sets) {
        Ok(_) => panic!("{} was accepted", path.display()),
        Err(Failure::Wrong { problems, files }) => {
            assert!(problems.any_error());
            scenario::render(&problems, &files, false)
        }
        Err(failure) => panic!("{}: {failure}", path.display()),
    }
}

fn wrong_files() -> Vec<PathBuf> {
    toml_files(Path::new("tests/invalid"))
}

fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { panic!("{} cannot be read", folder.display()) };
    let mut files: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

#[test]
fn every_wrong_file_is_told_what_is_wrong_with_it() {
    let files = wrong_files();
    assert!(files.len() >= 34, "only {} wrong files", files.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("invalid/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for file in files {
            let name = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            insta::assert_snapshot!(name, complaint(&file, &[]));
        }
    });
}

#[test]
fn a_sound_world_is_no_wrong_file() {
    let loaded = scenario::load(Path::new("tests/invalid/parts/sound.toml"), &[]);
    assert!(loaded.is_ok_and(|(_, problems)| problems.is_empty()));
}

#[test]
fn a_wrong_override_is_shown_where_it_was_written() {
    let sound = Path::new("tests/invalid/parts/sound.toml");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("invalid/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        let sets = [
            ("run.horizon", "5 wekks"),
            ("facility.EUR_USR.cover_in", "4 weeks"),
            ("facility.EUR_USE.cover_inn", "4 weeks"),
            ("event.april.approval", "{ uniform = [0.5, 1.2] }"),
            ("supply.EUR_USE/magnet.from.0.share", "1.5"),
            ("region.CHN", "3"),
            ("title.x", "3"),
            ("inside", "[1"),
            ("runn.seed", "3"),
            ("event.april.scop.from", "CHN"),
        ];
        insta::assert_snapshot!("set_overrides", complaint(sound, &sets));
    });
}

#[test]
fn a_directory_is_not_taken_for_a_scenario() {
    assert_eq!(complaint(Path::new("tests/invalid"), &[]), "error: tests/invalid is a directory, and a file is needed\n\n1 error\n");
}

#[test]
fn a_missing_file_is_named() {
    assert_eq!(complaint(Path::new("tests/nowhere.toml"), &[]), "error: there is no file tests/nowhere.toml\n\n1 error\n");
}

#[test]
fn a_file_of_a_hundred_megabytes_is_refused_before_it_is_read() {
    let Ok(mut file) = tempfile::NamedTempFile::new() else { panic!("no temporary file") };
    assert!(file.as_file().set_len(100 << 20).is_ok() && file.flush().is_ok());
    let told = complaint(file.path(), &[]);
    assert!(told.contains("has 100 MiB, and at most 32 are read"), "{told}");
}

#[test]
fn a_file_that_is_not_utf8_is_refused_in_words() {
    let Ok(mut file) = tempfile::NamedTempFile::new() else { panic!("no temporary file") };
    assert!(file.write_all(b"title = \"caf\xe9\"").is_ok());
    let told = complaint(file.path(), &[]);
    assert!(told.contains("is not UTF-8 text (byte 12)"), "{told}");
}

/// What the user is told about a file whose values are right and whose parts do not fit.
fn misfit(path: &Path) -> String {
    let (scenario, mut problems) = match scenario::load(path, &[]) {
        Ok(read) => read,
        Err(Failure::Wrong { problems, files }) => {
            panic!("{} has wrong values, which are not for this folder:\n{}", path.display(), scenario::render(&problems, &files, false))
        }
        Err(failure) => panic!("{}: {failure}", path.display()),
    };
    if let Some(network) = Network::compile(&scenario, &mut problems) {
        Shocks::compile(&scenario, &network, &mut problems);
    }
    assert!(!problems.is_empty(), "{} fits together", path.display());
    scenario::render(&problems, &scenario.files, false)
}

#[test]
fn what_does_not_fit_together_is_told_by_the_network_and_the_events() {
    let files = toml_files(Path::new("tests/invalid/relations"));
    assert!(files.len() >= 24, "only {} files", files.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("invalid/relations/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for file in files {
            let name = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            insta::assert_snapshot!(name, misfit(&file));
        }
    });
}

#[test]
fn the_base_of_the_misfits_fits() {
    let Ok((scenario, mut problems)) = scenario::load(Path::new("tests/invalid/parts/whole.toml"), &[]) else {
        panic!("whole.toml is wrong")
    };
    let network = Network::compile(&scenario, &mut problems);
    if let Some(network) = &network {
        Shocks::compile(&scenario, network, &mut problems);
    }
    assert!(network.is_some() && problems.is_empty(), "{}", scenario::render(&problems, &scenario.files, false));
}
