//! The law of the house: data flows one way through the rooms, and what makes a room hard to leave stays out of it.

use std::fs;
use std::path::{Path, PathBuf};

/// In the order of the data. A room may use only rooms to its left.
const ROOMS: [&str; 9] = ["scenario", "network", "shocks", "engine", "ensemble", "results", "study", "report", "cli"];

/// What stands outside the row and serves all.
const OUTSIDE: [&str; 2] = ["units", "wide"];

/// Files over [`LONG`] lines, and why they are one file all the same.
const ALLOWED_LONG: &[(&str, &str)] = &[];
const LONG: usize = 400;

struct Source {
    /// Relative to `src`, with `/`.
    path: String,
    /// Everything but tests and comments, line by line, with the line numbers of the file.
    code: Vec<(usize, String)>,
    lines: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![];
    collect(&root, &mut files);
    files.sort();
    let sources: Vec<Source> = files.iter().map(|f| read(&root, f)).collect();
    assert!(sources.len() > 40, "only {} files", sources.len());
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn read(root: &Path, file: &Path) -> Source {
    let text = fs::read_to_string(file).expect("a readable file");
    let parts: Vec<String> =
        file.strip_prefix(root).expect("inside src").components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    Source { path: parts.join("/"), code: code(&text), lines: text.lines().count() }
}

/// Drops comments, and items under `#[cfg(test)]` up to the brace that closes them.
fn code(text: &str) -> Vec<(usize, String)> {
    let mut out = vec![];
    let mut skipping: Option<i64> = None;
    for (i, line) in text.lines().enumerate() {
        let bare = line.split("//").next().unwrap_or_default();
        if line.trim() == "#[cfg(test)]" {
            skipping = Some(0);
            continue;
        }
        if let Some(depth) = &mut skipping {
            let opened = bare.matches('{').count() as i64;
            *depth += opened - bare.matches('}').count() as i64;
            let ends = *depth <= 0 && (opened > 0 || bare.contains(['}', ';']));
            if ends {
                skipping = None;
            }
            continue;
        }
        out.push((i + 1, bare.to_string()));
    }
    out
}

fn room_of(path: &str) -> Option<usize> {
    let first = path.split('/').next().unwrap_or_default();
    ROOMS.iter().position(|r| *r == first)
}

/// Names that follow `crate::` in a line, braces included: `crate::{network::Network, wide}` names `network` and `wide`.
fn uses(line: &str) -> Vec<String> {
    let mut names = vec![];
    for part in line.split("crate::").skip(1) {
        let list = match part.strip_prefix('{') {
            Some(rest) => outer_names(rest),
            None => vec![part.to_string()],
        };
        names.extend(list.iter().map(|n| n.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()));
    }
    names.retain(|n| !n.is_empty());
    names
}

fn outer_names(list: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0;
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(String::new()),
            c if !c.is_whitespace() || depth > 0 => names.last_mut().expect("one at least").push(c),
            _ => {}
        }
    }
    names
}

fn broken(rule: impl Fn(&Source, &str) -> Option<String>) -> Vec<String> {
    let mut found = vec![];
    for source in sources() {
        for (number, line) in &source.code {
            if let Some(why) = rule(&source, line) {
                found.push(format!("src/{}:{number}: {why}", source.path));
            }
        }
    }
    found
}

#[test]
fn a_room_uses_only_rooms_to_its_left() {
    let found = broken(|source, line| {
        let here = room_of(&source.path);
        let wrong = uses(line).into_iter().find(|name| {
            let there = ROOMS.iter().position(|r| r == name);
            match (here, there) {
                (Some(here), Some(there)) => there > here,
                (Some(_), None) => !OUTSIDE.contains(&name.as_str()),
                // Outside the row nothing is known of the rooms; the library's head and the command's head open the doors.
                (None, Some(_)) => !["lib.rs", "main.rs"].contains(&source.path.as_str()),
                (None, None) => false,
            }
        })?;
        Some(format!("uses `{wrong}`"))
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_file_lies_in_a_room_or_outside_the_row_on_purpose() {
    for source in sources() {
        let alone = ["lib", "main"].iter().chain(&OUTSIDE).any(|name| source.path == format!("{name}.rs"));
        assert!(alone || room_of(&source.path).is_some(), "src/{} lies in no room", source.path);
    }
}

#[test]
fn only_shocks_name_the_generators() {
    let found = broken(|source, line| {
        let words: Vec<&str> = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        let named = words.iter().find(|w| ["rand", "rand_distr", "rand_core"].contains(w))?;
        (!source.path.starts_with("shocks/")).then(|| format!("names `{named}`"))
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_library_does_not_panic_on_purpose() {
    let found = broken(|_, line| {
        [".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!", "unreachable!"]
            .into_iter()
            .find(|w| line.contains(w) && !line.contains("debug_assert"))
            .map(|w| format!("`{w}`"))
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_engine_knows_no_disk_clock_or_terminal() {
    let found = broken(|source, line| {
        let worldly = ["std::fs", "std::io", "std::time", "std::env", "std::thread", "println!", "eprintln!", "HashMap", "HashSet"];
        let named = worldly.into_iter().find(|w| line.contains(w))?;
        source.path.starts_with("engine/").then(|| format!("names `{named}`"))
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_sum_follows_the_order_of_a_hash_map() {
    let found = broken(|source, line| {
        let before_results = room_of(&source.path).is_some_and(|r| r <= 5);
        (before_results && (line.contains("HashMap") || line.contains("HashSet"))).then(|| "names a hash map".to_string())
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_long_file_says_why() {
    let sources = sources();
    for source in &sources {
        let excused = ALLOWED_LONG.iter().any(|(path, _)| *path == source.path);
        assert!(source.lines <= LONG || excused, "src/{} has {} lines: make two of it, or say why not", source.path, source.lines);
    }
    for (path, reason) in ALLOWED_LONG {
        assert!(!reason.is_empty());
        let long = sources.iter().any(|s| s.path == *path && s.lines > LONG);
        assert!(long, "src/{path} needs its excuse no more");
    }
}

#[test]
fn the_map_is_the_program() {
    let main = sources().into_iter().find(|s| s.path == "main.rs").expect("a main");
    assert!(main.lines <= 30, "main.rs has {} lines", main.lines);
}

#[test]
fn this_test_reads_code_as_meant() {
    let names = |line: &str| uses(line).join(" ");
    assert_eq!(names("use crate::network::{Network, Role};"), "network");
    assert_eq!(names("use crate::{network::{Network, Role}, wide};"), "network wide");
    assert_eq!(names("fn f(x: crate::wide::Row) -> crate::units::Mass {"), "wide units");
    let text = "a // b\n#[cfg(test)]\nmod tests {\n    fn f() {\n    }\n}\nc\n#[cfg(test)]\nuse x;\nd";
    let kept: Vec<String> = code(text).into_iter().map(|(_, l)| l.trim().to_string()).collect();
    assert_eq!(kept, ["a", "c", "d"]);
}
