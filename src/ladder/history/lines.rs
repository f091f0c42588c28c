//! Which lines of a commit's files say a tag, without reading any folder or file twice.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;
use std::path::Path;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::source::SourceMap;
use crate::source::git::Entry;
use crate::source::git::GitError;
use crate::source::git::Id;
use crate::source::git::Repository;

/// The largest file that is searched, in bytes.
const LARGEST: usize = 1024 * 1024;

/// So deep folders are searched.
const DEEPEST: usize = 64;

/// Marks of the lines that say a tag: equal where they are the same lines of the same files, 0 where there are none.
type Marks = Box<[u64]>;

pub(super) struct Lines {
    tags: Vec<String>,
    folders: HashMap<Id, Marks>,
    files: HashMap<Id, Marks>,
    /// What folders hold that was looked at ahead.
    listed: HashMap<Id, Vec<Entry>>,
}

impl Lines {
    pub(super) fn new<'t>(tags: impl Iterator<Item = &'t str>) -> Self {
        let mut tags: Vec<String> = tags.map(str::to_owned).collect();
        tags.sort();
        tags.dedup();
        Self { tags, folders: HashMap::new(), files: HashMap::new(), listed: HashMap::new() }
    }

    /// The number of a tag, and the mark of all lines below a tree that say it.
    pub(super) fn mark(
        &mut self,
        repository: &Repository,
        tree: Id,
        tag: &str,
    ) -> Result<(usize, u64), GitError> {
        let index = self.tags.iter().position(|known| known == tag).unwrap_or(0);
        let marks = self.folder(repository, tree, 0)?;
        Ok((index, marks.get(index).copied().unwrap_or(0)))
    }

    /// Reads the files below trees on all cores, so that their marks are at hand. What cannot be read is left for
    /// [`Lines::mark`] to come to.
    pub(super) fn read_ahead(&mut self, repository: &Repository, trees: &[Id]) {
        // The newest first: versions of a file that are made from each other come one after the other.
        let mut open: Vec<(Id, usize)> = trees.iter().rev().map(|tree| (*tree, 0)).collect();
        let (mut files, mut seen) = (Vec::new(), HashSet::new());
        while let Some((id, depth)) = open.pop() {
            if self.folders.contains_key(&id) || self.listed.contains_key(&id) {
                continue;
            }
            let Ok(entries) = repository.folder(id) else { continue };
            for entry in &entries {
                match part(entry, depth) {
                    Some(Part::File) if !self.files.contains_key(&entry.id) && seen.insert(entry.id) => {
                        files.push(entry.id);
                    }
                    Some(Part::Folder) => open.push((entry.id, depth + 1)),
                    _ => {}
                }
            }
            self.listed.insert(id, entries);
        }
        let read = |id: &Id| Some((*id, self.marks(repository, *id).ok()?));
        let marks: Vec<_> = files.par_iter().with_min_len(16).filter_map(read).collect();
        self.files.extend(marks);
    }

    /// True where the files as they lie there say a tag in the same lines of the same files as those of a commit;
    /// `None` where that cannot be told.
    pub(super) fn lie_there(
        &mut self,
        repository: &Repository,
        tree: Id,
        tag: &str,
        prefix: &Path,
        here: &SourceMap,
    ) -> Option<bool> {
        let (index, _) = self.mark(repository, tree, tag).ok()?;
        let mut open = vec![(tree, PathBuf::new(), 0)];
        let mut committed = BTreeSet::new();
        while let Some((id, folder, depth)) = open.pop() {
            for entry in repository.folder(id).ok()? {
                let path = folder.join(&entry.name);
                match part(&entry, depth) {
                    Some(Part::Folder) if Self::says(&self.folders, entry.id, index) => {
                        open.push((entry.id, path, depth + 1));
                    }
                    Some(Part::File) if Self::says(&self.files, entry.id, index) => {
                        let own = self.files.get(&entry.id)?.get(index)?;
                        let inside = path.strip_prefix(prefix).ok()?.to_path_buf();
                        let text = here.files().read(&inside).ok()?;
                        if mark(&text, tag.as_bytes()) != *own {
                            return Some(false);
                        }
                        committed.insert(inside);
                    }
                    _ => {}
                }
            }
        }
        // What was read and is not committed may say it, too.
        let new = here.read_files().into_iter().filter(|(path, _)| !committed.contains(path));
        let mut new =
            new.filter(|(path, _)| path.file_name().and_then(|name| name.to_str()).is_some_and(may_say));
        Some(!new.any(|(_, source)| mark(source.text.as_bytes(), tag.as_bytes()) != 0))
    }

    fn says(marks: &HashMap<Id, Marks>, id: Id, tag: usize) -> bool {
        marks.get(&id).and_then(|marks| marks.get(tag)).is_some_and(|mark| *mark != 0)
    }

    fn folder(&mut self, repository: &Repository, id: Id, depth: usize) -> Result<Marks, GitError> {
        if let Some(known) = self.folders.get(&id) {
            return Ok(known.clone());
        }
        let mut marks: Marks = vec![0; self.tags.len()].into();
        let entries = match self.listed.remove(&id) {
            Some(entries) => entries,
            None => repository.folder(id)?,
        };
        for entry in entries {
            let own = match part(&entry, depth) {
                Some(Part::File) => self.file(repository, entry.id)?,
                Some(Part::Folder) => self.folder(repository, entry.id, depth + 1)?,
                None => continue,
            };
            for (mark, own) in marks.iter_mut().zip(&own).filter(|(_, own)| **own != 0) {
                *mark = mix(mix(*mark, entry.name.as_bytes()), &own.to_le_bytes());
            }
        }
        self.folders.insert(id, marks.clone());
        Ok(marks)
    }

    fn file(&mut self, repository: &Repository, id: Id) -> Result<Marks, GitError> {
        if let Some(known) = self.files.get(&id) {
            return Ok(known.clone());
        }
        let marks = self.marks(repository, id)?;
        self.files.insert(id, marks.clone());
        Ok(marks)
    }

    fn marks(&self, repository: &Repository, id: Id) -> Result<Marks, GitError> {
        let text = repository.file(id)?;
        let text = if text.len() > LARGEST { Vec::new() } else { text };
        Ok(self.tags.iter().map(|tag| mark(&text, tag.as_bytes())).collect())
    }
}

/// What is looked into.
enum Part {
    File,
    Folder,
}

fn part(entry: &Entry, depth: usize) -> Option<Part> {
    if entry.folder {
        (depth < DEEPEST && !crate::source::is_foreign(&entry.name)).then_some(Part::Folder)
    } else {
        may_say(&entry.name).then_some(Part::File)
    }
}

/// The mark of the lines of a text that say a tag.
fn mark(text: &[u8], tag: &[u8]) -> u64 {
    let mut mark = 0;
    let mut end = 0;
    for at in memchr::memmem::find_iter(text, tag) {
        // Once for each line.
        if at < end {
            continue;
        }
        let start =
            text.get(..at).and_then(|before| memchr::memrchr(b'\n', before)).map_or(0, |line| line + 1);
        end =
            text.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(text.len(), |line| at + line);
        mark = mix(mark, text.get(start..end).unwrap_or_default());
    }
    mark
}

/// FNV-1a over what went before and more; never 0.
fn mix(before: u64, more: &[u8]) -> u64 {
    let start = if before == 0 { 0xcbf2_9ce4_8422_2325 } else { before };
    let hash =
        more.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    // The end of each part counts, too.
    ((hash ^ 0xff).wrapping_mul(0x0000_0100_0000_01b3)).max(1)
}

/// True for a file that may decide what runs: configuration, variables, scripts.
fn may_say(name: &str) -> bool {
    const ENDINGS: [&str; 13] = [
        "yaml",
        "yml",
        "json",
        "toml",
        "tpl",
        "env",
        "sh",
        "bash",
        "mk",
        "just",
        "gotmpl",
        "properties",
        "py",
    ];
    const LOCKS: [&str; 4] = ["package-lock.json", "pnpm-lock.yaml", "composer.lock", "poetry.lock"];
    const NAMES: [&str; 4] = ["makefile", "justfile", "taskfile", "jenkinsfile"];
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let ends = ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    let begins =
        |known: &&str| name.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known));
    let variables = || name.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b".env"));
    !LOCKS.contains(&name) && (ends || NAMES.iter().any(begins) || variables())
}
