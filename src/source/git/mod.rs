//! The history of a repository, read from its objects: no git is run, nothing of its configuration is obeyed, nothing
//! is written, and nothing outside of the repository is read.

mod objects;
mod seen;
mod snapshot;

use std::collections::HashMap;
use std::fmt;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use gix_object::CommitRefIter;
use gix_object::Kind;
use gix_object::TreeRefIter;

use crate::source::git::objects::Objects;

pub use seen::Seen;
pub use snapshot::Snapshot;

/// The largest of git's own small files that is read, in bytes: references, pointers to other folders.
const MAX_POINTER_BYTES: u64 = 1024 * 1024;

/// Why a history cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// A `.git` that leads elsewhere without the other side leading back, links, alternates.
    #[error("`{0}` leads out of the repository, and only files inside it are read")]
    Outside(String),
    /// The references are not where they are expected: another format, or none at all.
    #[error("the commit that is checked out cannot be found")]
    NoHead,
    /// An object is not there: a partial clone, or a damaged one.
    #[error("the object {0} is not there")]
    Missing(Id),
    /// An object is not what it should be.
    #[error("the object {0} cannot be read")]
    Broken(Id),
    /// Object names of another length than SHA-1 has.
    #[error("its objects are not named by SHA-1")]
    OtherHash,
    /// What the operating system said.
    #[error("`{0}` cannot be read: {1}")]
    System(String, String),
}

/// The name of an object: SHA-1, 20 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 20]);

impl Id {
    /// The object of that name in hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let mut bytes = [0; 20];
        if digits.len() != 40 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    fn of(id: &gix_hash::oid) -> Option<Self> {
        id.as_bytes().try_into().ok().map(Self)
    }

    /// The first eight digits: enough for people.
    pub fn short(self) -> String {
        let text = self.to_string();
        text.get(..8).unwrap_or_default().to_owned()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A commit, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its files.
    pub tree: Id,
    /// What it was made from; several for a merge.
    pub parents: Vec<Id>,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
}

/// A name in a folder of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// The object.
    pub id: Id,
    /// True for a folder, false for a regular file. Links and submodules are not listed.
    pub folder: bool,
}

/// A repository whose history is read.
#[derive(Debug)]
pub struct Repository {
    /// The folder with the files that are checked out.
    root: PathBuf,
    /// What belongs to this work tree alone: `HEAD`.
    own: PathBuf,
    /// What all its work trees share: objects and references.
    shared: PathBuf,
    /// Readers of objects that nobody uses right now: each thread takes one, and gives it back.
    objects: Mutex<Vec<Objects>>,
    /// Commits that were read: each is asked for as itself and as a parent of others, by several readers.
    commits: Mutex<HashMap<Id, Commit>>,
}

impl Repository {
    /// The repository whose files lie in `root`; `None` where there is no `.git`.
    ///
    /// A `.git` file is followed to the repository of a linked work tree, which has to lead back to it.
    pub fn open(root: &Path) -> Result<Option<Self>, GitError> {
        let dot_git = root.join(".git");
        let Ok(about) = std::fs::symlink_metadata(&dot_git) else { return Ok(None) };
        let root = real(root)?;
        let (own, shared) = if about.is_dir() {
            let own = real(&dot_git)?;
            (own.clone(), own)
        } else if about.is_file() {
            linked(&root, &dot_git)?
        } else {
            return Err(GitError::Outside(".git".to_owned()));
        };
        let objects = Objects::open(&shared, &root)?;
        Ok(Some(Self { root, own, shared, objects: Mutex::new(vec![objects]), commits: Mutex::default() }))
    }

    /// The folder with the files that are checked out, without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// True where the history was cut off when it was fetched.
    pub fn is_shallow(&self) -> bool {
        std::fs::metadata(self.shared.join("shallow")).is_ok_and(|about| about.len() > 0)
    }

    /// The commit that is checked out; `None` before the first one.
    pub fn head(&self) -> Result<Option<Id>, GitError> {
        let head = pointer(&self.own.join("HEAD"))?.ok_or(GitError::NoHead)?;
        match head.strip_prefix("ref:") {
            Some(name) => self.reference(name.trim()),
            None => id(&head).map(Some),
        }
    }

    /// The commit that a reference names; `None` where there is no such reference.
    pub fn reference(&self, name: &str) -> Result<Option<Id>, GitError> {
        let mut name = name.to_owned();
        // A reference may name another one; git follows five.
        for _ in 0..5 {
            let plain = Path::new(&name).components().all(|part| matches!(part, Component::Normal(_)));
            if !name.starts_with("refs/") || !plain {
                return Err(GitError::NoHead);
            }
            match pointer(&self.shared.join(&name))? {
                Some(text) => match text.strip_prefix("ref:") {
                    Some(next) => next.trim().clone_into(&mut name),
                    None => return id(&text).map(Some),
                },
                None => return self.packed(&name),
            }
        }
        Err(GitError::NoHead)
    }

    /// A reference in `packed-refs`. One that is nowhere is a branch without a commit, where others are there to see.
    fn packed(&self, name: &str) -> Result<Option<Id>, GitError> {
        let packed = pointer(&self.shared.join("packed-refs"))?.unwrap_or_default();
        let found = packed.lines().find_map(|line| line.split_once(' ').filter(|(_, known)| *known == name));
        match found {
            Some((target, _)) => id(target).map(Some),
            None if self.shared.join("reftable").exists() => Err(GitError::NoHead),
            None => Ok(None),
        }
    }

    /// Reads a commit, once.
    pub fn commit(&self, id: Id) -> Result<Commit, GitError> {
        let known = self.commits.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let commit = self.read_commit(id)?;
        self.commits.lock().unwrap_or_else(PoisonError::into_inner).insert(id, commit.clone());
        Ok(commit)
    }

    fn read_commit(&self, id: Id) -> Result<Commit, GitError> {
        self.object(id, Kind::Commit, |data| {
            let mut reader = CommitRefIter::from_bytes(data, gix_hash::Kind::Sha1);
            let tree = Id::of(&reader.tree_id().ok()?)?;
            let reader = CommitRefIter::from_bytes(data, gix_hash::Kind::Sha1);
            let parents = reader.parent_ids().filter_map(|parent| Id::of(&parent)).collect();
            let time = reader.committer().ok()?.time().ok()?.seconds;
            Some(Commit { tree, parents, time })
        })
    }

    /// Reads a folder: regular files and folders, in git's order.
    pub fn folder(&self, id: Id) -> Result<Vec<Entry>, GitError> {
        self.object(id, Kind::Tree, |data| {
            let entries = TreeRefIter::from_bytes(data, gix_hash::Kind::Sha1).entries().ok()?;
            let shown = entries.into_iter().filter(|entry| entry.mode.is_tree() || entry.mode.is_blob());
            let shown = shown.filter_map(|entry| {
                let name = std::str::from_utf8(entry.filename).ok()?;
                let plain = !name.is_empty() && name != "." && name != ".." && !name.contains('/');
                let folder = entry.mode.is_tree();
                Some(Entry { name: name.to_owned(), id: Id::of(entry.oid)?, folder }).filter(|_| plain)
            });
            Some(shown.collect())
        })
    }

    /// Reads a file.
    pub fn file(&self, id: Id) -> Result<Vec<u8>, GitError> {
        self.object(id, Kind::Blob, |data| Some(data.to_vec()))
    }

    fn object<T>(&self, id: Id, kind: Kind, read: impl FnOnce(&[u8]) -> Option<T>) -> Result<T, GitError> {
        let free = self.objects.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut objects = match free {
            Some(objects) => objects,
            None => Objects::open(&self.shared, &self.root)?,
        };
        let read_object = objects.read(id);
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).push(objects);
        let (found, data) = read_object?;
        if found != kind {
            return Err(GitError::Broken(id));
        }
        read(&data).ok_or(GitError::Broken(id))
    }
}

/// The folders of a linked work tree: `.git` names a folder below `worktrees` of the repository, and a file there names
/// this `.git` again. Without that, any repository of the machine could be read through a file in this one.
fn linked(root: &Path, dot_git: &Path) -> Result<(PathBuf, PathBuf), GitError> {
    let outside = || GitError::Outside(".git".to_owned());
    let text = pointer(dot_git)?.ok_or_else(outside)?;
    let target = text.strip_prefix("gitdir:").ok_or_else(outside)?.trim();
    let own = real(&root.join(target))?;
    let back = pointer(&own.join("gitdir"))?.ok_or_else(outside)?;
    if real(&own.join(back))? != real(dot_git)? {
        return Err(outside());
    }
    let shared = own.parent().filter(|above| above.file_name().is_some_and(|name| name == "worktrees"));
    let shared = shared.and_then(Path::parent).ok_or_else(outside)?;
    Ok((own.clone(), shared.to_path_buf()))
}

fn real(path: &Path) -> Result<PathBuf, GitError> {
    path.canonicalize().map_err(|error| GitError::System(path.display().to_string(), error.to_string()))
}

fn id(text: &str) -> Result<Id, GitError> {
    let text = text.trim();
    let other = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    Id::from_hex(text).ok_or(if other { GitError::OtherHash } else { GitError::NoHead })
}

/// The text of one of git's small files; `None` where it is not there.
fn pointer(path: &Path) -> Result<Option<String>, GitError> {
    use std::io::Read as _;
    let system = |error: std::io::Error| GitError::System(path.display().to_string(), error.to_string());
    let about = match std::fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(error)
            if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(system(error)),
    };
    if !about.is_file() || about.len() > MAX_POINTER_BYTES * 64 {
        return Err(GitError::Outside(path.display().to_string()));
    }
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(system)?;
    file.take(MAX_POINTER_BYTES * 64).read_to_string(&mut text).map_err(system)?;
    Ok(Some(text.trim_end().to_owned()))
}
