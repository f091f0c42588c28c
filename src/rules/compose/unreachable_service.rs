//! `compose/unreachable-service`: an address of a service that is not running, or on no network in common.

use std::collections::BTreeSet;

use crate::compose::Project as Model;
use crate::compose::Service;
use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        if !on_networks_of_this_project(model, service) {
            continue;
        }
        let near = names_in_reach(model, service);
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for variable in service.environment().filter(|variable| !variable.value.is_unknown()) {
            let Some(text) = variable.value.as_str() else { continue };
            for host in hosts(variable.name, text) {
                if near.contains(host) || host == service.name || told.contains(host) {
                    continue;
                }
                let at = variable.value.origin.span;
                let subject = format!("services.{}.environment.{}", service.name, variable.name);
                let (from, name) = (service.name, variable.name);
                let finding = if let Some(other) =
                    model.service(host).filter(|other| other.get("network_mode").is_none())
                {
                    Finding::new(
                        format!("`{name}` leads to `{host}`, which shares no network with `{from}`"),
                        at,
                        subject,
                    )
                    .related(other.key_span("networks"), format!("the networks of `{host}`"))
                    .related(service.key_span("networks"), format!("the networks of `{from}`"))
                    .help(format!("put `{from}` and `{host}` on one network"))
                } else {
                    continue;
                };
                told.extend(model.service(host).map(|other| other.name));
                findings.push(finding);
            }
        }
    }
    findings
}

/// True where all that a service can reach is in this project: networks from outside bring services of their own.
fn on_networks_of_this_project(model: &Model, service: Service<'_>) -> bool {
    let external = |name: &str| {
        model.networks().any(|network| {
            let external =
                network.value.get("external").is_some_and(|external| external.as_bool() != Some(false));
            network.name == name && external
        })
    };
    service.get("network_mode").is_none()
        && service.get("extra_hosts").is_none()
        && service.get("external_links").is_none()
        && !service.networks().any(|network| external(network.name))
}

/// What the service can call the others, and itself.
fn names_in_reach<'m>(model: &'m Model, service: Service<'m>) -> BTreeSet<&'m str> {
    let real =
        |key: &'m str| model.at(&format!("networks.{key}.name")).and_then(Value::as_str).unwrap_or(key);
    let own: BTreeSet<&str> = service.networks().map(|network| real(network.name)).collect();
    let mut names = BTreeSet::new();
    for link in service.get("links").map(Value::items).unwrap_or_default() {
        names.extend(link.as_str().into_iter().flat_map(|link| link.split(':')));
    }
    for other in model.services() {
        let shared: Vec<_> = other.networks().filter(|network| own.contains(real(network.name))).collect();
        if shared.is_empty() {
            continue;
        }
        names.insert(other.name);
        names.extend(other.get("container_name").and_then(Value::as_str));
        names.extend(other.get("hostname").and_then(Value::as_str));
        for network in shared {
            let aliases = network.value.get("aliases").map(Value::items).unwrap_or_default();
            names.extend(aliases.iter().filter_map(Value::as_str));
        }
    }
    names
}

/// The hosts that a variable names: those of addresses (`postgres://user@db:5432/shop`), and the whole of a value under
/// a key that says that it is a host.
fn hosts<'t>(key: &str, text: &'t str) -> Vec<&'t str> {
    let mut hosts = Vec::new();
    for part in text.split([',', ' ']) {
        if let Some((scheme, rest)) = part.split_once("://") {
            if scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-' | ':')) {
                let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
                let host = authority.rsplit('@').next().unwrap_or_default();
                hosts.extend(host.split(':').next());
            }
        } else {
            let key = key.to_ascii_uppercase();
            let names_host =
                ["_HOST", "_HOSTNAME", "_HOSTS", "_SERVERS", "_ADDR"].iter().any(|end| key.ends_with(end));
            if names_host || key == "HOST" {
                hosts.extend(part.split(':').next());
            }
        }
    }
    hosts
}
