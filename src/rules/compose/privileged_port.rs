//! `compose/privileged-port`: a port of the host that belongs to its own services.

use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

/// Ports below this one need rights that a rootless Docker does not have.
const FIRST_FREE: u16 = 1024;
/// Ports below it that exist to be reached: HTTP and HTTPS.
const WEB: [u16; 2] = [80, 443];

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        for port in service.ports() {
            let Some((first, _)) = port.published_range() else { continue };
            if first == 0 || first >= FIRST_FREE || WEB.contains(&first) {
                continue;
            }
            let at = port.published.unwrap_or(port.value).origin.span;
            findings.push(
                Finding::new(
                    format!(
                        "`{}` takes port {first} of the host, which is kept for its own services",
                        service.name
                    ),
                    at,
                    format!("services.{}.ports", service.name),
                )
                .help(format!(
                    "publish it on a port from {FIRST_FREE} on, unless its users expect it on {first}"
                )),
            );
        }
    }
    findings
}
