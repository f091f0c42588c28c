//! `kubernetes/pod-security`: a pod that its own namespace will refuse.

use crate::diagnostic::Finding;
use crate::kubernetes::Minor;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::PodSecurityLevel;
use crate::kubernetes::pod_security::breaches;
use crate::rules::Context;
use crate::rules::kubernetes::standard;

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for namespace in set.of_kind("", "Namespace") {
        let (Some(name), Some(labels)) = (&namespace.name, namespace.labels()) else { continue };
        let Some(enforce) = labels.get(ENFORCE) else { continue };
        let Some(level) = enforce.text().and_then(|text| PodSecurityLevel::parse(&text)) else { continue };
        let version = labels.text_at("pod-security.kubernetes.io/enforce-version");
        let minor = version.and_then(|version| Minor::parse(&version).ok()).unwrap_or(set.minor);
        for workload in set.workloads().filter(|workload| set.namespace_of(workload.object) == name.value) {
            let breaches = breaches(&workload, level, minor);
            // One finding for a workload: everything that has to change before one of its pods is let in.
            let Some(first) = breaches.first() else { continue };
            let mut finding = standard::finding(&workload, first);
            let label = workload.object.label();
            let shown = enforce.text().unwrap_or_default();
            finding.message =
                format!("the pods of `{label}` are refused: namespace `{}` enforces `{shown}`", name.value);
            finding.primary.text.clone_from(&first.what);
            finding.subject = workload.object.subject("");
            for breach in breaches.iter().skip(1).take(7) {
                let text = match &breach.container {
                    Some(container) => format!("`{container}` {}", breach.what),
                    None => breach.what.clone(),
                };
                finding = finding.related(breach.span, text);
            }
            finding = finding.related(enforce.span(), "enforced here");
            found.push(
                finding.help(format!("bring the pods up to `{shown}`, or move them to another namespace")),
            );
        }
    }
    found
}
