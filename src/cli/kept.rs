//! In: the folder a run left. Out: its scenario, compiled again from what the folder holds and nothing else.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::inputs;
use super::load::{self, Loaded};
use crate::results::manifest::{Kind, Manifest, named, program};
use crate::scenario::load_kept;
use crate::scenario::schema::SourceFile;

/// A run as its folder tells it.
pub(crate) struct Kept {
    /// What its manifest says.
    pub manifest: Manifest,
    /// The scenario.
    pub loaded: Loaded,
}

/// Compiles the scenario of a run again; `None`: it cannot be, and why has been said.
pub(crate) fn read(folder: &Path) -> Result<Option<Kept>> {
    let (manifest, files) = match look(folder) {
        Ok(found) => found,
        Err(why) => {
            eprintln!("error: {why}");
            return Ok(None);
        }
    };
    let loaded = load::compiled(load_kept(&files, &manifest.overrides), true)?;
    Ok(loaded.map(|loaded| Kept { manifest, loaded }))
}

/// What a run's folder holds, if this program made it and nothing in it has changed; else what is wrong.
fn look(folder: &Path) -> Result<(Manifest, Vec<SourceFile>), String> {
    let shown = folder.display();
    let text = fs::read_to_string(folder.join("manifest.json"))
        .map_err(|e| format!("{shown} is not the folder of a run: its manifest.json: {e}"))?;
    let value: serde_json::Value =
        serde_json::from_str(&text).map_err(|e| format!("{shown} is not the folder of a run: its manifest.json: {e}"))?;
    let made_by = named(value["version"].as_str().unwrap_or("unknown"), value["commit"].as_str());
    let this = program();
    if made_by != this {
        return Err(format!("{shown} was made by coercivity {made_by}, and this is {this}: run it again"));
    }
    let manifest: Manifest = serde_json::from_value(value).map_err(|e| format!("{shown}: its manifest.json: {e}"))?;
    // A shard holds its scenario as the whole run does.
    if !matches!(manifest.kind, Kind::Run | Kind::Shard) {
        return Err(format!("{shown} is not the folder of a run: `coercivity {}` made it", manifest.arguments.join(" ")));
    }
    let files = inputs::read(folder, &manifest.inputs)?;
    Ok((manifest, files))
}
