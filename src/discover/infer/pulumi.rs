//! Pulumi stacks: from their files, and from the commands that bring them up.

use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::Unchecked;
use crate::discover::Plan;
use crate::discover::PulumiDeployment;
use crate::discover::Why;
use crate::discover::commands::Deploys;
use crate::discover::commands::PulumiCommand;
use crate::discover::commands::Use;
use crate::discover::evaluate::Argument;
use crate::discover::infer::Inventory;
use crate::discover::infer::Rungs;
use crate::discover::infer::because;
use crate::discover::infer::compose::text;
use crate::discover::infer::evidence::Evidence;
use crate::discover::infer::evidence::around;
use crate::discover::infer::rung;
use crate::discover::names;
use crate::source::Known;
use crate::source::SourceMap;
use crate::source::Spanned;

/// A stack that was found, and its environment.
struct Found {
    evidence: Option<Evidence>,
    stack: PulumiDeployment,
}

pub(super) fn infer(
    sources: &SourceMap,
    inventory: &Inventory,
    uses: &[Use],
    rungs: &mut Rungs,
    plan: &mut Plan,
) {
    let mut found = from_files(sources, inventory);
    for command in uses {
        if let Deploys::Pulumi(pulumi) = &command.what {
            from_command(sources, inventory, command, pulumi, &mut found);
        }
    }
    let mut named: Vec<&PathBuf> = Vec::new();
    for Found { evidence: _, stack } in &found {
        if let Some((submodule, span)) = inventory.absent(&stack.project)
            && !named.contains(&submodule)
        {
            named.push(submodule);
            plan.unchecked.push(Unchecked {
                what: format!("the Pulumi project `{}`", stack.project.display()),
                reason: format!(
                    "the submodule `{0}` is not checked out; run `git submodule update --init {0}`",
                    submodule.display()
                ),
                span: stack.why.first().and_then(|why| why.span).or(Some(*span)),
            });
        }
    }
    let projects: Vec<PathBuf> = found.iter().map(|found| found.stack.project.clone()).collect();
    for Found { evidence, stack } in found {
        match evidence.filter(|_| !names::is_example(&stack.project.join("Pulumi.yaml"))) {
            Some(evidence) => {
                let environment = rung(rungs, evidence.named);
                because(&mut environment.why, evidence.why);
                environment.stacks.push(stack);
            }
            None => plan.other_stacks.push(stack),
        }
    }
    for project in inventory.projects.iter().filter(|project| !projects.contains(project)) {
        plan.other_stacks.push(PulumiDeployment {
            project: project.clone(),
            stack: None,
            file: None,
            config: Vec::new(),
            why: vec![Why {
                text: "it has no stack file, and no command names a stack".to_owned(),
                span: None,
            }],
        });
    }
    let absent: Vec<String> = inventory
        .absent
        .iter()
        .filter(|(path, _)| !named.contains(&path))
        .map(|(path, _)| format!("`{}`", path.display()))
        .collect();
    if let (Some((_, span)), false) = (inventory.absent.first(), absent.is_empty()) {
        let what = if absent.len() == 1 { "the submodule" } else { "the submodules" };
        plan.unchecked.push(Unchecked {
            what: format!("{what} {}", absent.join(", ")),
            reason: "not checked out; run `git submodule update --init`".to_owned(),
            span: Some(*span),
        });
    }
}

/// `Pulumi.<stack>.yaml` of a project, where it is there.
pub(in crate::discover) fn stack_file(inventory: &Inventory, project: &Path, stack: &str) -> Option<PathBuf> {
    let names = [format!("Pulumi.{stack}.yaml"), format!("Pulumi.{stack}.yml")];
    names.into_iter().map(|name| project.join(name)).find(|path| inventory.lists(path))
}

fn from_files(sources: &SourceMap, inventory: &Inventory) -> Vec<Found> {
    let mut found = Vec::new();
    for path in &inventory.files {
        let Some(stack) = names::stack_file(path) else { continue };
        let folder = path.parent().unwrap_or(Path::new(""));
        if !inventory.projects.iter().any(|project| project == folder) {
            continue;
        }
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let named = names::mentioned(stack);
        let text = match named {
            Some(named) => format!("the name of `{file}` says {}", named.name),
            None => format!("the name of `{file}` says no environment"),
        };
        // A stack file that cannot be read is for the loader to report.
        let span = sources.read(path).ok().map(|source| source.whole().at_start());
        let why = Why { text, span };
        let name =
            Spanned::new(Known::Known(stack.to_owned()), span.unwrap_or(crate::discover::plan::NOWHERE));
        let stack = PulumiDeployment {
            project: folder.to_path_buf(),
            stack: Some(name),
            file: Some(path.clone()),
            config: Vec::new(),
            why: vec![why.clone()],
        };
        found.push(Found { evidence: named.map(|named| Evidence { named, why }), stack });
    }
    found
}

fn from_command(
    sources: &SourceMap,
    inventory: &Inventory,
    command: &Use,
    pulumi: &PulumiCommand,
    all: &mut Vec<Found>,
) {
    // Without a stack, which one is selected on the machine decides.
    let Some(argument) = &pulumi.stack else { return };
    let directory = pulumi.directory.as_ref().and_then(Argument::text);
    let folder = match directory {
        Some(directory) => command.scope.path(directory),
        None => command.scope.folder.clone(),
    };
    let Some(folder) = folder else { return };
    // Pulumi looks for its project in the folder and above.
    let project = folder
        .ancestors()
        .find(|folder| inventory.projects.iter().any(|project| project == folder))
        .map(Path::to_path_buf)
        .or_else(|| inventory.absent(&folder).map(|_| folder.clone()));
    let project = match (project, inventory.projects.as_slice()) {
        (Some(project), _) => project,
        // A script may be started in the folder of the only project.
        (None, [only]) if folder.as_os_str().is_empty() => only.clone(),
        (None, _) => {
            // The commands of an absent project are often written without their folder: `--stack` alone.
            return;
        }
    };
    let Some(written) = argument.text() else { return };
    let name = written.rsplit('/').next().unwrap_or(written).to_owned();
    let shown = format!("`pulumi {} … {name}` in {}", pulumi.verb, command.place);
    let why = Why { text: shown, span: Some(argument.span) };
    let at = all.iter().position(|found| {
        let known = found.stack.stack.as_ref().and_then(|stack| stack.value.known());
        found.stack.project == project && known == Some(&name)
    });
    let at = at.unwrap_or_else(|| {
        let evidence = match names::mentioned(&name) {
            Some(named) => Some(Evidence {
                named,
                why: Why { text: format!("the stack is called `{name}`"), span: Some(argument.span) },
            }),
            None => around(command, false),
        };
        let stack = PulumiDeployment {
            file: stack_file(inventory, &project, &name),
            project,
            stack: Some(Spanned::new(Known::Known(name), argument.span)),
            config: Vec::new(),
            why: Vec::new(),
        };
        all.push(Found { evidence, stack });
        all.len() - 1
    });
    let Some(found) = all.get_mut(at) else { return };
    if found.evidence.is_none() {
        found.evidence = around(command, false);
    }
    if let Some((key, value)) = &pulumi.set {
        if pulumi.secret {
            sources.mark_secret(value.span);
        }
        set(found, key, value);
    } else {
        because(&mut found.stack.why, why);
    }
}

/// What `pulumi config set` supplies. Of two different values, which holds is decided when the commands run.
fn set(found: &mut Found, key: &Argument, value: &Argument) {
    let Some(name) = key.text() else { return };
    let new = text(value);
    let known = found.stack.config.iter_mut().find(|(key, _)| key.value == name);
    let Some((_, before)) = known else {
        found.stack.config.push((Spanned::new(name.to_owned(), key.span), new));
        return;
    };
    if before.value != new.value && before.value.known().is_some() {
        before.value = match new.value {
            Known::Known(_) => Known::unknown("different commands set different values", Some(value.span)),
            unknown @ Known::Unknown(_) => unknown,
        };
    }
}
