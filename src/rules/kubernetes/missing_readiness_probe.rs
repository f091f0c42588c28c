//! `kubernetes/missing-readiness-probe`: pods that get requests before they can answer.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Service;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads().filter(|workload| workload.is_service() && !workload.object.is_hook()) {
        let labels = workload.labels();
        let service = set.objects.iter().filter_map(Service::of).find(|service| {
            // A headless Service is for finding each other, often before being ready.
            set.share_namespace(service.object, workload.object)
                && !service.is_headless()
                && service.selector().is_some_and(|selector| selector.matches(&labels) == Some(true))
        });
        let Some(service) = service else { continue };
        let containers: Vec<_> = workload.main_containers().collect();
        let probed = containers.iter().any(|container| container.part.get("readinessProbe").is_some());
        let Some(first) = containers.first().filter(|_| !probed) else { continue };
        let message = format!(
            "`{}` gets requests through `{}` and has no readiness probe",
            workload.object.label(),
            service.object.label(),
        );
        let subject = workload.object.subject(&first.path_of("readinessProbe"));
        found.push(
            Finding::new(message, first.span(), subject)
                .lacks("readinessProbe")
                .related(service.object.span(), "sends requests here")
                .help("add a `readinessProbe` that fails until the program can answer"),
        );
    }
    found
}
