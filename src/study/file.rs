//! In: the path of a study file. Out: a [`Study`] with its points, or every mistake of the file at once, each in its place.

use std::path::Path;

use super::clash;
use super::correlate::Target;
use super::design::{self, Design, listed, sobol};
use super::outcome::Outcome;
use super::spread::{self, Spread};
use super::{Parameter, Policy, Source, Study};
use crate::results::Stat;
use crate::scenario::problem::Problems;
use crate::scenario::ranges::SHARE;
use crate::scenario::reader::{Reader, Sheet};
use crate::scenario::schema::SourceFile;
use crate::scenario::value::Value;
use crate::scenario::{Failure, names, number, parse};

/// Names of the table's own columns: no parameter may be called so.
pub const COLUMNS: [&str; 11] = ["point", "scenario", "policy", "metric", "scope", "stat", "value", "se", "lo95", "hi95", "n"];

/// Statistics that are told if the study does not say.
const STATS: [Stat; 6] = [Stat::Mean, Stat::Sd, Stat::P05, Stat::P50, Stat::P95, Stat::Cvar95];

/// Most realizations of a point.
const MOST_REALIZATIONS: u64 = 100_000_000;

/// Loads the study at `path`.
///
/// # Errors
/// [`Failure::Wrong`] with every problem of the file; [`Failure::Disk`] when the disk fails.
pub fn load(path: &Path) -> Result<Study, Failure> {
    let mut problems = Problems::default();
    let text = match parse::read_text(path)? {
        Ok(text) => text,
        Err(message) => {
            problems.error("", message);
            return Err(Failure::Wrong { problems, files: vec![] });
        }
    };
    let name = path.display().to_string();
    let table = parse::read_table(&name, &text, &mut problems);
    let mut files = vec![SourceFile { path: path.to_owned(), text }];
    let Some(table) = table.filter(|_| !problems.any_error()) else { return Err(Failure::Wrong { problems, files }) };
    let mut r = Reader { problems, ..Reader::default() };
    let folder = path.parent().unwrap_or(Path::new(""));
    let study = read(&mut r, Sheet::new(&table, ""), folder, &mut files)?;
    if r.problems.any_error() {
        return Err(Failure::Wrong { problems: r.problems, files });
    }
    Ok(Study { files, ..study })
}

fn read(r: &mut Reader, mut sheet: Sheet<'_>, folder: &Path, files: &mut Vec<SourceFile>) -> Result<Study, Failure> {
    let top = &mut sheet;
    let title = top.need_text(r, "title");
    let description = top.text(r, "description").unwrap_or_default();
    let scenarios = scenarios(r, top, folder);
    let policies = policies(r, top);
    let realizations = top.table.has("realizations").then(|| top.whole(r, "realizations", 1, MOST_REALIZATIONS, 1));
    let seed = top.table.has("seed").then(|| top.whole(r, "seed", 0, u64::MAX, 0));
    top.value("realizations");
    top.value("seed");
    let outcomes = texts(r, top, "outcomes").into_iter().map(|(_, text)| Outcome::read(&text)).collect();
    let stats = stats(r, top);
    let (design, table) = match top.need(r, "design").and_then(|_| top.sheet(r, "design")) {
        Some(sheet) => read_design(r, sheet),
        None => (None, None),
    };
    let mut parameters = parameters(r, top, design);
    let pairs = correlations(r, top, &parameters, design);
    sheet.finish(r);
    let mut points = vec![];
    match (design, table) {
        (Some(Design::Listed), Some(table)) => {
            let path = folder.join(table);
            match parse::read_text(&path)? {
                Ok(text) => {
                    points = listed::points(&text, &path.display().to_string(), &mut parameters, &mut r.problems);
                    files.push(SourceFile { path, text });
                }
                Err(message) => {
                    r.problems.error("design.path", message).help("the path is taken from the folder of the study");
                }
            }
        }
        (Some(design), _) if !r.problems.any_error() => {
            let target = if pairs.is_empty() { None } else { Target::new(parameters.len(), &pairs) };
            if target.is_none() && !pairs.is_empty() {
                let message = "no numbers can have these rank correlations all at once";
                r.problems.error("correlation", message).help("weaken them; what is close to two things is not far from either");
            }
            points = design::points(design, &parameters, target.as_ref(), &mut r.problems);
        }
        _ => {}
    }
    clash::within(&parameters, &policies, &mut r.problems);
    let cases = points.len().saturating_mul(scenarios.len()).saturating_mul(policies.len());
    if cases > design::MOST {
        let message = format!("scenarios × policies × points are {cases}, and must be at most {}", design::MOST);
        r.problems.error("design", message);
    }
    let design = design.unwrap_or(Design::Listed);
    Ok(Study { title, description, scenarios, policies, realizations, seed, outcomes, stats, design, parameters, points, files: vec![] })
}

/// A list of texts with their key paths; absent: empty.
fn texts(r: &mut Reader, sheet: &mut Sheet<'_>, key: &'static str) -> Vec<(String, String)> {
    let path = sheet.at(key);
    let mut list: Vec<(String, String)> = vec![];
    for (i, item) in sheet.items(r, key).iter().enumerate() {
        let at = format!("{path}[{i}]");
        match item {
            Value::Text(text) if list.iter().any(|(_, t)| t == text) => {
                r.problems.error(at, format!("`{text}` stands twice in this list"));
            }
            Value::Text(text) => list.push((at, text.clone())),
            other => r.wrong_type(&at, other, "a text"),
        }
    }
    list
}

fn scenarios(r: &mut Reader, top: &mut Sheet<'_>, folder: &Path) -> Vec<Source> {
    let one = top.text(r, "scenario").map(|text| ("scenario".to_owned(), text));
    let many = texts(r, top, "scenarios");
    match (top.table.has("scenario"), top.table.has("scenarios")) {
        (true, true) => {
            r.problems.error("scenarios", "`scenario` and `scenarios` cannot both stand here").help("write one of them");
        }
        (false, false) => {
            let help = "add scenario = \"path of a scenario file\", from the folder of the study";
            r.problems.error("", "it is not said which scenario is swept").help(help);
        }
        (false, true) if many.is_empty() && !r.problems.any_error() => {
            r.problems.error("scenarios", "there must be at least one scenario");
        }
        _ => {}
    }
    let mut list: Vec<Source> = vec![];
    for (at, text) in one.into_iter().chain(many) {
        let path = folder.join(&text);
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        if list.iter().any(|s| s.name == name) {
            r.problems.error(&at, format!("two scenarios are called `{name}`")).help("their files must differ in name, not only in folder");
        }
        list.push(Source { name, path, at });
    }
    list
}

fn policies(r: &mut Reader, top: &mut Sheet<'_>) -> Vec<Policy> {
    let mut list: Vec<Policy> = vec![];
    for (i, item) in top.items(r, "policy").iter().enumerate() {
        let at = format!("policy[#{}]", i + 1);
        let Value::Table(table) = item else {
            r.wrong_type(&at, item, "a table");
            continue;
        };
        let mut sheet = Sheet::new(table, at);
        let id = sheet.need_text(r, "id");
        if list.iter().any(|p| p.id == id) {
            r.problems.error(sheet.at("id"), format!("two policies are called `{id}`"));
        }
        let inner = sheet.sheet(r, "set").map(|s| s.table.0.clone()).unwrap_or_default();
        list.push(Policy { id, set: inner.into_iter().map(|(path, value)| (path, value.written())).collect() });
        sheet.finish(r);
    }
    if list.is_empty() {
        list.push(Policy { id: "none".into(), set: vec![] });
    }
    list
}

fn stats(r: &mut Reader, top: &mut Sheet<'_>) -> Vec<Stat> {
    let mut list = vec![];
    for (at, text) in texts(r, top, "stats") {
        match text.parse::<Stat>() {
            Ok(stat) => list.push(stat),
            Err(unknown) => {
                let known = ["mean", "sd", "p05", "p25", "p50", "p75", "p95", "p99", "cvar95", "cvar99", "prob_gt_0.05"];
                r.problems.error(at, unknown.to_string()).help(names::suggestion(&text, &known));
            }
        }
    }
    if list.is_empty() {
        return STATS.to_vec();
    }
    // The page, the charts and `--json` tell means.
    if !list.contains(&Stat::Mean) {
        list.push(Stat::Mean);
    }
    list.sort_unstable();
    list
}

/// The word of a design, before its own fields are known.
#[derive(Debug, Clone, Copy)]
enum Word {
    Grid,
    LatinHypercube,
    Sobol,
    OneAtATime,
    File,
}

const WORDS: &[(&str, Word)] = &[
    ("grid", Word::Grid),
    ("latin_hypercube", Word::LatinHypercube),
    ("sobol", Word::Sobol),
    ("one_at_a_time", Word::OneAtATime),
    ("file", Word::File),
];

/// The design, and the path of its table of points.
fn read_design(r: &mut Reader, mut sheet: Sheet<'_>) -> (Option<Design>, Option<String>) {
    sheet.need(r, "type");
    let Some(word) = sheet.choice(r, "type", WORDS) else { return (None, None) };
    let mut table = None;
    let design = match word {
        Word::Grid => Design::Grid,
        Word::LatinHypercube | Word::Sobol => {
            sheet.need(r, "points");
            let most = if matches!(word, Word::Sobol) { sobol::MOST_POINTS } else { design::MOST };
            let points = sheet.whole(r, "points", 2, most as u64, 2) as usize;
            let seed = sheet.whole(r, "seed", 0, u64::MAX, 1);
            if matches!(word, Word::Sobol) && !points.is_power_of_two() {
                let (below, above) = (points.next_power_of_two() / 2, points.next_power_of_two());
                r.problems
                    .error(sheet.at("points"), format!("{points} is not a power of two, and Sobol points fill evenly only then"))
                    .help(format!("take {below} or {above}"));
            }
            if matches!(word, Word::Sobol) { Design::Sobol { points, seed } } else { Design::LatinHypercube { points, seed } }
        }
        Word::OneAtATime => {
            let ends: Vec<f64> = sheet
                .items(r, "ends")
                .iter()
                .enumerate()
                .filter_map(|(i, v)| number::plain(r, v, &format!("design.ends[{i}]"), SHARE))
                .collect();
            let given = sheet.table.has("ends");
            match ends[..] {
                [low, high] if low > 0.0 && low < high && high < 1.0 => Design::OneAtATime { ends: [low, high] },
                _ => {
                    if given {
                        let message = "`ends` needs two quantiles, the lower first, above 0 and below 1";
                        r.problems.error("design.ends", message).help("e.g. ends = [0.05, 0.95]");
                    }
                    Design::OneAtATime { ends: [0.05, 0.95] }
                }
            }
        }
        Word::File => {
            table = Some(sheet.need_text(r, "path"));
            Design::Listed
        }
    };
    sheet.finish(r);
    (Some(design), table)
}

fn parameters(r: &mut Reader, top: &mut Sheet<'_>, design: Option<Design>) -> Vec<Parameter> {
    let mut list: Vec<Parameter> = vec![];
    for (i, item) in top.items(r, "parameter").iter().enumerate() {
        let at = format!("parameter[#{}]", i + 1);
        let Value::Table(table) = item else {
            r.wrong_type(&at, item, "a table");
            continue;
        };
        let mut sheet = Sheet::new(table, at.clone());
        let path = sheet.need_text(r, "path");
        let id = sheet.text(r, "id").unwrap_or_else(|| path.clone());
        let name = sheet.text(r, "name").unwrap_or_else(|| id.clone());
        let before = r.problems.len();
        let read = spread::read(r, &mut sheet);
        let wrong = r.problems.len() > before;
        sheet.finish(r);
        let given = read.as_ref().map(|(spread, ..)| spread);
        match (design, given) {
            (Some(Design::Listed), Some(_)) => {
                r.problems.error(at.clone(), "the table of points says which values this takes").help("take out its distribution");
            }
            (Some(Design::Grid), Some(Spread::Drawn(_))) => {
                let help = "write values = […], or take a latin_hypercube or sobol design";
                r.problems.error(at.clone(), "a grid needs values, and this is a distribution").help(help);
            }
            (Some(Design::Grid), None) if !wrong => {
                r.problems.error(at.clone(), "`values` is missing");
            }
            (Some(Design::Grid | Design::Listed) | None, _) => {}
            (Some(_), None) if !wrong => {
                let help = "e.g. uniform = [0.4, 0.9]; any distribution of docs/scenario-format.md, or values = […]";
                r.problems.error(at.clone(), "it is not said which values this takes").help(help);
            }
            _ => {}
        }
        if list.iter().any(|p| p.path == path) {
            r.problems.error(sheet_at(&at, "path"), format!("`{path}` varies twice"));
        }
        if COLUMNS.contains(&id.as_str()) || list.iter().any(|p| p.id == id) {
            r.problems.error(sheet_at(&at, "id"), format!("there is a column `{id}` already")).help("give it an id of its own");
        }
        let (spread, unit, at) = read.unwrap_or((Spread::Listed, String::new(), at));
        list.push(Parameter { path, id, name, unit, spread, at });
    }
    match design {
        Some(Design::Listed) | None => {}
        Some(_) if list.is_empty() => {
            r.problems.error("", "nothing varies").help("add a [[parameter]] with path = \"…\" and a distribution or values");
        }
        Some(Design::Sobol { .. }) if list.len() > sobol::MOST_PARAMETERS => {
            r.problems.error("parameter", format!("a Sobol design has at most {} parameters", sobol::MOST_PARAMETERS));
        }
        Some(_) => {}
    }
    list
}

fn sheet_at(at: &str, key: &str) -> String {
    format!("{at}.{key}")
}

/// Pairs of parameters and their rank correlation.
fn correlations(r: &mut Reader, top: &mut Sheet<'_>, parameters: &[Parameter], design: Option<Design>) -> Vec<(usize, usize, f64)> {
    let mut list: Vec<(usize, usize, f64)> = vec![];
    for (i, item) in top.items(r, "correlation").iter().enumerate() {
        let at = format!("correlation[#{}]", i + 1);
        let Value::Table(table) = item else {
            r.wrong_type(&at, item, "a table");
            continue;
        };
        let mut sheet = Sheet::new(table, at.clone());
        sheet.need(r, "between");
        let mut places = vec![];
        for (at, name) in texts(r, &mut sheet, "between") {
            let ids: Vec<&str> = parameters.iter().map(|p| p.id.as_str()).collect();
            match parameters.iter().position(|p| p.id == name || p.path == name) {
                Some(place) => places.push(place),
                None => {
                    r.problems.error(at, format!("unknown parameter `{name}`")).help(names::suggestion(&name, &ids));
                }
            }
        }
        sheet.need(r, "rank");
        let rank = sheet.value("rank").and_then(|v| number::plain(r, v, &sheet_at(&at, "rank"), crate::scenario::ranges::ANY));
        if rank.is_some_and(|x| x.abs() >= 1.0) {
            r.problems.error(sheet_at(&at, "rank"), "a rank correlation lies above −1 and below 1");
        }
        sheet.finish(r);
        match (<[usize; 2]>::try_from(places), rank) {
            (Ok([a, b]), _) if a == b => {
                r.problems.error(sheet_at(&at, "between"), "these are two names of one parameter");
            }
            (Ok([a, b]), Some(rank)) if list.iter().any(|&(c, d, _)| [a, b] == [c, d] || [a, b] == [d, c]) => {
                r.problems.error(at, format!("these two are correlated twice (here by {rank})"));
            }
            (Ok([a, b]), Some(rank)) => list.push((a, b, rank)),
            (Err(_), _) if !r.problems.any_error() => {
                r.problems.error(sheet_at(&at, "between"), "`between` needs two different parameters");
            }
            _ => {}
        }
    }
    if !list.is_empty() && design.is_some_and(|d| !d.is_drawn()) {
        r.problems
            .error("correlation", "only points that are drawn can be correlated")
            .help("take a latin_hypercube or sobol design, or take the correlations out");
    }
    list
}
