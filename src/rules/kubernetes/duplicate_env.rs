//! `kubernetes/duplicate-env`: an environment variable that is set twice.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::rules::kubernetes::duplicate_name::doubles;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for container in workload.containers() {
            let names = container.env().into_iter().filter_map(|variable| variable.get("name")).collect();
            for (first, second, name) in doubles(names) {
                let label = workload.object.label();
                let message = format!(
                    "container `{}` of `{label}` sets `{name}` twice; the last one counts",
                    container.name
                );
                let subject = workload.object.subject(&container.path_of(&format!("env[{name}]")));
                found.push(
                    Finding::new(message, second.span(), subject)
                        .related(first.span(), "has no effect")
                        .help("remove one"),
                );
            }
        }
    }
    found
}
