//! Puts changed texts on disk, each file at once.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use crate::fix::Change;
use crate::source::Files;
use crate::source::ReadError;

/// Why a file was not written. No file is left half written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The file cannot be read any more.
    #[error("`{path}` is not changed: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why not.
        error: ReadError,
    },
    /// Somebody else has written the file in the meantime.
    #[error("`{path}` is not changed: it was written by something else in the meantime")]
    Changed {
        /// The file.
        path: String,
    },
    /// A symbolic link that leads out of the repository.
    #[error("`{path}` is not changed: it is a link that leads out of the repository")]
    OutsideRoot {
        /// The file.
        path: String,
    },
    /// The file is write-protected.
    #[error("`{path}` is not changed: it is write-protected")]
    Protected {
        /// The file.
        path: String,
    },
    /// What the operating system said.
    #[error("`{path}` is not changed: {message}")]
    System {
        /// The file.
        path: String,
        /// What it said.
        message: String,
    },
}

/// Writes all changes; the paths that were written.
///
/// Every new text is first written in full beside its file, and all of them are renamed only when that went well for
/// every one. Permissions are kept; of a symbolic link its target is written, if that is within the root. A file
/// whose text on disk is not [`Change::before`] is left alone, and so are then all others.
pub fn write(files: &Files, changes: &[Change]) -> Result<Vec<String>, WriteError> {
    let mut prepared = Vec::with_capacity(changes.len());
    for change in changes {
        // On failure those prepared so far are dropped, and with them their files.
        prepared.push(Prepared::new(files, change)?);
    }
    let mut written = Vec::with_capacity(prepared.len());
    for mut prepared in prepared {
        fs::rename(&prepared.new, &prepared.target).map_err(|error| system(&prepared.path, &error))?;
        prepared.is_placed = true;
        written.push(prepared.path.clone());
    }
    Ok(written)
}

/// A text that lies in full beside the file it is for, and is taken away again unless it is put in place.
struct Prepared {
    path: String,
    target: PathBuf,
    new: PathBuf,
    is_placed: bool,
}

impl Prepared {
    fn new(files: &Files, change: &Change) -> Result<Self, WriteError> {
        let path = change.path.clone();
        let bytes = files
            .read(Path::new(&path))
            .map_err(|error| WriteError::Unreadable { path: path.clone(), error })?;
        if bytes != change.before.as_bytes() {
            return Err(WriteError::Changed { path });
        }
        let failed = |error: &std::io::Error| system(&path, error);
        let root = match files.root() {
            root if root.as_os_str().is_empty() => Path::new("."),
            root => root,
        };
        let target = root.join(&path).canonicalize().map_err(|error| failed(&error))?;
        if !target.starts_with(root.canonicalize().map_err(|error| failed(&error))?) {
            return Err(WriteError::OutsideRoot { path });
        }
        let permissions = fs::metadata(&target).map_err(|error| failed(&error))?.permissions();
        if permissions.readonly() {
            return Err(WriteError::Protected { path });
        }
        let (new, mut file) = beside(&target).map_err(|error| failed(&error))?;
        let this = Self { path: path.clone(), target, new, is_placed: false };
        let done = file
            .write_all(change.after.as_bytes())
            .and_then(|()| file.set_permissions(permissions))
            .and_then(|()| file.sync_all());
        done.map_err(|error| failed(&error))?;
        Ok(this)
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        if !self.is_placed {
            // What cannot be removed can still be told by its name.
            let _ = fs::remove_file(&self.new);
        }
    }
}

fn system(path: &str, error: &std::io::Error) -> WriteError {
    WriteError::System { path: path.to_owned(), message: error.to_string() }
}

/// A new file in the folder of another.
fn beside(target: &Path) -> std::io::Result<(PathBuf, fs::File)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let mut attempt = 0;
    loop {
        let new = target.with_file_name(format!(".{name}.plimsoll-{}-{attempt}", std::process::id()));
        match fs::OpenOptions::new().write(true).create_new(true).open(&new) {
            Ok(file) => return Ok((new, file)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}
