//! `promotion/skipped-environment`: a service that skips an environment on its way up.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::rules::Context;
use crate::rules::promotion::climb;

pub(super) fn check(ladder: &Ladder, context: &Context<'_>) -> Vec<Finding> {
    let allowed = context.options.strings("allow");
    let mut findings = Vec::new();
    for service in ladder.services.iter().filter(|service| service.tenant.is_none()) {
        let steps = climb::steps(ladder, service);
        for pair in steps.windows(2) {
            let [below, above] = pair else { continue };
            let between = ladder.environments.iter().take(above.position).skip(below.position + 1);
            let skipped: Vec<_> = between.filter(|environment| climb::seen(environment)).collect();
            let named = allowed.iter().any(|name| *name == service.name || *name == above.workload.name);
            if skipped.is_empty() || named || climb::ambiguous(ladder, *above) {
                continue;
            }
            let names: Vec<String> =
                skipped.iter().map(|environment| format!("`{}`", environment.name)).collect();
            findings.push(
                Finding::new(
                    format!(
                        "`{}` goes from `{}` to `{}` past {}",
                        service.name,
                        below.environment.name,
                        above.environment.name,
                        names.join(" and ")
                    ),
                    above.workload.span,
                    format!("workloads.{}", service.name),
                )
                .environment(&above.environment.name)
                .related(below.workload.span, format!("runs in `{}` here", below.environment.name))
                .help(format!("run it in {}, too", names.join(" and "))),
            );
        }
    }
    findings
}
