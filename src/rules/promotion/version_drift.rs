//! `promotion/version-drift`: a dependency in another version than in the environment before.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::rules::Context;
use crate::rules::promotion::climb;
use crate::rules::promotion::image;

pub(super) fn check(ladder: &Ladder, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for service in &ladder.services {
        let steps = climb::steps(ladder, service);
        if image::built(&steps) {
            continue;
        }
        for pair in steps.windows(2) {
            let [below, above] = pair else { continue };
            let images =
                (below.workload.main().and_then(image::known), above.workload.main().and_then(image::known));
            let (Some((before, repository, Some(old))), Some((after, other, Some(new)))) = images else {
                continue;
            };
            let (Some(old_version), Some(new_version)) = (image::version(old), image::version(new)) else {
                continue;
            };
            if repository != other || image::same_version(&old_version, &new_version) {
                continue;
            }
            let place = &above.environment.name;
            findings.push(
                Finding::new(
                    format!(
                        "`{}` is `{repository}:{new}` in `{place}` and `{old}` in `{}`",
                        service.name, below.environment.name
                    ),
                    image::place(after, new, context),
                    format!("workloads.{}.image", service.name),
                )
                .environment(place)
                .related(before.text.span, format!("`{}` runs {old}", below.environment.name))
                .help("run the same version in both environments: first below, then here"),
            );
        }
    }
    findings
}
