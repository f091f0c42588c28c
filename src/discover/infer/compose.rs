//! Compose projects: from the commands that start them, and from file names.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::Unchecked;
use crate::discover::ComposeDeployment;
use crate::discover::Plan;
use crate::discover::Text;
use crate::discover::Why;
use crate::discover::commands::ComposeCommand;
use crate::discover::commands::Deploys;
use crate::discover::commands::Use;
use crate::discover::evaluate::Argument;
use crate::discover::infer::Inventory;
use crate::discover::infer::Rungs;
use crate::discover::infer::because;
use crate::discover::infer::evidence;
use crate::discover::infer::evidence::Evidence;
use crate::discover::infer::inventory::ComposeFile;
use crate::discover::infer::rung;
use crate::discover::names;
use crate::discover::names::ComposeName;
use crate::discover::names::Named;
use crate::source::Known;
use crate::source::Span;
use crate::source::Spanned;

/// A project that commands start, and how many do.
struct Started {
    named: Option<Named>,
    why_there: Option<Why>,
    project: ComposeDeployment,
    times: usize,
}

pub(super) fn infer(inventory: &Inventory, uses: &[Use], rungs: &mut Rungs, plan: &mut Plan) {
    let started = preferred(started(inventory, uses, plan), plan);
    // Which files a command starts in their environment already.
    let mut placed: BTreeSet<PathBuf> = BTreeSet::new();
    let mut bases: BTreeSet<PathBuf> = BTreeSet::new();
    for Started { named, why_there, project, times: _ } in started {
        if is_half(inventory, &project.files) {
            continue;
        }
        let Some(named) = named else {
            placed.extend(project.files.iter().filter(|file| !is_default(inventory, file)).cloned());
            plan.other_projects.push(project);
            continue;
        };
        placed.extend(project.files.iter().filter(|file| !is_default(inventory, file)).cloned());
        if named.name == "local" {
            placed.extend(project.files.iter().cloned());
            if project.files.len() == 1 {
                bases.extend(project.files.iter().cloned());
            }
        }
        let environment = rung(rungs, named);
        let why_there = why_there.or_else(|| project.why.first().cloned());
        if let Some(why) = why_there {
            because(&mut environment.why, why);
        }
        environment.projects.push(project);
    }
    for file in inventory.compose.iter().filter(|file| !file.included && !placed.contains(&file.path)) {
        by_name(inventory, file, &placed, rungs, plan);
    }
    for environment in rungs.values_mut() {
        environment.projects.sort_by(|a, b| a.files.cmp(&b.files));
    }
    plan.other_projects.sort_by(|a, b| a.files.cmp(&b.files));
    plan.other_projects.dedup_by(|a, b| a.files == b.files);
    let placed: BTreeSet<&Vec<PathBuf>> =
        rungs.values().flat_map(|rung| rung.projects.iter().map(|project| &project.files)).collect();
    plan.other_projects.retain(|project| !placed.contains(&project.files));
}

/// A project from the name of its file.
fn by_name(
    inventory: &Inventory,
    file: &ComposeFile,
    placed: &BTreeSet<PathBuf>,
    rungs: &mut Rungs,
    plan: &mut Plan,
) {
    let folder = file.path.parent().unwrap_or(Path::new(""));
    let default = inventory.default_compose(folder);
    let shown = file.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let named = match file.name {
        // Compose takes the first of its default names, and an override only along with it.
        ComposeName::Default if default.first() == Some(&file.path) => names::word("local"),
        ComposeName::Override if default.get(1) == Some(&file.path) => return,
        ComposeName::Environment(named) => Some(named),
        ComposeName::Default | ComposeName::Override | ComposeName::Other => None,
    };
    let text = match (&file.name, named) {
        (ComposeName::Default, _) => format!("`{shown}` is what `docker compose up` takes"),
        (_, Some(named)) => format!("the name of `{shown}` says {}", named.name),
        _ => format!("the name of `{shown}` says no environment, and no command starts it"),
    };
    let mut why = vec![Why { text, span: file.span }];
    let mut files = vec![file.path.clone()];
    if file.name == ComposeName::Default {
        if let Some(over) = default.get(1).filter(|_| default.first() == Some(&file.path)) {
            files.push(over.clone());
            let name = over.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            why.push(Why { text: format!("`{name}` is taken along with it"), span: None });
        }
    } else if let Some(base) = default.first()
        && let Some((text, span)) = why_on_top(inventory, file, base)
    {
        why.push(Why { text, span: Some(span) });
        files.insert(0, base.clone());
    }
    // A base that runs with a local file on top, or that others complete, does not run alone, too.
    let on_top = file.name == ComposeName::Default
        && inventory.compose_in(folder).any(|other| {
            let local = matches!(other.name, ComposeName::Environment(named) if named.name == "local");
            local && !placed.contains(&other.path) && other.goes_on_top_of(file).is_some()
        });
    if is_half(inventory, &files) {
        return;
    }
    let mut project = deployment(files, Vec::new(), why);
    // Nothing starts it, and its name is not one that Compose takes by itself.
    project.may_be_part =
        file.is_open() && (file.example || matches!(file.name, ComposeName::Other | ComposeName::Override));
    match named.filter(|_| !file.example) {
        Some(_) if on_top => {}
        Some(named) => {
            let environment = rung(rungs, named);
            let why = project.why.first().cloned();
            if let Some(why) = why {
                because(&mut environment.why, why);
            }
            environment.projects.push(project);
        }
        None => plan.other_projects.push(project),
    }
}

/// Why a file goes on top of the default file of its folder.
fn why_on_top(inventory: &Inventory, file: &ComposeFile, base: &Path) -> Option<(String, Span)> {
    file.goes_on_top_of(inventory.compose_at(base)?)
}

/// True for default files that leave services without an image which another file beside them gives: they are started
/// with that one on top.
fn is_half(inventory: &Inventory, files: &[PathBuf]) -> bool {
    let [base] = files else { return false };
    let base = inventory.compose_at(base).filter(|file| file.name == ComposeName::Default);
    base.is_some_and(|base| {
        let folder = base.path.parent().unwrap_or(Path::new(""));
        inventory.compose_in(folder).any(|other| other.path != base.path && other.completes(base))
    })
}

fn is_default(inventory: &Inventory, path: &Path) -> bool {
    inventory
        .compose_at(path)
        .is_some_and(|file| matches!(file.name, ComposeName::Default | ComposeName::Override))
}

fn deployment(files: Vec<PathBuf>, named_at: Vec<Option<Span>>, why: Vec<Why>) -> ComposeDeployment {
    let directory = files.first().and_then(|file| file.parent()).unwrap_or(Path::new("")).to_path_buf();
    let named_at = if named_at.is_empty() { vec![None; files.len()] } else { named_at };
    let (env_files, profiles) = (Vec::new(), Vec::new());
    ComposeDeployment {
        files,
        named_at,
        env_files,
        profiles,
        project: None,
        directory,
        may_be_part: false,
        why,
    }
}

/// The projects that commands start; the same files in the same environment are one.
fn started(inventory: &Inventory, uses: &[Use], plan: &mut Plan) -> Vec<Started> {
    let mut all: Vec<Started> = Vec::new();
    for command in uses {
        let Deploys::Compose(compose) = &command.what else { continue };
        if !compose.starts {
            continue;
        }
        let Some((files, named_at)) = files(inventory, command, compose, plan) else { continue };
        let evidence = environment(inventory, command, compose, &files);
        let local = files.iter().all(|file| is_default(inventory, file));
        // A build server that starts the default files tests them; that is no environment of its own.
        if local && command.automatic && evidence.is_none() {
            continue;
        }
        let named = evidence.as_ref().map(|evidence| evidence.named);
        // Where a swarm or another machine is, only the command's environment says.
        let here = local && !command.remote && !compose.swarm;
        let named = named.or_else(|| names::word("local").filter(|_| here));
        let text = format!("`{}` in {}", compose.shown(), command.place);
        let why = Why { text, span: Some(command.span) };
        let project = project(inventory, command, compose, files, named_at, why);
        let same = all.iter_mut().find(|other| {
            other.named == named
                && other.project.files == project.files
                && other.project.profiles == project.profiles
                && other.project.env_files == project.env_files
        });
        if let Some(same) = same {
            same.times += 1;
            for why in project.why {
                because(&mut same.project.why, why);
            }
            continue;
        }
        let why_there = evidence.map(|evidence| evidence.why);
        all.push(Started { named, why_there, project, times: 1 });
    }
    all
}

/// Of variants of one project in one environment, the one that most commands start; the others are set aside.
fn preferred(mut all: Vec<Started>, plan: &mut Plan) -> Vec<Started> {
    // Stable: of equally frequent ones, the first in the repository.
    all.sort_by_key(|started| std::cmp::Reverse(started.times));
    let mut kept: Vec<Started> = Vec::new();
    for started in all {
        let variant = kept.iter().any(|other| {
            other.named == started.named
                && started.named.is_some()
                && other.project.files.iter().any(|file| started.project.files.contains(file))
        });
        if variant {
            if !kept.iter().any(|other| other.project.files == started.project.files) {
                plan.other_projects.push(started.project);
            }
        } else {
            kept.push(started);
        }
    }
    kept
}

/// The files of a command, and where it names them; `None` where they are not known or not there.
fn files(
    inventory: &Inventory,
    command: &Use,
    compose: &ComposeCommand,
    plan: &mut Plan,
) -> Option<(Vec<PathBuf>, Vec<Option<Span>>)> {
    let folders = folders(command, compose);
    if compose.files.is_empty() {
        let files =
            folders.iter().map(|folder| inventory.default_compose(folder)).find(|files| !files.is_empty())?;
        let named_at = vec![Some(command.span); files.len()];
        return Some((files, named_at));
    }
    let mut files = Vec::new();
    let mut named_at = Vec::new();
    for argument in &compose.files {
        let path = find(inventory, command, &folders, argument);
        let Some(path) = path else {
            if let Some(text) = argument.text().filter(|_| !command.remote && command.scope.folder.is_some())
                && let Some(path) = command.scope.path(text)
                && inventory.absent(&path).is_none()
            {
                plan.unchecked.push(Unchecked {
                    what: path.to_string_lossy().into_owned(),
                    reason: format!(
                        "a command in {} names it, and it is not in the repository",
                        command.place
                    ),
                    span: Some(argument.span),
                });
            }
            return None;
        };
        files.push(path);
        named_at.push(Some(argument.span));
    }
    Some((files, named_at))
}

/// The folders that paths of a command may start at, likeliest first.
fn folders(command: &Use, compose: &ComposeCommand) -> Vec<PathBuf> {
    let given = compose.directory.as_ref().and_then(Argument::text).and_then(|text| command.scope.path(text));
    let mut folders: Vec<PathBuf> = given.into_iter().collect();
    folders.extend(command.scope.folder.clone());
    // A script may be started from its own folder; a folder on another machine most often mirrors the repository.
    folders.push(command.scope.script_folder.clone());
    if command.scope.folder.is_none() {
        folders.insert(0, PathBuf::new());
    }
    folders.dedup();
    folders
}

fn find(inventory: &Inventory, command: &Use, folders: &[PathBuf], argument: &Argument) -> Option<PathBuf> {
    let text = argument.text()?;
    let direct = command.scope.path(text).filter(|path| inventory.lists(path));
    direct.or_else(|| {
        folders.iter().find_map(|folder| {
            let mut scope = command.scope.clone();
            scope.folder = Some(folder.clone());
            scope.path(text).filter(|path| inventory.lists(path))
        })
    })
}

fn environment(
    inventory: &Inventory,
    command: &Use,
    compose: &ComposeCommand,
    files: &[PathBuf],
) -> Option<Evidence> {
    let mut found: Option<Named> = None;
    let mut at = None;
    for (file, argument) in files.iter().zip(&compose.files) {
        let by_name = inventory.compose_at(file).map(|other| &other.name);
        let named = match by_name {
            Some(ComposeName::Environment(named)) => Some(*named),
            Some(ComposeName::Default | ComposeName::Override) => None,
            Some(ComposeName::Other) | None => {
                let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
                names::mentioned(stem).filter(|named| named.name != "test")
            }
        };
        let Some(named) = named else { continue };
        if found.is_some_and(|found| found != named) {
            return None;
        }
        found = Some(named);
        at = Some((file, argument.span));
    }
    if let (Some(named), Some((file, span))) = (found, at) {
        let shown = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let text = format!("the name of `{shown}` says {}", named.name);
        return Some(Evidence { named, why: Why { text, span: Some(span) } });
    }
    let by_env_file =
        compose.env_files.iter().find_map(|file| evidence::argument("`--env-file`", Some(file)));
    let found = by_env_file
        .or_else(|| evidence::argument("the project", compose.project.as_ref()))
        .or_else(|| evidence::argument("the context", compose.context.as_ref()))
        .or_else(|| evidence::around(command, true))?;
    match found.named.name {
        // `make dev` starts containers on the developer's machine, `make test` for a test.
        "development" if !command.remote => {
            names::word("local").map(|named| Evidence { named, why: found.why })
        }
        "test" if !command.remote => None,
        _ => Some(found),
    }
}

fn project(
    inventory: &Inventory,
    command: &Use,
    compose: &ComposeCommand,
    files: Vec<PathBuf>,
    named_at: Vec<Option<Span>>,
    why: Why,
) -> ComposeDeployment {
    let folders = folders(command, compose);
    let mut project = deployment(files, named_at, vec![why]);
    project.env_files =
        compose.env_files.iter().filter_map(|file| find(inventory, command, &folders, file)).collect();
    project.profiles =
        compose.profiles.iter().filter_map(|profile| profile.text().map(str::to_owned)).collect();
    project.project = compose.project.as_ref().map(text);
    if let Some(directory) = compose.directory.as_ref().and_then(Argument::text) {
        project.directory = command.scope.path(directory).unwrap_or(project.directory);
    }
    project
}

/// An argument as a text that is known or not.
pub(super) fn text(argument: &Argument) -> Text {
    let value = match argument.text() {
        Some(text) => Known::Known(text.replace('\u{1}', ".")),
        None => Known::unknown(
            format!("{} is set only when the command runs", argument.unknown()),
            Some(argument.span),
        ),
    };
    Spanned::new(value, argument.span)
}
