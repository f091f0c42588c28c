//! What runs, seen one way whichever tool runs it: Compose services and the workloads of rendered charts.

mod compose;
mod kubernetes;
mod matching;

pub use kubernetes::Placeholders;
pub use matching::Ambiguity;
pub use matching::Member;
pub use matching::Service;
pub use matching::root_name;

pub(super) use compose::workloads as of_project;
pub(super) use kubernetes::workloads as of_release;
pub(super) use matching::services;

use crate::source::Known;
use crate::source::Span;

/// A value, whether it is known, and the text that decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<T> {
    /// The value, or why it is not known.
    pub value: Known<T>,
    /// The text that decided it: a line of a Compose file, of a values file, or of a template.
    pub span: Span,
    /// Other texts behind it: what was overridden, the template that used the value.
    pub behind: Vec<Span>,
}

impl<T> Attribute<T> {
    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        self.value.known()
    }

    /// The same places with another value.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Attribute<U> {
        Attribute { value: self.value.map(change), span: self.span, behind: self.behind }
    }
}

/// What kind of thing runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkloadKind {
    /// A service of a Compose project.
    Service,
    /// A `Deployment`.
    Deployment,
    /// A `StatefulSet`.
    StatefulSet,
    /// A `DaemonSet`: one pod on each node.
    DaemonSet,
    /// A `ReplicaSet`, or the older `ReplicationController`.
    ReplicaSet,
    /// A `Job`, hooks included.
    Job,
    /// A `CronJob`.
    CronJob,
    /// A bare `Pod`.
    Pod,
}

impl WorkloadKind {
    /// The name of the kind: `Deployment`; `service` for Compose.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::ReplicaSet => "ReplicaSet",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
            Self::Pod => "Pod",
        }
    }

    /// True for what runs to its end.
    pub fn ends(self) -> bool {
        matches!(self, Self::Job | Self::CronJob)
    }
}

/// What runs a workload, as an index into the environment's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The Compose project of that index.
    Project(usize),
    /// The Helm release of that index.
    Release(usize),
}

/// Something that runs in an environment.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name: the service's, or `metadata.name`.
    pub name: String,
    /// What it is called without the release's and the chart's name in front: `docutag-api` as `api`.
    pub short_name: String,
    /// False where part of the name is supplied at deploy time; the name then has a placeholder in it.
    pub name_known: bool,
    /// Its kind.
    pub kind: WorkloadKind,
    /// What runs it.
    pub owner: Owner,
    /// Where its name is decided.
    pub span: Span,
    /// Its namespace, where it is on a cluster and that is known.
    pub namespace: Option<String>,
    /// Its labels, those whose values are known.
    pub labels: Vec<(String, String)>,
    /// Its containers; one for a Compose service. Init containers come last.
    pub containers: Vec<Container>,
    /// How many of it run.
    pub replicas: Replicas,
    /// What starts it again after a failure, for a Compose service that says so: `unless-stopped`.
    pub restart: Option<Attribute<String>>,
    /// How many seconds it has to end after it was told to, where it says so.
    pub grace: Option<Attribute<u64>>,
    /// True for a hook of a chart.
    pub hook: bool,
}

impl Workload {
    /// The container that does its work.
    pub fn main(&self) -> Option<&Container> {
        self.containers.first()
    }

    /// True where it runs what the other one runs: the same image, or one that is built from the same folder.
    pub fn shares_image(&self, other: &Self) -> bool {
        let (Some(mine), Some(its)) = (self.main(), other.main()) else { return false };
        let repository = |container: &Container| container.image.as_ref()?.repository().map(str::to_owned);
        let built = mine.built_from.is_some() && mine.built_from == its.built_from;
        built || repository(mine).is_some_and(|image| repository(its) == Some(image))
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// How many of a workload run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replicas {
    /// The least.
    pub least: Attribute<u32>,
    /// The most, where an autoscaler decides.
    pub most: Option<Attribute<u32>>,
}

/// A container of a workload.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name; that of the service for Compose.
    pub name: String,
    /// True where it runs before the others and ends.
    pub init: bool,
    /// Its image; `None` where it is only built.
    pub image: Option<Image>,
    /// Where a build is asked for.
    pub build: Option<Span>,
    /// The folder it is built from, where that is known; for the root its Dockerfile.
    pub built_from: Option<String>,
    /// Its environment variables that are set one by one.
    pub environment: Vec<Variable>,
    /// Where whole sets of variables come from that are not known: `envFrom` of Secrets that nobody renders.
    pub open_environment: Vec<Span>,
    /// The names of the long flags it is started with, in small letters and with `-`: `redis-addr`.
    pub flags: Vec<String>,
    /// The ports it listens on as far as it says so.
    pub ports: Vec<Port>,
    /// Its health checks.
    pub checks: Vec<HealthCheck>,
    /// What it asks for and may use.
    pub resources: Resources,
    /// What is mounted into it.
    pub mounts: Vec<Mount>,
    /// Where the container starts: its name, or that of the service.
    pub span: Span,
}

/// The name of a long flag: `redis-addr` for `--redis-addr=redis:6379`; `None` for any other word.
fn flag(word: &str) -> Option<String> {
    let name = word.strip_prefix("--")?.split('=').next()?;
    (!name.is_empty()).then(|| name.to_ascii_lowercase().replace('_', "-"))
}

/// An image reference, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// All of it.
    pub text: Attribute<String>,
    /// Registry and repository: `ghcr.io/team/app`.
    pub name: Known<String>,
    /// The tag; `Known(None)` where none is given.
    pub tag: Known<Option<String>>,
    /// The digest.
    pub digest: Option<String>,
}

impl Image {
    /// The repository without registry and without `library/`: `team/app`.
    pub fn repository(&self) -> Option<&str> {
        let name = self.name.known()?;
        let rest = match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => rest,
            _ => name.as_str(),
        };
        Some(rest.strip_prefix("library/").unwrap_or(rest))
    }

    /// Takes a reference that is wholly known apart.
    pub(in crate::ladder) fn known(text: Attribute<String>) -> Self {
        let value = text.known().cloned().unwrap_or_default();
        let (rest, digest) = match value.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (value.as_str(), None),
        };
        let after_slash = rest.rfind('/').map_or(0, |slash| slash + 1);
        let colon = rest.get(after_slash..).and_then(|last| last.find(':')).map(|at| after_slash + at);
        let name = colon.and_then(|at| rest.get(..at)).unwrap_or(rest).to_owned();
        let tag = colon.and_then(|at| rest.get(at + 1..)).map(str::to_owned);
        Self { text, name: Known::Known(name), tag: Known::Known(tag), digest }
    }
}

/// An environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Where the name is written.
    pub key: Span,
    /// Its value.
    pub value: Attribute<String>,
    /// True where the value comes from a Secret, or is marked as one.
    pub secret: bool,
}

/// A port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The port in the container.
    pub container: Attribute<u16>,
    /// The ports on the host, first and last, where it is published there.
    pub published: Option<Attribute<(u16, u16)>>,
    /// `tcp`, `udp`, `sctp`
    pub protocol: String,
}

/// What a health check is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthCheckKind {
    /// Compose's `healthcheck`.
    Health,
    /// `readinessProbe`
    Readiness,
    /// `livenessProbe`
    Liveness,
    /// `startupProbe`
    Startup,
}

/// A health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// What it is for.
    pub kind: HealthCheckKind,
    /// Where it is.
    pub span: Span,
}

/// What a container asks for and may use; `None` where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Processor time it asks for, in thousandths of a processor.
    pub cpu_request: Option<Attribute<i64>>,
    /// The most it gets, in thousandths of a processor.
    pub cpu_limit: Option<Attribute<i64>>,
    /// Memory it asks for, in bytes.
    pub memory_request: Option<Attribute<i64>>,
    /// The most it gets, in bytes.
    pub memory_limit: Option<Attribute<i64>>,
}

/// What kind of storage is mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MountKind {
    /// A path of the host.
    Host,
    /// A volume that stays: a named volume, a claim.
    Persistent,
    /// Gone with the container: `tmpfs`, `emptyDir`.
    Temporary,
    /// A `ConfigMap`, a Secret, or the like.
    Configuration,
    /// Anything else, or not known.
    Other,
}

/// Something mounted into a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The path in the container.
    pub target: Attribute<String>,
    /// What is mounted: the path on the host, the volume's or claim's name.
    pub source: Option<Attribute<String>>,
    /// What kind it is.
    pub kind: MountKind,
    /// True where it is mounted read-only.
    pub read_only: bool,
    /// The whole entry.
    pub span: Span,
}
