//! `promotion/build-past-local`: an image that is built where it should only be run.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, _: &Context<'_>) -> Vec<Finding> {
    let containers = environment.workloads.iter().flat_map(|workload| &workload.containers);
    // With an image beside it, a deployment may pull what was built elsewhere.
    let only_built = containers.filter(|container| container.image.is_none());
    let built = only_built.filter_map(|container| Some((container, container.build?)));
    let finding = |(container, span): (&crate::ladder::workload::Container, _)| {
        Finding::new(
            format!(
                "`{}` is built in `{}`, so that another image runs there than was tested",
                container.name, environment.name
            ),
            span,
            format!("workloads.{}.build", container.name),
        )
        .help("build it once, push it, and name the image by its version here")
    };
    built.map(finding).collect()
}
