//! `kubernetes/contradictory-security-context`: settings that exclude each other, so that the pod never starts.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        let of_pod = workload.pod.get("securityContext");
        for container in workload.containers() {
            let own = container.part.get("securityContext");
            let inherited = |key: &str| {
                own.and_then(|own| own.get(key)).or_else(|| of_pod.and_then(|of_pod| of_pod.get(key)))
            };
            let own = |key: &str| own.and_then(|own| own.get(key));
            let label = format!("container `{}` of `{}`", container.name, workload.object.label());
            let subject = workload.object.subject(&container.path_of("securityContext"));
            let is =
                |part: Option<Part<'_>>, value: bool| part.is_some_and(|part| part.bool() == Some(value));
            if let (Some(user), Some(rule)) = (inherited("runAsUser"), inherited("runAsNonRoot"))
                && user.int() == Some(0)
                && rule.bool() == Some(true)
            {
                let message = format!("{label} must not run as root and has the user 0, so it never starts");
                found.push(
                    Finding::new(message, user.span(), subject.clone())
                        .related(rule.span(), "root is forbidden here")
                        .help("set `runAsUser` to a user above 0"),
                );
            }
            if is(own("privileged"), true) && is(own("allowPrivilegeEscalation"), false) {
                let at = own("allowPrivilegeEscalation").map_or(container.span(), Part::span);
                let message =
                    format!("{label} is privileged and may not gain privileges, which the server refuses");
                found.push(Finding::new(message, at, subject.clone()).help("remove `privileged: true`"));
            }
            let added = own("capabilities").map(|capabilities| capabilities.list("add")).unwrap_or_default();
            // The server refuses the long name only; with the short one the pod starts.
            let admin =
                added.into_iter().find(|name| name.text().is_some_and(|name| name == "CAP_SYS_ADMIN"));
            if let Some(admin) = admin.filter(|_| is(own("allowPrivilegeEscalation"), false)) {
                let message = format!(
                    "{label} adds `CAP_SYS_ADMIN` and may not gain privileges, which the server refuses"
                );
                found.push(Finding::new(message, admin.span(), subject).help("remove the capability"));
            }
        }
    }
    found
}
