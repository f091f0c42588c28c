//! `kubernetes/missing-label`: an object without a label that was agreed on.

use crate::diagnostic::Finding;
use crate::kubernetes::Labels;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, context: &Context<'_>) -> Vec<Finding> {
    let wanted = context.options.strings("labels");
    let mut found = Vec::new();
    if wanted.is_empty() {
        return found;
    }
    for workload in set.workloads().filter(|workload| !workload.object.is_hook()) {
        let labels = Labels::read(workload.object.labels());
        let missing: Vec<String> = wanted
            .iter()
            .filter(|label| labels.get(label).is_none() && !labels.is_open())
            .map(|label| format!("`{label}`"))
            .collect();
        if missing.is_empty() {
            continue;
        }
        let message = format!("`{}` has no label {}", workload.object.label(), missing.join(" and "));
        found.push(
            Finding::new(message, workload.object.span(), workload.object.subject("metadata.labels"))
                .help("add it under `metadata.labels`"),
        );
    }
    found
}
