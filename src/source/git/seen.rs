//! What was asked about the files of a commit, so that the answer holds for every commit in which that is the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

use crate::source::git::Id;

/// Files that were looked for, found or not, and folders that were listed.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    files: BTreeMap<PathBuf, Option<Id>>,
    folders: BTreeMap<PathBuf, u64>,
}

impl Seen {
    pub(super) fn file(&mut self, path: &Path, found: Option<Id>) {
        if !self.files.contains_key(path) {
            self.files.insert(path.to_path_buf(), found);
        }
    }

    pub(super) fn folder(&mut self, path: &Path, content: u64) {
        if !self.folders.contains_key(path) {
            self.folders.insert(path.to_path_buf(), content);
        }
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, Option<Id>)> {
        self.files.iter().map(|(path, found)| (path.as_path(), *found))
    }

    pub(super) fn folders(&self) -> impl Iterator<Item = (&Path, u64)> {
        self.folders.iter().map(|(path, content)| (path.as_path(), *content))
    }
}
