//! `compose/unreachable-service`: an address of a service that is not running, or on no network in common.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::compose::Project as Model;
use crate::compose::Service;
use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let reach = Reach::of(model);
    let mut findings = Vec::new();
    for service in model.services().filter(|service| reach.is_closed(*service)) {
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for variable in service.environment().filter(|variable| !variable.value.is_unknown()) {
            let Some(text) = variable.value.as_str() else { continue };
            for host in hosts(variable.name, text) {
                let Some(other) = model.service(host).filter(|other| other.get("network_mode").is_none())
                else {
                    continue;
                };
                if reach.reaches(service, host) || !told.insert(other.name) {
                    continue;
                }
                let (from, name) = (service.name, variable.name);
                findings.push(
                    Finding::new(
                        format!("`{name}` leads to `{host}`, which shares no network with `{from}`"),
                        variable.value.origin.span,
                        format!("services.{from}.environment.{name}"),
                    )
                    .related(other.key_span("networks"), format!("the networks of `{host}`"))
                    .related(service.key_span("networks"), format!("the networks of `{from}`"))
                    .help(format!("put `{from}` and `{host}` on one network")),
                );
            }
        }
    }
    findings
}

/// Who is called what on which network.
struct Reach<'m> {
    /// The names on each network, by its name outside of the project.
    names: BTreeMap<&'m str, BTreeSet<&'m str>>,
    /// The name of each network outside of the project.
    real: BTreeMap<&'m str, &'m str>,
    /// Networks from outside, which bring services of their own.
    external: BTreeSet<&'m str>,
}

impl<'m> Reach<'m> {
    fn of(model: &'m Model) -> Self {
        let named = model
            .networks()
            .map(|network| (network.name, network.value.text("name").unwrap_or(network.name)));
        let real: BTreeMap<&str, &str> = named.collect();
        let external = model.networks().filter(|network| {
            network.value.get("external").is_some_and(|external| external.as_bool() != Some(false))
        });
        let external = external.map(|network| network.name).collect();
        let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for service in model.services() {
            let own = ["container_name", "hostname"].into_iter().filter_map(|key| service.get(key)?.as_str());
            let own: Vec<&str> = own.chain([service.name]).collect();
            for network in service.networks() {
                let known = names.entry(real.get(network.name).copied().unwrap_or(network.name)).or_default();
                known.extend(&own);
                let aliases = network.value.get("aliases").map(Value::items).unwrap_or_default();
                known.extend(aliases.iter().filter_map(Value::as_str));
            }
        }
        Self { names, real, external }
    }

    /// True where all that a service can reach is in this project.
    fn is_closed(&self, service: Service<'_>) -> bool {
        ["network_mode", "extra_hosts", "external_links", "links"]
            .iter()
            .all(|key| service.get(key).is_none())
            && !service.networks().any(|network| self.external.contains(network.name))
    }

    fn reaches(&self, service: Service<'_>, host: &str) -> bool {
        service.networks().any(|network| {
            let real = self.real.get(network.name).copied().unwrap_or(network.name);
            self.names.get(real).is_some_and(|names| names.contains(host))
        })
    }
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
