//! Findings of the rules that are single controls of the Pod Security Standards.

use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Workload;
use crate::kubernetes::WorkloadKind;
use crate::kubernetes::pod_security::Breach;
use crate::kubernetes::pod_security::Control;
use crate::source::Span;

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
    each(set, control, pods, |breach, finding| wanted(breach).then(|| finding.help(help)))
}

/// What `make` makes of the finding of each breach of a control.
fn each(
    set: &ObjectSet<'_>,
    control: Control,
    pods: Pods,
    make: impl Fn(&Breach, Finding) -> Option<Finding>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for (workload, breaches) in set.breaches() {
        if pods == Pods::NoAgents && workload.kind == WorkloadKind::DaemonSet {
            continue;
        }
        for breach in breaches.iter().filter(|breach| breach.control == control) {
            found.extend(make(breach, finding(&workload, breach)));
        }
    }
    found
}

/// The same, where another word in its place is the remedy. What is missing has no place.
pub(super) fn findings_with(
    set: &ObjectSet<'_>,
    control: Control,
    pods: Pods,
    help: &str,
    word: &str,
) -> Vec<Finding> {
    each(set, control, pods, |breach, finding| {
        let finding = finding.help(help);
        if !breach.written {
            return Some(finding);
        }
        Some(finding.remedy(Ok(replacing(breach.span, word, Safety::Unsafe))))
    })
}

/// Another word in the place of the one that stands there.
pub(super) fn replacing(at: Span, word: &str, safety: Safety) -> Remedy {
    Remedy::new(format!("write `{word}`"), safety, at, What::Replace(word.to_owned()))
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
