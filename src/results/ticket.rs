//! In: what a shard counted, and of what it is a shard. Out: one file of both, and back; the file says when it was harmed.
//!
//! The file is a line that names its format, a line that names the program, both in [postcard](https://postcard.jamesmunns.com), and the
//! SHA-256 of all that.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest::{Input, program};
use crate::ensemble::shard::{Shard, missing};
use crate::ensemble::tally::Tally;

/// Name of the file in a shard's folder.
pub const FILE: &str = "tally.bin";

const FORMAT: &str = "coercivity tally 2\n";
/// Bytes of the digest at its end.
const DIGEST: usize = 32;

/// Of what a tally is a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Which shard.
    pub shard: Shard,
    /// Identity of the whole run, the same in all its shards.
    pub ensemble: String,
    /// Root of all random numbers.
    pub seed: u64,
    /// Realizations of the whole run.
    pub realizations: u64,
    /// Overrides, in their order.
    pub overrides: Vec<(String, String)>,
    /// Whether each realization ran beside its baseline.
    pub baseline: bool,
    /// Whether realizations are kept.
    pub keep: bool,
    /// Files read, the scenario first.
    pub inputs: Vec<Input>,
}

/// Why a folder cannot be taken for the shard that is wanted.
#[derive(Debug, thiserror::Error)]
pub enum ShardError {
    /// There is no tally in it.
    #[error("{} is no shard: it holds no {FILE}, which `coercivity run --shard I/N` leaves", .0.display())]
    None(PathBuf),
    /// The file is not as it was written.
    #[error("{} is damaged: {why}; run this shard again", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another version wrote it.
    #[error("{} was written by version {found}, and this is {}; shards are merged by the version that ran them", file.display(), program())]
    Version {
        /// The file.
        file: PathBuf,
        /// The other version.
        found: String,
    },
    /// The disk failed.
    #[error("cannot read {}: {source}", file.display())]
    Disk {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Bytes of a ticket and its tally.
///
/// # Errors
/// What postcard says when it cannot write.
pub fn write(ticket: &Ticket, tally: &Tally) -> Result<Vec<u8>, postcard::Error> {
    let head = format!("{FORMAT}{}\n", program()).into_bytes();
    let mut bytes = postcard::to_extend(&(ticket, tally), head)?;
    let digest = super::manifest::sha256(&bytes);
    bytes.extend(digest);
    Ok(bytes)
}

/// A shard's file, found whole.
#[derive(Debug)]
pub struct Opened {
    /// Of what it is a part.
    pub ticket: Ticket,
    file: PathBuf,
    bytes: Vec<u8>,
    /// Where in `bytes` the tally begins.
    tally: usize,
}

/// Opens a shard's folder and reads its ticket.
///
/// # Errors
/// [`ShardError`], with its reason.
pub fn open(folder: &Path) -> Result<Opened, ShardError> {
    let file = folder.join(FILE);
    let mut bytes = match fs::read(&file) {
        Ok(bytes) => bytes,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Err(ShardError::None(folder.to_owned()));
        }
        Err(source) => return Err(ShardError::Disk { file, source }),
    };
    let damaged = |why: &str| ShardError::Damaged { file: file.clone(), why: why.to_owned() };
    let Some((body, digest)) = bytes.split_last_chunk::<DIGEST>() else { return Err(damaged("it is too short")) };
    if super::manifest::sha256(body) != *digest {
        return Err(damaged("its digest is not that of its contents"));
    }
    let rest = body.strip_prefix(FORMAT.as_bytes()).ok_or_else(|| damaged("its first line is not that of a tally this program reads"))?;
    let end = rest.iter().position(|b| *b == b'\n').ok_or_else(|| damaged("it names no version"))?;
    let found = String::from_utf8_lossy(&rest[..end]).into_owned();
    if found != program() {
        return Err(ShardError::Version { file, found });
    }
    let (ticket, rest) = postcard::take_from_bytes(&rest[end + 1..]).map_err(|e| damaged(&e.to_string()))?;
    let tally = body.len() - rest.len();
    bytes.truncate(bytes.len() - DIGEST);
    Ok(Opened { ticket, file, bytes, tally })
}

impl Opened {
    /// What the shard counted.
    ///
    /// # Errors
    /// [`ShardError::Damaged`] if it is no tally.
    pub fn tally(self) -> Result<Tally, ShardError> {
        let read = postcard::from_bytes(&self.bytes[self.tally..]);
        read.map_err(|e| ShardError::Damaged { file: self.file, why: e.to_string() })
    }
}

/// The first thing in which two tickets are not of one whole; none: they are.
pub fn difference(a: &Ticket, b: &Ticket) -> Option<String> {
    let of = |what: &str, x: String, y: String| (x != y).then(|| format!("{what}: {x} and {y}"));
    let flag = |on: bool| if on { "given" } else { "not given" }.to_owned();
    let list = |t: &Ticket| {
        let sets: Vec<String> = t.overrides.iter().map(|(key, value)| format!("{key}={value}")).collect();
        if sets.is_empty() { "none".to_owned() } else { sets.join(" ") }
    };
    let inputs = || {
        let other = a.inputs.iter().zip(&b.inputs).find(|(x, y)| x.sha256 != y.sha256);
        match other {
            Some((x, y)) if x.path == y.path => Some(format!("scenario: {} has changed between them", x.path)),
            Some((x, y)) => Some(format!("scenario: {} and {} are not the same", x.path, y.path)),
            None => of("number of input files", a.inputs.len().to_string(), b.inputs.len().to_string()),
        }
    };
    inputs()
        .or_else(|| of("seed", a.seed.to_string(), b.seed.to_string()))
        .or_else(|| of("number of realizations", a.realizations.to_string(), b.realizations.to_string()))
        .or_else(|| of("number of shards", a.shard.of.to_string(), b.shard.of.to_string()))
        .or_else(|| of("--no-baseline", flag(!a.baseline), flag(!b.baseline)))
        .or_else(|| of("--no-realizations", flag(!a.keep), flag(!b.keep)))
        .or_else(|| of("overrides", list(a), list(b)))
        .or_else(|| of("identity", a.ensemble.clone(), b.ensemble.clone()))
}

/// Whether tickets, sorted by number, are all the shards of one whole; else why not. `name` says which is which.
///
/// # Errors
/// A sentence: which differ and in what, which stands twice, which are missing.
pub fn complete(tickets: &[Ticket], name: &dyn Fn(usize) -> String) -> Result<(), String> {
    let Some(first) = tickets.first() else { return Err("there are no shards to merge".into()) };
    for (i, ticket) in tickets.iter().enumerate() {
        if let Some(why) = difference(first, ticket) {
            return Err(format!("{} and {} are not shards of one run; they differ in {why}", name(0), name(i)));
        }
    }
    if let Some(i) = (1..tickets.len()).find(|&i| tickets[i].shard == tickets[i - 1].shard) {
        return Err(format!("shard {} stands twice: {} and {}", tickets[i].shard, name(i - 1), name(i)));
    }
    let numbers: Vec<u32> = tickets.iter().map(|t| t.shard.number).collect();
    missing(&numbers, first.shard.of).map_or(Ok(()), Err)
}
