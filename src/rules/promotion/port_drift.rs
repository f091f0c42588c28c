//! `promotion/port-drift`: a service that listens on another port than in the environment before.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::ladder::workload::Container;
use crate::rules::Context;
use crate::rules::promotion::climb;

pub(super) fn check(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (service, below, above) in climb::pairs(ladder) {
        let (Some(before), Some(after)) = (below.workload.main(), above.workload.main()) else {
            continue;
        };
        let (Some(old), Some(new)) = (ports(before), ports(after)) else { continue };
        if old.iter().any(|port| new.contains(port)) {
            continue;
        }
        let (Some(first_old), Some(first_new)) = (before.ports.first(), after.ports.first()) else {
            continue;
        };
        let list = |ports: &[u16]| ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        let place = &above.environment.name;
        findings.push(
            Finding::new(
                format!(
                    "`{}` listens on {} in `{place}` and on {} in `{}`",
                    service.name,
                    list(&new),
                    list(&old),
                    below.environment.name
                ),
                first_new.container.span,
                format!("workloads.{}.ports", service.name),
            )
            .environment(place)
            .related(first_old.container.span, format!("`{}` says so here", below.environment.name))
            .help("let it listen on the same port everywhere; only the published port need differ"),
        );
    }
    findings
}

/// The ports in the container; `None` where there are none, or one is not known.
fn ports(container: &Container) -> Option<Vec<u16>> {
    let ports: Option<Vec<u16>> =
        container.ports.iter().map(|port| port.container.known().copied()).collect();
    ports.filter(|ports| !ports.is_empty())
}
