//! In: what one shard of a run counted. Out: a folder with it, from which `coercivity merge` makes the whole.

use std::fs;

use anyhow::{Context, Result};

use super::finish::{Ended, manifest_of, write_manifest};
use super::folder::Folder;
use super::options::OutputOptions;
use super::{Outcome, inputs};
use crate::ensemble::shard::Shard;
use crate::report::say;
use crate::results::manifest::{Kind, ShardOf, digest};
use crate::results::ticket::{self, Ticket};

/// The identity of a shard's own folder.
pub(crate) fn identity(ensemble: &str, shard: Shard) -> String {
    digest(format!("{ensemble} shard {shard}").as_bytes())
}

/// The default folder of a shard, given that of the whole run: numbers of one width, so that lists of files keep their order.
pub(crate) fn folder_name(whole: &str, shard: Shard) -> String {
    let width = shard.of.to_string().len();
    format!("{whole}-shard-{:0width$}-of-{}", shard.number, shard.of)
}

/// Fills the shard's folder and puts it in its place; says what it is.
pub(crate) fn finish(
    e: Ended<'_>,
    (shard, ensemble): (Shard, &str),
    sets: &[(String, String)],
    folder: Folder,
    out: &OutputOptions,
) -> Result<Outcome> {
    let (whole, first, count) = (e.plan.realizations, e.tally.first, e.tally.count);
    let ticket = Ticket {
        shard,
        ensemble: ensemble.to_owned(),
        seed: e.loaded.scenario.run.seed,
        realizations: whole,
        overrides: sets.to_vec(),
        baseline: e.plan.baseline,
        keep: e.plan.keep,
        inputs: e.inputs.clone(),
    };
    inputs::write(folder.path(), &e.loaded.scenario.files)?;
    let bytes = ticket::write(&ticket, e.tally).context("cannot write down the tally")?;
    fs::write(folder.path().join(ticket::FILE), bytes).with_context(|| format!("cannot write {}", ticket::FILE))?;
    let Shard { number, of } = shard;
    let mut manifest = manifest_of(&e, Kind::Shard, whole);
    manifest.shard = Some(ShardOf { number, of, ensemble: ensemble.to_owned(), first, realizations: count });
    write_manifest(&folder, &manifest)?;
    let place = folder.finish()?.display().to_string();
    let seconds = e.began.elapsed().as_secs_f64();
    if out.json {
        let value = serde_json::json!({"folder": place, "seconds": seconds, "shard": manifest.shard, "realizations": whole});
        super::print(&(serde_json::to_string_pretty(&value)? + "\n"))?;
    } else if !out.quiet {
        let range = match count {
            0 => "no realization: there are more shards than batches".to_owned(),
            1 => format!("realization {first}"),
            _ => format!("realizations {} to {}", say::fixed(first as f64, 0), say::fixed((first + count - 1) as f64, 0)),
        };
        let rest = "When all shards are there: coercivity merge SHARD… -o DIR";
        super::print(&format!("Shard {number} of {of}: {range}, of {}.\nFiles: {place}\n{rest}\n", say::fixed(whole as f64, 0)))?;
    }
    Ok(Outcome::Done)
}
