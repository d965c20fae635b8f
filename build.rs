//! In: the repository, if there is one. Out: the commit and the compiler of this build, which results carry with them.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::process::Command;

/// What decides the numbers of a build.
const SOURCES: [&str; 4] = ["src", "Cargo.toml", "Cargo.lock", "build.rs"];

fn main() {
    let moved = ["HEAD", "logs/HEAD", "packed-refs"].iter().filter_map(|name| git(&["rev-parse", "--git-path", name]));
    let branch = git(&["symbolic-ref", "-q", "HEAD"]).and_then(|name| git(&["rev-parse", "--git-path", &name]));
    for path in SOURCES.map(str::to_owned).into_iter().chain(moved).chain(branch) {
        // A path that is not there would run this again at every build.
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    tell("COERCIVITY_COMMIT", commit);
    tell("COERCIVITY_TOOLCHAIN", || said(Command::new(env::var_os("RUSTC")?).arg("--version")));
}

/// Hands a fact on to the compiler; what was given from outside stands.
fn tell(name: &str, fact: impl Fn() -> Option<String>) {
    println!("cargo::rerun-if-env-changed={name}");
    if env::var_os(name).is_none()
        && let Some(fact) = fact()
    {
        println!("cargo::rustc-env={name}={fact}");
    }
}

/// The commit, and a digest of the sources where they have changed since; none of a source archive.
fn commit() -> Option<String> {
    // An archive may lie in somebody else's repository.
    git(&["ls-files", "--error-unmatch", "--", "build.rs"])?;
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(&[&["status", "--porcelain", "--"], &SOURCES[..]].concat())?;
    if changed.is_empty() {
        return Some(commit);
    }
    let mut digest = DefaultHasher::new();
    for file in git(&[&["ls-files", "--cached", "--others", "--exclude-standard", "--"], &SOURCES[..]].concat())?.lines() {
        (file, std::fs::read(file).ok()).hash(&mut digest);
    }
    Some(format!("{commit}+{:08x}", digest.finish() as u32))
}

/// What git says; none where there is no git, no repository or no answer.
fn git(words: &[&str]) -> Option<String> {
    said(Command::new("git").arg("--no-optional-locks").args(words))
}

fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|o| o.status.success())?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}
