//! `kubernetes/ignored-setting`: what clusters read once and read no more.

use crate::diagnostic::Finding;
use crate::kubernetes::Object;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::Workload;
use crate::rules::Context;

/// Annotations of pods, the first minor that ignores them, and what to write instead.
const ANNOTATIONS: [(&str, u32, &str); 3] = [
    ("seccomp.security.alpha.kubernetes.io/pod", 27, "set `securityContext.seccompProfile`"),
    ("container.seccomp.security.alpha.kubernetes.io/", 27, "set `securityContext.seccompProfile`"),
    ("scheduler.alpha.kubernetes.io/critical-pod", 16, "set `priorityClassName`"),
];

/// A label that control planes had, and the minor without it.
const MASTER: (&str, u32) = ("node-role.kubernetes.io/master", 24);

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        let template = workload.template.at(&["metadata", "annotations"]);
        let own = workload.object.annotations();
        for (key, value) in [template, own].into_iter().flatten().flat_map(Part::entries) {
            let Some(text) = key.text() else { continue };
            let known = ANNOTATIONS
                .iter()
                .find(|(name, _, _)| *name == text || name.ends_with('/') && text.starts_with(name));
            let Some((_, since, help)) = known.filter(|(_, since, _)| *since <= set.minor.0) else {
                continue;
            };
            found.push(said(workload.object, key, value, &text, *since).help(*help));
        }
        found.extend(selected(set, &workload));
    }
    found
}

fn said(object: &Object<'_>, key: Part<'_>, value: Part<'_>, text: &str, since: u32) -> Finding {
    let message = format!("`{}` sets `{text}`, which Kubernetes ignores since 1.{since}", object.label());
    Finding::new(message, key.span().cover(value.span()), object.subject(text))
}

/// A selector of nodes by the label that no node has any more.
fn selected(set: &ObjectSet<'_>, workload: &Workload<'_, '_>) -> Option<Finding> {
    let (label, since) = MASTER;
    let value = workload.pod.get("nodeSelector")?.get(label).filter(|_| set.minor.0 >= since)?;
    let message = format!(
        "`{}` waits for a node with the label `{label}`, which none has since 1.{since}",
        workload.object.label()
    );
    let subject = workload.object.subject(&format!("{}.nodeSelector", workload.pod_path()));
    Some(Finding::new(message, value.span(), subject).help("select `node-role.kubernetes.io/control-plane`"))
}
