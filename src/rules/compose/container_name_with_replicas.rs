//! `compose/container-name-with-replicas`: several containers that cannot share one name.

use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::diagnostic::Safety;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        let Some(name) = service.get("container_name") else { continue };
        let replicas = service.at("deploy.replicas").or_else(|| service.get("scale"));
        let Some(count) = replicas.and_then(Value::as_i64).filter(|count| *count > 1) else { continue };
        let Some(replicas) = replicas else { continue };
        findings.push(
            Finding::new(
                format!("`{}` runs {count} times, and all of them would have one name", service.name),
                name.origin.span,
                format!("services.{}.container_name", service.name),
            )
            .related(replicas.origin.span, format!("{count} containers"))
            .help("remove `container_name`")
            .remedy(super::removal(name, "container_name", Safety::Safe)),
        );
    }
    findings
}
