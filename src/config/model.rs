//! The configuration as it is used: typed, every value with its place.

use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::diagnostic::Severity;
use crate::source::Source;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::NodeId;
use crate::yaml::Tree;

/// What an environment is for. Ordered as a change climbs: local, integration, production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// A developer's machine.
    Local,
    /// Shared, and not for customers: development clusters, test, staging.
    Integration,
    /// What customers use.
    Production,
}

impl Stage {
    /// `local`, `integration` or `production`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Integration => "integration",
            Self::Production => "production",
        }
    }

    /// The stage of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Local, Self::Integration, Self::Production].into_iter().find(|stage| stage.name() == name)
    }
}

/// A whole configuration. [`Config::default`] is what holds without a file.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file it was read from.
    pub source: Option<Arc<Source>>,
    /// Its tree, which rule options refer to.
    pub tree: Option<Arc<Tree>>,
    /// The environments, first rung first. Empty: the ladder is inferred.
    pub ladder: Vec<Environment>,
    /// What all environments together may cost, in US dollars a month.
    pub budget: Option<Spanned<f64>>,
    /// The Kubernetes minor release that manifests are checked against: `1.34`.
    pub kubernetes: Option<Spanned<String>>,
    /// The major version of the Helm that installs the charts: 3 or 4.
    pub helm_version: Option<Spanned<u8>>,
    /// Levels and options of rules.
    pub rules: Vec<RuleSetting>,
    /// Accepted findings.
    pub ignore: Vec<Ignore>,
    /// Workloads of different environments that are the same service.
    pub same_as: Vec<SameAs>,
    /// What is wrong with the file, in its order.
    pub findings: Vec<Finding>,
}

/// One rung as the configuration describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// Its name, unique on the ladder.
    pub name: Spanned<String>,
    /// Its stage, where the configuration says it; otherwise the position decides.
    pub stage: Option<Spanned<Stage>>,
    /// Its Compose projects.
    pub compose: Vec<Compose>,
    /// Its Helm releases.
    pub helm: Vec<Helm>,
    /// Its Pulumi stacks.
    pub pulumi: Vec<Pulumi>,
    /// What the host of its Compose projects is, as a size in a price book: `digitalocean/s-2vcpu-4gb`.
    pub host: Option<Spanned<String>>,
    /// What that host costs, in US dollars a month, where no price book has it.
    pub monthly: Option<Spanned<f64>>,
    /// Its cluster, where no Pulumi program describes one.
    pub cluster: Option<Cluster>,
    /// Paths into the values of all its releases that are supplied at deploy time.
    pub unknown: Vec<Spanned<String>>,
    /// What it may cost, in US dollars a month.
    pub budget: Option<Spanned<f64>>,
    /// The whole entry.
    pub span: Span,
}

impl Environment {
    /// True where it says what is deployed; an entry that does not adds to what was inferred for its name.
    pub fn deploys(&self) -> bool {
        !self.compose.is_empty() || !self.helm.is_empty() || !self.pulumi.is_empty()
    }
}

/// A Compose project: files that are merged in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compose {
    /// The files, lowest layer first.
    pub files: Vec<Spanned<PathBuf>>,
    /// Files that variables are taken from in place of `.env`.
    pub env_files: Vec<Spanned<PathBuf>>,
    /// The profiles that are on.
    pub profiles: Vec<Spanned<String>>,
    /// The name of the project, where it is given.
    pub project: Option<Spanned<String>>,
    /// The folder that relative paths start at, where it is given.
    pub directory: Option<Spanned<PathBuf>>,
    /// The value of `compose:`.
    pub span: Span,
}

/// A Helm release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helm {
    /// The name of the release.
    pub release: Spanned<String>,
    /// Its namespace, where it is given.
    pub namespace: Option<Spanned<String>>,
    /// The folder of the chart.
    pub chart: Spanned<PathBuf>,
    /// Values files, lowest layer first.
    pub values: Vec<Spanned<PathBuf>>,
    /// Values that are set one by one, as `--set` does.
    pub set: Vec<SetValue>,
    /// Paths into the values that are supplied at deploy time.
    pub unknown: Vec<Spanned<String>>,
    /// The whole entry.
    pub span: Span,
}

/// One value under `set:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetValue {
    /// The path into the values, with `.` between the keys.
    pub path: Spanned<String>,
    /// The value as written.
    pub value: Spanned<String>,
    /// True where the value is text however it looks: it was quoted.
    pub string: bool,
}

/// A Pulumi stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulumi {
    /// The folder of the project.
    pub project: Spanned<PathBuf>,
    /// The name of the stack.
    pub stack: Spanned<String>,
    /// The whole entry.
    pub span: Span,
}

/// A cluster as the configuration describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// Its node pools.
    pub nodes: Vec<NodePool>,
    /// How many load balancers stand in front of it, those that Services ask for not counted.
    pub load_balancers: Option<Spanned<u32>>,
    /// The plan of its container registry.
    pub registry: Option<Spanned<String>>,
    /// True where its control plane is highly available.
    pub high_availability: Option<Spanned<bool>>,
    /// The whole entry.
    pub span: Span,
}

/// Nodes of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodePool {
    /// The size, as a price book names it: `digitalocean/s-1vcpu-2gb`.
    pub size: Spanned<String>,
    /// The smallest number of nodes, and the largest where it scales by itself.
    pub count: Spanned<(u32, u32)>,
    /// The whole entry.
    pub span: Span,
}

/// What a rule's findings become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The rule does not run.
    Off,
    /// Its findings get this severity, at every stage.
    At(Severity),
}

/// The configuration of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetting {
    /// `<family>/<name>`, or `<family>/*`. Whether there is such a rule is for the registry to say.
    pub rule: Spanned<String>,
    /// What its findings become, where that is given.
    pub level: Option<Spanned<Level>>,
    /// Its other options: key and value in [`Config::tree`].
    pub options: Vec<(Spanned<String>, NodeId)>,
}

/// A finding that is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The rule, or a family with `/*`.
    pub rule: Spanned<String>,
    /// What is accepted: a file pattern, or `<environment>.<subject>`. Absent: everything the rule says.
    pub at: Option<Spanned<String>>,
    /// Why.
    pub reason: Spanned<String>,
    /// Who answers for it.
    pub owner: Option<Spanned<String>>,
    /// The last day it holds, as `(year, month, day)`.
    pub until: Option<Spanned<(u16, u8, u8)>>,
    /// The whole entry.
    pub span: Span,
}

/// Workloads of different environments that are one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameAs {
    /// Environment and workload, as `<environment>.<workload>` gives them.
    pub members: Vec<Spanned<(String, String)>>,
    /// The whole entry.
    pub span: Span,
}
