//! The files of one commit.

use std::collections::BTreeMap;
use std::hash::DefaultHasher;
use std::hash::Hash as _;
use std::hash::Hasher as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::source::git::GitError;
use crate::source::git::Id;
use crate::source::git::Repository;
use crate::source::git::Seen;

/// So many files of a commit are looked at.
const MOST_FILES: usize = 200_000;

/// So deep folders may lie in each other.
const DEEPEST: usize = 128;

/// The files of one commit, by path from the root of the repository. Each is read when it is asked for.
#[derive(Clone, Debug)]
pub struct Snapshot {
    repository: Arc<Repository>,
    files: Arc<BTreeMap<PathBuf, Id>>,
    seen: Option<Arc<Mutex<Seen>>>,
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
        Ok(Self { repository: Arc::clone(repository), files: Arc::new(files), seen: None })
    }

    /// The same files, and what is asked about them from now on.
    #[must_use]
    pub fn watched(&self) -> (Self, Arc<Mutex<Seen>>) {
        let seen = Arc::new(Mutex::new(Seen::default()));
        (Self { seen: Some(Arc::clone(&seen)), ..self.clone() }, seen)
    }

    /// True where everything that was seen of other files is the same in these.
    pub fn shows(&self, seen: &Seen) -> bool {
        seen.files().all(|(path, id)| self.files.get(path).copied() == id)
            && seen.folders().all(|(path, content)| self.content(path) == content)
    }

    /// A number for all that lies below a folder: names and objects.
    fn content(&self, folder: &Path) -> u64 {
        let mut hasher = DefaultHasher::new();
        for entry in self.entries(folder) {
            entry.hash(&mut hasher);
        }
        hasher.finish()
    }

    fn entries<'s>(&'s self, folder: &'s Path) -> impl Iterator<Item = (&'s PathBuf, &'s Id)> + 's {
        let files =
            self.files.range::<Path, _>((std::ops::Bound::Included(folder), std::ops::Bound::Unbounded));
        files.take_while(move |(path, _)| path.starts_with(folder))
    }

    /// The object of a file.
    pub(in crate::source) fn find(&self, path: &Path) -> Option<Id> {
        let found = self.files.get(path).copied();
        if let Some(seen) = &self.seen {
            seen.lock().unwrap_or_else(PoisonError::into_inner).file(path, found);
        }
        found
    }

    /// Reads a file.
    pub(in crate::source) fn read(&self, id: Id) -> Result<Vec<u8>, GitError> {
        self.repository.file(id)
    }

    /// Every file below a folder, by path from the root, sorted.
    pub(in crate::source) fn below<'s>(&'s self, folder: &'s Path) -> impl Iterator<Item = &'s PathBuf> + 's {
        if let Some(seen) = &self.seen {
            let content = self.content(folder);
            seen.lock().unwrap_or_else(PoisonError::into_inner).folder(folder, content);
        }
        self.entries(folder).map(|(path, _)| path)
    }
}
