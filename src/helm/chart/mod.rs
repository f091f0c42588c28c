//! A chart: its metadata, templates, default values, schema, other files, and the charts it carries in `charts/`.

pub mod archive;
mod decode;
mod files;
mod ignore;
mod lock;
pub mod metadata;
pub mod pattern;
mod version;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub use files::ChartFile;
pub use lock::digest;
pub use metadata::Dependency;
pub use metadata::Field;
pub use metadata::Import;
pub use metadata::Lock;
pub use metadata::Maintainer;
pub use metadata::Metadata;
pub use metadata::text;
pub use version::is_version;
pub use version::satisfies;

pub(crate) use decode::coerced;
pub(crate) use decode::invalid_key;

use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::chart::files::Pending;
use crate::helm::engine::Library;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::value::FileSet;
use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;
use crate::yaml;
use crate::yaml::ProblemCode as YamlProblemCode;
use crate::yaml::Tree;

/// A chart as it lies on disk or in its archive, before any dependency is switched off or renamed.
#[derive(Debug)]
pub struct Chart {
    /// Where it was found, as people see it: a folder, an archive, or a path in an archive.
    pub path: String,
    /// `Chart.yaml`, with what an old `requirements.yaml` adds.
    pub metadata: Metadata,
    /// `Chart.yaml` as it was read.
    pub file: Arc<Source>,
    /// `Chart.lock` (or `requirements.lock`).
    pub lock: Option<(Lock, Arc<Source>)>,
    /// The default values, where there is a `values.yaml`.
    pub values: Option<Tree>,
    /// `values.yaml` as it was read: its first document is in `values`.
    pub values_file: Option<Arc<Source>>,
    /// `values.schema.json`
    pub schema: Option<ChartFile>,
    /// Everything below `templates/`, by path from the chart's folder, sorted.
    pub templates: Vec<ChartFile>,
    /// Every other file that templates can read or that carries resource definitions, sorted.
    pub files: Vec<ChartFile>,
    /// The charts in `charts/`, declared in `Chart.yaml` or not, by the name of their folder or archive.
    pub dependencies: Vec<Arc<Chart>>,
    /// What Helm warns of while it loads.
    pub warnings: Vec<String>,
    /// Its templates and those of everything below it, as far as they were parsed.
    pub(crate) library: Arc<Library>,
    set: std::sync::OnceLock<Arc<FileSet>>,
}

/// Charts nested deeper than this are not read.
const MAX_NESTING: usize = 40;

impl Chart {
    /// Reads a chart: a folder, or a `.tgz` archive. Relative paths start at the root of `sources`.
    ///
    /// Nothing is fetched: a dependency that is declared and not in `charts/` is found by
    /// [`Chart::missing_dependencies`].
    pub fn load(sources: &SourceMap, path: &Path) -> Result<Arc<Self>, Problem> {
        Self::load_beside(sources, path, &Arc::default())
    }

    /// Loads a chart whose templates are parsed together with those of others: what they carry alike is parsed once.
    pub fn load_beside(
        sources: &SourceMap,
        path: &Path,
        library: &Arc<Library>,
    ) -> Result<Arc<Self>, Problem> {
        let pending = files::read(sources, path)?;
        let shown = sources.files().relative(path).to_string_lossy().into_owned();
        let mut budget = archive::MAX_CHART_BYTES;
        let chart = assemble(sources, shown, pending, &mut budget, 0)?;
        Ok(Arc::new(Self { library: Arc::clone(library), ..chart }))
    }

    /// The chart's name.
    pub fn name(&self) -> &str {
        text(&self.metadata.name)
    }

    /// The chart's version.
    pub fn version(&self) -> &str {
        text(&self.metadata.version)
    }

    /// True for `type: library`: its templates can only be included.
    pub fn is_library(&self) -> bool {
        text(&self.metadata.kind).eq_ignore_ascii_case("library")
    }

    /// The dependencies that `Chart.yaml` declares and `charts/` does not hold. Conditions do not matter here.
    pub fn missing_dependencies(&self) -> Vec<&Dependency> {
        let declared = self.metadata.dependencies.iter().flatten().flatten();
        declared
            .filter(|declared| self.dependencies.iter().all(|chart| chart.name() != text(&declared.name)))
            .collect()
    }

    /// The files as `.Files` holds them.
    pub(crate) fn file_set(&self) -> Arc<FileSet> {
        let set = self.set.get_or_init(|| {
            let mut set = FileSet::new();
            for file in &self.files {
                let origins = file.source().map_or(Origins::NONE, |source| Origins::at(source.whole()));
                set.insert(&file.name, Text::of_value(file.bytes(), origins));
            }
            Arc::new(set)
        });
        Arc::clone(set)
    }

    /// The whole `Chart.yaml`, for findings that have no narrower place.
    pub fn file_span(&self) -> Span {
        self.file.whole().at_start()
    }

    /// This chart and all charts below it, parents first.
    pub fn all(self: &Arc<Self>) -> Vec<Arc<Self>> {
        let mut found = vec![Arc::clone(self)];
        let mut at = 0;
        while let Some(chart) = found.get(at).map(Arc::clone) {
            found.extend(chart.dependencies.iter().map(Arc::clone));
            at += 1;
        }
        found
    }
}

/// A file at the top of a chart folder or archive, whatever `.helmignore` says.
pub(crate) fn root_file(sources: &SourceMap, path: &Path, name: &str) -> Option<Arc<Source>> {
    if sources.files().is_folder(path) {
        return sources.read(&path.join(name)).ok();
    }
    let files = files::read(sources, path).ok()?;
    files.iter().find(|file| file.name == name)?.source(sources).ok()
}

/// Reads a YAML file as Helm does: the first document counts, and the first mistake stops.
pub(crate) fn read_yaml(source: &Source) -> Result<Tree, Problem> {
    let tree = Tree::parse_for_helm(source);
    match yaml_problem(source, &tree) {
        Some(problem) => Err(problem),
        None => Ok(tree),
    }
}

/// The first mistake in the first document that Helm does not forgive.
pub(crate) fn yaml_problem(source: &Source, tree: &Tree) -> Option<Problem> {
    let problem = tree.helm_problem()?;
    let line = source.line_column(problem.span.start).line;
    let line = if line > 1 { format!("line {line}: ") } else { String::new() };
    let message = format!("error converting YAML to JSON: yaml: {line}{}", original(source, problem));
    let mut told =
        Problem::new(ProblemCode::Chart, message).at(problem.span).explain(problem.message.clone());
    if let Some((span, text)) = &problem.related {
        told = told.related(*span, text.clone());
    }
    Some(told)
}

/// What go-yaml v2 says of such a mistake: `fromYaml` gives its words to templates.
fn original(source: &Source, problem: &yaml::Problem) -> String {
    let text = source.slice(problem.span);
    let words = match problem.code {
        YamlProblemCode::UnclosedQuote => "found unexpected end of stream",
        YamlProblemCode::Character | YamlProblemCode::Tab => "found character that cannot start any token",
        YamlProblemCode::Indentation => "did not find expected key",
        YamlProblemCode::MissingColon => "could not find expected ':'",
        YamlProblemCode::ExtraColon => "mapping values are not allowed in this context",
        YamlProblemCode::ListItem => "block sequence entries are not allowed in this context",
        YamlProblemCode::ControlCharacter => "control characters are not allowed",
        YamlProblemCode::Escape => "found unknown escape character",
        YamlProblemCode::Anchor => "did not find expected alphabetic or numeric character",
        YamlProblemCode::BlockHeader => "did not find expected comment or line break",
        YamlProblemCode::UnknownAnchor => {
            return format!("unknown anchor '{}' referenced", text.trim_start_matches('*'));
        }
        _ => return problem.message.clone(),
    };
    words.to_owned()
}

fn assemble(
    sources: &SourceMap,
    path: String,
    pending: Vec<Pending>,
    budget: &mut u64,
    depth: usize,
) -> Result<Chart, Problem> {
    if depth > MAX_NESTING {
        let message = format!("charts nested deeper than {MAX_NESTING} levels are not read");
        return Err(Problem::new(ProblemCode::Chart, message));
    }
    let mut metadata: Option<Metadata> = None;
    let mut chart_file = None;
    for file in pending.iter().filter(|file| file.name == "Chart.yaml") {
        let source = file.source(sources)?;
        let mut read = Metadata::default();
        let tree = read_yaml(&source).map_err(|problem| problem.within("cannot load Chart.yaml"))?;
        if let Some(root) = tree.root() {
            read.read(root).map_err(|problem| problem.within("cannot load Chart.yaml"))?;
        }
        metadata = Some(read);
        chart_file = Some(source);
    }
    let version_one =
        metadata.as_ref().is_none_or(|metadata| matches!(text(&metadata.api_version), "" | "v1"));
    let mut chart = Parts::default();
    let mut grouped: BTreeMap<String, Vec<Pending>> = BTreeMap::new();
    for mut file in pending {
        match file.name.as_str() {
            "Chart.yaml" => {}
            "Chart.lock" | "requirements.lock" => {
                let source = file.source(sources)?;
                let prefix = format!("cannot load {}", file.name);
                let tree = read_yaml(&source).map_err(|problem| problem.within(&prefix))?;
                let lock = tree.root().map_or_else(|| Ok(Lock::default()), Lock::read);
                chart.lock = Some((lock.map_err(|problem| problem.within(&prefix))?, source));
                if file.name == "requirements.lock" {
                    if version_one {
                        chart.files.push(file.resolve(sources, false)?);
                    } else {
                        chart.warnings.push(
                            "Dependency locking is handled in Chart.lock since apiVersion \"v2\". We recommend \
                             migrating to Chart.lock."
                                .to_owned(),
                        );
                    }
                }
            }
            "requirements.yaml" => {
                let source = file.source(sources)?;
                let wrap = |problem: Problem| problem.within("cannot load requirements.yaml");
                let tree = read_yaml(&source).map_err(wrap)?;
                if let (Some(metadata), Some(root)) = (&mut metadata, tree.root()) {
                    metadata.read(root).map_err(wrap)?;
                }
                if version_one {
                    chart.files.push(file.resolve(sources, false)?);
                } else {
                    chart.warnings.push(
                        "Dependencies are handled in Chart.yaml since apiVersion \"v2\". We recommend \
                         migrating dependencies to Chart.yaml."
                            .to_owned(),
                    );
                }
            }
            "values.yaml" => {
                let source = file.source(sources)?;
                chart.values =
                    Some(read_yaml(&source).map_err(|problem| problem.within("cannot load values.yaml"))?);
                chart.values_file = Some(source);
            }
            "values.schema.json" => chart.schema = Some(file.resolve(sources, true)?),
            name if name.starts_with("templates/") => chart.templates.push(file.resolve(sources, true)?),
            name if name.starts_with("charts/")
                && Path::new(name).extension().is_none_or(|e| e != "prov") =>
            {
                let inside = name.strip_prefix("charts/").unwrap_or(name).to_owned();
                file.name = inside;
                let folder = file.name.split('/').next().unwrap_or_default().to_owned();
                grouped.entry(folder).or_default().push(file);
            }
            name => {
                let text = name.starts_with("crds/");
                chart.files.push(file.resolve(sources, text)?);
            }
        }
    }
    let (Some(mut metadata), Some(file)) = (metadata, chart_file) else {
        return Err(Problem::new(ProblemCode::Chart, "Chart.yaml file is missing")
            .help("add a Chart.yaml with `apiVersion`, `name` and `version`"));
    };
    if text(&metadata.api_version).is_empty() {
        let place = metadata.api_version.as_ref().map_or(file.whole().at_start(), |field| field.span);
        metadata.api_version = Some(crate::source::Spanned::new("v1".to_owned(), place));
    }
    metadata.validate(file.whole().at_start())?;
    let mut dependencies = Vec::new();
    for (name, files) in grouped {
        if name.starts_with(['_', '.']) {
            continue;
        }
        let wrap = |problem: Problem| {
            problem.within(&format!("error unpacking subchart {name} in {}", text(&metadata.name)))
        };
        let shown = format!("{path}/charts/{name}");
        let archive = Path::new(&name).extension().is_some_and(|extension| extension == "tgz");
        let files = if archive {
            let first = files.into_iter().next().filter(|file| file.name == name).ok_or_else(|| {
                wrap(Problem::new(ProblemCode::Chart, format!("a folder cannot be named {name}")))
            })?;
            first.unpack(sources, &shown, budget).map_err(wrap)?
        } else {
            let inside = files.into_iter().filter_map(Pending::descend);
            inside.collect()
        };
        let dependency = assemble(sources, shown, files, budget, depth + 1).map_err(wrap)?;
        dependencies.push(Arc::new(dependency));
    }
    let Parts { lock, values, values_file, schema, templates, files, warnings } = chart;
    let (library, set) = (Arc::default(), std::sync::OnceLock::new());
    Ok(Chart {
        path,
        metadata,
        file,
        lock,
        values,
        values_file,
        schema,
        templates,
        files,
        dependencies,
        warnings,
        library,
        set,
    })
}

#[derive(Default)]
struct Parts {
    lock: Option<(Lock, Arc<Source>)>,
    values: Option<Tree>,
    values_file: Option<Arc<Source>>,
    schema: Option<ChartFile>,
    templates: Vec<ChartFile>,
    files: Vec<ChartFile>,
    warnings: Vec<String>,
}
