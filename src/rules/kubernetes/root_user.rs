//! `kubernetes/root-user`: a container that is told to run as root.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::WorkloadKind;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads().filter(|workload| workload.kind != WorkloadKind::DaemonSet) {
        let of_pod = workload.pod.get("securityContext");
        for container in workload.main_containers() {
            let own = container.part.get("securityContext");
            let setting = |key: &str| {
                own.and_then(|own| own.get(key)).or_else(|| of_pod.and_then(|of_pod| of_pod.get(key)))
            };
            let root = setting("runAsUser").filter(|user| user.int() == Some(0));
            let allowed = setting("runAsNonRoot").filter(|setting| setting.bool() == Some(false));
            // A user of its own makes the permission to be root idle.
            let allowed = allowed.filter(|_| setting("runAsUser").is_none());
            let Some(at) = root.or(allowed) else { continue };
            let owner = workload.object.label();
            let message = if root.is_some() {
                format!("container `{}` of `{owner}` runs as root", container.name)
            } else {
                format!("container `{}` of `{owner}` is let run as root", container.name)
            };
            let subject = workload.object.subject(&container.path_of("securityContext"));
            found.push(Finding::new(message, at.span(), subject).help("set `runAsUser` to a user above 0"));
        }
    }
    found
}
