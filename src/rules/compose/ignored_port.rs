//! `compose/ignored-port`: published ports of a container that has no network of its own.

use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        let Some(mode) = service.get("network_mode").filter(|mode| !mode.is_unknown()) else { continue };
        let (Some(text), Some(port)) = (mode.as_str(), service.ports().next()) else { continue };
        let (message, help) = match text {
            "host" => (
                format!(
                    "the ports of `{}` do nothing: it is on the network of the host already",
                    service.name
                ),
                "remove `ports`, or remove `network_mode: host`".to_owned(),
            ),
            "none" => (
                format!("the ports of `{}` lead nowhere: it has no network", service.name),
                "remove `ports`, or remove `network_mode: none`".to_owned(),
            ),
            shared if shared.starts_with("service:") || shared.starts_with("container:") => {
                let owner = shared.split_once(':').map_or("", |(_, owner)| owner);
                (
                    format!(
                        "Docker does not start `{}`: it uses the network of `{owner}`, and publishes ports",
                        service.name
                    ),
                    format!("publish the ports on `{owner}`"),
                )
            }
            _ => continue,
        };
        let at = port.published.or(port.target).unwrap_or(port.value).origin.span;
        findings.push(
            Finding::new(message, at, format!("services.{}.ports", service.name))
                .related(mode.origin.span, "decided here")
                .help(help),
        );
    }
    findings
}
