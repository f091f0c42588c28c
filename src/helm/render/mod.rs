//! A release rendered: manifests and hooks in Helm's order, with the values line behind every byte.

pub(crate) mod manifest;
pub(crate) mod objects;
mod order;
mod place;
mod print;
mod why;

use std::collections::BTreeMap;

pub use manifest::Hook;
pub use manifest::Manifest;
pub use print::Printing;
pub use print::print;
pub use why::Reason;
pub use why::why;

pub(crate) use objects::template_source;

use crate::helm::HelmVersion;
use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::chart::ChartFile;
use crate::helm::engine;
use crate::helm::engine::Engine;
use crate::helm::engine::ErrorKind;
use crate::helm::engine::LeftOut;
use crate::helm::engine::Library;
use crate::helm::engine::RenderError;
use crate::helm::engine::RenderFile;
use crate::helm::engine::RenderOptions;
use crate::helm::engine::TemplateSource;
use crate::helm::engine::Trace;
use crate::helm::engine::Undefined;
use crate::helm::engine::UnknownCondition;
use crate::helm::engine::WORTH_THREADS;
use crate::helm::release::Prepared;
use crate::helm::release::Release;
use crate::helm::render::manifest::Read;
use crate::helm::render::objects::Above;
use crate::helm::render::objects::Scope;
use crate::helm::text::Mark;
use crate::helm::text::Text;
use crate::helm::value::Dict;
use crate::helm::value::Value;
use crate::helm::values::Node;
use crate::source::Origin;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Unknown;

/// What a release renders to.
#[derive(Debug)]
pub struct Rendered {
    /// The manifests that are no hooks, in the order in which Helm installs and prints them.
    pub manifests: Vec<Manifest>,
    /// The hooks, in the order in which Helm prints them.
    pub hooks: Vec<Manifest>,
    /// The files below `crds/` of the chart and what takes part below it, with the path Helm gives each.
    pub crds: Vec<(String, ChartFile)>,
    /// What `NOTES.txt` of the chart says.
    pub notes: Option<String>,
    /// What Helm warns of while it brings the values together.
    pub warnings: Vec<String>,
    /// Conditions (`if`, `with`, `range`) that hang on something unknown.
    pub unknown_conditions: Vec<UnknownCondition>,
    /// Values that templates print and that are not there.
    pub undefined: Vec<Undefined>,
    /// Blocks that conditions kept from being written, by the place of the condition.
    pub left_out: BTreeMap<Span, LeftOut>,
    /// What Helm would have logged: unknown hooks, and in lint mode what `required` and `fail` would have said.
    pub log: Vec<String>,
}

/// The lines behind a place in rendered text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenderedOrigin {
    /// The template text or action that wrote it.
    pub template: Option<Span>,
    /// The calls (`include`, `tpl`) that led to that template, innermost first.
    pub calls: Vec<Span>,
    /// The values behind it, each with what it overrode. Empty for plain template text.
    pub values: Vec<Origin>,
    /// The values that decided that it stands there, or which value it is, and are no part of it: conditions, items of
    /// lists, what was empty and gave way to a default. The nearest first.
    pub decided: Vec<Origin>,
    /// Why it is not known, if it is not.
    pub unknown: Option<Unknown>,
    /// True where more values were behind it than are kept.
    pub cut: bool,
}

impl RenderedOrigin {
    fn of(mark: &Mark) -> Self {
        Self {
            template: mark.template,
            calls: mark.trail.calls().collect(),
            values: mark.values.iter().cloned().collect(),
            decided: Vec::new(),
            unknown: mark.values.why_unknown().cloned(),
            cut: mark.values.cut(),
        }
    }

    /// The place to show first: the value that decides, else the template.
    pub fn primary(&self) -> Option<Span> {
        self.values.first().map(|origin| origin.span).or(self.template)
    }
}

impl Release {
    /// Renders all templates, as `helm template` does.
    pub fn render(&self, sources: &SourceMap) -> Result<Rendered, Problem> {
        let prepared = self.prepare(sources)?;
        self.render_prepared(sources, &prepared, Vec::new())
    }

    /// Renders all templates with some conditions taken the other way than the values say.
    pub fn render_otherwise(&self, sources: &SourceMap, conditions: Vec<Span>) -> Result<Rendered, Problem> {
        let prepared = self.prepare(sources)?;
        self.render_prepared(sources, &prepared, conditions)
    }

    pub(crate) fn render_prepared(
        &self,
        sources: &SourceMap,
        prepared: &Prepared,
        flipped: Vec<Span>,
    ) -> Result<Rendered, Problem> {
        self.check_kube_version()?;
        let mut trace = Trace::default();
        let options = RenderOptions { flipped, ..self.render_options() };
        let files = if options.text_only {
            self.read_while_rendering(sources, prepared, &options, &mut trace)?
        } else {
            let files = self.render_with(sources, prepared, &options, &mut trace)?;
            files.into_iter().map(|(path, text)| self.read_file(sources, path, text)).collect()
        };
        let notes = files.get(&format!("{}/templates/NOTES.txt", prepared.root.name()));
        let notes = notes.map(|file| file.text.to_str().into_owned());
        let mut log = trace.log;
        let mut manifests = Vec::new();
        let mut hooks = Vec::new();
        for file in files.into_values() {
            for read in file.documents? {
                match read {
                    Read::Manifest(manifest) if manifest.hook.is_some() => hooks.push(*manifest),
                    Read::Manifest(manifest) => manifests.push(*manifest),
                    Read::UnknownHook(events) => {
                        log.push(format!("info: skipping unknown hook: {events:?}"));
                    }
                }
            }
        }
        let order = |a: &Manifest, b: &Manifest| order::compare(&a.kind, &b.kind, self.options.helm);
        manifests.sort_by(order);
        hooks.sort_by(order);
        let mut crds = Vec::new();
        collect_crds(&prepared.root, &mut crds);
        Ok(Rendered {
            manifests,
            hooks,
            crds,
            notes,
            warnings: prepared.effective.warnings.clone(),
            unknown_conditions: trace.unknown_conditions,
            undefined: trace.undefined,
            left_out: trace.left_out,
            log,
        })
    }

    fn render_options(&self) -> RenderOptions {
        RenderOptions {
            helm: self.options.helm,
            now: self.options.now,
            strict: false,
            lint: self.options.lint,
            flipped: Vec::new(),
            text_only: self.options.text_only,
        }
    }

    /// Every rendered file by its full name, unsplit.
    pub(crate) fn render_files(
        &self,
        sources: &SourceMap,
        prepared: &Prepared,
        trace: &mut Trace,
    ) -> Result<BTreeMap<String, Text>, Problem> {
        let options = self.render_options();
        self.render_with(sources, prepared, &options, trace)
    }

    /// Every rendered file by its full name, however the engine is to be set.
    pub(crate) fn render_texts(
        &self,
        sources: &SourceMap,
        strict: bool,
        lint: bool,
    ) -> Result<BTreeMap<String, Text>, Problem> {
        let prepared = self.prepare(sources)?;
        let options = RenderOptions { strict, lint, ..self.render_options() };
        self.render_with(sources, &prepared, &options, &mut Trace::default())
    }

    fn render_with(
        &self,
        sources: &SourceMap,
        prepared: &Prepared,
        options: &RenderOptions,
        trace: &mut Trace,
    ) -> Result<BTreeMap<String, Text>, Problem> {
        let (templates, files) = self.templates(prepared);
        let engine = Engine::new(templates, &self.chart.library, self.options.helm)
            .map_err(|error| problem(error, sources))?;
        engine.render_all(&files, options, trace).map_err(|error| problem(error, sources))
    }

    /// All templates, and what each of them sees.
    fn templates(&self, prepared: &Prepared) -> (Vec<TemplateSource>, Vec<RenderFile>) {
        let above = Above {
            helm: self.options.helm,
            places: !self.options.text_only,
            values: Scope::Root(prepared.effective.values.clone()),
            release: objects::release(self),
            capabilities: objects::capabilities(self),
        };
        let mut files = BTreeMap::new();
        objects::collect(&prepared.root, &above, &mut files);
        files.into_values().unzip()
    }

    /// Renders file after file and reads what was rendered before, of a large chart on a thread of its own.
    fn read_while_rendering(
        &self,
        sources: &SourceMap,
        prepared: &Prepared,
        options: &RenderOptions,
        trace: &mut Trace,
    ) -> Result<BTreeMap<String, File>, Problem> {
        let (templates, files) = self.templates(prepared);
        let bytes: usize = templates.iter().map(|template| template.text.len()).sum();
        let engine = Engine::new_at_once(templates, &self.chart.library, self.options.helm)
            .map_err(|error| problem(error, sources))?;
        if bytes < WORTH_THREADS {
            let mut read = BTreeMap::new();
            let rendered = engine.render_each(&files, options, trace, |path, text| {
                read.extend([self.read_file(sources, path.to_owned(), text)]);
            });
            return rendered.map(|()| read).map_err(|error| problem(error, sources));
        }
        let (sender, receiver) = std::sync::mpsc::channel::<Vec<(String, Text)>>();
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(READER_STACK);
            let reader = thread.spawn_scoped(scope, || {
                let files = receiver.into_iter().flatten();
                files.map(|(path, text)| self.read_file(sources, path, text)).collect()
            });
            let reader =
                reader.map_err(|_| Problem::new(ProblemCode::Execution, "the system gives no thread"))?;
            // Waking the reader for every file would take as long as reading it.
            let mut batch = Vec::new();
            let mut bytes = 0;
            let rendered = engine.render_each(&files, options, trace, |path, text| {
                bytes += text.len();
                batch.push((path.to_owned(), text));
                if bytes > BATCH {
                    bytes = 0;
                    // The reader reads until the sender is gone.
                    let _sent = sender.send(std::mem::take(&mut batch));
                }
            });
            let _sent = sender.send(batch);
            drop(sender);
            let read = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            rendered.map_err(|error| problem(error, sources))?;
            Ok(read)
        })
    }

    /// Reads the documents of a rendered file. Notes and partials have none.
    fn read_file(&self, sources: &SourceMap, path: String, text: Text) -> (String, File) {
        let base = path.rsplit('/').next().unwrap_or(&path);
        let documents = if path.ends_with("NOTES.txt") || base.starts_with('_') {
            Ok(Vec::new())
        } else {
            let ranges = manifest::split(text.bytes(), self.options.helm).into_iter();
            ranges.map(|range| manifest::read(sources, &path, text.slice(range))).collect()
        };
        (path, File { text, documents })
    }
}

/// So many bytes that were rendered are handed over at once.
const BATCH: usize = 32 << 10;

/// The stack of a thread that reads what was rendered.
const READER_STACK: usize = 64 << 20;

/// A rendered file, and the documents in it.
struct File {
    text: Text,
    documents: Result<Vec<Read>, Problem>,
}

/// Renders `--name-template`, which sees nothing.
pub fn name(sources: &SourceMap, template: &str) -> Result<String, Problem> {
    let source = sources.add("--name-template", template);
    let name = "name-template".to_owned();
    let text = std::sync::Arc::clone(&source.text);
    let template = TemplateSource { name: name.clone(), source: source.id, text, offset: 0 };
    let engine = Engine::new(vec![template], &Library::default(), HelmVersion::default())
        .map_err(|error| problem(error, sources))?;
    let root = Value::from(Dict::new());
    let file = RenderFile { name: name.clone(), base_path: String::new(), root };
    let rendered = engine
        .render_all(&[file], &RenderOptions::default(), &mut Trace::default())
        .map_err(|error| problem(error, sources))?;
    Ok(rendered.get(&name).map(|text| text.to_str().into_owned()).unwrap_or_default())
}

/// Runs all stages of a rendering on one thread with a deep call stack.
pub fn deep<R: Send>(
    sources: &SourceMap,
    work: impl FnOnce() -> Result<R, Problem> + Send,
) -> Result<R, Problem> {
    engine::deep(work).map_err(|error| problem(error, sources))?
}

/// A failure of the template engine with its places.
fn problem(error: RenderError, sources: &SourceMap) -> Problem {
    let (code, words) = match error.kind {
        ErrorKind::Parse => (ProblemCode::Parse, "the template cannot be parsed: "),
        ErrorKind::Execution => (ProblemCode::Execution, "the template fails: "),
        ErrorKind::Limit => (ProblemCode::Execution, ""),
        ErrorKind::Required | ErrorKind::Fail => (ProblemCode::Refused, "the chart refuses to render: "),
    };
    let lacks = error.cause.starts_with("nil pointer evaluating");
    let mut problem =
        Problem::new(code, error.message).at(error.span).explain(format!("{words}{}", error.cause));
    for call in error.calls.iter().take(8) {
        problem = problem.related(*call, "called from here");
    }
    let text = if lacks { "the key is missing here" } else { "with this value" };
    for origin in error.values.iter().take(4) {
        problem = problem.related(first_line(origin.span, sources), text);
    }
    if lacks {
        problem = problem.help("set the key in a values file, or guard the template with `if` or `with`");
    }
    problem
}

/// The part of a place that stands on its first line.
fn first_line(place: Span, sources: &SourceMap) -> Span {
    let text = sources.slice(place);
    let length = text.lines().next().map_or(0, |line| line.trim_end().len());
    Span::new(place.source, place.start as usize, place.start as usize + length)
}

fn collect_crds(node: &Node, crds: &mut Vec<(String, ChartFile)>) {
    let path = node.full_path();
    for file in &node.chart.files {
        let extension = file.name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let manifest = ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known));
        if file.name.starts_with("crds/") && manifest {
            crds.push((format!("{path}/{}", file.name), file.clone()));
        }
    }
    for dependency in node.dependencies() {
        collect_crds(&dependency, crds);
    }
}

impl Rendered {
    /// All manifests and hooks.
    pub fn all(&self) -> impl Iterator<Item = &Manifest> {
        self.manifests.iter().chain(&self.hooks)
    }

    /// The lines behind a place in the text of one of the manifests; `None` for any other place.
    pub fn origin(&self, place: Span) -> Option<RenderedOrigin> {
        let manifest = self.all().find(|manifest| manifest.source.id == place.source)?;
        Some(manifest.origin(place))
    }
}

impl Manifest {
    /// True where any of the text of a place is only decided at deploy time.
    pub fn is_unknown(&self, place: Span) -> bool {
        self.text.runs_in(place.range()).any(|(_, mark)| mark.values.why_unknown().is_some())
    }

    /// The lines behind a place in its text.
    pub fn origin(&self, place: Span) -> RenderedOrigin {
        let mut origin = RenderedOrigin::of(&self.text.mark_of(place.range()));
        let behind = self.text.origins_in(place.range());
        origin.decided.extend(behind.decided().filter(|decided| !origin.values.contains(decided)).cloned());
        origin
    }
}
