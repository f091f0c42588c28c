//! `tenancy/host-access`: a tenant that reaches the node it shares with others.

use crate::diagnostic::Finding;
use crate::kubernetes::Workload;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

/// Fields of a pod that open a part of its node.
const NAMESPACES: [(&str, &str); 3] =
    [("hostNetwork", "the network"), ("hostPID", "the processes"), ("hostIPC", "the shared memory")];

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let tenants = fleet::tenant_names(environment);
    context.with_fleet(|fleet| {
        let mut findings: Vec<Finding> = Vec::new();
        for placed in fleet.objects.iter().filter(|placed| tenants.contains(placed.release.name())) {
            let Some(workload) = Workload::of(&placed.object) else { continue };
            let mut say = |what: &str, part, path: &str| {
                let message =
                    format!("{} of a tenant uses {what} of the node it shares", placed.object.label());
                let finding = placed.finding(message, part, path);
                if findings.iter().all(|known| known.primary.span != finding.primary.span) {
                    findings.push(finding.help("remove it: on a shared node it opens every other tenant"));
                }
            };
            for (field, what) in NAMESPACES {
                if let Some(part) = workload.pod.get(field).filter(|part| part.bool() == Some(true)) {
                    say(what, part, field);
                }
            }
            for volume in workload.volumes() {
                if let Some(path) = volume.get("hostPath") {
                    say("a folder", path.get("path").unwrap_or(path), "hostPath");
                }
            }
        }
        findings
    })
}
