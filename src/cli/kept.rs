//! In: a scenario that was run, or the folder a run left. Out: copies of its files in that folder; the very same scenario again.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::load::{self, Loaded};
use super::run::{RunArguments, identity};
use crate::results::manifest::{Input, Manifest, digest};
use crate::scenario::load_copies;
use crate::scenario::schema::SourceFile;

/// Folder of the copies, in a run's folder.
const INPUTS: &str = "inputs";

/// Names of the copies of files: their own, counted where bases in different folders share one.
fn names<'a>(paths: impl Iterator<Item = &'a Path>) -> Vec<String> {
    let mut names: Vec<String> = vec![];
    for path in paths {
        let own = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let mut name = own.clone();
        let mut copy = 1;
        while names.contains(&name) {
            copy += 1;
            name = format!("{copy}-{own}");
        }
        names.push(name);
    }
    names
}

/// Copies files as they were read, even if they have changed or gone since.
pub(crate) fn write(folder: &Path, files: &[SourceFile]) -> Result<()> {
    let inputs = folder.join(INPUTS);
    fs::create_dir_all(&inputs).context("cannot make the folder of inputs")?;
    for (file, name) in files.iter().zip(names(files.iter().map(|f| f.path.as_path()))) {
        fs::write(inputs.join(name), &file.text).with_context(|| format!("cannot copy {}", file.path.display()))?;
    }
    Ok(())
}

/// A run as its folder tells it.
pub(crate) struct Kept {
    /// What it was run with.
    pub arguments: RunArguments,
    /// What its manifest says.
    pub manifest: Manifest,
    /// The scenario, compiled again.
    pub loaded: Loaded,
}

/// Compiles the scenario of a run again from its folder alone; `None`: it cannot be, and why has been said.
pub(crate) fn read(folder: &Path) -> Result<Option<Kept>> {
    let (manifest, arguments, copies) = match look(folder) {
        Ok(found) => found,
        Err(why) => {
            eprintln!("error: {why}");
            return Ok(None);
        }
    };
    let loaded = load::prove(load_copies(&copies, &arguments.ensemble.overrides()), true)?;
    Ok(loaded.map(|loaded| Kept { arguments, manifest, loaded }))
}

/// What a run's folder holds, if this program made it and nothing in it has changed; else what is wrong.
fn look(folder: &Path) -> Result<(Manifest, RunArguments, Vec<SourceFile>), String> {
    let shown = folder.display();
    let text = fs::read_to_string(folder.join("manifest.json"))
        .map_err(|e| format!("{shown} is not the folder of a run: its manifest.json: {e}"))?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|e| format!("{shown} is not the folder of a run that this version can read: its manifest.json: {e}"))?;
    let ours = env!("CARGO_PKG_VERSION");
    if manifest.version != ours {
        return Err(format!("{shown} was made by coercivity {}, and this is {ours}: run it again", manifest.version));
    }
    let arguments = super::run_arguments(&manifest.arguments).ok_or_else(|| format!("{shown} was not made by `coercivity run`"))?;
    let mut copies = vec![];
    for (input, name) in manifest.inputs.iter().zip(names(manifest.inputs.iter().map(|i| Path::new(&i.path)))) {
        let place = folder.join(INPUTS).join(name);
        let text = fs::read_to_string(&place).map_err(|e| format!("cannot read {}: {e}", place.display()))?;
        if digest(text.as_bytes()) != input.sha256 {
            return Err(format!("{} has changed since the run: run it again", place.display()));
        }
        copies.push(SourceFile { path: input.path.clone().into(), text });
    }
    let inputs: Vec<Input> = manifest.inputs.clone();
    if identity(&inputs, &arguments.ensemble.overrides(), &arguments) != manifest.identity {
        return Err(format!("the manifest of {shown} does not fit its run: run it again"));
    }
    Ok((manifest, arguments, copies))
}
