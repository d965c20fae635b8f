//! In: problems and the texts of the files. Out: a report for people: file, line, column, caret, and what would be right.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::locate;
use super::problem::{Problem, Problems, Severity};
use super::schema::SourceFile;

/// Most problems that are shown; the rest is counted.
const SHOWN: usize = 100;

/// Renders the problems, errors first, and a line that sums them up; with `colour`, with ANSI colours.
pub fn render(problems: &Problems, files: &[SourceFile], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let paths: Vec<String> = files.iter().map(|f| f.path.display().to_string()).collect();
    let mut out = String::new();
    let of = |severity| problems.iter().filter(move |p| p.severity == severity);
    for problem in of(Severity::Error).chain(of(Severity::Warning)).take(SHOWN) {
        out.push_str(&one(problem, files, &paths, &renderer));
        out.push_str("\n\n");
    }
    if problems.len() > SHOWN {
        out.push_str(&format!("… and {} more\n\n", problems.len() - SHOWN));
    }
    out.push_str(&summary(problems, paths.iter().find(|p| !p.starts_with("--set ")).map(String::as_str)));
    out.push('\n');
    out
}

fn one(problem: &Problem, files: &[SourceFile], paths: &[String], renderer: &Renderer) -> String {
    let level = match problem.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let (message, label) = (printable(&problem.message), printable(&problem.label));
    let mut group = Group::with_title(level.primary_title(message));
    if let Some(place) = locate::locate(&problem.path, files) {
        let (file, path) = (&files[place.file], paths[place.file].as_str());
        group = match place.span {
            Some(span) => {
                let span = on_characters(&file.text, span);
                let mut mark = AnnotationKind::Primary.span(span);
                if !label.is_empty() {
                    mark = mark.label(label);
                }
                group.element(Snippet::source(file.text.as_str()).path(path).annotation(mark))
            }
            None => group.element(Origin::path(path)),
        };
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    renderer.render(&[group])
}

/// The text without control characters, which could move the cursor of a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The span within the text and on whole characters.
fn on_characters(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// `3 errors, 1 warning in scenarios/x.toml`.
fn summary(problems: &Problems, file: Option<&str>) -> String {
    let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
    let warnings = problems.len() - errors;
    let mut parts = Vec::new();
    if problems.is_empty() {
        parts.push("no problems".to_owned());
    }
    if errors > 0 {
        parts.push(counted(errors, "error"));
    }
    if warnings > 0 {
        parts.push(counted(warnings, "warning"));
    }
    match file {
        Some(file) => format!("{} in {file}", parts.join(", ")),
        None => parts.join(", "),
    }
}

fn counted(n: usize, word: &str) -> String {
    if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") }
}
