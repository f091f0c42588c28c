//! `kubernetes/autoscaler-bounds`: a minimum of pods above the maximum.

use crate::diagnostic::Finding;
use crate::kubernetes::Autoscaler;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for autoscaler in set.objects.iter().filter_map(Autoscaler::of) {
        let (Some(least), Some(most)) = (autoscaler.minimum(), autoscaler.maximum()) else { continue };
        if least <= most {
            continue;
        }
        let Some(at) = autoscaler.spec.get("maxReplicas") else { continue };
        let label = autoscaler.object.label();
        let message =
            format!("`{label}` wants at least {least} pods and at most {most}, which the server refuses");
        let mut finding = Finding::new(message, at.span(), autoscaler.object.subject("spec.maxReplicas"))
            .help("raise `maxReplicas`, or lower `minReplicas`");
        if let Some(minimum) = autoscaler.spec.get("minReplicas") {
            finding = finding.related(minimum.span(), "the minimum");
        }
        found.push(finding);
    }
    found
}
