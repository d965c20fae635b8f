//! In: what was run, on what, with what. Out: `manifest.json`, from which the run can be repeated.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::until::Until;

/// Version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Commit this program was built from, `+` and a digest if its sources had changed since; none of a source archive (see `build.rs`).
const COMMIT: Option<&str> = option_env!("COERCIVITY_COMMIT");

/// Version of this program, and the commit it was built from where the build knew it: programs of one name compute the same.
pub fn program() -> String {
    named(VERSION, COMMIT)
}

/// A program's name, of its version and commit as a manifest has them.
pub fn named(version: &str, commit: Option<&str>) -> String {
    commit.map_or_else(|| version.to_owned(), |commit| format!("{version} ({commit})"))
}

/// What a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A run, or one merged from its shards.
    Run,
    /// One shard of a run.
    Shard,
    /// A comparison.
    Compare,
    /// One realization in detail.
    Explain,
    /// A sweep, or a shard of one.
    Sweep,
}

/// What was run, on what, with what.
#[derive(Debug, Clone)]
pub struct Made {
    /// What the folder holds.
    pub kind: Kind,
    /// Root of all random numbers.
    pub seed: u64,
    /// Realizations asked for and made.
    pub realizations: u64,
    /// Files read.
    pub inputs: Vec<Input>,
    /// What was set on top of the inputs, in order.
    pub overrides: Vec<(String, String)>,
    /// Whether each realization ran beside its own undisturbed baseline.
    pub baseline: bool,
    /// Digest of everything that decides the tables.
    pub identity: String,
}

/// Everything needed to repeat a run and to judge its cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// What the folder holds.
    pub kind: Kind,
    /// Version of this crate.
    pub version: String,
    /// Commit it was built from, where the build knew it (`build.rs`).
    pub commit: Option<String>,
    /// Compiler it was built with, where the build knew it (`build.rs`); else the oldest it may be.
    pub toolchain: String,
    /// Architecture and operating system.
    pub platform: String,
    /// Digest of everything that decides the tables: version, inputs, overrides, flags.
    pub identity: String,
    /// Threads used; the tables do not depend on them.
    pub threads: usize,
    /// Root of all random numbers.
    pub seed: u64,
    /// Name of the random number generator.
    pub generator: String,
    /// Files read.
    pub inputs: Vec<Input>,
    /// The command line, without the command's own name.
    pub arguments: Vec<String>,
    /// What was set on top of the inputs, in order: key and value; realizations and seed too where they were given.
    pub overrides: Vec<(String, String)>,
    /// Whether each realization ran beside its own undisturbed baseline.
    pub baseline: bool,
    /// Realizations asked for and made.
    pub realizations: u64,
    /// Seconds from start to end.
    pub wall_seconds: f64,
    /// Seconds of processor time over all threads; none where it could not be measured.
    pub cpu_seconds: Option<f64>,
    /// Largest relative error of element mass at the end of a realization.
    pub mass_error: f64,
    /// Warnings worth a reader's attention.
    pub warnings: Vec<String>,
    /// How precise a mean became, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Until>,
    /// Which part of a run this is, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardOf>,
}

/// Which part of a run a shard's folder holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardOf {
    /// Which, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
    /// Identity of the whole run: the same in all its shards.
    pub ensemble: String,
    /// First realization, from 0.
    pub first: u64,
    /// Realizations of this shard; those of the whole stand above.
    pub realizations: u64,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its path, as given.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl Input {
    /// A file's path and the digest of its bytes.
    pub fn new(path: impl Into<String>, bytes: &[u8]) -> Input {
        Input { path: path.into(), sha256: digest(bytes) }
    }
}

/// SHA-256 in lower-case hexadecimal, 64 characters.
pub fn digest(bytes: &[u8]) -> String {
    sha256(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

impl Manifest {
    /// A manifest that knows its program; the caller fills in threads, times and warnings after the run.
    pub fn new(made: Made, generator: &str, arguments: Vec<String>) -> Manifest {
        let Made { kind, seed, realizations, inputs, overrides, baseline, identity } = made;
        Manifest {
            kind,
            version: VERSION.to_owned(),
            commit: COMMIT.map(str::to_owned),
            toolchain: option_env!("COERCIVITY_TOOLCHAIN").unwrap_or(concat!("rustc >= ", env!("CARGO_PKG_RUST_VERSION"))).to_owned(),
            platform: format!("{} {}", std::env::consts::ARCH, std::env::consts::OS),
            identity,
            threads: 0,
            seed,
            generator: generator.to_owned(),
            inputs,
            arguments,
            overrides,
            baseline,
            realizations,
            wall_seconds: 0.0,
            cpu_seconds: None,
            mass_error: 0.0,
            warnings: Vec::new(),
            until: None,
            shard: None,
        }
    }

    /// The text of `manifest.json`.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_published_one_and_the_manifest_reads_back() {
        assert_eq!(digest(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let made = Made {
            kind: Kind::Compare,
            seed: 7,
            realizations: 100,
            inputs: vec![Input::new("a.toml", b"abc")],
            overrides: vec![("run.seed".into(), "7".into())],
            baseline: false,
            identity: digest(b"this"),
        };
        let manifest = Manifest::new(made, "philox4x32-10", vec!["run".into()]);
        let text = manifest.to_json().expect("a manifest is plain data");
        assert!(text.contains("\"kind\": \"compare\""), "{text}");
        assert_eq!(serde_json::from_str::<Manifest>(&text).expect("it reads back"), manifest);
    }
}
