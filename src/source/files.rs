//! Reading files, with the refusals that keep a run inside the repository.

use std::collections::BTreeMap;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use crate::source::git::Id;
use crate::source::git::Snapshot;

/// The largest file that is read, in bytes (16 MiB).
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// The path, or the symbolic link it names, leads out of the repository.
    #[error("the path leads out of the repository, and only files inside it are read")]
    OutsideRoot,
    /// A folder, a socket, a device, a pipe.
    #[error("this is {0}, not a regular file")]
    NotRegular(&'static str),
    /// Larger than [`MAX_FILE_BYTES`].
    #[error("the file has {0} bytes; files above {max} bytes are not read", max = MAX_FILE_BYTES)]
    TooLarge(u64),
    /// Not UTF-8 text; the offset of the first bad byte.
    #[error("the file is not UTF-8 text: the byte at offset {0} does not belong there")]
    NotUtf8(usize),
    /// What the operating system said.
    #[error("the file cannot be read: {0}")]
    System(String),
}

/// Where files are read from.
///
/// Paths given to its methods are relative to the root, or absolute.
#[derive(Debug, Clone)]
pub struct Files {
    backing: Backing,
    /// Unsaved editor buffers, which hide the file on disk. Keyed by normal path.
    overlay: BTreeMap<PathBuf, Vec<u8>>,
}

#[derive(Debug, Clone)]
enum Backing {
    /// A folder on disk; `confined` refuses whatever leaves it.
    Disk { root: PathBuf, confined: Option<Boundary> },
    /// Files in memory, for tests and for the examples on rule cards.
    Memory(BTreeMap<PathBuf, Vec<u8>>),
    /// The files of a commit; `root` is the folder that relative paths start at.
    Commit { files: Snapshot, root: PathBuf },
}

/// The folder that no read leaves.
#[derive(Clone, Debug)]
struct Boundary {
    /// It, without links.
    folder: PathBuf,
    /// How many folders above the root it lies.
    above: usize,
}

/// What a name in a folder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A regular file, and its length in bytes.
    File(u64),
    /// A folder.
    Folder,
    /// A device, a pipe, a socket, a link to nothing, or a link out of the repository.
    Other,
}

impl Files {
    /// Files below `root` and nothing else: `..`, absolute paths and symbolic links that leave it are refused.
    pub fn below(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self::within(root.clone(), root)
    }

    /// Files below `root`, and what they refer to elsewhere below `boundary`, a folder at or above it: whatever leaves
    /// that is refused.
    pub fn within(root: impl Into<PathBuf>, boundary: impl Into<PathBuf>) -> Self {
        let (root, boundary) = (root.into(), boundary.into());
        let full = root.canonicalize().unwrap_or_else(|_| root.clone());
        let folder = boundary.canonicalize().unwrap_or(boundary);
        let confined = match full.strip_prefix(&folder) {
            Ok(below) => Boundary { above: below.components().count(), folder },
            Err(_) => Boundary { folder: full, above: 0 },
        };
        Self { backing: Backing::Disk { root, confined: Some(confined) }, overlay: BTreeMap::new() }
    }

    /// Any file, relative paths starting at `root`: for commands that read what they are told, as the originals do.
    pub fn anywhere(root: impl Into<PathBuf>) -> Self {
        Self { backing: Backing::Disk { root: root.into(), confined: None }, overlay: BTreeMap::new() }
    }

    /// Files in memory, by relative path.
    pub fn memory<P: Into<PathBuf>, T: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (normal(&path.into()), text.into())).collect();
        Self { backing: Backing::Memory(files), overlay: BTreeMap::new() }
    }

    /// The files of a commit, relative paths starting at a folder of it.
    pub fn of_commit(files: Snapshot, root: impl Into<PathBuf>) -> Self {
        let root = normal(&root.into());
        Self { backing: Backing::Commit { files, root }, overlay: BTreeMap::new() }
    }

    /// Puts a text in front of the file on disk.
    pub fn lay_over(&mut self, path: &Path, bytes: Vec<u8>) {
        self.overlay.insert(self.relative(path), bytes);
    }

    /// The folder that relative paths start at; empty for files in memory.
    pub fn root(&self) -> &Path {
        match &self.backing {
            Backing::Disk { root, .. } => root,
            Backing::Memory(_) | Backing::Commit { .. } => Path::new(""),
        }
    }

    /// The folder that no read leaves, where there is one on disk.
    pub fn boundary(&self) -> Option<&Path> {
        match &self.backing {
            Backing::Disk { confined, .. } => confined.as_ref().map(|boundary| boundary.folder.as_path()),
            Backing::Memory(_) | Backing::Commit { .. } => None,
        }
    }

    /// The path as it is shown and compared: relative to the root where it lies below it, without `.` and `..`.
    pub fn relative(&self, path: &Path) -> PathBuf {
        let path = normal(path);
        match path.strip_prefix(normal(self.root())) {
            Ok(inside) if path.is_absolute() => inside.to_path_buf(),
            _ => path,
        }
    }

    /// The bytes of a regular file.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        let relative = self.relative(path);
        if let Some(bytes) = self.overlay.get(&relative) {
            return Ok(bytes.clone());
        }
        match &self.backing {
            Backing::Memory(files) => {
                if leaves(&relative) {
                    return Err(ReadError::OutsideRoot);
                }
                if let Some(bytes) = files.get(&relative) {
                    return Ok(bytes.clone());
                }
                let folder = files.keys().any(|file| file.starts_with(&relative));
                Err(if folder { ReadError::NotRegular("a folder") } else { ReadError::Missing })
            }
            Backing::Commit { files, root } => {
                let full = normal(&root.join(&relative));
                match files.find(&full) {
                    Some(id) => files.read(id).map_err(|error| ReadError::System(error.to_string())),
                    None if leaves(&full) => Err(ReadError::OutsideRoot),
                    None if files.below(&full).next().is_some() => Err(ReadError::NotRegular("a folder")),
                    None => Err(ReadError::Missing),
                }
            }
            Backing::Disk { root, confined } => read_disk(&root.join(path), &relative, confined.as_ref()),
        }
    }

    /// The object that a file of a commit is; `None` for files that lie elsewhere.
    pub(in crate::source) fn object(&self, relative: &Path) -> Option<Id> {
        match &self.backing {
            Backing::Commit { files, root } if !self.overlay.contains_key(relative) => {
                files.find(&normal(&root.join(relative)))
            }
            _ => None,
        }
    }

    /// True where a regular file can be found at `path` (and may be read).
    pub fn is_file(&self, path: &Path) -> bool {
        let relative = self.relative(path);
        if self.overlay.contains_key(&relative) {
            return true;
        }
        match &self.backing {
            Backing::Memory(files) => files.contains_key(&relative),
            Backing::Commit { files, root } => files.find(&normal(&root.join(&relative))).is_some(),
            Backing::Disk { root, confined } => {
                let full = root.join(path);
                full.is_file() && inside(&full, &relative, confined.as_ref())
            }
        }
    }

    /// True where a folder can be found at `path` (and may be read).
    pub fn is_folder(&self, path: &Path) -> bool {
        let relative = self.relative(path);
        match &self.backing {
            Backing::Memory(files) => {
                files.keys().any(|file| *file != relative && file.starts_with(&relative))
            }
            Backing::Commit { files, root } => {
                let full = normal(&root.join(&relative));
                files.find(&full).is_none() && files.below(&full).next().is_some()
            }
            Backing::Disk { root, confined } => {
                let full = root.join(path);
                full.is_dir() && inside(&full, &relative, confined.as_ref())
            }
        }
    }

    /// The names in a folder, sorted, hidden ones too; links count as what they lead to.
    pub fn list(&self, folder: &Path) -> Result<Vec<(String, Listed)>, ReadError> {
        let relative = self.relative(folder);
        let mut found: BTreeMap<String, Listed> = BTreeMap::new();
        let add_below = |folder: &Path, file: &Path, length: usize, found: &mut BTreeMap<String, Listed>| {
            let Ok(inside) = file.strip_prefix(folder) else { return };
            let mut parts = inside.components();
            let Some(first) = parts.next() else { return };
            let name = first.as_os_str().to_string_lossy().into_owned();
            let length = u64::try_from(length).unwrap_or(u64::MAX);
            let listed = if parts.next().is_some() { Listed::Folder } else { Listed::File(length) };
            found.insert(name, listed);
        };
        let add = |file: &Path, length: usize, found: &mut BTreeMap<String, Listed>| {
            add_below(&relative, file, length, found);
        };
        match &self.backing {
            // How long a file is shows when it is read.
            Backing::Commit { files, root } => {
                let full = normal(&root.join(&relative));
                for file in files.below(&full) {
                    add_below(&full, file, 0, &mut found);
                }
            }
            Backing::Memory(files) => {
                if leaves(&relative) {
                    return Err(ReadError::OutsideRoot);
                }
                for (file, bytes) in files {
                    add(file, bytes.len(), &mut found);
                }
            }
            Backing::Disk { root, confined } => {
                let full = root.join(folder);
                if confined.is_some() && !inside(&full, &relative, confined.as_ref()) && full.exists() {
                    return Err(ReadError::OutsideRoot);
                }
                let entries = std::fs::read_dir(&full).map_err(|error| match error.kind() {
                    std::io::ErrorKind::NotFound => ReadError::Missing,
                    _ => ReadError::System(error.to_string()),
                })?;
                for entry in entries.flatten() {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    let path = entry.path();
                    let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                    let about = if link { std::fs::metadata(&path) } else { entry.metadata() };
                    let allowed = !link || inside(&path, &relative.join(&name), confined.as_ref());
                    let listed = match about {
                        Ok(about) if about.is_dir() && allowed => Listed::Folder,
                        Ok(about) if about.is_file() && allowed => Listed::File(about.len()),
                        _ => Listed::Other,
                    };
                    found.insert(name, listed);
                }
            }
        }
        for (file, bytes) in &self.overlay {
            add(file, bytes.len(), &mut found);
        }
        if found.is_empty() && !self.is_folder(folder) {
            return Err(ReadError::Missing);
        }
        Ok(found.into_iter().collect())
    }

    /// An absolute path with its first symbolic link followed; the path itself where there is none to follow, or
    /// where it may not be read.
    pub fn follow(&self, path: &Path) -> PathBuf {
        let Backing::Disk { confined: None, .. } = &self.backing else { return path.to_path_buf() };
        let mut at = PathBuf::new();
        for part in path.components() {
            at.push(part);
            if path.is_absolute() && at.is_symlink() {
                let Ok(target) = at.canonicalize() else { break };
                let rest = path.strip_prefix(&at).unwrap_or(Path::new(""));
                return if rest.as_os_str().is_empty() { target } else { target.join(rest) };
            }
        }
        path.to_path_buf()
    }

    /// Every regular file below a folder, by path relative to that folder, sorted; hidden ones too.
    ///
    /// Symbolic links to files are followed where they stay inside; links to folders are followed unless they
    /// lead back to a folder that encloses them.
    pub fn walk(&self, folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let relative = self.relative(folder);
        match &self.backing {
            Backing::Memory(files) => {
                found.extend(
                    files.keys().filter_map(|file| Some(file.strip_prefix(&relative).ok()?.to_path_buf())),
                );
            }
            Backing::Commit { files, root } => {
                let full = normal(&root.join(&relative));
                let below = files.below(&full);
                found.extend(below.filter_map(|file| Some(file.strip_prefix(&full).ok()?.to_path_buf())));
            }
            Backing::Disk { root, confined } => {
                let full = root.join(folder);
                let mut pending = vec![(full, PathBuf::new(), Vec::new())];
                while let Some((at, under, above)) = pending.pop() {
                    let Ok(real) = at.canonicalize() else { continue };
                    if above.contains(&real)
                        || confined.as_ref().is_some_and(|boundary| !real.starts_with(&boundary.folder))
                    {
                        continue;
                    }
                    let Ok(entries) = std::fs::read_dir(&at) else { continue };
                    let mut above = above;
                    above.push(real);
                    for entry in entries.flatten() {
                        let path = entry.path();
                        let name = under.join(entry.file_name());
                        if path.is_dir() {
                            pending.push((path, name, above.clone()));
                        } else if path.is_file() {
                            found.push(name);
                        }
                    }
                }
            }
        }
        let overlaid =
            self.overlay.keys().filter_map(|file| Some(file.strip_prefix(&relative).ok()?.to_path_buf()));
        found.extend(overlaid);
        found.sort();
        found.dedup();
        found
    }
}

/// Folders that hold other people's code or what a build made, whatever `.gitignore` says.
const FOREIGN_FOLDERS: [&str; 7] =
    [".git", "node_modules", "vendor", "bower_components", ".venv", ".terraform", ".plimsoll"];

/// True for a folder of other people's code, or of what a build made.
pub fn is_foreign(folder: &str) -> bool {
    FOREIGN_FOLDERS.contains(&folder)
}

impl Files {
    /// Every regular file below the root that belongs to the repository, by relative path, sorted: what
    /// `.gitignore` hides and folders of foreign code (`node_modules`, `vendor`, …) are left out.
    pub fn repository(&self) -> Vec<PathBuf> {
        let foreign = |name: &std::ffi::OsStr| FOREIGN_FOLDERS.iter().any(|folder| name == *folder);
        let Backing::Disk { root, confined } = &self.backing else {
            let mut files = self.walk(Path::new(""));
            files.retain(|file| !file.parent().is_some_and(|folder| folder.iter().any(foreign)));
            return files;
        };
        let mut walk = ignore::WalkBuilder::new(root);
        walk.hidden(false).ignore(false).git_global(false).require_git(false).follow_links(false);
        walk.filter_entry(move |entry| {
            let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            entry.depth() == 0 || !(folder && foreign(entry.file_name()))
        });
        let mut found = Vec::new();
        for entry in walk.build().flatten() {
            let Some(kind) = entry.file_type() else { continue };
            let Ok(relative) = entry.path().strip_prefix(root) else { continue };
            let linked = kind.is_symlink()
                && entry.path().is_file()
                && inside(entry.path(), relative, confined.as_ref());
            if kind.is_file() || linked {
                found.push(relative.to_path_buf());
            }
        }
        found.extend(self.overlay.keys().filter(|file| !leaves(file)).cloned());
        found.sort();
        found.dedup();
        found
    }
}

impl Files {
    /// True for a path that some `.gitignore` between the root and itself hides: it is made, or supplied, outside of
    /// the repository.
    pub fn is_ignored(&self, path: &Path) -> bool {
        let path = self.relative(path);
        path.ancestors().skip(1).any(|folder| {
            let Ok(bytes) = self.read(&folder.join(".gitignore")) else { return false };
            let mut builder = ignore::gitignore::GitignoreBuilder::new(folder);
            for line in String::from_utf8_lossy(&bytes).lines() {
                // A line that is no pattern hides nothing.
                let _no_pattern = builder.add_line(None, line);
            }
            let Ok(rules) = builder.build() else { return false };
            let Ok(below) = path.strip_prefix(folder) else { return false };
            [false, true].iter().any(|folder| rules.matched_path_or_any_parents(below, *folder).is_ignore())
        })
    }
}

/// The root of the repository that `path` lies in: the nearest folder above it with a `.git`, or else `path`
/// itself (its folder, where it is a file).
pub fn repository_root(path: &Path) -> PathBuf {
    let start = if path.is_file() { path.parent().unwrap_or(path) } else { path };
    let start = if start.as_os_str().is_empty() { Path::new(".") } else { start };
    let full = start.canonicalize().unwrap_or_else(|_| start.to_path_buf());
    match full.ancestors().find(|folder| folder.join(".git").exists()) {
        Some(root) if root == full => start.to_path_buf(),
        Some(root) => root.to_path_buf(),
        None => start.to_path_buf(),
    }
}

/// The path without `.`, and with `..` taken back where that can be told from the text alone.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                let last = out.components().next_back();
                match last {
                    Some(Component::Normal(_)) => {
                        out.pop();
                    }
                    Some(Component::RootDir | Component::Prefix(_)) => {}
                    Some(Component::ParentDir | Component::CurDir) | None => out.push(".."),
                }
            }
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => out.push(part),
        }
    }
    out
}

fn leaves(relative: &Path) -> bool {
    leaves_above(relative, 0)
}

/// True for a path that leads further up than so many folders.
fn leaves_above(relative: &Path, above: usize) -> bool {
    let up = relative.components().take_while(|part| *part == Component::ParentDir).count();
    relative.is_absolute() || up > above
}

fn inside(full: &Path, relative: &Path, confined: Option<&Boundary>) -> bool {
    let Some(boundary) = confined else { return true };
    !leaves_above(relative, boundary.above)
        && full.canonicalize().is_ok_and(|real| real.starts_with(&boundary.folder))
}

fn read_disk(full: &Path, relative: &Path, confined: Option<&Boundary>) -> Result<Vec<u8>, ReadError> {
    use std::io::Read as _;
    let system = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => ReadError::Missing,
        _ => ReadError::System(error.to_string()),
    };
    if confined.is_some_and(|boundary| leaves_above(relative, boundary.above)) {
        return Err(ReadError::OutsideRoot);
    }
    let about = std::fs::metadata(full).map_err(system)?;
    if !inside(full, relative, confined) {
        return Err(ReadError::OutsideRoot);
    }
    if !about.is_file() {
        return Err(ReadError::NotRegular(if about.is_dir() {
            "a folder"
        } else {
            "a device, pipe or socket"
        }));
    }
    if about.len() > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge(about.len()));
    }
    // The limit holds for what is read, too: a file may grow between the two calls.
    let file = std::fs::File::open(full).map_err(system)?;
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0));
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(system)?;
    let read = bytes.len() as u64;
    if read > MAX_FILE_BYTES { Err(ReadError::TooLarge(read)) } else { Ok(bytes) }
}
