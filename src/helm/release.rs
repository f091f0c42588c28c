//! One `helm install`: a chart, a name, a namespace, and layers of values.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use crate::helm::Chart;
use crate::helm::HelmVersion;
use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::capabilities::KubeVersion;
use crate::helm::chart::satisfies;
use crate::helm::chart::text;
use crate::helm::schema;
use crate::helm::value::Dict;
use crate::helm::value::Value;
use crate::helm::values::Layers;
use crate::helm::values::Node;
use crate::helm::values::coalesce::Coalescer;
use crate::helm::values::coalesce::Nulls;
use crate::source::SourceMap;
use crate::source::Span;

/// A name and where it is written, if it is written anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub value: String,
    /// Where it is written.
    pub span: Option<Span>,
}

impl From<&str> for Named {
    fn from(value: &str) -> Self {
        Self { value: value.to_owned(), span: None }
    }
}

/// A chart and everything that decides what it renders to.
#[derive(Clone, Debug)]
pub struct Release {
    /// `.Release.Name`
    pub name: Named,
    /// `.Release.Namespace`
    pub namespace: Named,
    /// The chart.
    pub chart: Arc<Chart>,
    /// The values above the chart's own.
    pub layers: Layers,
    /// How it is rendered.
    pub options: Options,
}

/// How a release is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are Helm's flags, and what is kept of the rendering")]
pub struct Options {
    /// `--helm-version`: which Helm renders it.
    pub helm: HelmVersion,
    /// `--kube-version`
    pub kube_version: KubeVersion,
    /// `--api-versions`, on top of those every cluster has.
    pub api_versions: Vec<String>,
    /// The API versions and kinds of the cluster that is installed into; `None` for what Helm takes every cluster to
    /// have, where it asks none.
    pub served: Option<Arc<[String]>>,
    /// `--is-upgrade`
    pub is_upgrade: bool,
    /// False for `--skip-schema-validation`.
    pub validate: bool,
    /// What the clock shows, in seconds since 1970; `None` for a time that is always the same. Either way it counts as
    /// unknown.
    pub now: Option<i64>,
    /// As `helm lint` renders: `required` and `fail` do not fail.
    pub lint: bool,
    /// Nobody asks which lines are behind what is rendered: they are not kept.
    pub text_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            helm: HelmVersion::default(),
            kube_version: KubeVersion::default(),
            api_versions: Vec::new(),
            served: None,
            is_upgrade: false,
            validate: true,
            now: None,
            lint: false,
            text_only: false,
        }
    }
}

/// The effective values of a release, each with its origin: who won, and what it overrode.
#[derive(Clone)]
pub struct Effective {
    /// The values, subcharts' below their names.
    pub values: Dict,
    /// What Helm warns of on the way.
    pub warnings: Vec<String>,
}

impl std::fmt::Debug for Effective {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let values = Value::from(self.values.clone());
        formatter
            .debug_struct("Effective")
            .field("values", &values)
            .field("warnings", &self.warnings)
            .finish()
    }
}

impl Effective {
    /// The value at a path of keys, with its origins.
    pub fn at(&self, path: &[&str]) -> Option<Value> {
        let start = Value::from(self.values.clone());
        path.iter().try_fold(start, |at, key| at.as_dict()?.get(key))
    }
}

/// What rendering starts from.
pub(crate) struct Prepared {
    pub(crate) root: Rc<Node>,
    pub(crate) effective: Effective,
}

impl Release {
    /// A release with default options and no values above the chart's own.
    pub fn new(name: impl Into<Named>, namespace: impl Into<Named>, chart: Arc<Chart>) -> Self {
        Self {
            name: name.into(),
            namespace: namespace.into(),
            chart,
            layers: Layers::default(),
            options: Options::default(),
        }
    }

    /// The effective values. Fails as Helm would before it renders anything.
    pub fn values(&self, sources: &SourceMap) -> Result<Effective, Problem> {
        self.prepare(sources).map(|prepared| prepared.effective)
    }

    /// Checks that Helm makes of chart and name before it looks at any value.
    pub fn check_installable(&self) -> Result<(), Problem> {
        let chart = &self.chart;
        if !self.options.helm.installs(text(&chart.metadata.api_version)) {
            let place = chart.metadata.api_version.as_ref().map_or(chart.file_span(), |field| field.span);
            return Err(Problem::new(ProblemCode::Chart, "invalid chart apiVersion")
                .at(place)
                .explain("this `apiVersion` is none that Helm 4 installs")
                .help("write `apiVersion: v2`"));
        }
        match text(&chart.metadata.kind) {
            "" | "application" => {}
            kind => {
                let place = chart.metadata.kind.as_ref().map_or(chart.file_span(), |field| field.span);
                return Err(Problem::new(ProblemCode::Chart, format!("{kind} charts are not installable"))
                    .at(place)
                    .help("add it to another chart's `dependencies`"));
            }
        }
        if let Some(problem) = missing_dependencies(chart) {
            return Err(problem);
        }
        if is_release_name(&self.name.value) {
            return Ok(());
        }
        let message = format!(
            "release name {:?}: invalid release name, must match regex \
             ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be \
             longer than 53",
            self.name.value
        );
        Err(Problem::new(ProblemCode::Use, message)
            .at(self.name.span)
            .explain(format!("`{}` cannot be the name of a release", self.name.value))
            .help("use at most 53 lower-case letters, digits and inner hyphens"))
    }

    pub(crate) fn prepare(&self, sources: &SourceMap) -> Result<Prepared, Problem> {
        let given = self.layers.merged(sources, self.options.helm)?;
        if !self.options.lint {
            self.check_installable()?;
        }
        self.prepare_given(sources, &given)
    }

    pub(crate) fn prepare_given(&self, sources: &SourceMap, given: &Dict) -> Result<Prepared, Problem> {
        let root = Node::tree(&self.chart, self.options.helm, !self.options.text_only)?;
        let mut warnings: Vec<String> =
            self.chart.all().iter().flat_map(|chart| chart.warnings.clone()).collect();
        self.layers.mark_unknown(given, &root.values());
        root.process(given, &mut warnings)?;
        warnings.sort_unstable();
        warnings.dedup();
        let mut coalescer = Coalescer { nulls: Nulls::usual(self.options.helm), warnings: &mut warnings };
        let mut values = coalescer.values(&root, given)?;
        if self.options.lint {
            // Lint coalesces what is coalesced already, which takes nulls away once more.
            values = coalescer.values(&root, &values)?;
        }
        warnings.dedup();
        if self.options.validate {
            schema::validate(&root, &values, sources)?;
        }
        Ok(Prepared { root, effective: Effective { values, warnings } })
    }

    /// Says where the chart wants another Kubernetes version.
    pub(crate) fn check_kube_version(&self) -> Result<(), Problem> {
        let wanted = text(&self.chart.metadata.kube_version);
        let version = &self.options.kube_version.version;
        if wanted.is_empty() || satisfies(wanted, version) {
            return Ok(());
        }
        let message =
            format!("chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {version}");
        let place = self.chart.metadata.kube_version.as_ref().map(|field| field.span);
        Err(Problem::new(ProblemCode::KubeVersion, message).at(place))
    }
}

/// One problem for all dependencies that a chart declares and does not carry.
pub fn missing_dependencies(chart: &Chart) -> Option<Problem> {
    let missing = chart.missing_dependencies();
    let first = missing.first()?;
    let names: Vec<&str> = missing.iter().map(|dependency| text(&dependency.name)).collect();
    let message = format!(
        "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` \
         to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
        names.join(", ")
    );
    // A chart that is needed under several names is missing once.
    let mut seen = BTreeSet::new();
    let distinct: Vec<&str> = names.iter().copied().filter(|name| seen.insert(*name)).collect();
    let shown = distinct.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (who, verb) = if distinct.len() == 1 { ("dependency", "is") } else { ("dependencies", "are") };
    let mut problem = Problem::new(ProblemCode::MissingDependency, message)
        .at(first.name.as_ref().map_or(first.span, |name| name.span))
        .explain(format!("the {who} {shown} of the chart `{}` {verb} not in its `charts/`", chart.name()))
        .help("run `helm dependency build` and look again; nothing is fetched here");
    for dependency in missing.iter().skip(1) {
        let place = dependency.name.as_ref().map_or(dependency.span, |name| name.span);
        problem = problem.related(place, "missing, too");
    }
    Some(problem)
}

/// True for a name that Helm lets a release have.
pub fn is_release_name(name: &str) -> bool {
    let part = |part: &str| {
        let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        part.starts_with(alphanumeric)
            && part.ends_with(alphanumeric)
            && part.chars().all(|c| alphanumeric(c) || c == '-')
    };
    name.len() <= 53 && name.split('.').all(part)
}
