//! In: files and `--with` changes. Out: the variants of a comparison, each compiled under one seed, count, start and horizon.

use std::path::PathBuf;

use anyhow::Result;

use super::inputs;
use super::load::{self, Loaded};

/// A variant as it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// Its name in tables and on charts.
    pub label: String,
    /// Its file.
    pub path: PathBuf,
    /// What is changed in it, beside what is changed in all.
    pub changes: Vec<(String, String)>,
}

/// Reads `KEY=VALUE[,KEY=VALUE…]`: commas inside quotes or brackets belong to a value.
pub(crate) fn changes(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut list = vec![];
    for part in parts(text) {
        let (key, value) = load::override_of(part.trim()).map_err(|_| {
            format!("`{}` is not KEY=VALUE; a value with a comma in it stands in quotes, e.g. --with 'title=\"One, two\"'", part.trim())
        })?;
        if ["run.seed", "run.realizations"].contains(&key.as_str()) {
            return Err(format!("`{key}` is one for all variants: give --{}", key.trim_start_matches("run.")));
        }
        if key == "run.start" {
            return Err("`run.start` is one for all variants: give --set run.start=DATE".into());
        }
        list.push((key, value));
    }
    Ok(list)
}

/// Cuts at commas that stand in no quotes and no brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut quote, mut escaped) = (vec![], 0, 0_i32, None, false);
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (Some('"'), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some(q), c) if c == q && !escaped => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{' | '(') => depth += 1,
            (None, ']' | '}' | ')') => depth -= 1,
            (None, ',') if depth <= 0 => {
                parts.push(&text[from..i]);
                from = i + 1;
            }
            (None, _) => {}
        }
        escaped = false;
    }
    parts.push(&text[from..]);
    parts
}

/// The variants in order: files, then changes of the first file; labels take the place of names made from them.
///
/// # Errors
/// A sentence about what is wrong with the command line.
pub(crate) fn asked(files: &[PathBuf], with: &[Vec<(String, String)>], labels: &[String]) -> Result<Vec<Asked>, String> {
    let Some(first) = files.first() else { return Err("a scenario file is needed".into()) };
    let mut list: Vec<Asked> = files.iter().map(|p| Asked { label: inputs::stem(p), path: p.clone(), changes: vec![] }).collect();
    for changes in with {
        let words: Vec<String> = changes.iter().map(|(k, v)| format!("{k}={v}")).collect();
        list.push(Asked { label: words.join(","), path: first.clone(), changes: changes.clone() });
    }
    if list.len() < 2 {
        return Err("two variants are needed at least: give another file, or --with KEY=VALUE".into());
    }
    if labels.len() > list.len() {
        return Err(format!("{} labels for {} variants", labels.len(), list.len()));
    }
    for (asked, label) in list.iter_mut().zip(labels) {
        asked.label = label.trim().to_owned();
    }
    for i in 0..list.len() {
        if list[i].label.is_empty() {
            return Err("a label is empty".into());
        }
        let own = list[i].label.clone();
        let mut copy = 1;
        while list[..i].iter().any(|a| a.label == list[i].label) {
            if i < labels.len() {
                return Err(format!("two variants are called `{own}`"));
            }
            copy += 1;
            list[i].label = format!("{own} ({copy})");
        }
    }
    Ok(list)
}

/// Compiles the variants; `None`: one is wrong, and why has been said. `sets` holds for all of them.
///
/// The first one's seed and realizations hold for all; of different horizons the shortest.
pub(crate) fn compile(asked: &[Asked], sets: &[(String, String)], quiet: bool) -> Result<Option<Vec<Loaded>>> {
    let mut list: Vec<Loaded> = vec![];
    let mut overrides: Vec<Vec<(String, String)>> = vec![];
    for one in asked {
        let mut own: Vec<(String, String)> = sets.iter().chain(&one.changes).cloned().collect();
        if let Some(first) = list.first() {
            own.push(("run.realizations".into(), first.scenario.run.realizations.to_string()));
            own.push(("run.seed".into(), first.scenario.run.seed.to_string()));
        }
        let Some(loaded) = load::compile(&one.path, &own, true)? else { return Ok(told(one)) };
        // Variants share most warnings: once is enough.
        let told_before = |message: &str| list.iter().any(|l| l.warnings.iter().any(|p| p.message == message));
        if !quiet && loaded.warnings.iter().any(|p| !told_before(&p.message)) {
            load::show(&loaded.warnings, &loaded.scenario.files);
        }
        list.push(loaded);
        overrides.push(own);
    }
    let start = list[0].scenario.run.start;
    if let Some(i) = list.iter().position(|l| l.scenario.run.start != start) {
        let other = list[i].scenario.run.start;
        eprintln!(
            "error: `{}` starts on {start} and `{}` on {other}: only runs of the same weeks can be compared",
            asked[0].label, asked[i].label
        );
        eprintln!("       --set run.start={start} starts all of them on that day");
        return Ok(None);
    }
    let weeks = list.iter().map(|l| l.scenario.run.horizon).min().unwrap_or(0);
    for ((loaded, own), one) in list.iter_mut().zip(overrides).zip(asked) {
        if loaded.scenario.run.horizon > weeks {
            let own = [own, vec![("run.horizon".into(), format!("{weeks} weeks"))]].concat();
            let Some(shorter) = load::compile(&one.path, &own, true)? else { return Ok(told(one)) };
            *loaded = shorter;
        }
    }
    Ok(Some(list))
}

fn told(wrong: &Asked) -> Option<Vec<Loaded>> {
    eprintln!("error: the variant `{}` cannot be run", wrong.label);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn commas_in_quotes_and_brackets_belong_to_values() {
        assert_eq!(changes("a.b=26 weeks,c=0.1"), Ok(pairs(&[("a.b", "26 weeks"), ("c", "0.1")])));
        let dist = "x={ uniform = [\"5 weeks\", \"7 weeks\"] },inside=[\"A\",\"B\"],title=\"One, \\\" two\",t='a,b'";
        let read = [
            ("x", "{ uniform = [\"5 weeks\", \"7 weeks\"] }"),
            ("inside", "[\"A\",\"B\"]"),
            ("title", "\"One, \\\" two\""),
            ("t", "'a,b'"),
        ];
        assert_eq!(changes(dist), Ok(pairs(&read)));
        assert!(changes("title=One, two").is_err_and(|e| e.contains("`two` is not KEY=VALUE")));
        assert!(changes("a=1,run.seed=3").is_err_and(|e| e.contains("--seed")));
        assert!(changes("run.start=2025-02-03").is_err_and(|e| e.contains("--set run.start")));
        assert!(changes("").is_err() && changes("a=1,").is_err());
    }

    #[test]
    fn variants_have_names_of_their_own() {
        let files = [PathBuf::from("x/a.toml"), PathBuf::from("y/a.toml")];
        let with = [pairs(&[("k", "1")])];
        let labels = |labels: &[&str]| {
            let labels: Vec<String> = labels.iter().map(|l| (*l).to_owned()).collect();
            asked(&files, &with, &labels).map(|list| list.into_iter().map(|a| a.label).collect::<Vec<_>>())
        };
        assert_eq!(labels(&[]), Ok(vec!["a".into(), "a (2)".into(), "k=1".into()]));
        assert_eq!(labels(&["as it is", "less"]), Ok(vec!["as it is".into(), "less".into(), "k=1".into()]));
        assert!(labels(&["same", "same"]).is_err() && labels(&["1", "2", "3", "4"]).is_err() && labels(&[" "]).is_err());
        assert!(asked(&files[..1], &[], &[]).is_err_and(|e| e.contains("--with")));
    }
}
