//! `kubernetes/dangling-network-policy`: a `NetworkPolicy` that protects no pod.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Selector;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if set.partial || set.has_custom_resources() || set.workloads().next().is_none() {
        return found;
    }
    for policy in set.of_kind("networking.k8s.io", "NetworkPolicy") {
        let Some(part) = policy.spec().and_then(|spec| spec.get("podSelector")) else { continue };
        let selector = Selector::read(part);
        if selector.is_empty() || set.selected(policy, &selector).is_none_or(|selected| !selected.is_empty())
        {
            continue;
        }
        let near = set.workloads().filter(|workload| set.share_namespace(policy, workload.object));
        if near.count() == 0 {
            continue;
        }
        let inner = part.get("matchLabels").unwrap_or(part);
        let at = inner.entries().first().map_or(inner.span(), |(key, value)| key.span().cover(value.span()));
        let message = format!("`{}` selects no pod of the release, so it protects nothing", policy.label());
        let subject = policy.subject("spec.podSelector");
        found
            .push(Finding::new(message, at, subject).help("select by the labels of the pods that are meant"));
    }
    found
}
