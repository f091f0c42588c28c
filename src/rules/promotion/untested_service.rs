//! `promotion/untested-service`: a service that no earlier environment runs.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::ladder::Service;
use crate::rules::Context;
use crate::rules::promotion::climb;

pub(super) fn check(ladder: &Ladder, context: &Context<'_>) -> Vec<Finding> {
    let allowed = context.options.strings("allow");
    let mut findings = Vec::new();
    for service in ladder.services.iter().filter(|service| service.tenant.is_none()) {
        let steps = climb::steps(ladder, service);
        let Some(first) = steps.first().filter(|step| step.position > 0 && !step.workload.kind.ends()) else {
            continue;
        };
        let before: Vec<_> = ladder.environments.iter().take(first.position).collect();
        if before.iter().any(|environment| !climb::seen(environment)) || climb::ambiguous(ladder, *first) {
            continue;
        }
        // A ladder that was guessed from names, whose environments have nothing in common, is none.
        if !ladder.configured && !ladder.services.iter().any(|other| climbs_to(ladder, other, first.position))
        {
            continue;
        }
        if climb::recorded(ladder, *first) {
            continue;
        }
        if allowed.iter().any(|name| *name == service.name || *name == first.workload.name) {
            continue;
        }
        let names: Vec<String> = before.iter().map(|environment| format!("`{}`", environment.name)).collect();
        findings.push(
            Finding::new(
                format!("`{}` runs first in `{}`: {} does not have it", service.name, first.environment.name, names.join(" or ")),
                first.workload.span,
                format!("workloads.{}", service.name),
            )
            .environment(&first.environment.name)
            .label("never run before")
            .help(
                "run it in an earlier environment, too; if it is there under another name, say so with `same-as:` in \
                 plimsoll.yaml; if it needs no test, list it under the rule's `allow` option",
            ),
        );
    }
    findings
}

/// True for a service that runs at a position of the ladder and somewhere before it.
fn climbs_to(ladder: &Ladder, service: &Service, position: usize) -> bool {
    let steps = climb::steps(ladder, service);
    steps.iter().any(|step| step.position == position) && steps.iter().any(|step| step.position < position)
}
