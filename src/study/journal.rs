//! In: finished cases, one by one. Out: a file that a kill at any moment leaves readable, and from which the rest goes on.
//!
//! A line is a checksum, a space, and a case as JSON; the first line is the sweep's [`Head`]. A line is written at once and made
//! durable; one that is torn, and whatever follows it, is dropped. Numbers are kept as their bits: what is read is what was written.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::StudyError;
use super::point::Ran;
use super::table::{Entry, Head, Swept};
use crate::results::SummaryRow;
use crate::results::manifest::digest;

/// Name of the file in a sweep's folder.
pub const NAME: &str = "journal.txt";

/// What a first line begins with, before the sweep.
const FORMAT: &str = "coercivity sweep 3";

/// A line of a summary: metric, scope, statistic, bits of value, error and interval, realizations.
type Line = (String, String, String, [Option<u64>; 4], u64);

#[derive(Serialize, Deserialize)]
struct Record {
    case: usize,
    scenario: usize,
    policy: usize,
    point: usize,
    inputs: Vec<String>,
    rows: Vec<Line>,
    /// Bits of the error of element mass.
    mass_error: u64,
}

/// A journal open for writing; nobody else writes to it meanwhile.
#[derive(Debug)]
pub struct Journal {
    file: File,
}

fn disk(what: &str, path: &Path) -> impl Fn(std::io::Error) -> StudyError {
    let what = format!("{what} {}", path.display());
    move |source| StudyError::Disk { what: what.clone(), source }
}

impl Journal {
    /// Opens the journal of a sweep, or begins one; returns the cases that are finished. With `overwrite` one of another sweep is
    /// emptied, never one that is being written.
    ///
    /// # Errors
    /// [`StudyError::Busy`] if another process writes to it; [`StudyError::Foreign`] if it belongs to another sweep; [`StudyError::Disk`].
    pub fn open(path: &Path, head: &Head, overwrite: bool) -> Result<(Journal, Vec<Entry>), StudyError> {
        let fails = disk("cannot use", path);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(&fails)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let place = path.parent().unwrap_or(path).display();
                return Err(StudyError::Busy(format!(
                    "another sweep is running and writes to {place}: wait until it is done, or choose another folder with -o"
                )));
            }
            // Some file systems have no locks: then nobody watches over two sweeps in one folder.
            Err(TryLockError::Error(_)) => {}
        }
        let mut bytes = vec![];
        file.read_to_end(&mut bytes).map_err(&fails)?;
        let mut lines = whole_lines(&bytes);
        let mut entries = vec![];
        let mut good = 0;
        if let Some((end, text)) = lines.next() {
            let found = text.strip_prefix(FORMAT).and_then(|rest| serde_json::from_str::<Head>(rest).ok());
            if found.as_ref() == Some(head) {
                good = end;
                for (end, text) in lines {
                    let Some(entry) = read(text, head) else { break };
                    good = end;
                    entries.push(entry);
                }
            } else if !overwrite {
                return Err(StudyError::Foreign(format!("{} belongs to another sweep", path.display())));
            }
        }
        file.set_len(good as u64).map_err(&fails)?;
        file.seek(SeekFrom::End(0)).map_err(&fails)?;
        let mut journal = Journal { file };
        if good == 0 {
            journal.line(&first(head)?).map_err(&fails)?;
        }
        entries.sort_by_key(|e| e.case);
        entries.dedup_by_key(|e| e.case);
        Ok((journal, entries))
    }

    /// Adds a finished case and makes it durable.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn add(&mut self, entry: &Entry) -> Result<(), StudyError> {
        self.line(&written(entry)?).map_err(|source| StudyError::Disk { what: "cannot keep a finished point".into(), source })
    }

    /// Adds many finished cases, and makes them durable together.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn add_all(&mut self, entries: &[Entry]) -> Result<(), StudyError> {
        let lines = entries.iter().map(written).collect::<Result<String, _>>()?;
        self.line(&lines).map_err(|source| StudyError::Disk { what: "cannot keep finished points".into(), source })
    }

    fn line(&mut self, line: &str) -> std::io::Result<()> {
        self.file.write_all(line.as_bytes())?;
        self.file.sync_data()
    }
}

/// The text of the whole journal of a finished sweep, its cases in order.
///
/// # Errors
/// Never for plain data.
pub fn text(swept: &Swept) -> Result<String, StudyError> {
    let mut out = first(&swept.head)?;
    for entry in &swept.entries {
        out.push_str(&written(entry)?);
    }
    Ok(out)
}

/// Reads a finished sweep, or a shard, from its folder.
///
/// # Errors
/// [`StudyError::Foreign`] if it is none or not whole; [`StudyError::Disk`].
pub fn read_folder(folder: &Path) -> Result<Swept, StudyError> {
    let path = folder.join(NAME);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            let folder = folder.display();
            return Err(StudyError::Foreign(format!(
                "{folder} is no shard of a sweep: it holds no {NAME}, which `coercivity sweep` leaves"
            )));
        }
        Err(e) => return Err(disk("cannot read", &path)(e)),
    };
    let mut lines = whole_lines(&bytes);
    let head = lines.next().and_then(|(_, text)| serde_json::from_str::<Head>(text.strip_prefix(FORMAT)?).ok());
    let Some(head) = head else { return Err(StudyError::Foreign(format!("{} is no journal of a sweep", path.display()))) };
    let mut entries: Vec<Entry> = lines.map_while(|(_, text)| read(text, &head)).collect();
    entries.sort_by_key(|e| e.case);
    let cases: Vec<usize> = entries.iter().map(|e| e.case).collect();
    if cases != head.span().collect::<Vec<_>>() {
        return Err(StudyError::Foreign(format!("{} does not hold all of its points", path.display())));
    }
    Ok(Swept { head, entries })
}

/// Lines that end and whose checksum is right, up to the first that is not: the place after each, and its text.
fn whole_lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let length = rest.iter().position(|b| *b == b'\n')?;
        let line = std::str::from_utf8(&rest[..length]).ok()?;
        let (sum, text) = line.split_once(' ')?;
        if checksum(text) != sum {
            return None;
        }
        at += length + 1;
        Some((at, text))
    })
}

fn checksum(text: &str) -> String {
    digest(text.as_bytes())[..8].to_owned()
}

fn framed(text: &str) -> String {
    format!("{} {text}\n", checksum(text))
}

fn json<T: Serialize>(value: &T) -> Result<String, StudyError> {
    serde_json::to_string(value).map_err(|e| StudyError::Disk { what: "cannot keep a finished point".into(), source: e.into() })
}

fn first(head: &Head) -> Result<String, StudyError> {
    Ok(framed(&format!("{FORMAT} {}", json(head)?)))
}

fn written(entry: &Entry) -> Result<String, StudyError> {
    let row = |r: &SummaryRow| {
        let bits = [r.value, r.se, r.lo95, r.hi95].map(|x| x.map(f64::to_bits));
        (r.metric.clone(), r.scope.clone(), r.stat.to_string(), bits, r.n)
    };
    let Entry { case, scenario, policy, point, inputs, ran } = entry.clone();
    let rows = ran.rows.iter().map(row).collect();
    let mass_error = ran.mass_error.to_bits();
    Ok(framed(&json(&Record { case, scenario, policy, point, inputs, rows, mass_error })?))
}

/// A case from its text; none: it does not fit the sweep.
fn read(text: &str, head: &Head) -> Option<Entry> {
    let Record { case, scenario, policy, point, inputs, rows, mass_error } = serde_json::from_str(text).ok()?;
    let fits = scenario < head.scenarios.len() && policy < head.policies.len() && point < head.points && head.span().contains(&case);
    let rows: Option<Vec<SummaryRow>> = rows
        .into_iter()
        .map(|(metric, scope, stat, bits, n)| {
            let [value, se, lo95, hi95] = bits.map(|x| x.map(f64::from_bits));
            Some(SummaryRow { metric, scope, stat: stat.parse().ok()?, value, se, lo95, hi95, n })
        })
        .collect();
    let ran = Ran { rows: rows?, mass_error: f64::from_bits(mass_error) };
    Some(Entry { case, scenario, policy, point, inputs, ran }).filter(|e| fits && e.inputs.len() == head.inputs.len())
}
