//! `kubernetes/replicas-under-autoscaler`: a number of pods that each upgrade sets back.

use crate::diagnostic::Finding;
use crate::kubernetes::Autoscaler;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Target;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for autoscaler in set.objects.iter().filter_map(Autoscaler::of) {
        let Some(target) = autoscaler.target() else { continue };
        let Target::Found(workload) = set.target(autoscaler.object, target) else { continue };
        let Some(replicas) = workload.object.spec().and_then(|spec| spec.get("replicas")) else { continue };
        let message = format!(
            "`{}` says how many pods it has, and so does `{}`: each upgrade sets the number back",
            workload.object.label(),
            autoscaler.object.label(),
        );
        found.push(
            Finding::new(message, replicas.span(), workload.object.subject("spec.replicas"))
                .related(autoscaler.object.span(), "scales it")
                .help("leave `replicas` out where the autoscaler is on"),
        );
    }
    found
}
