//! Charts that changed after their version was set, in repositories where a change comes with a new version.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;
use std::rc::Rc;

use crate::source::git::Entry;
use crate::source::git::GitError;
use crate::source::git::Id;
use crate::source::git::Repository;

/// So many commits are looked at.
const COMMITS: usize = 500;

/// After so many changes under one version nobody expects each to have its own.
const MOST_UNRAISED: usize = 3;

/// So many changes before that one tell what is usual, and so many at least have to.
const USUAL: usize = 10;
const FEWEST: usize = 5;

/// So deep folders of templates are looked into.
const DEEPEST: usize = 16;

/// Branches that charts are published from: where the version was set has to be on the first of these that is there.
const PUBLISHED: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

/// A chart that changed and kept its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unraised {
    /// The commit that set the version.
    pub commit: Id,
    /// The files of the chart that changed since, by path.
    pub files: BTreeSet<String>,
    /// Of so many changes before,
    pub changes: usize,
    /// so many came with a new version.
    pub raised: usize,
}

/// A chart as far as it matters here: its version, and what is installed of it.
#[derive(PartialEq, Eq)]
struct State {
    version: String,
    /// The rest of `Chart.yaml` that changes what is installed.
    metadata: String,
    files: BTreeMap<String, Id>,
}

impl State {
    /// The files that two states do not share.
    fn changed(&self, other: &Self) -> BTreeSet<String> {
        let (one, two) = (&self.files, &other.files);
        let differs = |path: &&String| one.get(*path) != two.get(*path);
        let mut changed: BTreeSet<String> = one.keys().chain(two.keys()).filter(differs).cloned().collect();
        if self.metadata != other.metadata {
            changed.insert("Chart.yaml".to_owned());
        }
        changed
    }
}

/// What is known of one chart on the way back.
struct Track<'c> {
    folder: &'c Path,
    /// The state in the commit looked at last, and the folder it was read from.
    at: Option<(Id, Rc<State>)>,
    unraised: usize,
    files: BTreeSet<String>,
    /// The commit that set the version.
    set: Option<Id>,
    changes: usize,
    raised: usize,
    done: bool,
}

/// The charts that changed since their version was set, by folder: those of `charts`, folders with their versions from
/// the root of the repository. Followed are first parents: what a merge brings is one change.
pub(super) fn unraised(
    repository: &Repository,
    head: Id,
    charts: &BTreeMap<PathBuf, &str>,
) -> Result<BTreeMap<PathBuf, Unraised>, GitError> {
    let mut reader = Reader { repository, folders: HashMap::new() };
    let mut tracks: Vec<Track<'_>> = Vec::new();
    let tree = repository.commit(head)?.tree;
    for (folder, version) in charts {
        let at = reader.state(tree, folder, None)?;
        // What is not committed yet has no history.
        let Some(at) = at.filter(|(_, state)| state.version == *version) else { continue };
        tracks.push(Track {
            folder,
            at: Some(at),
            unraised: 0,
            files: BTreeSet::new(),
            set: None,
            changes: 0,
            raised: 0,
            done: false,
        });
    }
    let mut id = head;
    for _ in 0..COMMITS {
        if tracks.iter().all(|track| track.done) {
            break;
        }
        let parent = repository.commit(id)?.parents.first().copied();
        let before = match parent.map(|parent| repository.commit(parent)) {
            Some(Ok(before)) => Some(before.tree),
            // The first commit, or the history was cut off here.
            None | Some(Err(GitError::Missing(_))) => None,
            Some(Err(error)) => return Err(error),
        };
        let Some((tree, parent)) = before.zip(parent) else { break };
        for track in tracks.iter_mut().filter(|track| !track.done) {
            let before = reader.state(tree, track.folder, track.at.as_ref())?;
            track.step(id, before);
        }
        id = parent;
    }
    let told = |track: &Track<'_>| {
        let usual = track.changes >= FEWEST && track.raised * 10 >= track.changes * 9;
        usual && track.unraised > 0
    };
    tracks.retain(told);
    if tracks.is_empty() {
        return Ok(BTreeMap::new());
    }
    let published = published(repository)?;
    let found = tracks.into_iter().filter_map(|track| {
        let commit = track.set.filter(|set| published.as_ref().is_none_or(|known| known.contains(set)))?;
        let Track { folder, files, changes, raised, .. } = track;
        Some((folder.to_path_buf(), Unraised { commit, files, changes, raised }))
    });
    Ok(found.collect())
}

impl Track<'_> {
    /// Goes from a commit to the state before it.
    fn step(&mut self, commit: Id, before: Option<(Id, Rc<State>)>) {
        let (Some((folder, after)), Some((earlier, state))) = (&self.at, &before) else {
            // The chart came with this commit.
            self.done = true;
            return;
        };
        if folder != earlier {
            let raised = after.version != state.version;
            let changed = after.changed(state);
            if self.set.is_none() && !raised && !changed.is_empty() {
                self.unraised += 1;
                self.files.extend(changed);
            } else if self.set.is_some() || raised {
                self.set.get_or_insert(commit);
                self.changes += usize::from(!changed.is_empty());
                self.raised += usize::from(raised && !changed.is_empty());
            }
            let settled = self.set.is_some() && (self.unraised == 0 || self.changes == USUAL);
            self.done = settled || self.unraised > MOST_UNRAISED;
        }
        self.at = before;
    }
}

/// The commits that charts are published from, as far as is looked; `None` where no branch says it.
fn published(repository: &Repository) -> Result<Option<BTreeSet<Id>>, GitError> {
    let mut next = None;
    for name in PUBLISHED {
        next = next.or(repository.reference(name)?);
    }
    if next.is_none() {
        return Ok(None);
    }
    let mut commits = BTreeSet::new();
    while let Some(id) = next.filter(|_| commits.len() < 2 * COMMITS) {
        commits.insert(id);
        next = match repository.commit(id) {
            Ok(commit) => commit.parents.first().copied(),
            Err(GitError::Missing(_)) => None,
            Err(error) => return Err(error),
        };
    }
    Ok(Some(commits))
}

struct Reader<'r> {
    repository: &'r Repository,
    /// Folders on the way to charts: most commits share them.
    folders: HashMap<Id, Rc<[Entry]>>,
}

impl Reader<'_> {
    fn folder(&mut self, id: Id) -> Result<Rc<[Entry]>, GitError> {
        if let Some(known) = self.folders.get(&id) {
            return Ok(Rc::clone(known));
        }
        let entries: Rc<[Entry]> = self.repository.folder(id)?.into();
        self.folders.insert(id, Rc::clone(&entries));
        Ok(entries)
    }

    /// A chart in a commit's tree, with the folder it is in; `None` where there is none. The state before is taken over
    /// where the folder is the same.
    fn state(
        &mut self,
        tree: Id,
        chart: &Path,
        before: Option<&(Id, Rc<State>)>,
    ) -> Result<Option<(Id, Rc<State>)>, GitError> {
        let mut folder = tree;
        for part in chart.components().filter(|part| *part != Component::CurDir) {
            let name = part.as_os_str();
            let entries = self.folder(folder)?;
            let Some(entry) = entries.iter().find(|entry| entry.folder && *entry.name == *name) else {
                return Ok(None);
            };
            folder = entry.id;
        }
        if let Some(known) = before.filter(|(id, _)| *id == folder) {
            return Ok(Some(known.clone()));
        }
        let mut files = BTreeMap::new();
        let mut metadata = None;
        for entry in self.folder(folder)?.iter() {
            match (&*entry.name, entry.folder) {
                ("Chart.yaml", false) => metadata = Some(self.repository.file(entry.id)?),
                ("values.yaml", false) => {
                    files.insert(entry.name.clone(), entry.id);
                }
                ("templates" | "crds", true) => self.files(entry, &entry.name, 0, &mut files)?,
                _ => {}
            }
        }
        let Some(metadata) = metadata else { return Ok(None) };
        let (version, metadata) = read(&String::from_utf8_lossy(&metadata));
        Ok(Some((folder, Rc::new(State { version, metadata, files }))))
    }

    /// Every file below a folder that something is installed from.
    fn files(
        &mut self,
        folder: &Entry,
        path: &str,
        depth: usize,
        files: &mut BTreeMap<String, Id>,
    ) -> Result<(), GitError> {
        for entry in self.folder(folder.id)?.iter() {
            let below = format!("{path}/{}", entry.name);
            if entry.folder && !entry.name.starts_with("test") && depth < DEEPEST {
                self.files(entry, &below, depth + 1, files)?;
            } else if !entry.folder && entry.name != "NOTES.txt" {
                files.insert(below, entry.id);
            }
        }
        Ok(())
    }
}

/// The version in the text of a `Chart.yaml`, and the lines that change what is installed.
fn read(text: &str) -> (String, String) {
    let (mut version, mut rest) = (String::new(), String::new());
    let mut key = "";
    for line in text.lines() {
        if let Some((word, _)) = line.split_once(':').filter(|_| !line.starts_with([' ', '-', '#'])) {
            key = word;
        }
        let line = line.split(" #").next().unwrap_or_default().trim_end();
        match key {
            "version" if version.is_empty() => {
                let written = line.split_once(':').map_or("", |(_, written)| written);
                version.push_str(written.trim().trim_matches(['"', '\'']));
            }
            "appVersion" | "kubeVersion" | "dependencies" if !line.trim_start().starts_with('#') => {
                rest.push_str(line);
                rest.push('\n');
            }
            _ => {}
        }
    }
    (version, rest)
}
