//! `compose/port-collision`: two services that publish the same port of the host.

use std::collections::BTreeMap;

use crate::compose::Port;
use crate::compose::Project as Model;
use crate::compose::Service;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::ladder::Stage;
use crate::rules::Context;

/// A port, who publishes it, and the ports of the host.
type Published<'m> = (Service<'m>, Port<'m>, (u16, u16));

fn published(model: &Model) -> Vec<Published<'_>> {
    let ports = model.services().flat_map(|service| service.ports().map(move |port| (service, port)));
    ports.filter_map(|(service, port)| Some((service, port, port.published_range()?))).collect()
}

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let published = published(model);
    let mut findings = replicas(&published);
    let mut fixed: BTreeMap<(u16, &str), Vec<&Published<'_>>> = BTreeMap::new();
    // A range leaves Docker the choice of a free port in it.
    for entry in published.iter().filter(|(_, _, range)| range.0 == range.1) {
        let (service, port, range) = entry;
        let earlier = fixed.entry((range.0, port.protocol)).or_default();
        let other = earlier.iter().rev().find(|(_, taken, _)| same_address(taken, port)).copied();
        earlier.push(entry);
        let Some((other, taken, _)) = other else { continue };
        let at = port.published.unwrap_or(port.value).origin.span;
        let before = taken.published.unwrap_or(taken.value).origin.span;
        let message = if other.name == service.name {
            format!("`{}` publishes port {} twice", service.name, range.0)
        } else {
            format!("`{}` and `{}` both publish port {} of the host", other.name, service.name, range.0)
        };
        findings.push(
            Finding::new(message, at, format!("services.{}.ports", service.name))
                .label("the port is taken")
                .related(before, format!("published by `{}` here", other.name))
                .help("publish one of them on another port"),
        );
    }
    findings.extend(beside(project, &published, context));
    findings
}

/// Ports that another project of the environment has. Two projects are known to run side by side where the
/// configuration names both, or commands that do not just start them for trying.
fn beside(project: &Project, published: &[Published<'_>], context: &Context<'_>) -> Vec<Finding> {
    let together = context.ladder.configured || context.stage != Stage::Local;
    let named = |project: &Project| together && project.deployment.named_at.iter().any(Option::is_some);
    let Some(environment) = context.environment.filter(|_| named(project)) else { return Vec::new() };
    let earlier = environment.projects.iter().take_while(|other| !std::ptr::eq(*other, project));
    let mut findings = Vec::new();
    for other in earlier.filter(|other| named(other)) {
        let Some(model) = other.model() else { continue };
        let same_name = project.model().is_some_and(|own| !own.name.is_empty() && own.name == model.name);
        // Projects of one folder and those that share a file are two forms of one project.
        let shared = other.deployment.files.iter().any(|file| project.deployment.files.contains(file));
        if same_name || shared || other.deployment.directory == project.deployment.directory {
            continue;
        }
        let taken = self::published(model);
        for (service, port, range) in published.iter().filter(|(_, _, range)| range.0 == range.1) {
            let Some((owner, before, _)) = taken.iter().find(|(_, taken, other)| {
                other == range && taken.protocol == port.protocol && same_address(taken, port)
            }) else {
                continue;
            };
            let at = port.published.unwrap_or(port.value).origin.span;
            let taken_at = before.published.unwrap_or(before.value).origin.span;
            findings.push(
                Finding::new(
                    format!(
                        "`{}` publishes port {} of the host, which `{}` of another project has in `{}`",
                        service.name, range.0, owner.name, environment.name
                    ),
                    at,
                    format!("services.{}.ports", service.name),
                )
                .label("the port is taken")
                .related(taken_at, format!("published by `{}` here", owner.name))
                .help("publish one of them on another port"),
            );
        }
    }
    findings
}

/// Services that run more than once with a port that only one of them can have.
fn replicas(published: &[Published<'_>]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for (service, port, range) in published {
        let said = service.at("deploy.replicas").or_else(|| service.get("scale"));
        let Some((said, count)) =
            said.and_then(|said| Some((said, said.as_i64().filter(|count| *count > 1)?)))
        else {
            continue;
        };
        let ports = i64::from(range.1.saturating_sub(range.0)) + 1;
        if ports >= count || said.is_unknown() || port.value.text("mode") == Some("host") {
            continue;
        }
        let at = port.published.unwrap_or(port.value).origin.span;
        findings.push(
            Finding::new(
                format!(
                    "`{}` runs {count} times, and only one of them can publish port {} of the host",
                    service.name, range.0
                ),
                at,
                format!("services.{}.ports", service.name),
            )
            .related(said.origin.span, format!("{count} containers"))
            .help("publish a range of ports, or put a proxy in front that is published once"),
        );
    }
    findings
}

/// True where both addresses are known and one port cannot be had on both.
fn same_address(one: &Port<'_>, other: &Port<'_>) -> bool {
    let all = |address: Option<&str>| address.is_none_or(|ip| matches!(ip, "" | "0.0.0.0" | "::" | "[::]"));
    if [one, other].iter().any(|port| port.host_ip.is_some_and(crate::compose::Value::is_unknown)) {
        return false;
    }
    let address = |port: &Port<'_>| port.host_ip.and_then(|ip| ip.as_str().map(str::to_owned));
    let (first, second) = (address(one), address(other));
    all(first.as_deref()) || all(second.as_deref()) || first == second
}
