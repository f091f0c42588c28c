//! A set of templates and how to render it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use crate::helm::HelmVersion;
use crate::helm::functions::Fault;
use crate::helm::functions::FaultKind;
use crate::helm::functions::SHOWN_FROM;
use crate::helm::functions::SHOWN_TO;
use crate::helm::functions::Session;
use crate::helm::template::ast::Content;
use crate::helm::template::ast::File;
use crate::helm::template::exec;
use crate::helm::template::exec::Scope;
use crate::helm::template::parser;
use crate::helm::template::parser::ParseError;
use crate::helm::template::parser::Unnamed;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::text::Trail;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Value;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::Unknown;

/// One file below `templates/`, of a chart or of one of its dependencies.
#[derive(Clone, Debug)]
pub struct TemplateSource {
    /// The name Helm gives it: `chart/templates/x.yaml`, `chart/charts/sub/templates/x.yaml`.
    pub name: String,
    /// The source its spans point into.
    pub source: SourceId,
    /// The text without its byte order mark.
    pub text: Arc<str>,
    /// How many bytes stand before `text` in the source (3 for a byte order mark).
    pub offset: usize,
}

/// How to render.
#[derive(Clone, Debug, Default)]
pub struct RenderOptions {
    /// Which Helm renders it.
    pub helm: HelmVersion,
    /// What the clock shows, in seconds since 1970; `None` for a time that is always the same.
    pub now: Option<i64>,
    /// A missing key is an error (only for programs that embed Helm; no flag asks for it).
    pub strict: bool,
    /// As `helm lint`: `required` and `fail` do not fail.
    pub lint: bool,
    /// The conditions that are taken the other way than their values say.
    pub flipped: Vec<Span>,
    /// Neither templates nor values behind the text are kept.
    pub text_only: bool,
}

/// A condition (`if`, `with`, `range`) that hangs on something unknown.
#[derive(Clone, Debug)]
pub struct UnknownCondition {
    /// From delimiter to delimiter.
    pub place: Span,
    /// Why it is unknown.
    pub unknown: Unknown,
    /// How it was taken in this rendering.
    pub held: bool,
    /// True where it can be taken the other way, too: a `with` that does not hold has nothing to go on with.
    pub reversible: bool,
    /// True for a text that is supplied at deploy time: it may say anything, and it is there.
    pub text: bool,
}

/// A block that a condition (`if`, `with`) kept from being written, by the key that it begins with.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The key: `resources`.
    pub key: String,
    /// The values that did not let it through; none where they differ from one printing to the next.
    pub values: Origins,
}

/// Which stage failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A template does not parse.
    Parse,
    /// A template fails when it runs.
    Execution,
    /// `required` was given nothing.
    Required,
    /// `fail` was called.
    Fail,
    /// Larger, deeper or longer than is rendered here.
    Limit,
}

/// Why a chart does not render.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct RenderError {
    /// Which stage failed.
    pub kind: ErrorKind,
    /// What Helm prints after `Error: `.
    pub message: String,
    /// The last part of it: what went wrong, without the places.
    pub cause: String,
    /// The innermost template place.
    pub span: Option<Span>,
    /// The calls (`include`, `template`, `tpl`) that led there, innermost first.
    pub calls: Vec<Span>,
    /// The values it stumbled over: for a field of nil, the map that lacks the key.
    pub values: Origins,
}

/// A value that a template prints and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undefined {
    /// Where it is printed.
    pub place: Span,
    /// Its path below `.Values`.
    pub path: Vec<String>,
    /// True where `null` stands for it, as after `toYaml`, and not nothing.
    pub null: bool,
}

/// What happened while rendering, besides the text.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// What `required` and `fail` would have said in lint mode, as Helm logs it.
    pub log: Vec<String>,
    /// Conditions that hang on something unknown.
    pub unknown_conditions: Vec<UnknownCondition>,
    /// Values that were printed and are not there.
    pub undefined: Vec<Undefined>,
    /// Blocks that were not written, by the place of the condition, from delimiter to delimiter.
    pub left_out: BTreeMap<Span, LeftOut>,
}

/// All templates of a chart and its dependencies, parsed. Serves any number of renderings.
#[derive(Clone, Debug)]
pub struct Engine {
    templates: Arc<Scope<'static>>,
}

/// Deep nesting of templates wants a deep call stack: only the pages that are touched take memory.
const STACK: usize = 512 << 20;

/// The stack of a thread that parses: actions and parentheses nest a few hundred levels deep.
const PARSER_STACK: usize = 64 << 20;
/// More threads than this do not parse faster.
const MAX_WORKERS: usize = 8;
/// So many bytes of templates take longer to parse than threads take to start.
pub(crate) const WORTH_THREADS: usize = 128 << 10;

thread_local! {
    /// True on a thread with a deep call stack.
    static IS_DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Runs on a thread with a deep call stack: on this one, if it has one.
pub(crate) fn deep<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, RenderError> {
    if IS_DEEP.get() {
        return Ok(work());
    }
    let work = || {
        IS_DEEP.set(true);
        work()
    };
    let failed = || RenderError {
        kind: ErrorKind::Limit,
        message: "the rendering was given no thread by the system".to_owned(),
        cause: "the rendering was given no thread by the system".to_owned(),
        span: None,
        calls: Vec::new(),
        values: Origins::NONE,
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => Err(failed()),
        }
    })
}

/// Helm's order: deep paths before shallow ones, then backwards by name; what comes last wins and runs last.
fn order(one: &str, other: &str) -> std::cmp::Ordering {
    let depth = |name: &str| memchr::memchr_iter(b'/', name.as_bytes()).count();
    depth(other).cmp(&depth(one)).then_with(|| other.cmp(one))
}

/// Texts of templates that were parsed before: what several charts carry alike, and what every release of a chart
/// renders anew, is parsed once.
#[derive(Debug, Default)]
pub struct Library(Mutex<BTreeMap<(HelmVersion, Arc<str>), Parsed>>);

type Parsed = Arc<Unnamed>;

impl Library {
    fn parse(
        &self,
        helm: HelmVersion,
        file: &Arc<File>,
        text: &Arc<str>,
    ) -> Result<Arc<Unnamed>, ParseError> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (helm, Arc::clone(text));
        if let Some(parsed) = known().get(&key) {
            return Ok(Arc::clone(parsed));
        }
        let parsed = Arc::new(parser::parse(file, helm)?);
        known().insert(key, Arc::clone(&parsed));
        Ok(parsed)
    }
}

impl Engine {
    /// Parses all templates, in Helm's order, so that the right one of several definitions wins.
    pub fn new(
        mut templates: Vec<TemplateSource>,
        library: &Library,
        helm: HelmVersion,
    ) -> Result<Self, RenderError> {
        templates.sort_by(|one, other| order(&one.name, &other.name));
        deep(move || {
            let mut scope = Scope::default();
            for template in templates {
                let TemplateSource { name, source: id, text, offset } = template;
                let content = Content::Source { id, offset, text: Arc::clone(&text) };
                let file = Arc::new(File { name, content });
                let parsed = library.parse(helm, &file, &text);
                match parsed.and_then(|parsed| parsed.named(&file, file.name.as_bytes())) {
                    Ok(parsed) => parsed.into_iter().for_each(|template| scope.enter(template)),
                    Err(error) => return Err(parse_error(&file, &error)),
                }
            }
            Ok(Self { templates: Arc::new(scope) })
        })?
    }

    /// The same on several cores: for a chart that is rendered alone.
    pub fn new_at_once(
        templates: Vec<TemplateSource>,
        library: &Library,
        helm: HelmVersion,
    ) -> Result<Self, RenderError> {
        let bytes: usize = templates.iter().map(|template| template.text.len()).sum();
        let workers = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_WORKERS);
        if bytes > WORTH_THREADS && workers > 1 {
            let next = AtomicUsize::new(0);
            let read = || {
                while let Some(template) = templates.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let TemplateSource { name, source: id, text, offset } = template;
                    let content = Content::Source { id: *id, offset: *offset, text: Arc::clone(text) };
                    let file = Arc::new(File { name: name.clone(), content });
                    // What does not parse is met again below, in Helm's order.
                    let _later = library.parse(helm, &file, text);
                }
            };
            std::thread::scope(|scope| {
                for _ in 1..workers {
                    let thread = std::thread::Builder::new().stack_size(PARSER_STACK);
                    // What no thread was given for is parsed by the others.
                    let _handle = thread.spawn_scoped(scope, read);
                }
                // This one parses, too.
                deep(read)
            })?;
        }
        Self::new(templates, library, helm)
    }

    /// Renders every file as Helm does: in its order, partials left out, `Template` set in each root, `<no value>`
    /// removed. `files` names each file, with its base path (`chart/templates`) and its root (the map with `Values`,
    /// `Chart`, `Release`, …, shared by all files of a chart). The result is keyed by name.
    pub fn render_all(
        &self,
        files: &[RenderFile],
        options: &RenderOptions,
        trace: &mut Trace,
    ) -> Result<BTreeMap<String, Text>, RenderError> {
        let mut rendered = BTreeMap::new();
        self.render_each(files, options, trace, |name, text| {
            rendered.insert(name.to_owned(), text);
        })?;
        Ok(rendered)
    }

    /// The same, every file handed over as soon as it is rendered.
    pub fn render_each(
        &self,
        files: &[RenderFile],
        options: &RenderOptions,
        trace: &mut Trace,
        mut done: impl FnMut(&str, Text) + Send,
    ) -> Result<(), RenderError> {
        let mut files: Vec<&RenderFile> = files.iter().collect();
        files.sort_by(|one, other| order(&one.name, &other.name));
        deep(move || {
            let mut session = Session::new(options, trace);
            for file in files {
                let base = file.name.rsplit('/').next().unwrap_or_default();
                if base.starts_with('_') {
                    continue;
                }
                let mut root = file.root.clone();
                if let Data::Dict(dict) = root.data {
                    root.data = Data::Values(dict, options.helm);
                }
                if let Some(root) = root.as_dict() {
                    let template: Dict =
                        [("Name", file.name.as_str()), ("BasePath", file.base_path.as_str())]
                            .into_iter()
                            .map(|(key, value)| (key, Value::from(value)))
                            .collect();
                    root.insert("Template", Value::new(Data::Values(template, options.helm), Origins::NONE));
                }
                let name = file.name.as_bytes();
                let text = exec::execute(&mut session, &self.templates, name, &root, Trail::TOP)
                    .map_err(|fault| execution_error(&file.name, fault, options.helm))?;
                done(&file.name, exec::without_no_value(&text));
            }
            Ok(())
        })?
    }

    /// All templates, by name.
    pub(crate) fn scope(&self) -> &Scope<'static> {
        &self.templates
    }

    /// The names of all templates, defined ones included, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            self.templates.own.keys().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        names.sort_unstable();
        names
    }
}

/// Helm shows the place and only the last part of the message.
fn parse_error(file: &File, error: &ParseError) -> RenderError {
    let last = error.message.rsplit(": ").next().unwrap_or_default();
    RenderError {
        kind: if error.limit { ErrorKind::Limit } else { ErrorKind::Parse },
        message: format!("parse error at ({}:{}): {last}", file.name, error.line),
        cause: error.message.clone(),
        span: file.span(error.at..error.at),
        calls: Vec::new(),
        values: Origins::NONE,
    }
}

fn execution_error(file: &str, fault: Fault, helm: HelmVersion) -> RenderError {
    let kind = match fault.kind {
        FaultKind::Go => ErrorKind::Execution,
        FaultKind::Required => ErrorKind::Required,
        FaultKind::Fail => ErrorKind::Fail,
        FaultKind::Limit => ErrorKind::Limit,
    };
    let message = shortened(file, &fault.message);
    let message = if helm.tells_errors_in_lines() { in_lines(&message).unwrap_or(message) } else { message };
    RenderError {
        kind,
        message,
        cause: fault.cause,
        span: fault.span,
        calls: fault.calls,
        values: fault.values,
    }
}

/// Of `required` and `fail` Helm shows only the outermost place and the text given to them.
fn shortened(file: &str, message: &str) -> String {
    let mut parts = message.splitn(3, ": ");
    let (Some(_), Some(location), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return format!("execution error in ({file}): {message}");
    };
    let shown = rest.find(SHOWN_FROM).zip(rest.rfind(SHOWN_TO));
    let shown = shown.and_then(|(start, end)| rest.get(start + SHOWN_FROM.len()..end));
    match shown {
        Some(shown) => format!("execution error at ({location}): {shown}"),
        None => message.to_owned(),
    }
}

/// The failures inside each other that a message tells in a row, three lines each: the place, what was executed, what
/// went wrong. `None` where a function failed for a reason of its own, which is told in a row in any Helm.
fn in_lines(message: &str) -> Option<String> {
    const INCLUDED: &str = "error calling include: template: ";
    let mut lines = String::new();
    let mut rest = message.strip_prefix("template: ")?;
    loop {
        if rest.starts_with("no template ") {
            lines.push_str("template: ");
            lines.push_str(rest);
            break;
        }
        let (place, executing) = rest.split_once(": executing \"")?;
        let (name, at) = executing.split_once("\" at <")?;
        let (what, cause) = at.split_once(">: ")?;
        let inner = cause.strip_prefix(INCLUDED);
        if inner.is_none() && cause.starts_with("error calling ") {
            return None;
        }
        let cause = if inner.is_some() { "error calling include:" } else { cause };
        lines.push_str(&[place, "\n  executing \"", name, "\" at <", what, ">:\n    ", cause].concat());
        let Some(inner) = inner else { break };
        lines.push('\n');
        rest = inner;
    }
    Some(lines)
}

/// One file to render.
#[derive(Clone, Debug)]
pub struct RenderFile {
    /// The name of its template.
    pub name: String,
    /// `.Template.BasePath`
    pub base_path: String,
    /// `.`: a `chartutil.Values` map.
    pub root: Value,
}
