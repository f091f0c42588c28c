//! The merged model to a project: types, profiles, checks, environment files, selection.

use std::collections::BTreeSet;
use std::path::Path;

use crate::compose::consistency;
use crate::compose::decode;
use crate::compose::discovery::Setup;
use crate::compose::dotenv;
use crate::compose::environment::Environment;
use crate::compose::environment::Variable;
use crate::compose::load::Loader;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::project::Project;
use crate::compose::schema::similar;
use crate::compose::template::Unset;
use crate::compose::value::Data;
use crate::compose::value::Mapping;
use crate::compose::value::Value;
use crate::source::ReadError;
use crate::source::Span;

/// Makes the project of a normalised model.
pub(crate) fn project(loader: &mut Loader<'_>, mut model: Value, setup: Setup) -> Option<Project> {
    let options = loader.options;
    model.take("name");
    if !options.interpolate {
        // Without variables the model is what it is: texts are not given types.
        let disabled = model.with(Data::Mapping(Mapping::default()));
        return Some(finished(loader, model, disabled, setup));
    }
    let mut root = decode::decode(&mut model, !loader.checking(), &mut loader.problems);
    if loader.failed() {
        return None;
    }
    hide_content(&mut root, loader.checking());
    let mut disabled = root.with(Data::Mapping(Mapping::default()));
    enable(&mut root, &mut disabled, &setup.profiles);
    if options.consistency {
        consistency::check(&root, &disabled, &mut loader.problems);
        if loader.failed() {
            return None;
        }
    }
    agree_on_scale(&mut root);
    if options.resolve_environment {
        environments(loader, &mut root, &setup.environment);
    }
    if loader.failed() {
        return None;
    }
    labels(loader, &mut root);
    if loader.failed() {
        return None;
    }
    select(loader, &mut root, &mut disabled, &setup);
    if loader.failed() {
        return None;
    }
    if options.resolve_environment {
        environments(loader, &mut root, &setup.environment);
    }
    if options.consistency {
        consistency::container_names(&root, &mut loader.problems);
    }
    if loader.failed() {
        return None;
    }
    if !options.all_resources && !loader.checking() {
        prune(&mut root);
    }
    name_jobs(&mut root, loader.checking());
    Some(finished(loader, root, disabled, setup))
}

fn finished(loader: &Loader<'_>, root: Value, disabled: Value, setup: Setup) -> Project {
    Project {
        name: setup.name,
        name_span: setup.name_span,
        directory: setup.directory,
        profiles: setup.profiles,
        files: loader.files.clone(),
        environment: setup.environment,
        root,
        disabled,
    }
}

fn section<'v>(root: &'v mut Value, name: &str) -> impl Iterator<Item = (&'v str, &'v mut Value)> {
    let mapping = root.get_mut(name).and_then(Value::as_mapping_mut);
    mapping.into_iter().flatten().map(|(name, entry)| (name.as_str(), &mut entry.value))
}

/// Content that came from the environment is never shown; a secret's content neither.
fn hide_content(root: &mut Value, checking: bool) {
    for (_, secret) in section(root, "secrets") {
        secret.take("content");
    }
    for (_, config) in section(root, "configs") {
        if config.get("environment").is_some() {
            config.take("content");
        }
        if !checking {
            config.take("driver");
            config.take("driver_opts");
        }
    }
}

/// Moves what no active profile enables out of the project.
fn enable(root: &mut Value, disabled: &mut Value, profiles: &[String]) {
    for name in ["services", "jobs"] {
        // What was disabled may be enabled by more profiles.
        let mut all = root.take(name);
        if let Some(more) = disabled.take(name) {
            match &mut all {
                None => all = Some(more),
                Some(entry) => {
                    if let (Data::Mapping(mapping), Data::Mapping(more)) =
                        (&mut entry.value.data, more.value.data)
                    {
                        mapping.extend(more);
                    }
                }
            }
        }
        let Some(entry) = all else { continue };
        let shell = entry.value.with(Data::Mapping(Mapping::default()));
        let Data::Mapping(parts) = entry.value.data else { continue };
        let (mut on, mut off) = (shell.clone(), shell);
        for (name, part) in parts {
            let target = if is_enabled(&part.value, profiles) { &mut on } else { &mut off };
            target.put(&name, part.key, part.value);
        }
        if on.as_mapping().is_some_and(|on| !on.is_empty()) {
            root.put(name, entry.key, on);
        }
        if off.as_mapping().is_some_and(|off| !off.is_empty()) {
            disabled.put(name, entry.key, off);
        }
    }
}

fn is_enabled(part: &Value, active: &[String]) -> bool {
    let own = part.get("profiles").map(Value::items).unwrap_or_default();
    own.is_empty()
        || active.iter().any(|active| active == "*" || own.iter().any(|own| own.as_str() == Some(active)))
}

/// `scale` is also the number of replicas.
fn agree_on_scale(root: &mut Value) {
    for (_, service) in section(root, "services") {
        let Some(scale) = service.entry("scale").cloned() else { continue };
        if let Some(deploy) = service.get_mut("deploy").filter(|deploy| deploy.is_mapping()) {
            deploy.put("replicas", scale.key, scale.value);
        }
    }
}

/// Calls `visit` for every service and each of its `pre_start` hooks, with its path.
fn each_container(root: &mut Value, mut visit: impl FnMut(&mut Value, &str)) {
    for (name, service) in section(root, "services") {
        let path = format!("services.{name}");
        visit(service, &path);
        let hooks = service.get_mut("pre_start").and_then(Value::as_sequence_mut);
        for (at, hook) in hooks.into_iter().flatten().enumerate() {
            visit(hook, &format!("{path}.pre_start.{at}"));
        }
    }
}

/// Reads `env_file` into `environment`.
fn environments(loader: &mut Loader<'_>, root: &mut Value, project: &Environment) {
    each_container(root, |container, path| environment(loader, container, path, project));
}

fn environment(loader: &mut Loader<'_>, container: &mut Value, path: &str, project: &Environment) {
    let path = format!("{path}.env_file");
    for entry in container.get_mut("environment").and_then(Value::as_mapping_mut).into_iter().flatten() {
        let (name, entry) = entry;
        if let Some(variable) = project.get(name).filter(|_| entry.value.is_null()) {
            entry.value.data = Data::String(variable.value.clone());
            entry.value.origin.through.push(entry.key);
            if let Some(span) = variable.span {
                entry.value.origin.span = span;
            }
        }
    }
    let files: Vec<Value> = container.get("env_file").map(Value::items).unwrap_or_default().to_vec();
    if !loader.checking() {
        container.take("env_file");
    }
    if files.is_empty() {
        return;
    }
    let own: Environment = {
        let mut own = Environment::new();
        for (name, entry) in container.get("environment").into_iter().flat_map(Value::entries) {
            if let Some(text) = entry.value.as_str() {
                own.set(name, text, Some(entry.value.origin.span));
            }
        }
        own
    };
    let mut variables = own.clone();
    let mut read = Vec::new();
    for file in &files {
        let before = variables.clone();
        file_variables(loader, file, &path, project, &own, &mut variables);
        for (name, variable) in variables.iter() {
            if before.get(name) != Some(variable) && own.get(name).is_none() {
                read.push((name.to_owned(), variable.clone(), file.span));
            }
        }
    }
    if read.is_empty() {
        return;
    }
    let at = container.entry("env_file").map_or(container.span, |entry| entry.key);
    if container.get("environment").is_none() {
        let empty = Value::implied(Data::Mapping(Mapping::default()), at);
        container.put("environment", at, empty);
    }
    let Some(environment) = container.get_mut("environment") else { return };
    let written: BTreeSet<String> = environment.entries().map(|(name, _)| name.to_owned()).collect();
    for (name, variable, file) in read {
        if written.contains(&name) {
            continue;
        }
        let span = variable.span.unwrap_or(file);
        let mut value = Value::new(Data::String(variable.value), span);
        value.origin.through.push(file);
        if let Some(before) = environment.get(&name) {
            value.origin = value.origin.over(&before.origin);
        }
        environment.put(&name, span, value);
    }
}

fn file_variables(
    loader: &mut Loader<'_>,
    file: &Value,
    path: &str,
    project: &Environment,
    own: &Environment,
    variables: &mut Environment,
) {
    let Some(name) = file.get("path").filter(|name| !name.is_unknown() && !file.is_unknown()) else { return };
    let Some(text) = name.as_str() else { return };
    let required = file.get("required").and_then(Value::as_bool).unwrap_or(true);
    let source = match loader.sources.read(Path::new(text)) {
        Ok(source) => source,
        Err(ReadError::Missing) if !required => return,
        Err(error) => {
            let shown = loader.sources.slice(name.span);
            let shown = if shown.is_empty() { text } else { shown.trim_matches(['"', '\'']) };
            let message = format!("the environment file `{shown}` cannot be read: {error}");
            let mut problem = Problem::new(Code::EnvFile, name.span, path, message);
            if error == ReadError::Missing {
                problem = problem.help("add it, or write `required: false`");
            }
            loader.problems.push(problem);
            return;
        }
    };
    let format = match file.get("format").and_then(Value::as_str) {
        None | Some("" | ".env") => dotenv::Format::Dotenv,
        Some("raw") => dotenv::Format::Raw,
        Some(other) => {
            let message =
                format!("the format of an environment file is `raw` or left out, and not `{other}`");
            let at = file.get("format").map_or(file.span, |format| format.span);
            loader.problems.push(Problem::new(Code::BrokenEnvFile, at, path, message));
            return;
        }
    };
    let lookup = |name: &str| project.get(name).or_else(|| own.get(name)).cloned();
    read_into(loader, &source, format, variables, &lookup, file.span);
}

fn read_into(
    loader: &mut Loader<'_>,
    source: &crate::source::Source,
    format: dotenv::Format,
    variables: &mut Environment,
    lookup: &dyn Fn(&str) -> Option<Variable>,
    asked: Span,
) {
    let unset = if loader.checking() { Unset::Keep } else { Unset::Blank };
    if let Err(error) = dotenv::read(source, format, variables, lookup, unset) {
        let code = if error.required { Code::RequiredVariable } else { Code::BrokenEnvFile };
        let problem = Problem::new(code, error.span, "", error.message).related(asked, "read for this");
        loader.problems.push(problem);
    }
}

/// Reads `label_file` into `labels`.
fn labels(loader: &mut Loader<'_>, root: &mut Value) {
    each_container(root, |container, path| container_labels(loader, container, path));
}

fn container_labels(loader: &mut Loader<'_>, container: &mut Value, path: &str) {
    let files: Vec<Value> = container.get("label_file").map(Value::items).unwrap_or_default().to_vec();
    if files.is_empty() {
        return;
    }
    let mut variables = Environment::new();
    for file in files.iter().filter(|file| !file.is_unknown()) {
        let Some(text) = file.as_str() else { continue };
        let source = match loader.sources.read(Path::new(text)) {
            Ok(source) => source,
            Err(error) => {
                let message = format!("the label file `{text}` cannot be read: {error}");
                let path = format!("{path}.label_file");
                loader.problems.push(Problem::new(Code::EnvFile, file.span, path, message));
                continue;
            }
        };
        let earlier = variables.clone();
        let mut own = Environment::new();
        let lookup = |name: &str| earlier.get(name).cloned();
        read_into(loader, &source, dotenv::Format::Dotenv, &mut own, &lookup, file.span);
        for (name, variable) in own.iter() {
            variables.set(name, variable.value.clone(), variable.span);
        }
    }
    if variables.iter().next().is_none() {
        return;
    }
    let at = container.entry("label_file").map_or(container.span, |entry| entry.key);
    if container.get("labels").is_none() {
        container.put("labels", at, Value::implied(Data::Mapping(Mapping::default()), at));
    }
    let Some(labels) = container.get_mut("labels") else { return };
    for (name, variable) in variables.iter() {
        if labels.get(name).is_none() {
            let span = variable.span.unwrap_or(at);
            labels.put(name, span, Value::new(Data::String(variable.value.clone()), span));
        }
    }
}

/// Keeps the services that were asked for, and what they depend on.
fn select(loader: &mut Loader<'_>, root: &mut Value, disabled: &mut Value, setup: &Setup) {
    let wanted = &loader.options.services;
    if wanted.is_empty() {
        return;
    }
    let mut profiles = setup.profiles.clone();
    for name in wanted {
        let service = disabled.get("services").and_then(|services| services.get(name));
        let own = service.and_then(|service| service.get("profiles")).map(Value::items).unwrap_or_default();
        profiles.extend(own.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    enable(root, disabled, &profiles);
    let mut kept: BTreeSet<String> = BTreeSet::new();
    let mut pending: Vec<(String, bool)> = wanted.iter().map(|name| (name.clone(), true)).collect();
    while let Some((name, required)) = pending.pop() {
        let names: Vec<String> = root
            .get("services")
            .into_iter()
            .flat_map(Value::entries)
            .map(|(name, _)| name.to_owned())
            .collect();
        let matched: Vec<&String> = names.iter().filter(|known| matches_name(&name, known)).collect();
        if matched.is_empty() && required {
            let message = format!("there is no service `{name}`");
            let mut problem = Problem::nowhere(Code::Selection, message);
            problem.help = similar(&name, names.iter().map(String::as_str))
                .map(|similar| format!("did you mean `{similar}`?"));
            loader.problems.push(problem);
        }
        for name in matched {
            if !kept.insert(name.clone()) {
                continue;
            }
            let service = root.get("services").and_then(|services| services.get(name));
            let depends_on = service.and_then(|service| service.get("depends_on"));
            for (other, entry) in depends_on.into_iter().flat_map(Value::entries) {
                let required = entry.value.get("required").and_then(Value::as_bool).unwrap_or(false);
                pending.push((other.to_owned(), required));
            }
        }
    }
    if let Some(services) = root.get_mut("services").and_then(Value::as_mapping_mut) {
        services.retain(|name, _| kept.contains(name));
        for entry in services.values_mut() {
            if let Some(depends_on) = entry.value.get_mut("depends_on").and_then(Value::as_mapping_mut) {
                depends_on.retain(|name, _| kept.contains(name));
            }
            if entry
                .value
                .get("depends_on")
                .and_then(Value::as_mapping)
                .is_some_and(indexmap::IndexMap::is_empty)
            {
                entry.value.take("depends_on");
            }
        }
    }
}

/// True where a name asked for, which may be a pattern, means a service.
fn matches_name(wanted: &str, name: &str) -> bool {
    if wanted == name {
        return true;
    }
    let pattern = wanted.contains(['*', '?', '[']);
    pattern && glob::Pattern::new(wanted).is_ok_and(|pattern| pattern.matches(name))
}

/// Removes resources that no enabled service uses.
fn prune(root: &mut Value) {
    let mut used: Vec<(&str, BTreeSet<String>)> = Vec::new();
    let services: Vec<&Value> =
        root.get("services").into_iter().flat_map(Value::entries).map(|(_, entry)| &entry.value).collect();
    let keys = |key: &str| -> BTreeSet<String> {
        let values = services.iter().filter_map(|service| service.get(key));
        values.flat_map(Value::entries).map(|(name, _)| name.to_owned()).collect()
    };
    let sources = |at: &str, named: bool| -> BTreeSet<String> {
        let items = services.iter().filter_map(|service| service.at(at)).flat_map(Value::items);
        let items = items.filter(|item| !named || item.text("type") == Some("volume"));
        items.filter_map(|item| item.text("source")).map(str::to_owned).collect()
    };
    used.push(("networks", keys("networks")));
    used.push(("models", keys("models")));
    used.push(("volumes", sources("volumes", true)));
    let mut secrets = sources("secrets", false);
    secrets.extend(sources("build.secrets", false));
    used.push(("secrets", secrets));
    used.push(("configs", sources("configs", false)));
    for (section, names) in used {
        let Some(mapping) = root.get_mut(section).and_then(Value::as_mapping_mut) else { continue };
        mapping.retain(|name, _| names.contains(name));
        if mapping.is_empty() {
            root.take(section);
        }
    }
}

/// Jobs carry their name.
fn name_jobs(root: &mut Value, checking: bool) {
    if checking {
        return;
    }
    for (name, job) in section(root, "jobs") {
        let name = name.to_owned();
        job.put_default("name", Data::String(name));
    }
}
