//! `kubernetes/limit-below-request`: a limit below what is requested, which the server refuses.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for container in workload.containers() {
            let Some(limits) = container.part.at(&["resources", "limits"]) else { continue };
            for (key, limit) in limits.entries() {
                let Some(name) = key.text() else { continue };
                let Some(request) = container.part.at(&["resources", "requests", &name]) else { continue };
                let (Some(most), Some(least)) = (limit.quantity(), request.quantity()) else { continue };
                if most >= least {
                    continue;
                }
                let message = format!(
                    "container `{}` of `{}` asks for `{}` of {name} and is limited to `{}`",
                    container.name,
                    workload.object.label(),
                    request.text().unwrap_or_default(),
                    limit.text().unwrap_or_default(),
                );
                let subject =
                    workload.object.subject(&container.path_of(&format!("resources.limits.{name}")));
                found.push(
                    Finding::new(message, limit.span(), subject)
                        .related(request.span(), "asked for here")
                        .help("raise the limit to the request, or lower the request"),
                );
            }
        }
    }
    found
}
