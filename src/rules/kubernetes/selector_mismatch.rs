//! `kubernetes/selector-mismatch`: a selector that does not pick the pods of its own template.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        let Some(selector) = workload.selector() else { continue };
        let labels = workload.labels();
        if selector.is_empty() || selector.matches(&labels) != Some(false) {
            continue;
        }
        let label = workload.object.label();
        let failed = selector.first_failure(&labels).unwrap_or_default();
        let message = format!("`{label}` selects pods with {failed}, and its own pods do not have it");
        let subject = workload.object.subject("spec.selector");
        let mut finding = Finding::new(message, selector.part.span().at_start(), subject)
            .help("give the pods in `spec.template.metadata.labels` every label of the selector");
        let at = selector.part.get("matchLabels").unwrap_or(selector.part);
        let first = at.entries().first().map(|(key, value)| key.span().cover(value.span()));
        finding.primary.span = first.unwrap_or_else(|| at.span());
        let labels = workload.template.at(&["metadata", "labels"]).map(Part::entries).unwrap_or_default();
        if let Some((key, _)) = labels.first() {
            finding = finding.related(key.span(), "the labels of the pods");
        }
        found.push(finding);
    }
    found
}
