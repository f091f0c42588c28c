//! `include`: the resources of other Compose files, each with its own folder and variables.

use crate::compose::discovery;
use crate::compose::environment::Environment;
use crate::compose::extends::FileFolder;
use crate::compose::extends::is_remote;
use crate::compose::finish;
use crate::compose::load::Loader;
use crate::compose::load::Scope;
use crate::compose::merge;
use crate::compose::path::Path;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::read;
use crate::compose::read::Reset;
use crate::compose::value::Data;
use crate::compose::value::Mapping;
use crate::compose::value::Value;
use crate::source::Span;

/// What decides the model of an include.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IncludeKey {
    files: Vec<String>,
    base: String,
    directory: String,
    environment: Environment,
}

/// One entry of `include`.
struct Entry {
    paths: Vec<(String, Span)>,
    project_directory: String,
    env_files: Vec<(String, Span)>,
    span: Span,
}

/// Deeper chains are refused; nobody writes them.
const MAX_CHAIN: usize = 50;

/// The sections that are imported.
const SECTIONS: &[&str] = &["services", "jobs", "volumes", "networks", "secrets", "configs", "models"];

impl Loader<'_> {
    /// Loads what a document includes into the document.
    pub(crate) fn include(&mut self, document: &mut Value, scope: &Scope<'_>, resets: &[Reset]) {
        let Some(include) = document.take("include") else { return };
        let list = include.value;
        if list.is_null() || list.is_unknown() {
            return;
        }
        if !list.is_sequence() {
            let message = format!("`include` must be a list, and is {}", list.data.describe());
            self.problems.push(Problem::new(Code::WrongValue, list.span, "include", message));
            return;
        }
        let mut entries = Vec::new();
        for item in list.items() {
            entries.extend(self.entry(item));
        }
        for entry in entries {
            if self.failed() {
                return;
            }
            self.one(&entry, document, scope, resets);
        }
    }

    fn entry(&mut self, item: &Value) -> Option<Entry> {
        let span = item.span;
        if item.as_str().is_some() {
            let paths = self.texts(item, "path")?;
            return Some(Entry { paths, project_directory: String::new(), env_files: Vec::new(), span });
        }
        if !item.is_mapping() {
            if !item.is_unknown() && !item.is_null() {
                let message =
                    format!("an included file is a path or a mapping, and this is {}", item.data.describe());
                self.problems.push(Problem::new(Code::WrongValue, span, "include", message));
            }
            return None;
        }
        let paths = item.get("path").map_or(Some(Vec::new()), |value| self.texts(value, "path"))?;
        let env_files =
            item.get("env_file").map_or(Some(Vec::new()), |value| self.texts(value, "env_file"))?;
        let project_directory = match item.get("project_directory").filter(|value| !value.is_null()) {
            None => String::new(),
            Some(value) => match &value.data {
                Data::String(_) if value.is_unknown() => return None,
                Data::String(text) => text.clone(),
                Data::Int(number) => number.to_string(),
                other => {
                    let message = format!("`project_directory` must be a path, and is {}", other.describe());
                    self.problems.push(Problem::new(Code::WrongValue, value.span, "include", message));
                    return None;
                }
            },
        };
        Some(Entry { paths, project_directory, env_files, span })
    }

    /// A text or a list of texts; `None` where one is not known or not a text.
    fn texts(&mut self, value: &Value, key: &str) -> Option<Vec<(String, Span)>> {
        let items = match &value.data {
            Data::Null => return Some(Vec::new()),
            Data::Sequence(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let mut texts = Vec::new();
        for item in items {
            if item.is_unknown() {
                return None;
            }
            let Some(text) = item.as_str() else {
                let message = format!("`{key}` must be a path, and is {}", item.data.describe());
                self.problems.push(Problem::new(Code::WrongValue, item.span, "include", message));
                return None;
            };
            texts.push((text.to_owned(), item.span));
        }
        Some(texts)
    }

    fn one(&mut self, entry: &Entry, document: &mut Value, scope: &Scope<'_>, resets: &[Reset]) {
        let full = |path: &str| {
            if path.starts_with('/') { path.to_owned() } else { finish::join(scope.directory, path) }
        };
        for (path, span) in &entry.paths {
            if is_remote(path) {
                let message = format!("`{path}` is read over the network, and was not read");
                self.problems.push(Problem::new(Code::Remote, *span, "include", message).warning());
                return;
            }
        }
        let files: Vec<String> = entry.paths.iter().map(|(path, _)| full(path)).collect();
        let Some(first) = files.first() else {
            // Nothing to load, and yet its files with variables must exist.
            let _checked = self.include_environment(entry, &full(&entry.project_directory), scope);
            return;
        };
        let (base, directory) = if entry.project_directory.is_empty() {
            let folder = FileFolder::of(first).0.to_owned();
            (finish::relative(scope.directory, &folder), folder)
        } else if entry.project_directory.starts_with('/') {
            (entry.project_directory.clone(), entry.project_directory.clone())
        } else {
            let folder = full(&entry.project_directory);
            let is_folder = self.sources.files().is_folder(std::path::Path::new(&folder));
            let base = if is_folder { folder.as_str() } else { FileFolder::of(&folder).0 };
            (finish::relative(scope.directory, base), folder)
        };
        if scope.chain.contains(first) {
            let way: Vec<String> = scope.chain.iter().map(|file| format!("`{file}`")).collect();
            let message = format!("`include` goes in a circle: {} and `{first}` again", way.join(", "));
            self.problems.push(Problem::new(Code::Include, entry.span, "include", message));
            return;
        }
        if scope.chain.len() > MAX_CHAIN {
            let message = format!("files include each other more than {MAX_CHAIN} levels deep");
            self.problems.push(Problem::new(Code::Include, entry.span, "include", message));
            return;
        }
        for ((path, span), file) in entry.paths.iter().zip(&files) {
            if let Err(error) = self.source(file) {
                let message = format!("the included file `{path}` cannot be read: {error}");
                self.problems.push(Problem::new(Code::Include, *span, "include", message));
                return;
            }
        }
        let Some(environment) = self.include_environment(entry, &directory, scope) else { return };
        let key = IncludeKey {
            files: files.clone(),
            base: base.clone(),
            directory: directory.clone(),
            environment,
        };
        let known = self.included.iter().find(|(known, _)| *known == key).map(|(_, model)| model.clone());
        let imported = if let Some(model) = known {
            model
        } else {
            let inner = Scope {
                directory: &directory,
                base: &base,
                environment: &key.environment,
                chain: scope.chain.clone(),
            };
            let model = self.model(&files, &inner);
            self.included.push((key, model.clone()));
            model
        };
        if let Some(imported) = imported {
            self.import(imported, document, resets);
        }
    }

    fn include_environment(
        &mut self,
        entry: &Entry,
        directory: &str,
        scope: &Scope<'_>,
    ) -> Option<Environment> {
        let mut variables = Environment::new();
        let files = self.sources.files();
        if entry.env_files.is_empty() {
            let default = finish::join(directory, ".env");
            if files.is_file(std::path::Path::new(&default)) {
                discovery::env_file(self, &default, None, scope.environment, &mut variables);
            }
        } else {
            for (path, span) in entry.env_files.iter().filter(|(path, _)| path != "/dev/null") {
                let full =
                    if path.starts_with('/') { path.clone() } else { finish::join(scope.directory, path) };
                discovery::env_file(self, &full, Some(*span), scope.environment, &mut variables);
            }
        }
        if self.failed() {
            return None;
        }
        let mut environment = scope.environment.clone();
        environment.merge(variables);
        Some(environment)
    }

    /// Puts imported resources under those of the document.
    fn import(&mut self, mut imported: Value, document: &mut Value, resets: &[Reset]) {
        for section in SECTIONS {
            let Some(from) = imported.take(section).filter(|from| from.value.is_mapping()) else { continue };
            if document.get(section).is_none() {
                document.put(section, from.key, from.value.with(Data::Mapping(Mapping::default())));
            }
            let Some(to) = document.get_mut(section) else { continue };
            if !to.is_mapping() {
                if !to.is_unknown() {
                    let span = to.span;
                    let message = format!("`{section}` must be a mapping, and is {}", to.data.describe());
                    to.mark_unknown("it is not a mapping", Some(span));
                    self.problems.push(Problem::new(Code::WrongValue, span, *section, message));
                }
                continue;
            }
            let Data::Mapping(entries) = from.value.data else { continue };
            for (name, entry) in entries {
                let Some(own) = to.get(&name) else {
                    to.put(&name, entry.key, entry.value);
                    continue;
                };
                if own.same(&entry.value) {
                    continue;
                }
                let span = entry.value.span;
                let mut under = Value::new(Data::Mapping(Mapping::default()), span);
                let mut inner = under.clone();
                inner.put(&name, entry.key, entry.value);
                under.put(section, span, inner);
                read::apply_resets(&mut under, resets);
                let base = under.get_mut(section).and_then(|section| section.take(&name));
                let Some(mut base) = base.map(|entry| entry.value) else { continue };
                let Some(own) = to.take(&name) else { continue };
                let root = Path::ROOT;
                let outer = root.key(section);
                merge::merge(&mut base, own.value, outer.key(&name), &mut self.problems);
                to.put(&name, own.key, base);
            }
        }
    }
}
