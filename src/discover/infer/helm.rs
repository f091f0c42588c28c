//! Helm releases: from the commands that install them, and from the names of values files.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::Unchecked;
use crate::discover::Chart;
use crate::discover::HelmDeployment;
use crate::discover::Plan;
use crate::discover::Setting;
use crate::discover::SettingKind;
use crate::discover::Text;
use crate::discover::Why;
use crate::discover::commands::Deploys;
use crate::discover::commands::HelmCommand;
use crate::discover::commands::Use;
use crate::discover::evaluate::Argument;
use crate::discover::evaluate::Part;
use crate::discover::infer::Inventory;
use crate::discover::infer::Rungs;
use crate::discover::infer::because;
use crate::discover::infer::compose::text;
use crate::discover::infer::evidence;
use crate::discover::infer::evidence::Evidence;
use crate::discover::infer::inventory::ChartFolder;
use crate::discover::infer::rung;
use crate::discover::names;
use crate::discover::names::Named;
use crate::source::Known;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Spanned;
use crate::source::Unknown;

/// A release that a command installs.
struct Installed {
    evidence: Option<Evidence>,
    release: HelmDeployment,
    automatic: bool,
}

pub(super) fn infer(
    sources: &SourceMap,
    inventory: &Inventory,
    uses: &[Use],
    rungs: &mut Rungs,
    plan: &mut Plan,
) {
    let mut installed: Vec<Installed> = Vec::new();
    for command in uses {
        let Deploys::Helm(helm) = &command.what else { continue };
        for helm in bound(sources, inventory, command, helm) {
            let new = release(sources, inventory, command, &helm, plan);
            merge(&mut installed, new, plan);
        }
    }
    let mut by_command: BTreeSet<PathBuf> = BTreeSet::new();
    let mut used: BTreeSet<PathBuf> = BTreeSet::new();
    let mut homeless: Vec<(String, Span)> = Vec::new();
    for Installed { evidence, release, .. } in installed {
        if let Chart::Folder(folder) = &release.chart {
            by_command.insert(folder.clone());
        }
        used.extend(release.values.iter().cloned());
        if let Some(evidence) = evidence {
            let environment = rung(rungs, evidence.named);
            because(&mut environment.why, evidence.why);
            environment.releases.push(release);
        } else {
            if let Chart::Folder(_) = &release.chart {
                homeless.push((format!("`{}`", shown(&release.release)), release.release.span));
            }
            plan.other_releases.push(release);
        }
    }
    if let Some((_, span)) = homeless.first() {
        let names: Vec<&str> = homeless.iter().map(|(name, _)| name.as_str()).collect();
        let (what, which) = if names.len() == 1 { ("release", "it is") } else { ("releases", "they are") };
        plan.unchecked.push(Unchecked {
            what: format!("the environment of the {what} {}", names.join(", ")),
            reason: format!("no name and no command says which one {which}; say it in `plimsoll.yaml`"),
            span: Some(*span),
        });
    }
    for chart in inventory.charts.iter().filter(|chart| !chart.library) {
        by_name(inventory, chart, &by_command, &used, rungs, plan);
    }
}

fn shown(text: &Text) -> &str {
    text.value.known().map_or("?", String::as_str)
}

/// The same release twice is one: what either leaves open is open. A variant of it is set aside.
fn merge(installed: &mut Vec<Installed>, new: Installed, plan: &mut Plan) {
    let rung = |installed: &Installed| installed.evidence.as_ref().map(|evidence| evidence.named);
    let same = installed.iter_mut().find(|other| {
        rung(other) == rung(&new)
            && other.release.chart == new.release.chart
            && other.release.release.value.known() == new.release.release.value.known()
            && other.release.namespace.as_ref().map(|text| text.value.known())
                == new.release.namespace.as_ref().map(|text| text.value.known())
    });
    let Some(same) = same else {
        installed.push(new);
        return;
    };
    let same_values = same.release.values == new.release.values && same.release.unseen.is_empty();
    if !same_values {
        // What a build server runs counts more than what somebody may run by hand.
        let aside = if new.automatic && !same.automatic { std::mem::replace(same, new) } else { new };
        plan.other_releases.push(aside.release);
        return;
    }
    if new.automatic && !same.automatic {
        let mut new = new;
        std::mem::swap(same, &mut new);
        add(same, new);
    } else {
        add(same, new);
    }
}

fn add(same: &mut Installed, other: Installed) {
    for unknown in other.release.unknown {
        if !same.release.unknown.iter().any(|known| known.value == unknown.value) {
            same.release.unknown.push(unknown);
        }
    }
    for setting in other.release.settings {
        if !same.release.settings.iter().any(|known| known.argument.value == setting.argument.value) {
            // One command sets it and another does not: which value holds is open.
            let path = setting.argument.value.split('=').next().unwrap_or_default().to_owned();
            if !same.release.unknown.iter().any(|known| known.value == path) {
                same.release.unknown.push(Spanned::new(path, setting.argument.span));
            }
        }
    }
    for why in other.release.why {
        because(&mut same.release.why, why);
    }
}

/// A command whose values files a variable names (`values-${ENV}.yaml`), once for each file that is there.
fn bound(sources: &SourceMap, inventory: &Inventory, command: &Use, helm: &HelmCommand) -> Vec<HelmCommand> {
    let open = helm.values.iter().find_map(|file| Some((file.only_unknown()?, file)));
    let Some((variable, pattern)) = open else { return vec![helm.clone()] };
    let mut found = Vec::new();
    for folder in folders(command) {
        let mut scope = command.scope.clone();
        scope.folder = Some(folder);
        let fits = inventory.files.iter().filter_map(|file| {
            let value = captured(pattern, file, &scope)?;
            names::mentioned(&value)?;
            Some(value)
        });
        found.extend(fits);
        if !found.is_empty() {
            break;
        }
    }
    let bind = |value: &str| {
        let set = |argument: &Argument| replaced(argument, variable, value);
        HelmCommand {
            verb: helm.verb.clone(),
            release: helm.release.as_ref().map(set),
            chart: set(&helm.chart),
            namespace: helm.namespace.as_ref().map(set),
            context: helm.context.as_ref().map(set),
            values: helm.values.iter().map(set).collect(),
            settings: helm.settings.clone(),
        }
    };
    found.sort();
    found.dedup();
    // What the variable may be is known only by the files that are there, so each of them has to be.
    let all: Vec<HelmCommand> = found
        .iter()
        .map(|value| bind(value))
        .filter(|helm| helm.values.iter().all(|file| find_file(sources, inventory, command, file).is_some()))
        .collect();
    if all.is_empty() { vec![helm.clone()] } else { all }
}

/// What stands for the unknown part of `pattern` in the path of a file.
fn captured(pattern: &Argument, file: &Path, scope: &crate::discover::evaluate::Scope) -> Option<String> {
    const HOLE: &str = "\u{3}";
    let parts = pattern.parts.iter().map(|part| match part {
        Part::Text(text) => text.as_str(),
        Part::Unknown(_) => HOLE,
    });
    let path = scope.path(&parts.collect::<String>())?;
    let path = path.to_str()?;
    let (before, after) = path.split_once(HOLE)?;
    let value = file.to_str()?.strip_prefix(before)?;
    let value = match after.split_once(HOLE) {
        None => value.strip_suffix(after)?,
        Some((between, _)) => value.split(between).next()?,
    };
    let again = path.replace(HOLE, value);
    (!value.is_empty() && !value.contains('/') && Path::new(&again) == file).then(|| value.to_owned())
}

fn replaced(argument: &Argument, variable: &str, value: &str) -> Argument {
    let mut parts: Vec<Part> = Vec::new();
    for part in &argument.parts {
        let part = match part {
            Part::Unknown(Some(name)) if name == variable => Part::Text(value.to_owned()),
            other => other.clone(),
        };
        match (parts.last_mut(), part) {
            (Some(Part::Text(text)), Part::Text(more)) => text.push_str(&more),
            (_, part) => parts.push(part),
        }
    }
    Argument { parts, ..argument.clone() }
}

fn folders(command: &Use) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = command.scope.folder.iter().cloned().collect();
    if folders.is_empty() {
        folders.push(PathBuf::new());
    }
    if !folders.contains(&command.scope.script_folder) {
        folders.push(command.scope.script_folder.clone());
    }
    folders
}

/// The path of an argument in the first folder where `is_there`.
fn find(command: &Use, argument: &Argument, is_there: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let text = argument.text()?;
    folders(command).into_iter().find_map(|folder| {
        let mut scope = command.scope.clone();
        scope.folder = Some(folder);
        scope.path(text).filter(|path| is_there(path))
    })
}

fn find_file(
    sources: &SourceMap,
    inventory: &Inventory,
    command: &Use,
    argument: &Argument,
) -> Option<PathBuf> {
    find(command, argument, |path| inventory.has(sources, path))
}

fn release(
    sources: &SourceMap,
    inventory: &Inventory,
    command: &Use,
    helm: &HelmCommand,
    plan: &mut Plan,
) -> Installed {
    let folder = find(command, &helm.chart, |path| inventory.chart(path).is_some());
    let chart = if let Some(folder) = folder {
        Chart::Folder(folder)
    } else {
        let local = matches!(helm.chart.start().chars().next(), Some('.' | '/' | '\u{1}'));
        let path = helm.chart.text().and_then(|text| command.scope.path(text));
        let absent = path.as_ref().and_then(|path| inventory.absent(path));
        let reason = match (absent, helm.chart.text()) {
            (Some((submodule, _)), _) => format!(
                "its chart is in `{0}`, a submodule that is not checked out; run `git submodule update --init {0}`",
                submodule.display()
            ),
            (None, None) => {
                format!("which chart it is, {} says only when the command runs", helm.chart.unknown())
            }
            (None, Some(_)) if local => "its chart is not in the repository".to_owned(),
            (None, Some(_)) => "its chart comes from a chart repository, which is not read".to_owned(),
        };
        let name = helm.release.as_ref().unwrap_or(&helm.chart);
        let what = format!("the release `{}` ({})", name.written(), helm.chart.written());
        plan.unchecked.push(Unchecked { what, reason, span: Some(command.span) });
        Chart::Elsewhere(helm.chart.written())
    };
    let mut release = HelmDeployment {
        release: match &helm.release {
            Some(name) => text(name),
            None => Spanned::new(Known::unknown("Helm makes it up", Some(command.span)), command.span),
        },
        namespace: helm.namespace.as_ref().map(text),
        chart,
        chart_span: Some(helm.chart.span),
        values: Vec::new(),
        values_named_at: Vec::new(),
        settings: Vec::new(),
        unknown: Vec::new(),
        unseen: Vec::new(),
        why: Vec::new(),
    };
    for file in &helm.values {
        if let Some(path) = find_file(sources, inventory, command, file) {
            release.values.push(path);
            release.values_named_at.push(Some(file.span));
        } else {
            let why = match file.text() {
                Some(text) => format!("the values file `{text}` is not in the repository"),
                None => {
                    format!("which values file it is, {} says only when the command runs", file.unknown())
                }
            };
            release.unseen.push(Unknown { why, span: Some(file.span) });
        }
    }
    for (kind, argument) in &helm.settings {
        setting(&mut release, *kind, argument);
    }
    let name = helm.release.as_ref().map(Argument::written).unwrap_or_default();
    let what = format!("`helm {} {name} {}` in {}", helm.verb, helm.chart.written(), command.place);
    release.why.push(Why { text: what, span: Some(command.span) });
    for argument in helm.release.iter().chain(&helm.namespace).chain(&helm.values) {
        if let Some(variable) = &argument.fallback_of {
            let shown = crate::discover::evaluate::shown(variable);
            let text = format!("`{}` is what holds where {shown} is not set", argument.written());
            because(&mut release.why, Why { text, span: Some(argument.span) });
        }
    }
    let evidence = environment(command, helm, &release);
    Installed { evidence, release, automatic: command.automatic }
}

/// `path=value`, known or supplied at deploy time.
fn setting(release: &mut HelmDeployment, kind: SettingKind, argument: &Argument) {
    let start = argument.start();
    let Some(at) = start.find('=') else {
        // Even the path is decided at deploy time.
        if argument.text().is_none() {
            let why = format!("{} is set only when the command runs", argument.unknown());
            release.unseen.push(Unknown { why, span: Some(argument.span) });
        }
        return;
    };
    let open = argument.fallback_of.is_some() || kind == SettingKind::File;
    if let Some(text) = argument.text().filter(|_| !open) {
        release.settings.push(Setting { kind, argument: Spanned::new(text.to_owned(), argument.span) });
    } else {
        let path = start.get(..at).unwrap_or_default().to_owned();
        release.unknown.push(Spanned::new(path, argument.span));
    }
}

fn environment(command: &Use, helm: &HelmCommand, release: &HelmDeployment) -> Option<Evidence> {
    let mut found: Option<Evidence> = None;
    for (file, span) in release.values.iter().zip(&release.values_named_at) {
        let Some(named) = named_file(file) else { continue };
        if found.as_ref().is_some_and(|found| found.named != named) {
            return None;
        }
        let shown = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let text = format!("the name of `{shown}` says {}", named.name);
        found = Some(Evidence { named, why: Why { text, span: *span } });
    }
    let explicit = command.hints.iter().find(|hint| hint.explicit).and_then(|hint| {
        let named = names::mentioned(&hint.text)?;
        let text = format!("{} is `{}`", hint.what, hint.text.trim());
        Some(Evidence { named, why: Why { text, span: Some(hint.span) } })
    });
    found
        .or(explicit)
        .or_else(|| evidence::argument("the namespace", helm.namespace.as_ref()))
        .or_else(|| evidence::argument("the release", helm.release.as_ref()))
        .or_else(|| evidence::argument("the context", helm.context.as_ref()))
        .or_else(|| evidence::around(command, false))
}

/// The environment of a values file that a command names: its name may say more than the environment.
fn named_file(path: &Path) -> Option<Named> {
    names::values_file(path).or_else(|| {
        let stem = path.file_stem().and_then(|stem| stem.to_str())?;
        names::mentioned(stem)
    })
}

/// Releases of a chart by the names of its values files. Where commands install the chart, they say which files count.
fn by_name(
    inventory: &Inventory,
    chart: &ChartFolder,
    by_command: &BTreeSet<PathBuf>,
    used: &BTreeSet<PathBuf>,
    rungs: &mut Rungs,
    plan: &mut Plan,
) {
    let installed = by_command.contains(&chart.path);
    let mut any = installed;
    for file in values_files(inventory, chart).into_iter().filter(|file| !used.contains(*file)) {
        let shown = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let named = names::values_file(file);
        let mut release = nameless(chart);
        release.values = vec![file.clone()];
        release.values_named_at = vec![None];
        any = true;
        let why = |text: String| Why { text, span: chart.span };
        if let Some(named) = named.filter(|_| !installed && !chart.example) {
            let why = why(format!("the name of `{shown}` says {}", named.name));
            release.why.push(why.clone());
            let environment = rung(rungs, named);
            because(&mut environment.why, why);
            environment.releases.push(release);
            continue;
        }
        let text = if named.is_some() && installed {
            format!("no command installs the chart `{}` with `{shown}`", chart.name)
        } else {
            format!("the name of `{shown}` says no environment, and no command uses it")
        };
        release.why.push(why(text));
        plan.other_releases.push(release);
    }
    if !any {
        let mut release = nameless(chart);
        let text = format!("no command installs the chart `{}`", chart.name);
        release.why.push(Why { text, span: chart.span });
        plan.other_releases.push(release);
    }
}

/// A release of a chart that nobody is known to install.
fn nameless(chart: &ChartFolder) -> HelmDeployment {
    let span = chart.span.unwrap_or(crate::discover::plan::NOWHERE);
    let unknown = Known::unknown(format!("no command installs the chart `{}`", chart.name), chart.span);
    HelmDeployment {
        release: Spanned::new(unknown, span),
        namespace: None,
        chart: Chart::Folder(chart.path.clone()),
        chart_span: chart.span,
        values: Vec::new(),
        values_named_at: Vec::new(),
        settings: Vec::new(),
        unknown: Vec::new(),
        unseen: Vec::new(),
        why: Vec::new(),
    }
}

/// The values files that go with a chart: in its folder beside `values.yaml`, or in a folder of environments in it; for
/// the only chart of a repository, any values file that names an environment.
fn values_files<'i>(inventory: &'i Inventory, chart: &ChartFolder) -> Vec<&'i PathBuf> {
    let mut candidates = inventory.charts.iter().filter(|chart| !chart.library && !chart.example);
    let only = candidates.next().is_some_and(|first| first.path == chart.path) && candidates.next().is_none();
    let fits = |path: &&PathBuf| {
        if let Ok(inside) = path.strip_prefix(&chart.path) {
            let mut folders = inside.parent().into_iter().flat_map(Path::iter);
            // `ci/` has what chart-testing installs; `charts/` and `templates/` are not ours to give values to.
            let foreign =
                folders.any(|part| matches!(part.to_str(), Some("charts" | "templates" | "ci" | "crds")));
            let nested = inventory.charts.iter().any(|other| {
                other.path != chart.path
                    && other.path.starts_with(&chart.path)
                    && path.starts_with(&other.path)
            });
            let default = inside == Path::new("values.yaml") || inside == Path::new("values.yml");
            let shallow = inside.components().count() == 1 && names::is_values_file(inside);
            return !foreign && !nested && !default && (shallow || names::values_file(path).is_some());
        }
        only && !chart.path.as_os_str().is_empty()
            && names::is_values_file(path)
            && names::values_file(path).is_some()
            && !names::is_example(path)
            && !inventory.charts.iter().any(|other| path.starts_with(&other.path))
    };
    inventory.files.iter().filter(fits).collect()
}
