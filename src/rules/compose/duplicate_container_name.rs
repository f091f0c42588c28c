//! `compose/duplicate-container-name`: two containers that cannot both have their name.

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::diagnostic::Safety;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut names = BTreeMap::new();
    let mut findings = Vec::new();
    for service in model.services() {
        let Some(value) = service.get("container_name").filter(|value| !value.is_unknown()) else { continue };
        let Some(name) = value.as_str() else { continue };
        let at = value.origin.span;
        if let Some((other, first)) = names.insert(name, (service.name, at)) {
            findings.push(
                Finding::new(
                    format!("`{other}` and `{}` both want the container name `{name}`", service.name),
                    at,
                    format!("services.{}.container_name", service.name),
                )
                .related(first, format!("taken by `{other}` here"))
                .help("remove `container_name`: Compose makes names that do not collide")
                .remedy(super::removal(value, "container_name", Safety::Unsafe)),
            );
        }
    }
    findings
}
