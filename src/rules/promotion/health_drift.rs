//! `promotion/health-drift`: a health check that the next environment does not have.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::rules::Context;
use crate::rules::dockerfile;
use crate::rules::promotion::climb;
use crate::rules::promotion::climb::Step;

pub(super) fn check(ladder: &Ladder, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (service, below, above) in climb::pairs(ladder) {
        let (Some(before), Some(after)) = (below.workload.main(), above.workload.main()) else {
            continue;
        };
        let (Some(check), true) = (before.checks.first(), after.checks.is_empty()) else { continue };
        if above.workload.kind.ends() || brought_by_image(below, above, context) {
            continue;
        }
        let place = &above.environment.name;
        findings.push(
            Finding::new(
                format!(
                    "nobody asks `{}` in `{place}` whether it works; `{}` does",
                    service.name, below.environment.name
                ),
                after.span,
                format!("workloads.{}.health", service.name),
            )
            .environment(place)
            .related(check.span, format!("`{}` asks so", below.environment.name))
            .help(
                "give it the same check here: a `healthcheck` in Compose, a `readinessProbe` in Kubernetes",
            ),
        );
    }
    findings
}

/// True where a Dockerfile of the service has a check, and the tool that runs it above heeds it: Kubernetes does not.
fn brought_by_image(below: Step<'_>, above: Step<'_>, context: &Context<'_>) -> bool {
    let checks = |step: Step<'_>| {
        let service = step.service()?;
        service.build().and_then(|_| dockerfile::checks_health(service, context))
    };
    above.service().is_some() && [above, below].into_iter().any(|step| checks(step) == Some(true))
}
