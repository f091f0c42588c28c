//! `compose/unused-resource`: a network, volume, secret or config that no service uses.

use std::collections::BTreeSet;

use crate::compose::Part;
use crate::compose::Project as Model;
use crate::compose::Service;
use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for (section, one) in
        [("networks", "network"), ("volumes", "volume"), ("secrets", "secret"), ("configs", "config")]
    {
        let used = used(model, section);
        for part in model.parts(section) {
            let implied = model.at(&format!("{section}.{}", part.name)).is_some_and(|value| value.implied);
            if implied || part.name == "default" || used.contains(part.name) {
                continue;
            }
            if is_used_elsewhere(context, section, &part) {
                continue;
            }
            findings.push(
                Finding::new(
                    format!("no service uses the {one} `{}`", part.name),
                    part.key,
                    format!("{section}.{}", part.name),
                )
                .help(format!("remove it, or name it under a service's `{section}`"))
                .remedy(removal(&part, one)),
            );
        }
    }
    findings
}

/// True where another project reads the same line and has a service that uses it: an override may put something else
/// in its place.
fn is_used_elsewhere(context: &Context<'_>, section: &str, part: &Part<'_>) -> bool {
    let models = context.ladder.projects().filter_map(|(_, project)| project.model());
    models
        .filter(|model| model.parts(section).any(|other| other.key == part.key))
        .any(|model| used(model, section).contains(part.name))
}

/// A volume may hold what somebody still wants to find by its name.
fn removal(part: &Part<'_>, one: &str) -> Result<Remedy, String> {
    let safety = if one == "volume" { Safety::Unsafe } else { Safety::Safe };
    crate::rules::declared::removable_at(part.value)?;
    let gone = What::Remove { emptied: 1 };
    Ok(Remedy::new(format!("remove the {one} `{}`", part.name), safety, part.key, gone))
}

fn used<'m>(model: &'m Model, section: &str) -> BTreeSet<&'m str> {
    let mut used = BTreeSet::new();
    for service in model.services().chain(model.disabled_services()) {
        match section {
            "networks" => used.extend(service.networks().map(|network| network.name)),
            "volumes" => used.extend(service.mounts().filter_map(|mount| mount.source?.as_str())),
            _ => used.extend(sources(service, section)),
        }
        let build = service.at(&format!("build.{section}")).map(Value::items).unwrap_or_default();
        used.extend(build.iter().filter_map(|item| item.text("source").or_else(|| item.as_str())));
    }
    used
}

fn sources<'m>(service: Service<'m>, section: &str) -> Vec<&'m str> {
    let items = service.get(section).map(Value::items).unwrap_or_default();
    items.iter().filter_map(|item| item.text("source").or_else(|| item.as_str())).collect()
}
