//! `kubernetes/pull-never`: a container whose image is never pulled.

use crate::diagnostic::Finding;
use crate::diagnostic::Safety;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::rules::kubernetes::standard;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for container in workload.containers() {
            let policy = container.part.get("imagePullPolicy");
            let Some(policy) = policy.filter(|policy| policy.text().is_some_and(|text| text == "Never"))
            else {
                continue;
            };
            let label = workload.object.label();
            let message = format!(
                "container `{}` of `{label}` starts only where its image was put by hand",
                container.name
            );
            let subject = workload.object.subject(&container.path_of("imagePullPolicy"));
            found.push(
                Finding::new(message, policy.span(), subject)
                    .help("use `IfNotPresent`")
                    .remedy(Ok(standard::replacing(policy.span(), "IfNotPresent", Safety::Unsafe))),
            );
        }
    }
    found
}
