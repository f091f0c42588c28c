//! Which files make a project, which variables hold, and what the project is called.

use std::path::Path;

use crate::compose::dotenv;
use crate::compose::environment::Environment;
use crate::compose::extends::FileFolder;
use crate::compose::finish;
use crate::compose::interpolate;
use crate::compose::load::Loader;
use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::template::Unset;
use crate::compose::value::Data;
use crate::compose::value::Value;
use crate::source::ReadError;
use crate::source::Span;

/// Names of Compose files, in the order in which they are looked for.
pub const FILE_NAMES: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Names of override files, in the order in which they are looked for.
pub const OVERRIDE_NAMES: &[&str] = &[
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// What a load starts from.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) files: Vec<String>,
    pub(crate) directory: String,
    pub(crate) environment: Environment,
    pub(crate) profiles: Vec<String>,
    pub(crate) name: String,
    /// Where the name was written, if it was.
    pub(crate) name_span: Option<Span>,
}

/// Finds everything; `None` where there is no file to load.
pub(crate) fn discover(loader: &mut Loader<'_>) -> Option<Setup> {
    let options = loader.options;
    let here = loader.absolute("");
    let mut environment = options.environment.clone();
    if environment.get("PWD").is_none() && !here.is_empty() {
        environment.set("PWD", here.clone(), None);
    }
    let chosen = options.project_directory.as_ref().filter(|directory| !directory.is_empty());
    let chosen = chosen.map(|directory| loader.absolute(directory));

    // Variables first: they may say which files to load.
    let env_files = env_files(loader, &environment)?;
    let folder = |files: &[String]| match &chosen {
        Some(directory) => directory.clone(),
        None => files
            .iter()
            .find(|file| *file != "-")
            .map_or_else(|| here.clone(), |file| FileFolder::of(file).0.to_owned()),
    };
    let given: Vec<String> = options
        .files
        .iter()
        .map(|file| if file == "-" { file.clone() } else { loader.absolute(file) })
        .collect();
    dotenv_pass(loader, env_files.as_deref(), &folder(&given), &mut environment);
    if loader.failed() {
        return None;
    }
    let (files, looked_for) =
        if given.is_empty() { files(loader, &environment, &folder(&given))? } else { (given, false) };
    let directory = folder(&files);
    if looked_for || options.files.is_empty() {
        dotenv_pass(loader, env_files.as_deref(), &directory, &mut environment);
    }
    if loader.failed() {
        return None;
    }
    let mut profiles = options.profiles.clone();
    if profiles.is_empty() {
        let listed = environment.value("COMPOSE_PROFILES").unwrap_or_default();
        profiles = listed.split(',').map(|profile| profile.trim().to_owned()).collect();
    }
    let mut setup = Setup { files, directory, environment, profiles, name: String::new(), name_span: None };
    for file in setup.files.clone() {
        if let Err(error) = loader.source(&file) {
            unreadable(loader, &file, &error);
            return None;
        }
    }
    name(loader, &mut setup);
    let name = setup.name.clone();
    setup.environment.set("COMPOSE_PROJECT_NAME", name, None);
    if loader.failed() {
        return None;
    }
    Some(setup)
}

fn unreadable(loader: &mut Loader<'_>, file: &str, error: &ReadError) {
    let message = format!("the Compose file `{file}` cannot be read: {error}");
    loader.problems.push(Problem::nowhere(Code::File, message));
}

/// The files with variables that were asked for; an empty list where `.env` is switched off, `None` inside for the
/// default.
#[expect(clippy::option_option, reason = "the outer level ends the load, the inner one is the default")]
fn env_files(loader: &mut Loader<'_>, environment: &Environment) -> Option<Option<Vec<String>>> {
    let mut files: Vec<String> = loader.options.env_files.clone();
    if files.is_empty() {
        let listed = environment.value("COMPOSE_ENV_FILES").unwrap_or_default();
        files = listed.split(',').filter(|file| !file.is_empty()).map(str::to_owned).collect();
    }
    if !files.is_empty() {
        return Some(Some(files.iter().map(|file| loader.absolute(file)).collect()));
    }
    let Some(switch) = environment.value("COMPOSE_DISABLE_ENV_FILE") else { return Some(None) };
    match switch {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(Some(Vec::new())),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(None),
        other => {
            let message = format!("`COMPOSE_DISABLE_ENV_FILE` is `true` or `false`, and not `{other}`");
            loader.problems.push(Problem::nowhere(Code::EnvFile, message));
            None
        }
    }
}

fn dotenv_pass(
    loader: &mut Loader<'_>,
    chosen: Option<&[String]>,
    folder: &str,
    environment: &mut Environment,
) {
    let mut variables = Environment::new();
    if let Some(files) = chosen {
        for file in files {
            env_file(loader, file, None, environment, &mut variables);
        }
    } else {
        let default = finish::join(folder, ".env");
        if loader.sources.files().is_file(Path::new(&default)) {
            env_file(loader, &default, None, environment, &mut variables);
        }
    }
    environment.merge(variables);
}

/// Reads a file with variables; `asked` is the place that names it.
pub(crate) fn env_file(
    loader: &mut Loader<'_>,
    file: &str,
    asked: Option<Span>,
    outer: &Environment,
    variables: &mut Environment,
) {
    // The usual way to say that there are none.
    if file == "/dev/null" {
        return;
    }
    let source = match loader.sources.read(Path::new(file)) {
        Ok(source) => source,
        Err(error) => {
            let message = format!("the file with variables `{file}` cannot be read: {error}");
            let mut problem = Problem::nowhere(Code::EnvFile, message);
            problem.span = asked;
            loader.problems.push(problem);
            return;
        }
    };
    let lookup = |name: &str| outer.get(name).cloned();
    let unset = if loader.checking() { Unset::Keep } else { Unset::Blank };
    if let Err(error) = dotenv::read(&source, dotenv::Format::Dotenv, variables, &lookup, unset) {
        let code = if error.required { Code::RequiredVariable } else { Code::BrokenEnvFile };
        loader.problems.push(Problem::new(code, error.span, "", error.message));
    }
}

/// The files to load where none was named; true where they were looked for by name.
fn files(loader: &mut Loader<'_>, environment: &Environment, start: &str) -> Option<(Vec<String>, bool)> {
    if let Some(listed) = environment.value("COMPOSE_FILE") {
        let separator =
            environment.value("COMPOSE_PATH_SEPARATOR").filter(|text| !text.is_empty()).unwrap_or(":");
        let mut files = Vec::new();
        for item in listed.split(separator) {
            if item == "-" {
                files.push(item.to_owned());
                continue;
            }
            let file = loader.absolute(item);
            if !loader.sources.files().is_file(Path::new(&file)) {
                let message = format!("`COMPOSE_FILE` names `{item}`, which is not a file");
                loader.problems.push(Problem::nowhere(Code::File, message));
                return None;
            }
            files.push(file);
        }
        return Some((files, false));
    }
    let mut folder = start.to_owned();
    loop {
        let found = |names: &[&str]| -> Vec<String> {
            let files = names.iter().map(|name| finish::join(&folder, name));
            files.filter(|file| exists(loader, file)).collect()
        };
        let bases = found(FILE_NAMES);
        if let Some(first) = bases.first() {
            let mut files = vec![first.clone()];
            let overrides = found(OVERRIDE_NAMES);
            files.extend(overrides.first().cloned());
            for others in [&bases, &overrides] {
                if let [used, others @ ..] = others.as_slice()
                    && !others.is_empty()
                {
                    let names: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
                    let message = format!(
                        "of several Compose files only `{used}` is read, and not {}",
                        names.join(", ")
                    );
                    loader.problems.push(Problem::nowhere(Code::File, message).warning());
                }
            }
            return Some((files, true));
        }
        let parent = FileFolder::of(&folder).0.to_owned();
        if parent == folder || folder.is_empty() {
            let message = "there is no Compose file here or in a folder above";
            let problem = Problem::nowhere(Code::File, message);
            loader.problems.push(problem.help("name it with `-f`, or call it `compose.yaml`"));
            return None;
        }
        folder = parent;
    }
}

fn exists(loader: &Loader<'_>, file: &str) -> bool {
    let files = loader.sources.files();
    files.is_file(Path::new(file)) || files.is_folder(Path::new(file))
}

/// A project name as Compose makes it of any text: lower case, and only what may stand in one.
pub(crate) fn normal_name(text: &str) -> String {
    let lower = text.to_lowercase();
    let kept: String = lower
        .chars()
        .filter(|character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || matches!(character, '_' | '-')
        })
        .collect();
    kept.trim_start_matches(['_', '-']).to_owned()
}

fn name(loader: &mut Loader<'_>, setup: &mut Setup) {
    let options = loader.options;
    let asked = options.project_name.clone().filter(|name| !name.is_empty());
    let variable =
        setup.environment.get("COMPOSE_PROJECT_NAME").filter(|variable| !variable.value.is_empty());
    let explicit = match (asked, variable) {
        (Some(name), _) => Some((name, None)),
        (None, Some(variable)) => Some((variable.value.clone(), variable.span)),
        (None, None) => None,
    };
    if let Some((name, span)) = explicit {
        if normal_name(&name) != name {
            let message = format!(
                "`{name}` is not a project name: lower case letters, digits, `-` and `_`, and a letter or digit first"
            );
            let mut problem = Problem::nowhere(Code::ProjectName, message);
            problem.span = span;
            problem.help = Some(format!("write `{}`", normal_name(&name))).filter(|help| help != "write ``");
            loader.problems.push(problem);
        }
        setup.name = normal_name(&name);
        setup.name_span = span;
        return;
    }
    let mut written: Option<Value> = None;
    for file in &setup.files {
        let Ok(parsed) = loader.parsed(file) else { continue };
        for document in &parsed.documents {
            let Some(value) = document.value.get("name").or(document.reset_name.as_ref()) else { continue };
            if !value.is_null() && value.as_str() != Some("") {
                written = Some(value.clone());
            }
        }
    }
    if let Some(mut value) = written {
        let unset = if loader.checking() { Unset::Keep } else { Unset::Blank };
        if options.interpolate {
            let mut problems = Vec::new();
            interpolate::text(&mut value, "name", &setup.environment, unset, &mut problems);
            // What is wrong with it is said when the file is loaded.
            if problems.iter().any(|problem| problem.severity == crate::diagnostic::Severity::Error) {
                loader.problems.append(&mut problems);
            }
        }
        setup.name_span = Some(value.span);
        let text = match &value.data {
            Data::String(text) => text.clone(),
            _ => value.print(),
        };
        setup.name = if options.normalize { normal_name(&text) } else { text };
        return;
    }
    let folder = setup.directory.rsplit('/').next().unwrap_or_default();
    let folder = if folder.is_empty() {
        loader.sources.files().root().file_name()
    } else {
        Some(std::ffi::OsStr::new(folder))
    };
    setup.name = normal_name(&folder.unwrap_or_default().to_string_lossy());
}
