//! `compose/missing-health-check`: a service that nobody asks whether it works.

use crate::compose::Service;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    // A task that ends has its exit code, and an image may bring a check of its own; a published port is what others
    // rely on.
    let relied_on = |service: &Service<'_>| {
        let waited_for =
            model.services().any(|other| other.dependencies().any(|wait| wait.service == service.name));
        service.healthcheck().is_none() && (waited_for || service.ports().next().is_some())
    };
    let finding = |service: Service<'_>| {
        Finding::new(
            format!("nothing asks `{}` whether it works", service.name),
            service.key,
            format!("services.{}", service.name),
        )
        .help("add a `healthcheck` that calls what its users call")
    };
    model.services().filter(relied_on).map(finding).collect()
}
