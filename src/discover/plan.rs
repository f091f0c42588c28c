//! What was understood of a repository, before anything is loaded.

use std::path::PathBuf;

use crate::config::Cluster;
use crate::config::Config;
use crate::config::SameAs;
use crate::config::Stage;
use crate::diagnostic::Finding;
use crate::diagnostic::Unchecked;
use crate::discover::configured;
use crate::discover::infer;
use crate::discover::infer::Inventory;
use crate::discover::infer::Readings;
use crate::source::Known;
use crate::source::SourceId;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Spanned;
use crate::source::Unknown;

/// A text that is known or not, and the place that gives it.
pub type Text = Spanned<Known<String>>;

/// The reason for something that was inferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// A phrase: "`-f docker-compose.staging.yml` in the step `Deploy`".
    pub text: String,
    /// The line that says so, or the start of the file whose name says so.
    pub span: Option<Span>,
}

/// The ladder of a repository as names, commands and configuration give it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The environments, first rung first.
    pub environments: Vec<PlannedEnvironment>,
    /// What belongs to no environment and can still be checked by itself: Compose projects, …
    pub other_projects: Vec<ComposeDeployment>,
    /// … charts with the values files that nobody is known to install them with, …
    pub other_releases: Vec<HelmDeployment>,
    /// … and Pulumi projects.
    pub other_stacks: Vec<PulumiDeployment>,
    /// What was asked for and could not be seen: absent submodules, files that a command names.
    pub unchecked: Vec<Unchecked>,
    /// The Kubernetes minor release that the configuration names.
    pub kubernetes: Option<Spanned<String>>,
    /// The major version of the Helm that installs the charts; `None` where nobody says it.
    pub helm_version: Option<u8>,
    /// Workloads that the configuration says are one service.
    pub same_as: Vec<SameAs>,
    /// Mistakes of the configuration that only show beside the repository: files that are not there.
    pub findings: Vec<Finding>,
    /// True where the configuration says what the ladder is.
    pub configured: bool,
}

/// Stands where a text has no place: the name of a file that cannot be read.
pub(super) const NOWHERE: Span = Span { source: SourceId(u32::MAX), start: 0, end: 0 };

/// The ladder of the repository that `sources` reads: as the configuration says, or else as names and deploy commands
/// give it.
pub fn plan(sources: &SourceMap, config: &Config) -> Plan {
    Planner::default().plan(sources, config)
}

/// Makes plans of a repository as it was at several times. What a file says by itself is read once, however many of
/// them have it.
#[derive(Debug, Default)]
pub struct Planner {
    readings: Readings,
}

impl Planner {
    /// The ladder of the repository that `sources` reads, as [`plan`] has it.
    pub fn plan(&self, sources: &SourceMap, config: &Config) -> Plan {
        let inventory = Inventory::take(sources, &self.readings);
        let inferred = infer::plan(sources, &inventory, &self.readings);
        let mut plan = if config.ladder.is_empty() {
            inferred
        } else {
            configured::plan(sources, &inventory, config, inferred)
        };
        plan.kubernetes.clone_from(&config.kubernetes);
        plan.helm_version = config.helm_version.as_ref().map(|version| version.value);
        plan.same_as.clone_from(&config.same_as);
        plan
    }
}

impl PlannedEnvironment {
    /// An environment that runs nothing yet.
    pub(super) fn new(name: String, stage: Stage) -> Self {
        Self {
            name,
            stage,
            span: None,
            why: Vec::new(),
            projects: Vec::new(),
            releases: Vec::new(),
            stacks: Vec::new(),
            budget: None,
            host: None,
            monthly: None,
            cluster: None,
        }
    }
}

/// One rung, before anything is loaded.
#[derive(Clone, Debug)]
pub struct PlannedEnvironment {
    /// Its name, unique on the ladder.
    pub name: String,
    /// What it is for.
    pub stage: Stage,
    /// Its entry in the configuration.
    pub span: Option<Span>,
    /// Why there is such an environment.
    pub why: Vec<Why>,
    /// Its Compose projects.
    pub projects: Vec<ComposeDeployment>,
    /// Its Helm releases.
    pub releases: Vec<HelmDeployment>,
    /// Its Pulumi stacks.
    pub stacks: Vec<PulumiDeployment>,
    /// What it may cost, in US dollars a month.
    pub budget: Option<Spanned<f64>>,
    /// The size of the host of its Compose projects: `digitalocean/s-2vcpu-4gb`.
    pub host: Option<Spanned<String>>,
    /// What that host costs, in US dollars a month.
    pub monthly: Option<Spanned<f64>>,
    /// Its cluster, where the configuration describes one.
    pub cluster: Option<Cluster>,
}

/// A Compose project: files that are merged in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposeDeployment {
    /// The files, lowest layer first, relative to the root. All of them exist.
    pub files: Vec<PathBuf>,
    /// Where each file is named; no span for a file that was found by its own name.
    pub named_at: Vec<Option<Span>>,
    /// Files that variables are taken from in place of `.env`.
    pub env_files: Vec<PathBuf>,
    /// The profiles that are on.
    pub profiles: Vec<String>,
    /// The name of the project, where a command or the configuration gives it.
    pub project: Option<Text>,
    /// The folder that relative paths start at: that of the first file, unless another is given.
    pub directory: PathBuf,
    /// True where its services refer to what it does not have, and neither a command nor its name says that it runs by
    /// itself.
    pub may_be_part: bool,
    /// Why it was understood so.
    pub why: Vec<Why>,
}

impl ComposeDeployment {
    /// It without the reasons and places it was understood from: two that are equal then run the same.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self {
            named_at: self.named_at.iter().map(|at| at.map(|_| NOWHERE)).collect(),
            project: self.project.as_ref().map(bare),
            why: Vec::new(),
            ..self.clone()
        }
    }
}

impl HelmDeployment {
    /// It without the reasons and places it was understood from: two that are equal then install the same.
    #[must_use]
    pub fn bare(&self) -> Self {
        let setting = |one: &Setting| Setting {
            kind: one.kind,
            argument: Spanned::new(one.argument.value.clone(), NOWHERE),
        };
        let unknown = |one: &Spanned<String>| Spanned::new(one.value.clone(), NOWHERE);
        Self {
            release: bare(&self.release),
            namespace: self.namespace.as_ref().map(bare),
            chart: self.chart.clone(),
            chart_span: None,
            values: self.values.clone(),
            values_named_at: Vec::new(),
            settings: self.settings.iter().map(setting).collect(),
            unknown: self.unknown.iter().map(unknown).collect(),
            unseen: self.unseen.iter().map(|one| Unknown { span: None, ..one.clone() }).collect(),
            why: Vec::new(),
        }
    }
}

fn bare(text: &Text) -> Text {
    let value = match &text.value {
        Known::Unknown(unknown) => Known::Unknown(Unknown { span: None, ..unknown.clone() }),
        known @ Known::Known(_) => known.clone(),
    };
    Spanned::new(value, NOWHERE)
}

/// The chart of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chart {
    /// A folder of the repository with a `Chart.yaml`, relative to the root.
    Folder(PathBuf),
    /// Not in the repository: `bitnami/redis`, `oci://…`, a folder that is absent.
    Elsewhere(String),
}

/// One `helm install`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelmDeployment {
    /// The name of the release; not known where no command gives one.
    pub release: Text,
    /// The namespace; `None` where a command gives none, so that the current context decides.
    pub namespace: Option<Text>,
    /// The chart.
    pub chart: Chart,
    /// Where the chart is named.
    pub chart_span: Option<Span>,
    /// Values files, lowest layer first, relative to the root. All of them exist.
    pub values: Vec<PathBuf>,
    /// Where each values file is named.
    pub values_named_at: Vec<Option<Span>>,
    /// Values set one by one, in order.
    pub settings: Vec<Setting>,
    /// Paths into the values that are supplied only at deploy time.
    pub unknown: Vec<Spanned<String>>,
    /// Layers that cannot be seen: a values file that a variable names, or that is absent. Any value may come from
    /// there.
    pub unseen: Vec<Unknown>,
    /// Why it was understood so.
    pub why: Vec<Why>,
}

/// Which of Helm's `--set` flags a setting came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// `--set`
    Set,
    /// `--set-string`
    String,
    /// `--set-json`
    Json,
    /// `--set-file`
    File,
    /// `--set-literal`
    Literal,
}

impl SettingKind {
    /// The flag as it is written.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Set => "--set",
            Self::String => "--set-string",
            Self::Json => "--set-json",
            Self::File => "--set-file",
            Self::Literal => "--set-literal",
        }
    }
}

/// One `path=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The flag it came by.
    pub kind: SettingKind,
    /// The argument in Helm's own grammar: `a.b[0]=x`.
    pub argument: Spanned<String>,
}

/// A Pulumi stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PulumiDeployment {
    /// The folder of the project, relative to the root. May be absent: then the plan says so as unchecked.
    pub project: PathBuf,
    /// The name of the stack, without organization and project.
    pub stack: Option<Text>,
    /// `Pulumi.<stack>.yaml`, where it exists.
    pub file: Option<PathBuf>,
    /// What `pulumi config set` supplies: key and value.
    pub config: Vec<(Spanned<String>, Text)>,
    /// Why it was understood so.
    pub why: Vec<Why>,
}
