//! In: folders that `sweep --shard` left. Out: the folder of the whole sweep, its tables and charts to the byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;

use super::folder::Folder;
use super::merge::refuse;
use super::options::OutputOptions;
use super::sweep::Left;
use super::{Outcome, inputs};
use crate::results::manifest::Manifest;
use crate::study::{StudyError, journal, shard};

/// Whether a folder holds points of a sweep.
pub(crate) fn is_shard(folder: &Path) -> bool {
    folder.join(journal::NAME).exists()
}

/// The manifest of a shard, or why it cannot be read.
fn manifest(folder: &Path) -> Result<Manifest, String> {
    let path = folder.join("manifest.json");
    let text = fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{} is no manifest: {e}", path.display()))
}

/// Puts the shards together; those of different sweeps, and incomplete sets, are refused with the reason.
pub(crate) fn merge(folders: &[PathBuf], out: &OutputOptions) -> Result<Outcome> {
    let began = Instant::now();
    let read = |folder: &PathBuf| journal::read_folder(folder).map(|swept| (folder.display().to_string(), swept));
    let swept = match folders.iter().map(read).collect::<Result<Vec<_>, _>>().and_then(shard::merge) {
        Ok(swept) => swept,
        Err(StudyError::Foreign(why)) => return Ok(refuse(&why)),
        Err(error) => return Err(error.into()),
    };
    let first = &folders[0];
    let manifest = match manifest(first) {
        Ok(manifest) => manifest,
        Err(why) => return Ok(refuse(&why)),
    };
    let identity = swept.head.identity.clone();
    let stem = manifest.inputs.first().map(|i| Path::new(&i.path));
    let stem = stem.and_then(Path::file_stem).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let target = out.output.clone().unwrap_or_else(|| Path::new("output").join(format!("{stem}-{}", &identity[..8.min(identity.len())])));
    let made = Folder::open(&target, &identity, out.overwrite)?;
    let files = match inputs::read(first, &manifest.inputs) {
        Ok(files) => files,
        Err(why) => return Ok(refuse(&why)),
    };
    let left = Left {
        swept: &swept,
        inputs: manifest.inputs,
        identity,
        overrides: manifest.overrides,
        baseline: manifest.baseline,
        threads: 1,
        notes: vec![],
        ran: 0,
        began,
    };
    left.finish(made, &files, out)?;
    Ok(Outcome::Done)
}
