//! Which lines of a commit's files say a tag, without reading any folder or file twice.

use std::collections::HashMap;
use std::path::Path;

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
}

impl Lines {
    pub(super) fn new<'t>(tags: impl Iterator<Item = &'t str>) -> Self {
        let mut tags: Vec<String> = tags.map(str::to_owned).collect();
        tags.sort();
        tags.dedup();
        Self { tags, folders: HashMap::new(), files: HashMap::new() }
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

    fn folder(&mut self, repository: &Repository, id: Id, depth: usize) -> Result<Marks, GitError> {
        if let Some(known) = self.folders.get(&id) {
            return Ok(known.clone());
        }
        let mut marks: Marks = vec![0; self.tags.len()].into();
        for entry in repository.folder(id)? {
            let own = if !entry.folder {
                if !may_say(&entry.name) {
                    continue;
                }
                self.file(repository, entry.id)?
            } else if depth < DEEPEST && !crate::source::is_foreign(&entry.name) {
                self.folder(repository, entry.id, depth + 1)?
            } else {
                continue;
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
        let text = repository.file(id)?;
        let text = if text.len() > LARGEST { Vec::new() } else { text };
        let marks: Marks = self.tags.iter().map(|tag| mark(&text, tag.as_bytes())).collect();
        self.files.insert(id, marks.clone());
        Ok(marks)
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
    let lower = name.to_ascii_lowercase();
    let ending = Path::new(&lower).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let named =
        ["makefile", "justfile", "taskfile", "jenkinsfile"].iter().any(|known| lower.starts_with(known));
    !LOCKS.contains(&name) && (ENDINGS.contains(&ending) || named || lower.contains(".env"))
}
