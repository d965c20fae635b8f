//! In: where a run's files shall lie. Out: a hidden folder beside it that becomes it in one step, or leaves no trace.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// A run's folder in the making.
pub(crate) struct Folder {
    target: PathBuf,
    making: TempDir,
}

/// The line of `manifest.json` by which a folder is known to hold the same run.
fn holds(target: &Path, identity: &str) -> bool {
    fs::read_to_string(target.join("manifest.json")).is_ok_and(|text| text.contains(&format!("\"identity\": \"{identity}\"")))
}

impl Folder {
    /// Refuses a folder that holds other files unless `overwrite`.
    pub(crate) fn check(target: &Path, identity: &str, overwrite: bool) -> Result<()> {
        let occupied = target.exists() && fs::read_dir(target).map(|mut d| d.next().is_some()).unwrap_or(true);
        if occupied && !overwrite && !holds(target, identity) {
            bail!("{} holds other files; give --overwrite to replace it, or another folder with -o", target.display());
        }
        Ok(())
    }

    /// Opens the folder before the work starts, so that a full or forbidden disk is known at once.
    ///
    /// A folder that holds other files is refused unless `overwrite`.
    pub(crate) fn open(target: &Path, identity: &str, overwrite: bool) -> Result<Folder> {
        Folder::check(target, identity, overwrite)?;
        Folder::open_within(target, target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))
    }

    /// The same, with the hidden folder in another one on the same disk.
    pub(crate) fn open_within(target: &Path, parent: &Path) -> Result<Folder> {
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        let name = target.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let making = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .tempdir_in(parent)
            .with_context(|| format!("cannot write in {}", parent.display()))?;
        Ok(Folder { target: target.to_path_buf(), making })
    }

    /// Where files are written for now.
    pub(crate) fn path(&self) -> &Path {
        self.making.path()
    }

    /// Puts the finished folder in its place; what was there goes away only then.
    pub(crate) fn finish(self) -> Result<PathBuf> {
        open_to_all(self.path());
        let context = || format!("cannot put the run's folder at {}", self.target.display());
        // What was there waits in a hidden folder of its own, and comes back if the new one cannot take its place.
        let parent = self.path().parent().unwrap_or(Path::new("."));
        let attic = tempfile::Builder::new().prefix(".old.").tempdir_in(parent).with_context(context)?;
        let old = attic.path().join("old");
        let replaced = self.target.exists();
        if replaced {
            fs::rename(&self.target, &old).with_context(context)?;
        }
        if let Err(error) = fs::rename(self.path(), &self.target) {
            if replaced && fs::rename(&old, &self.target).is_err() {
                // Never throw away the only copy.
                let kept = attic.keep().join("old");
                return Err(error).with_context(context).with_context(|| format!("what was there lies at {}", kept.display()));
            }
            return Err(error).with_context(context);
        }
        let _ = self.making.keep(); // moved: nothing is left to remove
        attic.close().context("cannot remove what the run's folder replaced")?;
        Ok(self.target)
    }
}

/// Temporary folders are private; a run's folder is as readable as any other.
#[cfg(unix)]
fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o755));
}

#[cfg(not(unix))]
fn open_to_all(_path: &Path) {}
