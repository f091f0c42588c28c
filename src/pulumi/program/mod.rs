//! Programs: read, followed for each stack, and never run.
//!
//! The files of a program are brought into one small language ([`syntax`]); a machine follows it with the
//! configuration of a stack and takes down the resources it would make. What it does not understand is unknown,
//! with its place. The only room that knows the grammars of programming languages.

mod evaluate;
mod execute;
mod go;
mod held;
mod library;
mod lower;
mod machine;
mod modules;
mod python;
mod syntax;
mod typescript;
mod yaml;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::diagnostic::Unchecked;
use crate::pulumi::ConfigType;
use crate::pulumi::Configuration;
use crate::pulumi::Key;
use crate::pulumi::Project;
use crate::pulumi::Value;
use crate::source::ReadError;
use crate::source::Source;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Unknown;

/// A program is read as far as this many files.
const MAX_FILES: usize = 500;
/// Longer files are not programs that people wrote.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// What a program is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Go.
    Go,
    /// TypeScript and JavaScript.
    TypeScript,
    /// Python.
    Python,
    /// Pulumi YAML.
    Yaml,
}

/// The program of a project.
#[derive(Debug)]
pub struct Program {
    language: Language,
    modules: Vec<syntax::Module>,
    /// Go: the files of each package, the main one first.
    packages: Vec<Vec<usize>>,
    links: BTreeMap<(usize, Box<str>), Link>,
    /// Every string that stands in it.
    strings: BTreeSet<Box<str>>,
    span: Span,
    yaml: Option<yaml::Program>,
    /// Parts that were not read, and why.
    pub unchecked: Vec<Unchecked>,
}

/// Where an import leads.
#[derive(Debug)]
enum Link {
    Local(usize),
    Library(Arc<str>),
}

/// What a program would make for one stack.
#[derive(Debug, Default)]
pub struct Reading {
    /// The resources, in the order in which the program makes them.
    pub resources: Vec<Resource>,
    /// The configuration values it asks for, in order.
    pub uses: Vec<Use>,
    /// What was not followed to its end, and why.
    pub notes: Vec<Unknown>,
    /// Checks of the program that fail for this stack: it would stop there.
    pub stops: Vec<Span>,
    /// True where a name of a configuration value is put together at run time.
    pub computed_keys: bool,
}

/// A resource that a program makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its type, `package:module:Name`: `digitalocean:index:KubernetesCluster`.
    pub token: String,
    /// Its name in the program.
    pub name: Value,
    /// Its arguments, in camel case as the provider names them.
    pub properties: IndexMap<String, Value>,
    /// Set where further arguments may be there that are not known.
    pub rest: Option<Unknown>,
    /// Its options: `protect`, `retainOnDelete`, …
    pub options: IndexMap<String, Value>,
    /// Where it is made.
    pub span: Span,
    /// True where an existing resource is only looked at; it belongs to somebody else.
    pub existing: bool,
    /// Set where it is not known whether, or how often, it is made.
    pub condition: Option<Unknown>,
}

impl Resource {
    /// An argument by its path: `nodePool.size`.
    pub fn get(&self, path: &str) -> Option<&Value> {
        let mut parts = path.split('.');
        let first = self.properties.get(parts.next()?)?;
        parts.try_fold(first, |value, key| value.get(key))
    }

    /// True for what installs a chart of Helm.
    pub fn installs_chart(&self) -> bool {
        matches!(
            self.token.as_str(),
            "kubernetes:helm.sh/v3:Release" | "kubernetes:helm.sh/v3:Chart" | "kubernetes:helm.sh/v4:Chart"
        )
    }

    /// The chart it installs, as the program names it.
    pub fn chart(&self) -> Option<&Value> {
        let named = self.properties.get("path").or_else(|| self.properties.get("chart"));
        named.filter(|_| self.installs_chart())
    }
}

/// A configuration value that a program asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// The key.
    pub key: Key,
    /// The type it asks for.
    pub kind: ConfigType,
    /// True where the program fails without it.
    pub required: bool,
    /// True where it is read as a secret.
    pub secret: bool,
    /// Where it is asked for.
    pub span: Span,
    /// Where the key is written.
    pub key_span: Span,
    /// True where a namespace was given to a getter that takes plain names.
    pub separated: bool,
    /// Set where it is not known whether the program comes here.
    pub condition: Option<Unknown>,
}

impl Reading {
    fn note(&mut self, why: &str, span: Span) {
        let note = Unknown { why: why.to_owned(), span: Some(span) };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn stop(&mut self, span: Span) {
        if !self.stops.contains(&span) {
            self.stops.push(span);
        }
    }
}

/// Why a program cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// The project does not say what runs it.
    #[error("the project file names no `runtime`")]
    NoRuntime,
    /// A runtime whose programs are not read.
    #[error("programs of the runtime `{0}` are not read; `go`, `nodejs`, `python` and `yaml` are")]
    Runtime(String),
    /// There is no file to start from.
    #[error("no program was found in `{0}`: {1}")]
    NoFile(String, &'static str),
    /// The file to start from cannot be read.
    #[error("`{0}` was not read: {1}")]
    Unreadable(String, ReadError),
}

impl Program {
    /// Reads the program of a project.
    pub fn load(sources: &SourceMap, project: &Project) -> Result<Self, ProgramError> {
        let runtime = project.runtime.as_ref().ok_or(ProgramError::NoRuntime)?;
        match runtime.value.as_str() {
            "go" => go::load(sources, project),
            "nodejs" | "bun" => typescript::load(sources, project),
            "python" => python::load(sources, project),
            "yaml" => yaml::load(sources, project),
            other => Err(ProgramError::Runtime(other.to_owned())),
        }
    }

    /// What it is written in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Its entry: the file it starts from, or the resources of a YAML program.
    pub fn span(&self) -> Span {
        self.span
    }

    /// True where `text` stands in it as a string, alone or as the last part of `namespace:text`.
    pub fn mentions(&self, text: &str) -> bool {
        self.strings.contains(text)
            || self.strings.iter().any(|string| string.rsplit_once(':').is_some_and(|(_, last)| last == text))
    }

    /// What it would make with the configuration of a stack.
    pub fn read(&self, configuration: Configuration<'_>) -> Reading {
        if let Some(yaml) = &self.yaml {
            return yaml.read(configuration);
        }
        let mut machine = machine::Machine::new(self, configuration);
        let _flow = machine.entry(self.span);
        machine.reading
    }

    fn new(language: Language, span: Span) -> Self {
        Self {
            language,
            modules: Vec::new(),
            packages: Vec::new(),
            links: BTreeMap::new(),
            strings: BTreeSet::new(),
            span,
            yaml: None,
            unchecked: Vec::new(),
        }
    }

    /// Says which parts of a file its grammar could not read.
    fn note_errors(&mut self, source: &Source, errors: &[Span]) {
        if let Some(first) = errors.first() {
            self.unchecked.push(Unchecked {
                what: format!("a part of {}", source.path),
                reason: "the program cannot be read here".to_owned(),
                span: Some(first.at_start()),
            });
        }
    }

    /// Takes in one file; `None` where it cannot be read or too many were read already.
    fn source(&mut self, sources: &SourceMap, path: &Path) -> Option<Arc<Source>> {
        let reason = if self.modules.len() >= MAX_FILES {
            format!("a program is read as far as {MAX_FILES} files")
        } else {
            match sources.read(path) {
                Ok(source) if source.text.len() <= MAX_BYTES => return Some(source),
                Ok(_) => format!("files of programs above {MAX_BYTES} bytes are not read"),
                Err(error) => error.to_string(),
            }
        };
        self.unchecked.push(Unchecked { what: path.display().to_string(), reason, span: None });
        None
    }
}

/// The folder of a program and, where `main` names one, its file.
fn entry(sources: &SourceMap, project: &Project) -> (PathBuf, Option<PathBuf>) {
    let path = project.program();
    if sources.files().is_file(&path) {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        return (folder, Some(path));
    }
    (path, None)
}
