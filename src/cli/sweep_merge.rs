//! In: folders that `sweep --shard` left. Out: the folder of the whole sweep, its tables and charts to the byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};

use super::folder::Folder;
use super::options::OutputOptions;
use super::sweep::Left;
use super::{Outcome, inputs};
use crate::results::manifest::Manifest;
use crate::study::{StudyError, journal, shard};

/// Whether a folder holds points of a sweep.
pub(crate) fn is_shard(folder: &Path) -> bool {
    folder.join(journal::NAME).exists()
}

/// Puts the shards together; those of different sweeps, and incomplete sets, are refused with the reason.
pub(crate) fn merge(folders: &[PathBuf], out: &OutputOptions) -> Result<Outcome> {
    let began = Instant::now();
    let read = |folder: &PathBuf| journal::read_folder(folder).map(|swept| (folder.display().to_string(), swept));
    let swept = match folders.iter().map(read).collect::<Result<Vec<_>, _>>().and_then(shard::merge) {
        Ok(swept) => swept,
        Err(StudyError::Foreign(why)) => {
            eprintln!("error: {why}");
            return Ok(Outcome::Wrong);
        }
        Err(error) => return Err(error.into()),
    };
    let first = &folders[0];
    let manifest = fs::read_to_string(first.join("manifest.json")).with_context(|| format!("cannot read {}", first.display()))?;
    let manifest: Manifest = serde_json::from_str(&manifest).with_context(|| format!("{} has a strange manifest.json", first.display()))?;
    let identity = swept.head.identity.clone();
    let stem = manifest.inputs.first().map(|i| Path::new(&i.path));
    let stem = stem.and_then(Path::file_stem).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let target = out.output.clone().unwrap_or_else(|| Path::new("output").join(format!("{stem}-{}", &identity[..8.min(identity.len())])));
    let made = Folder::open(&target, &identity, out.overwrite)?;
    let files = match inputs::read(first, &manifest.inputs) {
        Ok(files) => files,
        Err(why) => {
            eprintln!("error: {why}");
            return Ok(Outcome::Wrong);
        }
    };
    let Manifest { inputs, overrides, baseline, .. } = manifest;
    let left = Left { swept: &swept, inputs, overrides, baseline, identity, threads: 1, notes: vec![], ran: 0, began };
    left.finish(made, &files, out)?;
    Ok(Outcome::Done)
}
