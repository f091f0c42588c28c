//! `compose/missing-memory-limit`: a service that can take all memory of its host.

use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let unlimited = |service: &crate::compose::Service<'_>| {
        service.get("mem_limit").is_none() && service.at("deploy.resources.limits.memory").is_none()
    };
    let finding = |service: crate::compose::Service<'_>| {
        Finding::new(
            format!("`{}` may take all memory of its host", service.name),
            service.key,
            format!("services.{}", service.name),
        )
        .help("set `mem_limit`, or `deploy.resources.limits.memory`, to twice of what it needs")
    };
    model.services().filter(unlimited).map(finding).collect()
}
