//! Who runs what at a commit, as far as images go.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::PoisonError;

use crate::discover::ComposeDeployment;
use crate::discover::HelmDeployment;
use crate::discover::Plan;
use crate::discover::PlannedEnvironment;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::history::is_version;
use crate::ladder::workload::Image;
use crate::source::Files;
use crate::source::SourceMap;
use crate::source::Spanned;
use crate::source::git::Seen;
use crate::source::git::Snapshot;

/// Who runs what at one time: by environment, in the order of the ladder. Each is loaded when it is first asked for.
pub(super) struct Running {
    environments: Vec<OnceLock<Arc<Ran>>>,
    /// What is there to be loaded; `None` for the files as they lie there, of which all is.
    commit: Option<Commit>,
}

/// The files of one commit, and what is deployed from them.
pub(super) struct Commit {
    pub(super) snapshot: Snapshot,
    /// The root of the ladder, from that of the repository.
    pub(super) prefix: PathBuf,
    pub(super) sources: SourceMap,
    pub(super) environments: Vec<Option<PlannedEnvironment>>,
    pub(super) kubernetes: Option<Spanned<String>>,
    pub(super) helm: Option<u8>,
}

impl Running {
    /// What is loaded from a commit.
    pub(super) fn of_commit(commit: Commit) -> Self {
        Self {
            environments: commit.environments.iter().map(|_| OnceLock::new()).collect(),
            commit: Some(commit),
        }
    }

    /// What is loaded already.
    pub(super) fn now(ran: impl Iterator<Item = Ran>) -> Self {
        Self { environments: ran.map(|ran| OnceLock::from(Arc::new(ran))).collect(), commit: None }
    }

    /// What an environment runs.
    pub(super) fn ran(&self, environment: usize, runs: &Runs) -> Option<&Ran> {
        let ran = self.environments.get(environment)?;
        let load = || {
            let commit = self.commit.as_ref();
            commit.and_then(|commit| runs.of(commit, environment)).unwrap_or_default()
        };
        Some(ran.get_or_init(load))
    }
}

/// What environments ran, and what was seen to know it: a commit that differs elsewhere runs the same.
#[derive(Default)]
pub(super) struct Runs(Mutex<Vec<Run>>);

struct Run {
    deployed: Deployed,
    seen: Seen,
    ran: Arc<Ran>,
}

/// What a plan says of an environment, without the places that say it.
type Deployed = (Vec<ComposeDeployment>, Vec<HelmDeployment>);

impl Runs {
    fn of(&self, commit: &Commit, environment: usize) -> Option<Arc<Ran>> {
        let planned = commit.environments.get(environment)?.clone()?;
        let projects = planned.projects.iter().map(ComposeDeployment::bare).collect();
        let deployed = (projects, planned.releases.iter().map(HelmDeployment::bare).collect());
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().find_map(|run| {
            let same = run.deployed == deployed && commit.snapshot.shows(&run.seen);
            same.then(|| Arc::clone(&run.ran))
        });
        if known.is_some() {
            return known;
        }
        let (watched, seen) = commit.snapshot.watched();
        let sources = commit.sources.of_other_files(Files::of_commit(watched, commit.prefix.clone()));
        let plan =
            Plan { kubernetes: commit.kubernetes.clone(), helm_version: commit.helm, ..Plan::default() };
        let ran = Arc::new(
            Ladder::deployed_alone(&sources, plan, planned).as_ref().map(Ran::of).unwrap_or_default(),
        );
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let run = Run { deployed, seen, ran: Arc::clone(&ran) };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(run);
        Some(ran)
    }
}

/// What an environment runs.
#[derive(Debug, Default)]
pub(super) struct Ran {
    /// Images by repository and tag.
    images: BTreeSet<(String, String)>,
}

impl Ran {
    pub(super) fn of(environment: &Environment) -> Self {
        let mut ran = Self::default();
        let containers = environment.workloads.iter().flat_map(|workload| &workload.containers);
        containers.filter_map(|container| container.image.as_ref()).for_each(|image| ran.add(image));
        ran
    }

    fn add(&mut self, image: &Image) {
        if let (Some(repository), Some(Some(tag))) = (image.repository(), image.tag.known()) {
            self.images.insert((repository.to_owned(), tag.clone()));
        }
    }

    pub(super) fn runs(&self, repository: &str, tag: &str) -> bool {
        self.images.contains(&(repository.to_owned(), tag.to_owned()))
    }

    /// True where it runs the image in another version.
    pub(super) fn runs_another(&self, repository: &str, tag: &str) -> bool {
        self.images.iter().any(|(own, other)| own == repository && other != tag && is_version(other))
    }
}
