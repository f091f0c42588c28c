//! What earlier commits say: whether an image ran in an earlier environment before it came to the one it is in.
//!
//! All ancestors of the commit that is checked out are looked at, newest first, merged branches included: an image is
//! shown to be tested by any commit in which an earlier environment runs it and its own does not yet. Each commit is
//! read as the ladder itself is, by the same loaders; and only where it changes a line with the image's tag in it,
//! since nothing else can change who runs it.

mod lines;
mod running;
mod versions;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::BinaryHeap;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::Unchecked;
use crate::discover::PlannedEnvironment;
use crate::discover::Planner;
use crate::ladder::Ladder;
use crate::ladder::history::lines::Lines;
use crate::ladder::history::running::Commit;
use crate::ladder::history::running::Ran;
use crate::ladder::history::running::Running;
use crate::ladder::history::running::Runs;
use crate::source::Files;
use crate::source::SourceMap;
use crate::source::git::GitError;
use crate::source::git::Id;
use crate::source::git::Repository;
use crate::source::git::Snapshot;

pub use versions::Unraised;

/// So many commits are loaded at most: those that change who runs an image are few.
const MOST_LOADED: usize = 64;

/// So many commits are looked through for what has to be loaded, which is then loaded side by side.
const AHEAD: usize = 512;

/// How far back is looked, and for how long an image has to have been in an earlier environment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The number of commits that are looked at.
    pub commits: usize,
    /// The time between an image's arrival in an earlier environment and in its own, in seconds.
    pub minimum_age: i64,
    /// The day of the run, in seconds since 1970: when something arrives that is not committed yet.
    pub now: i64,
    /// True where the flags of a deploy command say what is there now, beside the files.
    pub flags: bool,
}

/// An image in an environment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed {
    /// The index of the environment.
    pub environment: usize,
    /// Registry left out: `team/app`.
    pub repository: String,
    /// Its tag.
    pub tag: String,
}

/// What the history says of an image in an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// An earlier environment ran it before.
    Shown,
    /// An earlier environment ran it before, for so many seconds only.
    Short {
        /// How long it was there alone.
        seconds: i64,
        /// The commit that brought it to the later one, where it is committed.
        commit: Option<Id>,
    },
    /// It came in that commit, and no earlier environment had run it.
    Missing {
        /// The commit that brought it.
        commit: Id,
    },
    /// The history does not tell.
    Unknown,
}

/// What the history of a repository says about the images of its ladder.
#[derive(Debug, Default)]
pub struct History {
    proofs: BTreeMap<Placed, Proof>,
    unraised: BTreeMap<String, Unraised>,
    /// Why it does not tell more, said once.
    pub unchecked: Option<Unchecked>,
}

impl History {
    /// What is known where nobody looked back.
    pub(super) const NONE: Self =
        Self { proofs: BTreeMap::new(), unraised: BTreeMap::new(), unchecked: None };

    /// What it says of an image.
    pub fn proof(&self, environment: usize, repository: &str, tag: &str) -> &Proof {
        let placed = Placed { environment, repository: repository.to_owned(), tag: tag.to_owned() };
        self.proofs.get(&placed).unwrap_or(&Proof::Unknown)
    }

    /// Where a chart changed since its version was set, and each change is usually a version: by the chart's path.
    pub fn unraised(&self, chart: &str) -> Option<&Unraised> {
        self.unraised.get(chart)
    }

    /// Looks back for images of a ladder, and for versions of its charts. Costs nothing where there are none.
    pub(super) fn read(
        ladder: &Ladder,
        images: BTreeSet<Placed>,
        sources: &SourceMap,
        config: &Config,
        reach: Reach,
    ) -> Self {
        let charts = ladder.charts().into_iter();
        let charts: BTreeMap<&str, &str> =
            charts.map(|(chart, _)| (chart.path.as_str(), chart.version())).collect();
        if images.is_empty() && charts.is_empty() {
            return Self::default();
        }
        let (repository, head) = match &ladder.commits.get_or_init(|| Commits::open(sources)).0 {
            Ok(Some(opened)) => opened,
            Ok(None) => return Self::default(),
            // A history that cannot be read says nothing of charts.
            Err(_) if images.is_empty() => return Self::default(),
            Err(reason) => {
                return Self { unchecked: Some(unchecked(reason.clone())), ..Self::default() };
            }
        };
        let of_images = || Self::of_images(ladder, &images, repository, *head, sources, config, reach);
        let of_charts = || undamaged(|| unraised(&charts, repository, *head, sources)).unwrap_or_default();
        let (history, unraised) = rayon::join(of_images, of_charts);
        Self { unraised, ..history }
    }

    fn of_images(
        ladder: &Ladder,
        images: &BTreeSet<Placed>,
        repository: &Arc<Repository>,
        head: Id,
        sources: &SourceMap,
        config: &Config,
        reach: Reach,
    ) -> Self {
        if images.is_empty() {
            return Self::default();
        }
        let walk = || Walk::new(ladder, images, Arc::clone(repository), sources, config, reach).run(head);
        match undamaged(walk) {
            Ok((proofs, reason)) => {
                let open = proofs.values().any(|proof| *proof == Proof::Unknown);
                let unchecked = reason.filter(|_| open).map(unchecked);
                Self { proofs, unchecked, ..Self::default() }
            }
            Err(reason) => Self { unchecked: Some(unchecked(reason)), ..Self::default() },
        }
    }
}

/// The repository and the commit that is checked out; `None` where there is no history.
type Opened = Option<(Arc<Repository>, Id)>;

/// The history, or why it cannot be read.
#[derive(Debug)]
pub(super) struct Commits(Result<Opened, String>);

impl Commits {
    fn open(sources: &SourceMap) -> Self {
        Self(undamaged(|| open(sources)))
    }

    /// Reads the last commits as well: one leads to the next, so that nothing else can be done with them meanwhile.
    pub(super) fn read_ahead(sources: &SourceMap) -> Self {
        let opened = Self::open(sources);
        if let Ok(Some((repository, head))) = &opened.0 {
            // What cannot be read is left for the walk to come to.
            let _read = undamaged(|| newest(repository, *head, AHEAD));
        }
        opened
    }
}

/// Goes through the newest commits.
fn newest(repository: &Repository, head: Id, most: usize) -> Result<(), GitError> {
    let mut open = BinaryHeap::from([(repository.commit(head)?.time, head)]);
    let mut seen = BTreeSet::from([head]);
    for _ in 0..most {
        let Some((_, id)) = open.pop() else { break };
        for parent in repository.commit(id)?.parents {
            if seen.insert(parent) {
                open.push((repository.commit(parent)?.time, parent));
            }
        }
    }
    Ok(())
}

fn open(sources: &SourceMap) -> Result<Opened, GitError> {
    let Some(boundary) = sources.files().boundary() else { return Ok(None) };
    let Some(repository) = Repository::open(boundary)? else { return Ok(None) };
    let Some(head) = repository.head()? else { return Ok(None) };
    Ok(Some((Arc::new(repository), head)))
}

/// What `read` gives, or why it does not. The readers of packs are not ours: what they make of a damaged one must not
/// cost the run.
fn undamaged<T>(read: impl FnOnce() -> Result<T, GitError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(_) => Err("it is damaged".to_owned()),
    }
}

/// The charts that changed and kept their version, by path.
fn unraised(
    charts: &BTreeMap<&str, &str>,
    repository: &Repository,
    head: Id,
    sources: &SourceMap,
) -> Result<BTreeMap<String, Unraised>, GitError> {
    if charts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let prefix = prefix(repository, sources);
    let folders = charts.iter().map(|(path, version)| (prefix.join(path), *version)).collect();
    let mut found = versions::unraised(repository, head, &folders)?;
    let by_path = |path: &&str| Some(((*path).to_owned(), found.remove(&prefix.join(path))?));
    Ok(charts.keys().filter_map(by_path).collect())
}

/// The root of the ladder, from that of the repository.
fn prefix(repository: &Repository, sources: &SourceMap) -> PathBuf {
    let root = sources.files().root();
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    root.strip_prefix(repository.root()).unwrap_or(Path::new("")).to_path_buf()
}

fn unchecked(reason: String) -> Unchecked {
    Unchecked { what: "the git history, for where images ran first".to_owned(), reason, span: None }
}

/// True for a tag that stays what it is: one with a number in it.
pub fn is_version(tag: &str) -> bool {
    tag.chars().any(|character| character.is_ascii_digit())
}

/// What was found for one image on the way.
#[derive(Default)]
struct Track {
    shown: bool,
    /// The earliest commit so far in which an earlier environment has it alone.
    first: Option<i64>,
    /// How it came to its own environment last.
    arrival: Option<Arrival>,
}

/// How an image came to its environment.
#[derive(Clone, Copy)]
struct Arrival {
    /// The commit that brought it; `None`: it is not committed.
    commit: Option<Id>,
    /// When it came.
    time: i64,
    /// The files before that.
    before: Id,
}

struct Walk<'w> {
    ladder: &'w Ladder,
    images: Vec<&'w Placed>,
    repository: Arc<Repository>,
    /// The root of the ladder, from that of the repository.
    prefix: PathBuf,
    config: &'w Config,
    reach: Reach,
    lines: Lines,
    /// The files as they lie there.
    here: &'w SourceMap,
    /// The texts of all commits: what is the same in two of them is read once.
    sources: SourceMap,
    planner: Planner,
    runs: Runs,
    running: BTreeMap<Id, Arc<Running>>,
    /// Loaded ahead, and not asked for yet.
    ready: BTreeMap<Id, Arc<Running>>,
    /// By tag and the lines that say it.
    known: BTreeMap<(usize, u64), Arc<Running>>,
    loaded: usize,
}

impl<'w> Walk<'w> {
    fn new(
        ladder: &'w Ladder,
        images: &'w BTreeSet<Placed>,
        repository: Arc<Repository>,
        sources: &'w SourceMap,
        config: &'w Config,
        reach: Reach,
    ) -> Self {
        let prefix = prefix(&repository, sources);
        let images: Vec<&Placed> = images.iter().collect();
        let lines = Lines::new(images.iter().map(|image| image.tag.as_str()));
        Self {
            ladder,
            images,
            repository,
            prefix,
            config,
            reach,
            lines,
            here: sources,
            sources: SourceMap::new(Files::memory::<&str, &str>([])),
            planner: Planner::default(),
            runs: Runs::default(),
            running: BTreeMap::new(),
            ready: BTreeMap::new(),
            known: BTreeMap::new(),
            loaded: 0,
        }
    }

    /// Walks, newest first; the proofs, and why some are missing.
    fn run(mut self, head: Id) -> Result<(BTreeMap<Placed, Proof>, Option<String>), GitError> {
        let mut tracks: Vec<Track> = self.images.iter().map(|_| Track::default()).collect();
        let now = Arc::new(self.now());
        let first = self.repository.commit(head)?;
        let mut open = BinaryHeap::from([(first.time, head)]);
        let mut seen = BTreeSet::from([head]);
        if !self.reach.flags {
            self.take_as_committed(&now, first.tree);
        }
        self.load_ahead(open.clone(), seen.clone(), &tracks);
        self.edges(
            &mut tracks,
            None,
            self.reach.now,
            &vec![Some(now); self.images.len()],
            first.tree,
            first.time,
        )?;
        let shallow = self.repository.is_shallow();
        let mut reason = None;
        let mut count = 0;
        while let Some((time, id)) = open.pop() {
            if tracks.iter().all(|track| track.shown) {
                break;
            }
            if count > 0 && count % AHEAD == 0 {
                let mut open = open.clone();
                open.push((time, id));
                self.load_ahead(open, seen.clone(), &tracks);
            }
            count += 1;
            if count > self.reach.commits {
                let commits = self.reach.commits;
                reason = Some(format!(
                    "only the last {commits} commits were looked at; the rule's `commits` option sets how many"
                ));
                break;
            }
            let commit = self.repository.commit(id)?;
            let mut there = Vec::with_capacity(self.images.len());
            for (image, track) in tracks.iter().enumerate() {
                there.push(if track.shown { None } else { self.at(image, commit.tree)? });
            }
            for parent in commit.parents {
                let before = match self.repository.commit(parent) {
                    Ok(before) => before,
                    // Where a history was cut off, the parents are not there.
                    Err(GitError::Missing(_)) if shallow => {
                        reason = Some(
                            "it was cut off when it was fetched; fetch all of it (`fetch-depth: 0`)"
                                .to_owned(),
                        );
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                self.edges(&mut tracks, Some(id), commit.time, &there, before.tree, before.time)?;
                if seen.insert(parent) {
                    open.push((before.time, parent));
                }
            }
            if self.loaded > MOST_LOADED {
                reason = Some(format!("more than {MOST_LOADED} of its commits change lines with these tags"));
                break;
            }
        }
        let whole = reason.is_none();
        let mut proofs = BTreeMap::new();
        for (image, track) in tracks.iter().enumerate() {
            let proof = self.proof(image, track, whole)?;
            proofs.extend(self.images.get(image).map(|image| ((*image).clone(), proof)));
        }
        Ok((proofs, reason))
    }

    /// Takes what runs now for what the checked out commit runs, where the files say a tag in the same lines.
    fn take_as_committed(&mut self, now: &Arc<Running>, tree: Id) {
        self.lines.read_ahead(&self.repository, &[tree]);
        for image in 0..self.images.len() {
            let Some(mark) = self.mark(image, tree).ok().flatten() else { continue };
            let Some(tag) = self.images.get(image).map(|image| image.tag.as_str()) else { continue };
            if self.lines.lie_there(&self.repository, tree, tag, &self.prefix, self.here) == Some(true) {
                self.known.insert(mark, Arc::clone(now));
            }
        }
    }

    /// Loads side by side what the next commits of the walk will ask for, as far as that can be told from their lines.
    /// What cannot be read is left for the walk to come to.
    fn load_ahead(&mut self, mut open: BinaryHeap<(i64, Id)>, mut seen: BTreeSet<Id>, tracks: &[Track]) {
        let images: Vec<usize> =
            tracks.iter().enumerate().filter(|(_, track)| !track.shown).map(|(image, _)| image).collect();
        let mut marks = BTreeSet::new();
        let mut wanted: BTreeMap<Id, Vec<usize>> = BTreeMap::new();
        let mut trees = Vec::new();
        for _ in 0..AHEAD {
            let Some(commit) = open.pop().and_then(|(_, id)| self.repository.commit(id).ok()) else { break };
            trees.push(commit.tree);
            for parent in commit.parents {
                let Ok(before) = self.repository.commit(parent) else { continue };
                trees.push(before.tree);
                if seen.insert(parent) {
                    open.push((before.time, parent));
                }
            }
        }
        self.lines.read_ahead(&self.repository, &trees);
        for (tree, &image) in trees.iter().flat_map(|tree| images.iter().map(move |image| (*tree, image))) {
            let Some(mark) = self.mark(image, tree).ok().flatten() else { continue };
            if !self.known.contains_key(&mark) && marks.insert((image, mark)) {
                wanted.entry(tree).or_default().push(image);
            }
        }
        wanted.retain(|tree, _| !self.running.contains_key(tree) && !self.ready.contains_key(tree));
        let wanted: Vec<_> = wanted.into_iter().take(MOST_LOADED).collect();
        let load = |(tree, images): (Id, Vec<usize>)| {
            let running = self.read(tree).ok()?;
            for image in images {
                // Loads the environments that it asks about.
                let _loaded = self.runs(image, Some(&running)) || self.runs_earlier(image, Some(&running));
            }
            Some((tree, Arc::new(running)))
        };
        let ready: Vec<_> = wanted.into_par_iter().filter_map(load).collect();
        self.ready.extend(ready);
    }

    fn proof(&mut self, image: usize, track: &Track, whole: bool) -> Result<Proof, GitError> {
        if track.shown {
            return Ok(Proof::Shown);
        }
        Ok(match (track.arrival, track.first) {
            (Some(Arrival { commit, time, .. }), Some(first)) => {
                Proof::Short { seconds: (time - first).max(0), commit }
            }
            (Some(Arrival { commit: Some(commit), before, .. }), None)
                if whole && self.stood(image, before)? =>
            {
                Proof::Missing { commit }
            }
            // It was there from the start, is not committed yet, or the ladder is as young.
            _ => Proof::Unknown,
        })
    }

    /// What happens between a commit and one that it was made from.
    fn edges(
        &mut self,
        tracks: &mut [Track],
        commit: Option<Id>,
        time: i64,
        after: &[Option<Arc<Running>>],
        tree: Id,
        earlier: i64,
    ) -> Result<(), GitError> {
        for (image, track) in tracks.iter_mut().enumerate().filter(|(_, track)| !track.shown) {
            let before = self.at(image, tree)?;
            if self.runs(image, before.as_deref()) {
                continue;
            }
            let after = after.get(image).and_then(Option::as_deref);
            if track.arrival.is_none() && self.runs(image, after) {
                track.arrival = Some(Arrival { commit, time, before: tree });
            }
            if self.runs_earlier(image, before.as_deref()) {
                track.first = Some(track.first.map_or(earlier, |first| first.min(earlier)));
            }
            if let (Some(Arrival { time, .. }), Some(first)) = (track.arrival, track.first) {
                // The clocks of two committers differ.
                track.shown = self.reach.minimum_age <= 0 || time - first >= self.reach.minimum_age;
            }
        }
        Ok(())
    }

    /// True where an image runs in its own environment.
    fn runs(&self, image: usize, running: Option<&Running>) -> bool {
        self.images.get(image).is_some_and(|placed| self.runs_in(image, running, placed.environment))
    }

    /// True where an image runs in an earlier environment.
    fn runs_earlier(&self, image: usize, running: Option<&Running>) -> bool {
        let own = self.images.get(image).map_or(0, |placed| placed.environment);
        (0..own).any(|environment| self.runs_in(image, running, environment))
    }

    fn runs_in(&self, image: usize, running: Option<&Running>, environment: usize) -> bool {
        let (Some(running), Some(image)) = (running, self.images.get(image)) else { return false };
        running.ran(environment, &self.runs).is_some_and(|ran| ran.runs(&image.repository, &image.tag))
    }

    /// True where, at that commit, the image's own environment and an earlier one ran it in other versions: so the
    /// ladder was there to be climbed.
    fn stood(&mut self, image: usize, tree: Id) -> Result<bool, GitError> {
        let running = self.load(tree)?;
        let Some(image) = self.images.get(image) else { return Ok(false) };
        let runs = |environment: usize| {
            running.ran(environment, &self.runs).is_some_and(|ran| {
                ran.runs_another(&image.repository, &image.tag) && !ran.runs(&image.repository, &image.tag)
            })
        };
        Ok(runs(image.environment) && (0..image.environment).any(runs))
    }

    /// Who runs what at a commit, as far as an image's tag goes; `None` where no line of it says the tag.
    fn at(&mut self, image: usize, tree: Id) -> Result<Option<Arc<Running>>, GitError> {
        let Some(mark) = self.mark(image, tree)? else { return Ok(None) };
        if let Some(known) = self.known.get(&mark) {
            return Ok(Some(Arc::clone(known)));
        }
        let running = self.load(tree)?;
        self.known.insert(mark, Arc::clone(&running));
        Ok(Some(running))
    }

    /// The lines of a commit that say an image's tag; `None` where there are none.
    fn mark(&mut self, image: usize, tree: Id) -> Result<Option<(usize, u64)>, GitError> {
        let Some(tag) = self.images.get(image).map(|image| image.tag.as_str()) else { return Ok(None) };
        let (tag, mark) = self.lines.mark(&self.repository, tree, tag)?;
        Ok((mark != 0).then_some((tag, mark)))
    }

    fn load(&mut self, tree: Id) -> Result<Arc<Running>, GitError> {
        if let Some(running) = self.running.get(&tree) {
            return Ok(Arc::clone(running));
        }
        self.loaded += 1;
        let running = match self.ready.remove(&tree) {
            Some(ready) => ready,
            None => Arc::new(self.read(tree)?),
        };
        self.running.insert(tree, Arc::clone(&running));
        Ok(running)
    }

    /// What is there to be loaded at a commit.
    fn read(&self, tree: Id) -> Result<Running, GitError> {
        let snapshot = Snapshot::of(&self.repository, tree)?;
        let sources = self.sources.of_other_files(Files::of_commit(snapshot.clone(), self.prefix.clone()));
        let mut plan = self.planner.plan(&sources, self.config);
        let environments = self.ladder.environments.iter().map(|environment| {
            let at = plan.environments.iter().position(|planned| planned.name == environment.name)?;
            // What a cluster is made of runs no images.
            Some(PlannedEnvironment { stacks: Vec::new(), ..plan.environments.swap_remove(at) })
        });
        let environments = environments.collect();
        let (kubernetes, helm) = (plan.kubernetes, plan.helm_version);
        let prefix = self.prefix.clone();
        Ok(Running::of_commit(Commit { snapshot, prefix, sources, environments, kubernetes, helm }))
    }

    /// Who runs what in the files as they lie there.
    fn now(&self) -> Running {
        Running::now(self.ladder.environments.iter().map(Ran::of))
    }
}
