//! `kubernetes/autoscaler-without-requests`: an autoscaler that has nothing to hold the use against.

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
        let defaulted = set.of_kind("", "LimitRange").next().is_some();
        if defaulted || workload.pod.at(&["resources", "requests"]).is_some() {
            continue;
        }
        for (resource, at) in autoscaler.utilization_of() {
            let lacks = workload.main_containers().find(|container| {
                let resources = container.part.get("resources");
                let says = |which: &str| {
                    resources.is_some_and(|resources| {
                        resources.is_unknown()
                            || resources.get(which).is_some_and(|amounts| {
                                amounts.is_unknown() || amounts.get(&resource).is_some()
                            })
                    })
                };
                !says("requests") && !says("limits")
            });
            let Some(container) = lacks else { continue };
            let label = autoscaler.object.label();
            let message = format!(
                "`{label}` scales by the share of requested {resource}, and container `{}` of `{}` requests none, so it never scales",
                container.name,
                workload.object.label(),
            );
            let subject = autoscaler.object.subject(&format!("spec.metrics[{resource}]"));
            found.push(
                Finding::new(message, at.span(), subject)
                    .related(container.span(), "requests none")
                    .help(format!("set `resources.requests.{resource}` of the container")),
            );
        }
    }
    found
}
