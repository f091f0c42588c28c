//! The files of one commit.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::source::git::GitError;
use crate::source::git::Id;
use crate::source::git::Repository;

/// So many files of a commit are looked at.
const MOST_FILES: usize = 200_000;

/// So deep folders may lie in each other.
const DEEPEST: usize = 128;

/// The files of one commit, by path from the root of the repository. Each is read when it is asked for.
#[derive(Clone, Debug)]
pub struct Snapshot {
    repository: Arc<Repository>,
    files: Arc<BTreeMap<PathBuf, Id>>,
}

impl Snapshot {
    /// The files below a tree.
    pub fn of(repository: &Arc<Repository>, tree: Id) -> Result<Self, GitError> {
        let mut files = BTreeMap::new();
        let mut open = vec![(tree, PathBuf::new(), 0)];
        while let Some((id, folder, depth)) = open.pop() {
            for entry in repository.folder(id)? {
                let path = folder.join(&entry.name);
                if !entry.folder {
                    files.insert(path, entry.id);
                } else if depth < DEEPEST {
                    open.push((entry.id, path, depth + 1));
                }
                if files.len() + open.len() > MOST_FILES {
                    return Err(GitError::Broken(tree));
                }
            }
        }
        Ok(Self { repository: Arc::clone(repository), files: Arc::new(files) })
    }

    /// The object of a file.
    pub(in crate::source) fn find(&self, path: &Path) -> Option<Id> {
        self.files.get(path).copied()
    }

    /// Reads a file.
    pub(in crate::source) fn read(&self, id: Id) -> Result<Vec<u8>, GitError> {
        self.repository.file(id)
    }

    /// Every file below a folder, by path from the root, sorted.
    pub(in crate::source) fn below<'s>(&'s self, folder: &'s Path) -> impl Iterator<Item = &'s PathBuf> + 's {
        let files =
            self.files.range::<Path, _>((std::ops::Bound::Included(folder), std::ops::Bound::Unbounded));
        files.map(|(path, _)| path).take_while(move |path| path.starts_with(folder))
    }
}
