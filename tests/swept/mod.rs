//! In: the arguments of a sweep. Out: the command run in a folder of its own, and what it leaves, read and compared.
#![allow(dead_code)] // each test file that shares it uses a part

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub fn root(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coercivity"));
    command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("the command starts")
}

pub fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", told(output));
}

pub fn read(path: PathBuf) -> String {
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub type Rows = Vec<BTreeMap<String, String>>;

pub fn table(path: PathBuf) -> Rows {
    let text = read(path);
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = table.headers().expect("a head").iter().map(str::to_owned).collect();
    table.records().map(|r| head.iter().cloned().zip(r.expect("a row as wide as the head").iter().map(str::to_owned)).collect()).collect()
}

/// Every file below a folder but the manifest, which tells times.
pub fn bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap_or_else(|e| panic!("{}: {e}", next.display())).flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|n| n != "manifest.json") {
                found.insert(path.strip_prefix(folder).expect("below").to_owned(), fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

pub fn same(a: &Path, b: &Path) {
    let (a, b) = (bytes(a), bytes(b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, one) in &a {
        assert!(*one == b[name], "{} differs", name.display());
    }
}

pub fn manifest(folder: &Path) -> serde_json::Value {
    serde_json::from_str(&read(folder.join("manifest.json"))).expect("JSON")
}
