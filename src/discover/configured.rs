//! The ladder as the configuration gives it.

use std::path::Path;
use std::path::PathBuf;

use crate::config;
use crate::config::Config;
use crate::config::Stage;
use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::discover::Chart;
use crate::discover::ComposeDeployment;
use crate::discover::HelmDeployment;
use crate::discover::Plan;
use crate::discover::PlannedEnvironment;
use crate::discover::PulumiDeployment;
use crate::discover::Setting;
use crate::discover::SettingKind;
use crate::discover::Why;
use crate::discover::evaluate::normal;
use crate::discover::infer::Inventory;
use crate::discover::infer::stack_file;
use crate::discover::names;
use crate::source::Known;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Spanned;

/// The plan that a configured ladder makes. What the inference found besides stays as what belongs nowhere.
///
/// An entry that does not say what is deployed adds to what was inferred for its name. Where no entry says it, the
/// inferred ladder stands, with all of its environments.
pub(super) fn plan(sources: &SourceMap, inventory: &Inventory, config: &Config, mut inferred: Plan) -> Plan {
    if !config.ladder.iter().any(config::Environment::deploys) {
        return added(config, inferred);
    }
    let mut plan = Plan { configured: true, ..Plan::default() };
    let mut check = Check { sources, inventory, findings: Vec::new() };
    let last = config.ladder.len().saturating_sub(1);
    for (index, entry) in config.ladder.iter().enumerate() {
        let stage = match &entry.stage {
            Some(stage) => stage.value,
            None => stage_of(&entry.name.value, index, last),
        };
        let mut environment = PlannedEnvironment::new(entry.name.value.clone(), stage);
        if entry.deploys() {
            let compose = entry.compose.iter();
            environment.projects = compose.filter_map(|compose| check.compose(compose)).collect();
            environment.releases = entry.helm.iter().map(|helm| check.helm(helm)).collect();
            environment.stacks = entry.pulumi.iter().map(|pulumi| check.pulumi(pulumi)).collect();
        } else if let Some(at) = position(&inferred.environments, entry) {
            environment = PlannedEnvironment { stage, ..inferred.environments.remove(at) };
        }
        environment.why.insert(0, said(entry.name.span));
        describe(&mut environment, entry);
        plan.environments.push(environment);
    }
    plan.findings = check.findings;
    deployed_with(&mut plan, &inferred);
    others(&mut plan, inferred);
    plan
}

/// The inferred ladder with what the configuration adds to it.
fn added(config: &Config, inferred: Plan) -> Plan {
    let mut plan = inferred;
    let last = config.ladder.len().saturating_sub(1);
    for (index, entry) in config.ladder.iter().enumerate() {
        let at = position(&plan.environments, entry).unwrap_or_else(|| {
            let stage = stage_of(&entry.name.value, index, last);
            plan.environments.push(PlannedEnvironment::new(entry.name.value.clone(), stage));
            plan.environments.len() - 1
        });
        let Some(environment) = plan.environments.get_mut(at) else { continue };
        environment.stage = entry.stage.as_ref().map_or(environment.stage, |stage| stage.value);
        environment.why.push(said(entry.name.span));
        describe(environment, entry);
    }
    plan.environments.sort_by_key(|environment| environment.stage);
    plan
}

fn position(environments: &[PlannedEnvironment], entry: &config::Environment) -> Option<usize> {
    environments.iter().position(|environment| environment.name == entry.name.value)
}

/// Gives an environment what its entry says besides what is deployed.
fn describe(environment: &mut PlannedEnvironment, entry: &config::Environment) {
    environment.span = Some(entry.span);
    environment.budget = entry.budget;
    environment.host.clone_from(&entry.host);
    environment.monthly = entry.monthly;
    environment.cluster.clone_from(&entry.cluster);
    for release in &mut environment.releases {
        let new = entry
            .unknown
            .iter()
            .filter(|path| !release.unknown.iter().any(|known| known.value == path.value));
        let new: Vec<_> = new.cloned().collect();
        release.unknown.extend(new);
    }
}

/// The stage of an environment that does not say it: its name where that is clear, or else its place.
fn stage_of(name: &str, index: usize, last: usize) -> Stage {
    match names::mentioned(name) {
        Some(named) if named.name != "development" => named.stage,
        _ if index == last => Stage::Production,
        _ if index == 0 => Stage::Local,
        _ => Stage::Integration,
    }
}

fn said(span: Span) -> Why {
    Why { text: "the configuration says so".to_owned(), span: Some(span) }
}

/// Adds to stacks what commands set for them: the configuration says which stack it is, not how it is set up.
fn deployed_with(plan: &mut Plan, inferred: &Plan) {
    let known = |stack: &PulumiDeployment| stack.stack.as_ref().and_then(|name| name.value.known().cloned());
    for stack in plan.environments.iter_mut().flat_map(|environment| &mut environment.stacks) {
        let found = inferred.environments.iter().flat_map(|environment| &environment.stacks);
        let mut found = found.chain(&inferred.other_stacks);
        let same = found.find(|other| other.project == stack.project && known(other) == known(stack));
        if let Some(other) = same {
            stack.config.clone_from(&other.config);
        }
    }
}

/// Keeps of what was inferred whatever the configured ladder does not use.
fn others(plan: &mut Plan, inferred: Plan) {
    let used = |path: &PathBuf| {
        plan.environments
            .iter()
            .flat_map(|environment| &environment.projects)
            .any(|project| project.files.contains(path))
    };
    let mut projects = inferred.other_projects;
    let mut releases = inferred.other_releases;
    let mut stacks = inferred.other_stacks;
    for environment in inferred.environments {
        projects.extend(environment.projects);
        releases.extend(environment.releases);
        stacks.extend(environment.stacks);
    }
    projects.retain(|project| project.files.last().is_some_and(|file| !used(file)));
    let planned = || plan.environments.iter().flat_map(|environment| &environment.releases);
    releases.retain(|release| {
        !planned().any(|other| {
            other.chart == release.chart && release.values.iter().all(|file| other.values.contains(file))
        })
    });
    let planned = || plan.environments.iter().flat_map(|environment| &environment.stacks);
    stacks.retain(|stack| {
        let name =
            |stack: &PulumiDeployment| stack.stack.as_ref().and_then(|name| name.value.known().cloned());
        !planned().any(|other| {
            other.project == stack.project && (stack.stack.is_none() || name(other) == name(stack))
        })
    });
    projects.sort_by(|a, b| a.files.cmp(&b.files));
    plan.other_projects = projects;
    plan.other_releases = releases;
    plan.other_stacks = stacks;
    // What commands name and the repository lacks stays worth knowing; the configuration answers for environments.
    let answered = |what: &str| what.starts_with("the environment of");
    plan.unchecked = inferred.unchecked.into_iter().filter(|one| !answered(&one.what)).collect();
}

/// Holds what the configuration names against what is there.
struct Check<'c> {
    sources: &'c SourceMap,
    inventory: &'c Inventory,
    findings: Vec<Finding>,
}

impl Check<'_> {
    /// The path below the root; a finding where no such file is there.
    fn file(&mut self, path: &Spanned<PathBuf>, what: &str) -> Option<PathBuf> {
        let shown = path.value.display();
        let Some(inside) = normal(&path.value) else {
            let message = format!("`{shown}` leads out of the repository");
            self.findings.push(Finding::new(message, path.span, ""));
            return None;
        };
        if self.inventory.has(self.sources, &inside) {
            return Some(inside);
        }
        let candidates = self.inventory.files.iter().filter_map(|file| file.to_str());
        let finding = Finding::new(format!("there is no {what} `{shown}`"), path.span, "");
        let near = inside.to_str().and_then(|text| nearest(text, candidates));
        self.findings.push(match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("give its path from the folder of this configuration"),
        });
        None
    }

    fn compose(&mut self, compose: &config::Compose) -> Option<ComposeDeployment> {
        let mut files = Vec::new();
        let mut named_at = Vec::new();
        for file in &compose.files {
            if let Some(path) = self.file(file, "Compose file") {
                files.push(path);
                named_at.push(Some(file.span));
            }
        }
        let directory = match &compose.directory {
            Some(directory) => normal(&directory.value)?,
            None => files.first()?.parent().unwrap_or(Path::new("")).to_path_buf(),
        };
        let env_files =
            compose.env_files.iter().filter_map(|file| self.file(file, "file of variables")).collect();
        Some(ComposeDeployment {
            files,
            named_at,
            env_files,
            profiles: compose.profiles.iter().map(|profile| profile.value.clone()).collect(),
            project: compose.project.as_ref().map(known),
            directory,
            may_be_part: false,
            why: vec![said(compose.span)],
        })
    }

    fn helm(&mut self, helm: &config::Helm) -> HelmDeployment {
        let folder = normal(&helm.chart.value).filter(|folder| self.inventory.chart(folder).is_some());
        let shown = helm.chart.value.display().to_string();
        let chart = if let Some(folder) = folder {
            Chart::Folder(folder)
        } else {
            let absent = normal(&helm.chart.value).is_some_and(|path| self.inventory.absent(&path).is_some());
            if !absent {
                let finding = Finding::new(format!("there is no chart in `{shown}`"), helm.chart.span, "");
                let charts = self.inventory.charts.iter().filter_map(|chart| chart.path.to_str());
                self.findings.push(match nearest(&shown, charts) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help("name a folder with a `Chart.yaml`"),
                });
            }
            Chart::Elsewhere(shown)
        };
        let mut values = Vec::new();
        let mut values_named_at = Vec::new();
        for file in &helm.values {
            if let Some(path) = self.file(file, "values file") {
                values.push(path);
                values_named_at.push(Some(file.span));
            }
        }
        let settings = helm.set.iter().map(|set| Setting {
            kind: if set.string { SettingKind::String } else { SettingKind::Set },
            // A comma would end the value in the grammar of `--set`.
            argument: Spanned::new(
                format!("{}={}", set.path.value, set.value.value.replace('\\', "\\\\").replace(',', "\\,")),
                set.value.span,
            ),
        });
        HelmDeployment {
            release: known(&helm.release),
            namespace: helm.namespace.as_ref().map(known),
            chart,
            chart_span: Some(helm.chart.span),
            values,
            values_named_at,
            settings: settings.collect(),
            unknown: helm.unknown.clone(),
            unseen: Vec::new(),
            why: vec![said(helm.span)],
        }
    }

    fn pulumi(&mut self, pulumi: &config::Pulumi) -> PulumiDeployment {
        let shown = pulumi.project.value.display();
        let project = normal(&pulumi.project.value).unwrap_or_default();
        let there = self.inventory.projects.contains(&project);
        if !there && self.inventory.absent(&project).is_none() {
            let message = format!("there is no Pulumi project in `{shown}`");
            let projects = self.inventory.projects.iter().filter_map(|project| project.to_str());
            let finding = Finding::new(message, pulumi.project.span, "");
            self.findings.push(match nearest(&shown.to_string(), projects) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help("name a folder with a `Pulumi.yaml`"),
            });
        }
        PulumiDeployment {
            file: stack_file(self.inventory, &project, &pulumi.stack.value),
            project,
            stack: Some(known(&pulumi.stack)),
            config: Vec::new(),
            why: vec![said(pulumi.span)],
        }
    }
}

fn known(text: &Spanned<String>) -> Spanned<Known<String>> {
    Spanned::new(Known::Known(text.value.clone()), text.span)
}
