//! `promotion/grace-drift`: a service that has less time to end than in the environment before.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::ladder::workload::WorkloadKind;
use crate::rules::Context;
use crate::rules::promotion::climb;

/// Seconds until Docker kills a container that was told to stop.
const DOCKER: u64 = 10;
/// Seconds until Kubernetes does.
const KUBERNETES: u64 = 30;

pub(super) fn check(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (service, below, above) in climb::pairs(ladder) {
        let Some(before) = &below.workload.grace else { continue };
        let Some(&needed) = before.known() else { continue };
        let given = match &above.workload.grace {
            Some(after) => after.known().copied(),
            None if above.workload.kind == WorkloadKind::Service => Some(DOCKER),
            None => Some(KUBERNETES),
        };
        let Some(given) = given.filter(|given| *given < needed) else { continue };
        let place = &above.environment.name;
        let key = match above.workload.kind {
            WorkloadKind::Service => format!("`stop_grace_period: {needed}s`"),
            _ => format!("`terminationGracePeriodSeconds: {needed}`"),
        };
        let at = above.workload.grace.as_ref().map_or(above.workload.span, |after| after.span);
        findings.push(
            Finding::new(
                format!(
                    "`{}` has {given} seconds to end in `{place}`, and {needed} in `{}`",
                    service.name, below.environment.name
                ),
                at,
                format!("workloads.{}.grace", service.name),
            )
            .environment(place)
            .related(before.span, format!("`{}` gives it {needed} seconds", below.environment.name))
            .help(format!("write {key}")),
        );
    }
    findings
}
