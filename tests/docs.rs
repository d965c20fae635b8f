//! The documentation points at files that exist, and shows shipped files as they are.

mod desk;

use std::fs;
use std::path::{Path, PathBuf};

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "scenarios/README.md", "output/README.md"].iter().map(PathBuf::from).collect();
    for entry in fs::read_dir("docs").expect("a folder of documentation").flatten() {
        if entry.path().extension().is_some_and(|e| e == "md") {
            pages.push(entry.path());
        }
    }
    pages.sort();
    pages
}

/// The text outside code blocks.
fn prose(text: &str) -> String {
    let mut out = String::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Targets of `[text](target)`.
fn links(text: &str) -> Vec<String> {
    prose(text).split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.trim().to_owned()).collect()
}

#[test]
fn every_relative_link_points_to_a_file() {
    let mut broken = vec![];
    let mut seen = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let folder = page.parent().unwrap_or(Path::new(""));
        for target in links(&text) {
            let file = target.split('#').next().unwrap_or("");
            if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                continue;
            }
            seen += 1;
            if !folder.join(file).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(seen > 20, "only {seen} links were found");
    assert!(broken.is_empty(), "links to nowhere:\n{}", broken.join("\n"));
}

/// Blocks of TOML whose first line is `# file: NAME` (the whole file) or `# from: NAME` (lines that stand together in it).
fn marked_blocks(text: &str) -> Vec<(bool, String, Vec<String>)> {
    let mut blocks = vec![];
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "```toml" {
            continue;
        }
        let block: Vec<String> = lines.by_ref().take_while(|l| l.trim() != "```").map(|l| l.trim_end().to_owned()).collect();
        let Some((head, body)) = block.split_first() else { continue };
        for (mark, whole) in [("# file: ", true), ("# from: ", false)] {
            if let Some(name) = head.strip_prefix(mark) {
                blocks.push((whole, name.trim().to_owned(), body.to_vec()));
            }
        }
    }
    blocks
}

/// The page with every whole file copied into it anew.
fn refreshed(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if let Some(name) = line.strip_prefix("# file: ") {
            out.push_str(fs::read_to_string(name.trim()).expect("a shipped file").trim_end());
            out.push_str("\n```\n");
            lines.by_ref().find(|l| l.trim() == "```");
        }
    }
    out
}

/// Set `UPDATE_DOCS=1` to copy changed files into the pages; examples of a few lines are mended by hand.
#[test]
fn every_example_from_a_shipped_file_is_as_it_stands_there() {
    let mut seen = 0;
    for page in pages() {
        let mut text = fs::read_to_string(&page).expect("a page");
        if std::env::var_os("UPDATE_DOCS").is_some() && text.contains("# file: ") {
            text = refreshed(&text);
            fs::write(&page, &text).expect("a page that can be written");
        }
        for (whole, name, body) in marked_blocks(&text) {
            seen += 1;
            let file = fs::read_to_string(&name).unwrap_or_else(|e| panic!("{}: {name}: {e}", page.display()));
            let lines: Vec<String> = file.lines().map(|l| l.trim_end().to_owned()).collect();
            let fits = if whole { lines == body } else { lines.windows(body.len().max(1)).any(|w| w == body.as_slice()) };
            assert!(fits, "{}: the example from {name} differs from the file; run the tests with UPDATE_DOCS=1", page.display());
        }
    }
    assert!(seen >= 4, "only {seen} examples were found");
}

/// Lines of code blocks that are commands, in order.
fn commands(text: &str) -> Vec<String> {
    let (mut list, mut fenced) = (vec![], false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced && line.starts_with("coercivity ") {
            list.push(line.to_owned());
        }
    }
    list
}

/// Words of a command line; single quotes keep a word together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("one at least").push(c),
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

/// Runs a command as it stands, but with few realizations and without charts. `--until` has as many as it wants of the small chain and
/// reaches its goal; of another chain it falls short: exit code 3.
fn try_out(desk: &desk::Desk, line: &str) {
    const FEW: &str = "32";
    let mut words = words(line);
    words.remove(0);
    let until = words.iter().any(|w| w == "--until");
    let small = words.iter().any(|w| w.ends_with("first.toml"));
    match words.iter().position(|w| w == "--realizations") {
        Some(_) if until && small => {}
        Some(i) => words[i + 1] = FEW.to_owned(),
        None if ["run", "compare"].contains(&words[0].as_str()) => words.extend(["--realizations", FEW].map(str::to_owned)),
        None => {}
    }
    // Of a study of a thousand points, the first four.
    if words.iter().any(|w| w.ends_with("licences-sobol.toml")) {
        match words.iter().position(|w| w == "--shard") {
            Some(i) => words[i + 1] = "1/256".to_owned(),
            None => words.extend(["--shard", "1/256"].map(str::to_owned)),
        }
        if !words.iter().any(|w| w == "--realizations") {
            words.extend(["--realizations", FEW].map(str::to_owned));
        }
    }
    if ["run", "merge", "compare", "explain", "sweep"].contains(&words[0].as_str()) {
        words.extend(["--no-charts", "--quiet"].map(str::to_owned));
    }
    let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
    let output = desk.run(&arguments);
    let expected = if until && !small { 3 } else { 0 };
    assert_eq!(desk::code(&output), expected, "{line}: {}", desk::told(&output));
}

/// A folder in which the shipped scenarios lie as in the repository.
fn desk_with_scenarios() -> desk::Desk {
    fn copy(from: &Path, desk: &desk::Desk) {
        for entry in fs::read_dir(from).expect("scenarios").flatten() {
            let path = entry.path();
            if path.is_dir() {
                copy(&path, desk);
            } else {
                desk.write(&path.display().to_string(), &fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    let desk = desk::Desk::new();
    copy(Path::new("scenarios"), &desk);
    desk
}

#[test]
fn every_command_of_the_pages_works_in_its_order() {
    let mut seen = 0;
    for page in pages() {
        let list = commands(&fs::read_to_string(&page).expect("a page"));
        let desk = desk_with_scenarios();
        list.iter().for_each(|line| try_out(&desk, line));
        seen += list.len();
    }
    assert!(seen >= 10, "only {seen} commands were found");
}

#[test]
fn every_example_of_the_help_works_in_its_order() {
    let desk = desk_with_scenarios();
    let mut seen = 0;
    for command in ["check", "run", "merge", "compare", "explain", "sweep", ""] {
        let help = desk.done(&[command, "--help"].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>());
        let examples: Vec<&str> = help.lines().map(str::trim).filter(|l| l.starts_with("coercivity ")).collect();
        assert!(!examples.is_empty(), "`{command} --help` has no example");
        examples.iter().for_each(|line| try_out(&desk, line));
        seen += examples.len();
    }
    assert!(seen >= 18, "only {seen} examples were found");
}

#[test]
fn the_two_commands_of_the_readme_stand_on_its_first_screen() {
    let text = fs::read_to_string("README.md").expect("the README");
    let first: Vec<&str> = text.lines().take(40).collect();
    for command in ["cargo run --release -- run scenarios/2025-export-licences.toml", "cargo test"] {
        assert!(first.contains(&command), "`{command}` is not on the first screen");
    }
}

#[test]
fn every_shipped_scenario_is_named_in_its_table() {
    let table = fs::read_to_string("scenarios/README.md").expect("the table of scenarios");
    for entry in fs::read_dir("scenarios").expect("scenarios").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") {
            assert!(table.contains(&format!("`{name}`")), "scenarios/README.md does not name {name}");
        }
    }
}
