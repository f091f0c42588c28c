//! `kubernetes/single-replica`: what customers reach, in one pod.

use crate::config::Stage;
use crate::diagnostic::Finding;
use crate::kubernetes::Autoscaler;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Service;
use crate::kubernetes::WorkloadKind;
use crate::kubernetes::ingress_paths;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if context.stage != Stage::Production || set.objects.iter().any(|object| Autoscaler::of(object).is_some())
    {
        return found;
    }
    let ingresses = || set.of_kind("networking.k8s.io", "Ingress");
    for service in set.objects.iter().filter_map(Service::of) {
        let Some(selector) = service.selector() else { continue };
        let Some(name) = &service.object.name else { continue };
        let leads = |ingress| {
            let mut paths = ingress_paths(ingress).into_iter();
            paths.any(|path| {
                path.service.is_some_and(|service| service.text().is_some_and(|text| text == name.value))
            })
        };
        let balanced = service.kind().is_some_and(|kind| kind == "LoadBalancer");
        if !balanced && !ingresses().any(leads) {
            continue;
        }
        let Some(selected) = set.selected(service.object, &selector) else { continue };
        let [workload] = selected.as_slice() else { continue };
        if workload.kind != WorkloadKind::Deployment || workload.replicas() != Some(1) {
            continue;
        }
        let at = workload.object.spec().and_then(|spec| spec.get("replicas"));
        let label = workload.object.label();
        let message = format!("customers reach `{label}`, and it runs in one pod");
        let at = at.map_or(workload.object.span(), crate::kubernetes::Part::span);
        let finding = Finding::new(message, at, workload.object.subject("spec.replicas"));
        if found.iter().all(|known: &Finding| known.subject != finding.subject) {
            found.push(
                finding
                    .related(service.object.span(), "reached through this")
                    .help("run two: with one, each drained node is an outage"),
            );
        }
    }
    found
}
