//! `tenancy/system-priority`: a tenant whose pods push out those of all others.

use crate::diagnostic::Finding;
use crate::kubernetes::Workload;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let tenants = fleet::tenant_names(environment);
    context.with_fleet(|fleet| {
        let mut findings: Vec<Finding> = Vec::new();
        for placed in fleet.objects.iter().filter(|placed| tenants.contains(placed.release.name())) {
            let workload = Workload::of(&placed.object);
            let Some(part) = workload.and_then(|workload| workload.pod.get("priorityClassName")) else {
                continue;
            };
            let Some(name) = part.text().filter(|name| name.starts_with("system-")) else { continue };
            let finding = placed.finding(
                format!("{} of a tenant ranks with the cluster itself: `{name}`", placed.object.label()),
                part,
                "priorityClassName",
            );
            if findings.iter().all(|known| known.primary.span != finding.primary.span) {
                findings.push(finding.help(
                    "use a priority class of your own below `system-cluster-critical`: on a full node this one evicts \
                     every other tenant",
                ));
            }
        }
        findings
    })
}
