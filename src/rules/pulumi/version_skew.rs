//! `pulumi/version-skew`: an environment whose cluster is not what the one above it runs.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

pub(super) fn check(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    let versions = |environment: &'_ Environment| {
        let all = environment.stacks.iter().flat_map(clusters::versions);
        all.map(|(_, minor, version)| (minor, version.span)).max_by_key(|(minor, _)| *minor)
    };
    let rungs: Vec<_> = ladder.environments.iter().filter_map(|rung| Some((rung, versions(rung)?))).collect();
    let mut findings = Vec::new();
    for pair in rungs.windows(2) {
        let [(below, (tested, tested_at)), (above, (run, run_at))] = pair else { continue };
        // The earlier environment may be one minor ahead: that is how an upgrade climbs.
        if tested.0 == run.0 || tested.0 == run.0 + 1 {
            continue;
        }
        findings.push(
            Finding::new(
                format!("`{}` runs Kubernetes {run}, and `{}` tests on {tested}", above.name, below.name),
                *run_at,
                format!("{} version", above.name),
            )
            .environment(&above.name)
            .related(*tested_at, format!("{tested} in `{}`", below.name))
            .help("let the earlier environment run the same minor, or the next one"),
        );
    }
    findings
}
