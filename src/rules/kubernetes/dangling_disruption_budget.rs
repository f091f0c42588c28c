//! `kubernetes/dangling-disruption-budget`: a budget that protects no pod.

use crate::diagnostic::Finding;
use crate::kubernetes::DisruptionBudget;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if set.partial || set.has_custom_resources() || set.workloads().next().is_none() {
        return found;
    }
    for budget in set.objects.iter().filter_map(DisruptionBudget::of) {
        let Some(selector) = budget.selector() else { continue };
        let nothing = set.selected(budget.object, &selector).is_some_and(|selected| selected.is_empty());
        let near = set.workloads().any(|workload| set.share_namespace(budget.object, workload.object));
        if selector.is_empty() || !nothing || !near {
            continue;
        }
        let inner = selector.part.get("matchLabels").unwrap_or(selector.part);
        let at = inner.entries().first().map_or(inner.span(), |(key, value)| key.span().cover(value.span()));
        let message =
            format!("`{}` selects no pod of the release, so it protects nothing", budget.object.label());
        found.push(
            Finding::new(message, at, budget.object.subject("spec.selector"))
                .help("select by the labels of the pods that are meant"),
        );
    }
    found
}
