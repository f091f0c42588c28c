//! `promotion/skipped-environment`: a service that skips an environment on its way up.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::ladder::Service;
use crate::rules::Context;
use crate::rules::promotion::climb;
use crate::rules::promotion::climb::Step;

pub(super) fn check(ladder: &Ladder, context: &Context<'_>) -> Vec<Finding> {
    let allowed = context.options.strings("allow");
    let mut skips = Vec::new();
    for (service, below, above) in climb::pairs(ladder) {
        let named = allowed.iter().any(|name| *name == service.name || *name == above.workload.name);
        let past = between(ladder, below.position, above.position);
        if past.is_empty() || named || climb::ambiguous(ladder, above) {
            continue;
        }
        let key = (service.name.as_str(), below.position, above.position);
        skips.push((key, service, (service, below, above, past.join(" and "))));
    }
    let finding =
        |((service, below, above, past), tenants): ((&Service, Step<'_>, Step<'_>, String), String)| {
            let (from, to) = (&below.environment.name, &above.environment.name);
            Finding::new(
                format!("`{}` goes from `{from}` to `{to}` past {past}{tenants}", service.name),
                above.workload.span,
                format!("workloads.{}", service.name),
            )
            .environment(to)
            .related(below.workload.span, format!("runs in `{from}` here"))
            .help(format!("run it in {past}, too"))
        };
    climb::once(skips).into_iter().map(finding).collect()
}

/// The environments between two rungs of which everything is known.
fn between(ladder: &Ladder, below: usize, above: usize) -> Vec<String> {
    let between = ladder.environments.iter().take(above).skip(below + 1);
    between.filter(|environment| climb::seen(environment)).map(|one| format!("`{}`", one.name)).collect()
}
