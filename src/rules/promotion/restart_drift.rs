//! `promotion/restart-drift`: a service that is started again in one environment and not in the next.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::ladder::workload::WorkloadKind;
use crate::rules::Context;
use crate::rules::promotion::climb;

pub(super) fn check(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (service, below, above) in climb::pairs(ladder) {
        // A cluster starts again whatever it runs; only Compose has to be told.
        if above.workload.kind != WorkloadKind::Service {
            continue;
        }
        let (before, after) = (&below.workload.restart, &above.workload.restart);
        let Some(policy) =
            before.as_ref().filter(|policy| policy.known().is_some_and(|policy| starts_again(policy)))
        else {
            continue;
        };
        let stops = match after {
            None => true,
            Some(after) => after.known().is_some_and(|after| !starts_again(after)),
        };
        if !stops {
            continue;
        }
        let place = &above.environment.name;
        let at = after.as_ref().map_or(above.workload.span, |after| after.span);
        findings.push(
            Finding::new(
                format!(
                    "`{}` is started again after a failure in `{}` and stays down in `{place}`",
                    service.name, below.environment.name
                ),
                at,
                format!("workloads.{}.restart", service.name),
            )
            .environment(place)
            .related(policy.span, format!("`{}` says so here", below.environment.name))
            .help(format!("add `restart: {}`", policy.known().map_or("unless-stopped", String::as_str))),
        );
    }
    findings
}

fn starts_again(policy: &str) -> bool {
    !matches!(policy, "" | "no" | "none")
}
