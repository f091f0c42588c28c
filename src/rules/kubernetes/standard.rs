//! Findings of the rules that are single controls of the Pod Security Standards.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Workload;
use crate::kubernetes::WorkloadKind;
use crate::kubernetes::pod_security::Breach;
use crate::kubernetes::pod_security::Control;
use crate::kubernetes::pod_security::PodSecurityLevel;
use crate::kubernetes::pod_security::breaches;

/// Whose pods are looked at. Agents that run on each node are there to reach into it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pods {
    /// Those of every workload.
    All,
    /// All but those of `DaemonSets`.
    NoAgents,
}

/// One finding for each breach of a control that `wanted` lets through.
pub(super) fn findings(
    set: &ObjectSet<'_>,
    control: Control,
    pods: Pods,
    help: &str,
    wanted: impl Fn(&Breach) -> bool,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        if pods == Pods::NoAgents && workload.kind == WorkloadKind::DaemonSet {
            continue;
        }
        for breach in breaches(&workload, PodSecurityLevel::Baseline, set.minor) {
            if breach.control == control && wanted(&breach) {
                found.push(finding(&workload, &breach).help(help));
            }
        }
    }
    found
}

/// A breach, said of its container or its pods.
pub(super) fn finding(workload: &Workload<'_, '_>, breach: &Breach) -> Finding {
    let owner = workload.object.label();
    let message = match &breach.container {
        Some(container) => format!("container `{container}` of `{owner}` {}", breach.what),
        None => format!("`{owner}` {}", breach.what),
    };
    Finding::new(message, breach.span, workload.object.subject(&breach.path))
}
