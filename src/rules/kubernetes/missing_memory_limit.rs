//! `kubernetes/missing-memory-limit`: a container that may take all the memory of its node.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads().filter(|workload| workload.is_service() && !workload.object.is_hook()) {
        let limited = set
            .of_kind("", "LimitRange")
            .filter(|range| set.share_namespace(range, workload.object))
            .filter_map(crate::kubernetes::Object::spec)
            .flat_map(|spec| spec.list("limits"))
            .any(|limit| limit.at(&["default", "memory"]).is_some());
        let of_pod = workload.pod.at(&["resources", "limits", "memory"]).is_some();
        if limited || of_pod {
            continue;
        }
        for container in workload.main_containers() {
            let resources = container.part.get("resources");
            let unknown = resources.is_some_and(|resources| {
                resources.is_unknown() || resources.get("limits").is_some_and(Part::is_unknown)
            });
            if container.limit("memory").is_some() || unknown {
                continue;
            }
            // What is there, and so decided that there is no limit: an empty `resources` of a values file, or its requests.
            let said = |resources: Part<'_>| {
                let first = resources.entries().into_iter().next();
                first.map_or_else(|| resources.span(), |(key, _)| key.span())
            };
            let at = resources.map_or_else(|| container.span(), said);
            let label = workload.object.label();
            let message = format!("container `{}` of `{label}` has no memory limit", container.name);
            let subject = workload.object.subject(&container.path_of("resources"));
            let mut finding = Finding::new(message, at, subject).help("set `resources.limits.memory`");
            finding.lacks = resources.is_none().then_some("resources");
            found.push(finding);
        }
    }
    found
}
