//! The checks of `helm lint`, in its order and words.

mod names;
mod strict;

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::helm::Chart;
use crate::helm::HelmVersion;
use crate::helm::Layers;
use crate::helm::Options as ReleaseOptions;
use crate::helm::Problem;
use crate::helm::Release;
use crate::helm::capabilities::API_VERSIONS;
use crate::helm::capabilities::KubeVersion;
use crate::helm::chart;
use crate::helm::chart::Metadata;
use crate::helm::chart::coerced;
use crate::helm::chart::is_version;
use crate::helm::chart::read_yaml;
use crate::helm::chart::text;
use crate::helm::engine::Trace;
use crate::helm::render::manifest;
use crate::helm::schema;
use crate::helm::value::Dict;
use crate::helm::values::coalesce::Coalescer;
use crate::helm::values::coalesce::Nulls;
use crate::helm::values::mapping;
use crate::source::Files;
use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;
use crate::yaml::Scalar;
use crate::yaml::Tree;

/// How serious Helm takes a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `[INFO]`
    Info,
    /// `[WARNING]`
    Warning,
    /// `[ERROR]`
    Error,
}

/// One line of `helm lint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How serious it is.
    pub level: Level,
    /// The file, from the chart's folder.
    pub path: String,
    /// What is wrong, in Helm's words.
    pub text: String,
    /// Where, if it is known.
    pub place: Option<Span>,
}

impl std::fmt::Display for Message {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let level = match self.level {
            Level::Info => "INFO",
            Level::Warning => "WARNING",
            Level::Error => "ERROR",
        };
        write!(formatter, "[{level}] {}: {}", self.path, self.text)
    }
}

/// What linting one chart gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lint {
    /// The messages, in Helm's order.
    pub messages: Vec<Message>,
    /// What `required` and `fail` would have said.
    pub log: Vec<String>,
    /// Why nothing was looked at: this is no chart.
    pub error: Option<String>,
}

/// How a chart is linted.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which Helm lints.
    pub helm: HelmVersion,
    /// The namespace that templates see.
    pub namespace: String,
    /// The Kubernetes version that templates see.
    pub kube_version: KubeVersion,
    /// False for `--skip-schema-validation`; the values file itself is checked all the same.
    pub validate: bool,
    /// What the API server says of a kind that is on its way out, by API version, kind and minor.
    pub deprecation: fn(&str, &str, u32) -> Option<String>,
}

impl Lint {
    fn say(&mut self, level: Level, path: &str, text: impl Into<String>, place: impl Into<Option<Span>>) {
        self.messages.push(Message { level, path: path.to_owned(), text: text.into(), place: place.into() });
    }
}

/// The charts below `charts/` of a chart folder: folders with a `Chart.yaml`, and archives.
pub fn subcharts(sources: &SourceMap, path: &Path) -> Vec<PathBuf> {
    let charts = path.join("charts");
    let mut found = Vec::new();
    for file in sources.files().walk(&charts) {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name == "Chart.yaml" {
            found.extend(file.parent().map(|folder| charts.join(folder)));
        } else if [".tgz", ".tar.gz"].iter().any(|end| name.ends_with(end)) {
            found.push(charts.join(&file));
        }
    }
    found
}

/// Lints one chart.
pub fn lint(sources: &SourceMap, path: &Path, layers: &Layers, options: &Options) -> Lint {
    let mut lint = Lint::default();
    let folder = sources.files().is_folder(path);
    let Some(file) = chart::root_file(sources, path, "Chart.yaml") else {
        let place = path.join("Chart.yaml");
        lint.error = Some(if folder && sources.files().is_folder(&place) {
            lint.say(Level::Error, "Chart.yaml", "should be a file, not a directory", None);
            format!("unable to read {}", place.display())
        } else {
            format!(
                "unable to check Chart.yaml file in chart: stat {}: no such file or directory",
                place.display()
            )
        });
        return lint;
    };
    chart_file(&mut lint, &file, options.helm);
    let given = match layers.merged(sources, options.helm) {
        Ok(given) => given,
        Err(problem) => {
            lint.error = Some(problem.message);
            return lint;
        }
    };
    values(&mut lint, sources, path, &given, options);
    let loaded = Chart::load(sources, path);
    let templates_folder = path.join("templates");
    if options.helm.lints_more() && folder && !sources.files().is_folder(&templates_folder) {
        lint.say(Level::Warning, "templates/", "directory does not exist", file.whole().at_start());
    } else {
        templates(&mut lint, sources, &loaded, layers, options, &given);
    }
    dependencies(&mut lint, sources.files(), path, &loaded);
    if let Ok(chart) = &loaded
        && options.helm.lints_more()
        && chart.files.iter().any(|file| file.name.starts_with("crds/"))
    {
        definitions(&mut lint, sources, chart);
    }
    lint
}

fn chart_file(lint: &mut Lint, file: &Source, helm: HelmVersion) {
    let path = "Chart.yaml";
    let mut metadata = Metadata::default();
    let tree = read_yaml(file);
    let read = match &tree {
        Ok(tree) => tree.root().map_or(Ok(()), |root| metadata.read(root)),
        Err(problem) => Err(problem.clone()),
    };
    if let Err(problem) = read {
        lint.say(Level::Error, path, format!("unable to parse YAML\n\t{}", problem.message), problem.place);
        return;
    }
    if helm.lints_more()
        && let Ok(tree) = &tree
        && let Some((text, place)) = strict::mistake(file, tree)
    {
        lint.say(
            Level::Warning,
            path,
            format!("failed to strictly parse chart metadata file\n\t{text}"),
            place,
        );
    }
    let mut error = |text: String, place: Option<Span>| lint.say(Level::Error, path, text, place);
    let at = |field: &chart::Field| field.as_ref().map(|field| field.span);
    match text(&metadata.name) {
        "" => error("name is required".to_owned(), at(&metadata.name)),
        name if name.contains('/') => error(format!("chart name {name:?} is invalid"), at(&metadata.name)),
        _ => {}
    }
    let version_two = text(&metadata.api_version) == "v2";
    match text(&metadata.api_version) {
        "" => error(
            "apiVersion is required. The value must be either \"v1\" or \"v2\"".to_owned(),
            at(&metadata.api_version),
        ),
        "v1" | "v2" => {}
        other => error(
            format!("apiVersion '{other}' is not valid. The value must be either \"v1\" or \"v2\""),
            at(&metadata.api_version),
        ),
    }
    let typed = |key: &str| {
        let node = tree.as_ref().ok()?.root()?.get(key)?;
        let kind = match node.scalar() {
            Some(Scalar::String(_) | Scalar::Timestamp(_) | Scalar::Binary(_)) => return None,
            Some(Scalar::Null) => "<nil>",
            Some(Scalar::Bool(_)) => "bool",
            Some(Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_)) => "float64",
            None if node.is_sequence() => "[]interface {}",
            None => "map[string]interface {}",
        };
        Some((format!("{key} should be of type string but it's of type {kind}"), Some(node.span())))
    };
    if let Some((text, place)) = typed("version") {
        error(text, place);
    }
    match text(&metadata.version) {
        "" => error("version is required".to_owned(), at(&metadata.version)),
        version if !is_version(version) => {
            error(format!("version '{version}' is not a valid SemVer"), at(&metadata.version));
        }
        version if !chart::satisfies(">0.0.0-0", version) => {
            error(format!("version {version} is less than or equal to 0.0.0-0"), at(&metadata.version));
        }
        _ => {}
    }
    if let Some((text, place)) = typed("appVersion") {
        error(text, place);
    }
    for maintainer in &metadata.maintainers {
        let found = match maintainer {
            None => Some("a maintainer entry is empty".to_owned()),
            Some(maintainer) => {
                let (name, email, url) =
                    (text(&maintainer.name), text(&maintainer.email), text(&maintainer.url));
                if name.is_empty() {
                    Some("each maintainer requires a name".to_owned())
                } else if !email.is_empty() && !names::is_email(email) {
                    Some(format!("invalid email '{email}' for maintainer '{name}'"))
                } else if email.is_empty() && !url.is_empty() && !names::is_url(url) {
                    Some(format!("invalid url '{url}' for maintainer '{name}'"))
                } else {
                    None
                }
            }
        };
        if let Some(found) = found {
            error(found, None);
            break;
        }
    }
    if let Some(source) = metadata.sources.iter().find(|source| !names::is_request_url(&source.value)) {
        error(format!("invalid source URL '{}'", source.value), Some(source.span));
    }
    let icon = text(&metadata.icon);
    if icon.is_empty() {
        lint.say(Level::Info, path, "icon is recommended", None);
    } else if !names::is_request_url(icon) {
        lint.say(Level::Error, path, format!("invalid icon URL '{icon}'"), at(&metadata.icon));
    }
    let version = text(&metadata.api_version);
    if !text(&metadata.kind).is_empty() && !version_two {
        let text =
            format!("chart type is not valid in apiVersion '{version}'. It is valid in apiVersion 'v2'");
        lint.say(Level::Error, path, text, at(&metadata.kind));
    }
    if metadata.dependencies.as_ref().is_some_and(|list| !list.is_empty()) && !version_two {
        let text = format!(
            "dependencies are not valid in the Chart file with apiVersion '{version}'. They are valid in \
             apiVersion 'v2'"
        );
        lint.say(Level::Error, path, text, None);
    }
    let version = text(&metadata.version);
    if helm.lints_more() && !strict::is_strict_version(version) {
        let text = format!("version '{version}' is not a valid SemVerV2");
        lint.say(Level::Warning, path, text, at(&metadata.version));
    }
}

fn values(lint: &mut Lint, sources: &SourceMap, path: &Path, given: &Dict, options: &Options) {
    let name = "values.yaml";
    let Some(file) = chart::root_file(sources, path, name) else {
        lint.say(Level::Info, name, "file does not exist", None);
        return;
    };
    // Helm lints the first document alone, whatever it renders.
    let own = match mapping(&file, HelmVersion::Three) {
        Ok(own) => own,
        Err(problem) => {
            lint.say(Level::Error, name, format!("unable to parse YAML: {}", problem.message), problem.place);
            return;
        }
    };
    let mut unheard = Vec::new();
    let mut coalescer = Coalescer { nulls: Nulls::Remove, warnings: &mut unheard };
    let all = Dict::new();
    coalescer.tables(&all, &given.deep_copy(crate::helm::values::DEPTH), "", 0);
    coalescer.tables(&all, &own, "", 0);
    let Some(schema_file) = chart::root_file(sources, path, "values.schema.json") else { return };
    let skipped = options.helm.lints_more() && !options.validate;
    if schema_file.text.is_empty() || skipped {
        return;
    }
    match schema::check_text(&schema_file.text, &all) {
        Ok(violations) if violations.is_empty() => {}
        Ok(violations) => {
            let lines = schema::lines(&violations);
            lint.say(Level::Error, name, lines, violations.first().and_then(|one| one.place));
        }
        Err(error) => lint.say(Level::Error, name, error.to_string(), schema_file.whole().at_start()),
    }
}

fn templates(
    lint: &mut Lint,
    sources: &SourceMap,
    loaded: &Result<Arc<Chart>, Problem>,
    layers: &Layers,
    options: &Options,
    given: &Dict,
) {
    let path = "templates/";
    let chart = match loaded {
        Ok(chart) => chart,
        Err(problem) => {
            lint.say(Level::Error, path, problem.message.clone(), problem.place);
            return;
        }
    };
    let mut release = Release::new("test-release", options.namespace.as_str(), Arc::clone(chart));
    release.layers = layers.clone();
    release.options = ReleaseOptions {
        helm: options.helm,
        kube_version: options.kube_version.clone(),
        validate: options.validate,
        lint: true,
        ..ReleaseOptions::default()
    };
    let prepared = match release.prepare_given(sources, given) {
        Ok(prepared) => prepared,
        Err(problem) => {
            // Helm keeps silent about values that do not fit their subchart.
            use crate::helm::ProblemCode;
            if matches!(problem.code, ProblemCode::Schema | ProblemCode::SchemaElsewhere) {
                lint.say(Level::Error, path, problem.message, problem.place);
            }
            return;
        }
    };
    let mut trace = Trace::default();
    let rendered = release.render_files(sources, &prepared, &mut trace);
    lint.log = trace.log;
    let files = match rendered {
        Ok(files) => files,
        Err(problem) => {
            lint.say(Level::Error, path, problem.message, problem.place);
            return;
        }
    };
    for template in &chart.templates {
        let path = template.name.as_str();
        let extension = template_file(lint, template, options.helm);
        let linted = extension == ".yaml"
            || options.helm.lints_more()
                && [".yaml", ".yml"].iter().any(|yaml| extension.eq_ignore_ascii_case(yaml));
        if !linted {
            continue;
        }
        let Some(text) = files.get(&format!("{}/{path}", chart.name())) else { continue };
        let rendered = text.to_str();
        if !rendered.trim().is_empty() && !documents(lint, sources, path, &rendered, options) {
            return;
        }
    }
}

/// Checks a template without rendering it; returns its extension.
fn template_file<'t>(lint: &mut Lint, template: &'t chart::ChartFile, helm: HelmVersion) -> &'t str {
    let path = template.name.as_str();
    let place = template.span().map(Span::at_start);
    let base = path.rsplit('/').next().unwrap_or(path);
    let extension = base.rfind('.').and_then(|dot| base.get(dot..)).unwrap_or_default();
    if ![".yaml", ".yml", ".tpl", ".txt"].contains(&extension) {
        let text = format!(
            "file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"
        );
        lint.say(Level::Error, path, text, place);
    }
    if !helm.lints_remains_of_helm_two() {
        return extension;
    }
    let source = template.text().unwrap_or_default();
    if names::is_crd_hook(source) {
        let text = "manifest is a crd-install hook. This hook is no longer supported in v3 and all CRDs should \
                    also exist the crds/ directory at the top level of the chart";
        lint.say(Level::Warning, path, text, place);
    }
    if source.contains(".Release.Time") {
        let text = ".Release.Time has been removed in v3, please replace with the `now` function in your \
                    templates";
        lint.say(Level::Error, path, text, place);
    }
    extension
}

/// What `helm lint` says of a loaded chart whatever its values are: of `Chart.yaml`, of the names of its templates, of
/// what is in `charts/`.
pub fn chart(chart: &Chart) -> Vec<Message> {
    let mut lint = Lint::default();
    chart_file(&mut lint, &chart.file, HelmVersion::default());
    for template in &chart.templates {
        template_file(&mut lint, template, HelmVersion::default());
    }
    undeclared(&mut lint, "charts", chart);
    lint.messages
}

/// Checks each document of a rendered file; false where one is not YAML, which ends the linting of templates.
fn documents(lint: &mut Lint, sources: &SourceMap, path: &str, rendered: &str, options: &Options) -> bool {
    if let Some(line) = rendered.lines().find(|line| !line.trim().is_empty())
        && line.starts_with([' ', '\t'])
    {
        let text =
            format!("document starts with an illegal indent: {line:?}, which may cause parsing problems");
        lint.say(Level::Warning, path, text, None);
    }
    let (split, invalid_separator) = split_documents(rendered);
    for document in split {
        let source = sources.add(format!("{path} (rendered)"), document);
        let tree = Tree::parse_for_helm(&source);
        let head = match Head::of(&source, &tree) {
            Ok(Some(head)) => head,
            Ok(None) => continue,
            Err(problem) => {
                lint.say(Level::Error, path, unparsed(&problem), None);
                return false;
            }
        };
        if let Some(complaint) = names::complaint(&head.kind, &head.name) {
            let name = &head.name;
            let text = format!(
                "object name does not conform to Kubernetes naming requirements: {name:?}: metadata.name: \
                 Invalid value: {name:?}: {complaint}"
            );
            lint.say(Level::Warning, path, text, None);
        }
        if is_known_to_client(&head.api_version, &head.kind)
            && let Some(minor) = options.kube_version.minor_number()
            && let Some(warning) = (options.deprecation)(&head.api_version, &head.kind, minor)
        {
            lint.say(Level::Warning, path, warning, None);
        }
        let selects = rendered.contains("matchLabels") || rendered.contains("matchExpressions");
        if matches!(head.kind.as_str(), "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet") && !selects
        {
            let text = format!(
                "a {} must contain matchLabels or matchExpressions, and {:?} does not",
                head.kind, head.name
            );
            lint.say(Level::Error, path, text, None);
        }
        if head.kind == "List" {
            let kept = tree.root().and_then(|root| root.get("items")).is_some_and(|items| {
                items
                    .items()
                    .any(|item| item.at(&["metadata", "annotations", "helm.sh/resource-policy"]).is_some())
            });
            if kept {
                let first = if options.helm.lints_more() { "annotation" } else { "Annotation" };
                let text = format!("{first} 'helm.sh/resource-policy' within List objects are ignored");
                lint.say(Level::Error, path, text, None);
            }
        }
    }
    if let Some(rest) = invalid_separator {
        let text = format!("unable to parse YAML: invalid Yaml document separator: {rest}");
        lint.say(Level::Error, path, text, None);
        return false;
    }
    true
}

/// The documents of a stream as Kubernetes' own reader splits them: at a line that begins with `---`, but for the
/// first line. Beside them, what stands behind such a line and is no comment: it ends the reading, and takes the document
/// before it along.
fn split_documents(text: &str) -> (Vec<String>, Option<&str>) {
    let mut documents = vec![String::new()];
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let separator = line.strip_prefix("---").map(str::trim);
        if let Some(rest) = separator.filter(|rest| !rest.is_empty() && !rest.starts_with('#')) {
            documents.pop();
            return (documents, Some(rest));
        }
        if separator.is_some() && number > 0 {
            documents.push(String::new());
        } else if let Some(last) = documents.last_mut() {
            last.push_str(line);
        }
    }
    (documents, None)
}

/// True for a kind that Helm's own Kubernetes client has: of no other does it know how deprecated it is.
fn is_known_to_client(api_version: &str, kind: &str) -> bool {
    API_VERSIONS.contains(&api_version)
        && !api_version.starts_with("apiextensions.k8s.io/")
        && kind != "PodSecurityPolicy"
}

/// Checks the custom resource definitions of a chart and of everything below it; false where one is not YAML, which
/// ends it.
fn definitions(lint: &mut Lint, sources: &SourceMap, chart: &Chart) -> bool {
    let manifest = |name: &str| {
        let extension = Path::new(name).extension().unwrap_or_default();
        name.starts_with("crds/")
            && ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    };
    for file in chart.files.iter().filter(|file| manifest(&file.name)) {
        for document in split_documents(&String::from_utf8_lossy(file.bytes())).0 {
            let source = sources.add(file.name.clone(), document);
            let tree = Tree::parse_for_helm(&source);
            let place = file.span().map(Span::at_start);
            let head = match Head::of(&source, &tree) {
                Ok(Some(head)) => head,
                Ok(None) => continue,
                Err(problem) => {
                    lint.say(Level::Error, &file.name, unparsed(&problem), place);
                    return false;
                }
            };
            if !head.api_version.starts_with("apiextensions.k8s.io") {
                lint.say(Level::Error, &file.name, "apiVersion is not in 'apiextensions.k8s.io'", place);
            }
            if head.kind != "CustomResourceDefinition" {
                lint.say(Level::Error, &file.name, "object kind is not 'CustomResourceDefinition'", place);
            }
        }
    }
    chart.dependencies.iter().all(|dependency| definitions(lint, sources, dependency))
}

fn unparsed(problem: &Problem) -> String {
    format!("unable to parse YAML: {}", problem.message)
}

struct Head {
    api_version: String,
    kind: String,
    name: String,
}

impl Head {
    /// The head of a document; `None` for one with nothing in it.
    fn of(source: &Source, tree: &Tree) -> Result<Option<Self>, Problem> {
        if let Some(problem) = chart::yaml_problem(source, tree) {
            return Err(problem);
        }
        let Some(root) = tree.root().filter(|root| !root.is_null()) else { return Ok(None) };
        manifest::check(root, 0)?;
        Self::read(root).map(Some)
    }

    fn read(root: crate::yaml::NodeRef<'_>) -> Result<Self, Problem> {
        let wrong = |what: &str| {
            let message =
                format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {what}");
            Problem::new(crate::helm::ProblemCode::Manifest, message).at(root.span())
        };
        if !root.is_mapping() {
            return Err(wrong("array into Go value of type rules.K8sYamlStruct"));
        }
        let string = |node: crate::yaml::NodeRef<'_>, key: &str| match field(node, key) {
            None => Ok(String::new()),
            Some(value) => coerced(value)
                .ok_or_else(|| wrong(&format!("object into Go struct field .{key} of type string"))),
        };
        let kind = string(root, "kind")?;
        let api_version = string(root, "apiVersion")?;
        let name = match field(root, "metadata") {
            None => String::new(),
            Some(metadata) if metadata.is_mapping() => {
                string(metadata, "namespace")?;
                string(metadata, "name")?
            }
            Some(_) => return Err(wrong("string into Go struct field K8sYamlStruct.Metadata")),
        };
        Ok(Self { api_version, kind, name })
    }
}

/// The value of a key in any case, as Go's JSON reader finds it.
fn field<'t>(node: crate::yaml::NodeRef<'t>, key: &str) -> Option<crate::yaml::NodeRef<'t>> {
    let found = node
        .merged()
        .into_iter()
        .find(|entry| coerced(entry.key).is_some_and(|written| written.eq_ignore_ascii_case(key)));
    found.map(|entry| entry.value).filter(|value| !value.is_null())
}

fn dependencies(lint: &mut Lint, files: &Files, path: &Path, loaded: &Result<Arc<Chart>, Problem>) {
    let chart = match loaded {
        Ok(chart) => chart,
        Err(problem) => {
            lint.say(Level::Error, "", format!("unable to load chart\n\t{}", problem.message), problem.place);
            return;
        }
    };
    let folder = files.root().join(path).to_string_lossy().trim_end_matches('/').to_owned();
    undeclared(lint, &folder, chart);
    let missing: Vec<&str> =
        chart.missing_dependencies().iter().map(|dependency| text(&dependency.name)).collect();
    if !missing.is_empty() {
        let text = format!("chart directory is missing these dependencies: {}", missing.join(","));
        lint.say(Level::Warning, &folder, text, chart.file_span());
    }
}

/// Says which charts are carried that `Chart.yaml` does not declare.
fn undeclared(lint: &mut Lint, folder: &str, chart: &Chart) {
    let declared: Vec<&chart::Dependency> = chart.metadata.dependencies.iter().flatten().flatten().collect();
    let undeclared: Vec<&str> = chart
        .dependencies
        .iter()
        .map(|chart| chart.name())
        .filter(|name| declared.iter().all(|declared| text(&declared.name) != *name))
        .collect();
    if !undeclared.is_empty() {
        let text = format!("chart metadata is missing these dependencies: {}", undeclared.join(","));
        lint.say(Level::Error, folder, text, chart.file_span());
    }
}
