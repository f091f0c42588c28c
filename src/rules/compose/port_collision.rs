//! `compose/port-collision`: two services that publish the same port of the host.

use crate::compose::Port;
use crate::compose::Service;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let published: Vec<(Service<'_>, Port<'_>, (u16, u16))> = model
        .services()
        .flat_map(|service| service.ports().map(move |port| (service, port)))
        .filter_map(|(service, port)| Some((service, port, port.published_range()?)))
        .collect();
    let mut findings = Vec::new();
    for (index, (service, port, range)) in published.iter().enumerate() {
        let earlier = published.iter().take(index);
        let Some((other, taken, _)) = earlier.rev().find(|(_, taken, other_range)| {
            // A range leaves Docker the choice of a free port in it.
            let fixed = range.0 == range.1 && other_range == range;
            fixed && taken.protocol == port.protocol && same_address(taken, port)
        }) else {
            continue;
        };
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
