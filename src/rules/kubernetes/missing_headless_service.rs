//! `kubernetes/missing-headless-service`: a `StatefulSet` whose Service is not there, so that its pods have no names.

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::WorkloadKind;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads().filter(|workload| workload.kind == WorkloadKind::StatefulSet) {
        let Some(place) = workload.object.spec().and_then(|spec| spec.get("serviceName")) else { continue };
        let Some(name) = place.text().filter(|name| !name.is_empty()) else { continue };
        let there = set.find(workload.object, "", "Service", &name).is_some();
        if set.partial || there || set.has_nameless("", "Service") || set.has_custom_resources() {
            continue;
        }
        let label = workload.object.label();
        let message =
            format!("`{label}` names its pods after the Service `{name}`, which the release does not bring");
        let names = set.names(workload.object, "", "Service");
        let help = match nearest(&name, names.iter().copied()) {
            Some(near) => format!("write `{near}`, or bring a Service `{name}` with `clusterIP: None`"),
            None => format!("bring a Service `{name}` with `clusterIP: None`"),
        };
        found.push(
            Finding::new(message, place.span(), workload.object.subject("spec.serviceName")).help(help),
        );
    }
    found
}
