//! `kubernetes/naked-pod`: a pod that nobody starts again.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::WorkloadKind;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads().filter(|workload| workload.kind == WorkloadKind::Pod) {
        if workload.object.is_hook() {
            continue;
        }
        let label = workload.object.label();
        let message = format!("`{label}` is a pod of its own: when its node goes, nobody starts it again");
        found.push(
            Finding::new(message, workload.object.kind.span, workload.object.subject(""))
                .help("make it a Deployment, or a Job where it ends by itself"),
        );
    }
    found
}
