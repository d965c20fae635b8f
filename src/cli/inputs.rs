//! In: the files a scenario was read from. Out: their copies in a folder, and back; and what makes two runs the same.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::results::manifest::{Input, digest, program};
use crate::results::until::Goal;
use crate::scenario::schema::SourceFile;

/// Folder of the copies.
const FOLDER: &str = "inputs";

/// Paths and digests of the files.
pub(crate) fn listed(files: &[SourceFile]) -> Vec<Input> {
    files.iter().map(|f| Input::new(f.path.display().to_string(), f.text.as_bytes())).collect()
}

/// The name of each file's copy; bases in different folders may share a name.
fn names<'a>(paths: impl Iterator<Item = &'a Path>) -> Vec<String> {
    let mut names: Vec<String> = vec![];
    for path in paths {
        let name = path.file_name().map_or_else(|| "input".to_owned(), |n| n.to_string_lossy().into_owned());
        let copies = (2..).map(|copy| format!("{copy}-{name}"));
        let free = std::iter::once(name.clone()).chain(copies).find(|n| !names.contains(n));
        names.push(free.unwrap_or(name));
    }
    names
}

/// The name of a file without its ending, for the names of folders; empty if it has none.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Copies the files as they were read, even if they have gone since.
pub(crate) fn write(folder: &Path, files: &[SourceFile]) -> Result<()> {
    let inputs = folder.join(FOLDER);
    fs::create_dir_all(&inputs).context("cannot make the folder of inputs")?;
    for (file, name) in files.iter().zip(names(files.iter().map(|f| f.path.as_path()))) {
        fs::write(inputs.join(name), &file.text).with_context(|| format!("cannot copy {}", file.path.display()))?;
    }
    Ok(())
}

/// The files again, each under the path it was read from first; the scenario is the first of them. A message says which copy is not as it was.
pub(crate) fn read(folder: &Path, listed: &[Input]) -> Result<Vec<SourceFile>, String> {
    let copies = names(listed.iter().map(|i| Path::new(&i.path)));
    let file = |(input, name): (&Input, String)| {
        let place = folder.join(FOLDER).join(name);
        match fs::read_to_string(&place) {
            Ok(text) if digest(text.as_bytes()) == input.sha256 => Ok(SourceFile { path: input.path.clone().into(), text }),
            Ok(_) => Err(format!("{} has been changed since it was copied there", place.display())),
            Err(error) => Err(format!("cannot read {}: {error}", place.display())),
        }
    };
    listed.iter().zip(copies).map(file).collect()
}

/// What decides the files of a run.
pub(crate) struct Flags<'a> {
    pub baseline: bool,
    pub charts: bool,
    pub keep: bool,
    pub until: Option<&'a Goal>,
}

/// What makes two runs the same: program, inputs, overrides and the flags that change the files.
pub(crate) fn identity(inputs: &[Input], sets: &[(String, String)], flags: &Flags<'_>) -> String {
    let mut text = format!("{} {} {} {}\n", program(), !flags.baseline, !flags.charts, !flags.keep);
    for input in inputs {
        text += &format!("{}\n", input.sha256);
    }
    for (key, value) in sets {
        text += &format!("{key}={value}\n");
    }
    if let Some(goal) = flags.until {
        text += &format!("until {goal} {}\n", goal.target);
    }
    digest(text.as_bytes())
}
