//! The order of a load: files to one model, and the model to a project.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path as FilePath;
use std::path::PathBuf;
use std::sync::Arc;

use crate::compose::canonical;
use crate::compose::discovery;
use crate::compose::environment::Environment;
use crate::compose::finish;
use crate::compose::interpolate;
use crate::compose::merge;
use crate::compose::normalize;
use crate::compose::path::Path;
use crate::compose::pitfall;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::project::Project;
use crate::compose::read;
use crate::compose::read::Document;
use crate::compose::read::Reset;
use crate::compose::resolve;
use crate::compose::schema;
use crate::compose::template::Unset;
use crate::compose::unique;
use crate::compose::value::Data;
use crate::compose::value::Mapping;
use crate::compose::value::Value;
use crate::diagnostic::Safety;
use crate::diagnostic::Severity;
use crate::diagnostic::What;
use crate::source::ReadError;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::SourceMap;
use crate::source::Span;
use crate::yaml::Dialect;
use crate::yaml::ProblemCode;
use crate::yaml::Tree;

/// What a load is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As `docker compose config`: variables that are not set are empty, and the first step that fails ends the load.
    #[default]
    Run,
    /// For checking: variables that are not set are unknown, every mistake is collected, and what is around it is
    /// loaded all the same.
    Check,
}

/// What is loaded, and how.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Options {
    /// What the load is for.
    pub mode: Mode,
    /// The Compose files (`-f`), relative to `directory`; `-` is `stdin`. None: they are looked for.
    pub files: Vec<String>,
    /// Active profiles (`--profile`); `*` is all of them.
    pub profiles: Vec<String>,
    /// Files with variables (`--env-file`) instead of `.env`.
    pub env_files: Vec<String>,
    /// The name of the project (`-p`).
    pub project_name: Option<String>,
    /// What relative paths start at (`--project-directory`).
    pub project_directory: Option<String>,
    /// The variables of the process. Nothing is read from the real one.
    pub environment: Environment,
    /// Where the command stands: absolute, or relative to the root of the files that are read. With a relative one,
    /// paths in the project are relative to that root, too.
    pub directory: PathBuf,
    /// What `~` stands for.
    pub home: Option<String>,
    /// The text of the file `-`.
    pub stdin: Option<String>,
    /// Services to keep, with what they depend on. None: all.
    pub services: Vec<String>,
    /// Replace variables.
    pub interpolate: bool,
    /// Add the default network, names, implied dependencies.
    pub normalize: bool,
    /// Check that what is referred to exists.
    pub consistency: bool,
    /// Hold the model against the schema.
    pub validate: bool,
    /// Make paths absolute.
    pub resolve_paths: bool,
    /// Read `env_file`.
    pub resolve_environment: bool,
    /// Keep networks, volumes, secrets and configs that no service uses.
    pub all_resources: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mode: Mode::Run,
            files: Vec::new(),
            profiles: Vec::new(),
            env_files: Vec::new(),
            project_name: None,
            project_directory: None,
            environment: Environment::new(),
            directory: PathBuf::new(),
            home: None,
            stdin: None,
            services: Vec::new(),
            interpolate: true,
            normalize: true,
            consistency: true,
            validate: true,
            resolve_paths: true,
            resolve_environment: true,
            all_resources: false,
        }
    }
}

/// What a load gave.
#[derive(Clone, Debug)]
#[must_use]
pub struct Loaded {
    /// The project; `None` where nothing of it could be read (in [`Mode::Run`]: where anything is wrong with it).
    pub project: Option<Project>,
    /// Everything that is wrong with it, errors and warnings, by place.
    pub problems: Vec<Problem>,
}

impl Loaded {
    /// True where Docker Compose would refuse the project.
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Loads a project. Total: whatever is wrong is a problem with its place.
pub fn load(sources: &SourceMap, options: &Options) -> Loaded {
    let mut loader = Loader {
        sources,
        options,
        problems: Vec::new(),
        required: BTreeSet::new(),
        files: Vec::new(),
        trees: BTreeMap::new(),
        included: Vec::new(),
        stdin: None,
    };
    let project = loader.project();
    let mut problems = std::mem::take(&mut loader.problems);
    // Where one place asks for a variable with `:?`, Compose stops before another takes it for an empty text.
    let stops: Vec<String> = loader.required.iter().map(|name| interpolate::not_set(name)).collect();
    problems.retain(|problem| problem.code != Code::UnsetVariable || !stops.contains(&problem.message));
    sort(&mut problems);
    let refused = problems.iter().any(|problem| problem.severity == Severity::Error);
    let project = project.filter(|_| !refused || options.mode == Mode::Check);
    Loaded { project, problems }
}

/// By place; the same mistake said twice (a file that is validated again after an override) is said once.
fn sort(problems: &mut Vec<Problem>) {
    let mut seen: BTreeSet<(Code, Option<Span>, String)> = BTreeSet::new();
    problems.retain(|problem| seen.insert((problem.code, problem.span, problem.message.clone())));
    problems.sort_by_key(|problem| problem.span);
}

/// A model that is loaded as a whole: the project, or one include.
pub(crate) struct Scope<'s> {
    /// The folder that files named by `extends` and `include` are looked for in.
    pub(crate) directory: &'s str,
    /// The same folder as paths in the model are written from it: empty at the top, relative in an include.
    pub(crate) base: &'s str,
    pub(crate) environment: &'s Environment,
    /// The files that led here, for cycles.
    pub(crate) chain: Vec<String>,
}

pub(crate) struct Loader<'l> {
    pub(crate) sources: &'l SourceMap,
    pub(crate) options: &'l Options,
    pub(crate) problems: Vec<Problem>,
    /// Variables that have to be set, and are not.
    required: BTreeSet<String>,
    /// Every Compose file that was read.
    pub(crate) files: Vec<SourceId>,
    /// Documents by path, before variables.
    trees: BTreeMap<String, Arc<Parsed>>,
    /// Includes that were loaded already.
    pub(crate) included: Vec<(crate::compose::include::IncludeKey, Option<Value>)>,
    stdin: Option<Arc<Source>>,
}

/// A file, parsed.
pub(crate) struct Parsed {
    pub(crate) source: Arc<Source>,
    pub(crate) documents: Vec<Document>,
    /// False where nothing of it could be read.
    pub(crate) sound: bool,
}

impl Loader<'_> {
    pub(crate) fn checking(&self) -> bool {
        self.options.mode == Mode::Check
    }

    /// True where a run ends here.
    pub(crate) fn failed(&self) -> bool {
        !self.checking() && self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    fn unset(&self) -> Unset {
        if self.checking() { Unset::Keep } else { Unset::Blank }
    }

    /// A path below the directory of the command.
    pub(crate) fn absolute(&self, path: &str) -> String {
        if path.starts_with('/') {
            crate::compose::volume::clean(path)
        } else {
            finish::join(&self.options.directory.to_string_lossy(), path)
        }
    }

    /// Reads a Compose file.
    pub(crate) fn source(&mut self, path: &str) -> Result<Arc<Source>, ReadError> {
        if path == "-" {
            if let Some(source) = &self.stdin {
                return Ok(Arc::clone(source));
            }
            let text = self.options.stdin.clone().unwrap_or_default();
            let source = self.sources.add("-", text);
            self.stdin = Some(Arc::clone(&source));
            return Ok(source);
        }
        self.sources.read(FilePath::new(path))
    }

    /// Parses a file once; its problems are reported once.
    pub(crate) fn parsed(&mut self, path: &str) -> Result<Arc<Parsed>, ReadError> {
        if let Some(parsed) = self.trees.get(path) {
            return Ok(Arc::clone(parsed));
        }
        let source = self.source(path)?;
        if !self.files.contains(&source.id) {
            self.files.push(source.id);
        }
        let tree = Tree::parse(&source, Dialect::Compose);
        let mut sound = true;
        for problem in tree.problems() {
            let code = match problem.code {
                ProblemCode::DuplicateKey => Code::DuplicateKey,
                _ => Code::Syntax,
            };
            sound &= code == Code::DuplicateKey;
            let mut said = Problem::new(code, problem.span, "", problem.message.clone());
            if let Some((span, text)) = &problem.related {
                said = said.related(*span, text.clone());
            }
            self.problems.push(said);
        }
        let mut documents = Vec::new();
        for root in tree.documents() {
            let mut problems = Vec::new();
            let document = read::document(root, &mut problems);
            sound &= problems.iter().all(|problem| problem.code != Code::Syntax);
            self.problems.append(&mut problems);
            match document {
                Some(document) if document.value.is_mapping() => documents.push(document),
                Some(document) => {
                    let empty =
                        document.value.is_null() && tree.documents().len() == 1 && !says_null(&source);
                    if !empty && sound {
                        let message = format!(
                            "a Compose file is a mapping, and this is {}",
                            document.value.data.describe()
                        );
                        self.problems.push(Problem::new(Code::WrongValue, document.value.span, "", message));
                    }
                }
                None => {}
            }
        }
        let parsed = Arc::new(Parsed { source, documents, sound });
        self.trees.insert(path.to_owned(), Arc::clone(&parsed));
        Ok(parsed)
    }

    fn project(&mut self) -> Option<Project> {
        let setup = discovery::discover(self)?;
        if self.failed() {
            return None;
        }
        let scope = Scope {
            directory: &setup.directory,
            base: &setup.directory,
            environment: &setup.environment,
            chain: Vec::new(),
        };
        let mut model = self.model(&setup.files, &scope)?;
        if self.failed() {
            return None;
        }
        let span = self.files.first().and_then(|id| self.sources.get(*id)).map(|source| source.whole());
        let at = span.unwrap_or(model.span).at_start();
        if model.as_mapping().is_none_or(indexmap::IndexMap::is_empty) {
            if !self.problems.iter().any(|problem| problem.severity == Severity::Error) {
                let message = "there is nothing in this Compose file";
                self.problems.push(
                    Problem::new(Code::File, at, "", message).help("declare a service under `services`"),
                );
            }
            return None;
        }
        // What a checkout's folder will be called is not written in it.
        if setup.name.is_empty() && self.options.mode == Mode::Run {
            let message = "the project has no name: neither its folder nor `name` has a letter or a digit";
            self.problems.push(Problem::new(Code::ProjectName, at, "name", message).help("give it a `name`"));
            if !self.checking() {
                return None;
            }
        }
        if self.options.normalize {
            let mut problems = Vec::new();
            normalize::normalize(&mut model, &setup.name, &setup.environment, &mut problems);
            self.problems.append(&mut problems);
        }
        if self.failed() {
            return None;
        }
        resolve::project(self, model, setup)
    }

    /// Loads files over each other, up to the model that paths are absolute in.
    pub(crate) fn model(&mut self, files: &[String], scope: &Scope<'_>) -> Option<Value> {
        let mut model: Option<Value> = None;
        for file in files {
            self.file(file, scope, &mut model);
            if self.failed() {
                return None;
            }
        }
        let mut model = model?;
        finish::defaults(&mut model, &mut self.problems);
        if self.failed() {
            return None;
        }
        finish::check(&mut model, &mut self.problems);
        if self.failed() {
            return None;
        }
        if self.options.resolve_paths || !scope.chain.is_empty() {
            self.paths(&mut model, scope.base);
        }
        finish::environment(&mut model, scope.environment);
        Some(model)
    }

    pub(crate) fn paths(&mut self, model: &mut Value, base: &str) {
        let files = self.sources.files();
        let follow = |path: &str| files.follow(FilePath::new(path)).to_string_lossy().into_owned();
        let folder = finish::Folder { base, home: self.options.home.as_deref(), follow: &follow };
        finish::paths(model, &folder, &mut self.problems);
    }

    fn file(&mut self, file: &str, scope: &Scope<'_>, model: &mut Option<Value>) {
        let parsed = match self.parsed(file) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.problems.push(Problem::nowhere(
                    Code::File,
                    format!("the Compose file `{file}` cannot be read: {error}"),
                ));
                return;
            }
        };
        if self.failed() {
            return;
        }
        let mut chain = scope.chain.clone();
        chain.push(file.to_owned());
        let scope = Scope { chain, ..*scope };
        for document in &parsed.documents {
            let mut value = document.value.clone();
            self.interpolate(&mut value, scope.environment);
            if self.failed() {
                return;
            }
            promote(&mut value, &mut self.problems);
            self.include(&mut value, &scope, &document.resets);
            if self.failed() {
                return;
            }
            if self.checking() {
                pitfall::document(&value, &mut self.problems);
                pitfall::resets(model.as_ref(), &value, &document.resets, &mut self.problems);
            }
            if let Some(model) = model.as_mut() {
                read::apply_resets(model, &document.resets);
            }
            self.extend(&mut value, file, scope.directory, scope.environment, &document.resets);
            if self.failed() {
                return;
            }
            let mut merged = match model.take() {
                None => value,
                Some(mut base) => {
                    if self.checking() {
                        pitfall::overrides(&base, &value, &mut self.problems);
                    }
                    merge::merge(&mut base, value, Path::ROOT, &mut self.problems);
                    base
                }
            };
            if !self.failed() {
                self.settle(&mut merged, true);
            }
            *model = Some(merged);
            if self.failed() {
                return;
            }
        }
        if parsed.documents.is_empty() && model.is_none() && parsed.sound {
            *model = Some(Value::new(Data::Mapping(Mapping::default()), parsed.source.whole().at_start()));
        }
    }

    pub(crate) fn interpolate(&mut self, value: &mut Value, environment: &Environment) {
        if self.options.interpolate {
            let unset = self.unset();
            interpolate::interpolate(value, environment, unset, &mut self.problems, &mut self.required);
        }
    }

    /// Uniqueness, schema, canonical forms, and uniqueness again.
    pub(crate) fn settle(&mut self, model: &mut Value, validate: bool) {
        unique::enforce(model, &mut self.problems);
        if self.failed() {
            return;
        }
        if validate && self.options.validate {
            schema::validate(model, &mut self.problems);
            if self.failed() {
                return;
            }
            if let Some(version) = model.take("version") {
                let message = "`version` is obsolete, and Compose ignores it";
                let problem = Problem::new(Code::Deprecated, version.key, "version", message).warning();
                let gone = What::Remove { emptied: 0 };
                self.problems.push(problem.help("remove it").remedy("remove `version`", Safety::Safe, gone));
            }
        }
        canonical::canonical(model, !self.options.interpolate, &mut self.problems);
        if self.failed() {
            return;
        }
        canonical::omit_empty(model);
        unique::enforce(model, &mut self.problems);
    }

    /// Applies `extends` to every service and job of a document.
    fn extend(
        &mut self,
        value: &mut Value,
        file: &str,
        directory: &str,
        environment: &Environment,
        resets: &[Reset],
    ) {
        for section in ["services", "jobs"] {
            let Some(entry) = value.entry(section) else { continue };
            if entry.value.is_unknown() {
                continue;
            }
            if !entry.value.is_mapping() {
                let message =
                    format!("`{section}` must be a mapping, and is {}", entry.value.data.describe());
                let at = if entry.value.is_null() { entry.key } else { entry.value.span };
                self.problems.push(Problem::new(Code::WrongValue, at, section, message));
                if let Some(entry) = value.get_mut(section) {
                    entry.mark_unknown("it is not a mapping", Some(at));
                }
                continue;
            }
            if let Some(Data::Mapping(mapping)) = value.get_mut(section).map(|value| &mut value.data) {
                let mut services = std::mem::take(mapping);
                self.extends(&mut services, file, directory, environment, resets);
                if let Some(value) = value.get_mut(section) {
                    value.data = Data::Mapping(services);
                }
            }
        }
    }
}

/// True where the only document says `null` or `~` instead of nothing.
fn says_null(source: &Source) -> bool {
    let mut lines = source.text.lines().map(str::trim_start);
    lines.any(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Renames extensions that became attributes: `x-develop`, and `x-initialSync` in it.
pub(crate) fn promote(value: &mut Value, problems: &mut Vec<Problem>) {
    let Some(services) = value.get_mut("services").and_then(Value::as_mapping_mut) else { return };
    for (name, entry) in services {
        let service = &mut entry.value;
        promote_key(service, "x-develop", "develop", name, problems);
        let watch = service.get_mut("develop").and_then(|develop| develop.get_mut("watch"));
        for trigger in watch.and_then(Value::as_sequence_mut).into_iter().flatten() {
            promote_key(trigger, "x-initialSync", "initial_sync", name, problems);
        }
    }
}

fn promote_key(owner: &mut Value, from: &str, to: &str, service: &str, problems: &mut Vec<Problem>) {
    let Some(extension) = owner.take(from) else { return };
    match owner.get_mut(to) {
        Some(own) if !own.is_null() => {
            let over = std::mem::replace(own, extension.value);
            let path = Path::ROOT;
            let (services, owner) = (path.key("services"), service);
            let service = services.key(owner);
            merge::merge(own, over, service.key(to), problems);
        }
        _ => owner.put(to, extension.key, extension.value),
    }
}
