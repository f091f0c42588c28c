//! `compose/hardening`: what most services could do without, in one finding each.

use crate::compose::Service;
use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let finding = |service: Service<'_>| {
        let missing = missing(service);
        (!missing.is_empty()).then(|| {
            Finding::new(
                format!("`{}` keeps rights that it may not need", service.name),
                service.key,
                format!("services.{}", service.name),
            )
            .help(format!("try {}", missing.join(", ")))
        })
    };
    model.services().filter_map(finding).collect()
}

fn missing(service: Service<'_>) -> Vec<&'static str> {
    let lists = |key: &str, wanted: &str| {
        let items = service.get(key).map(Value::items).unwrap_or_default();
        items
            .iter()
            .any(|item| item.as_str().is_some_and(|text| text.to_ascii_lowercase().starts_with(wanted)))
    };
    let set = |path: &str| service.at(path).is_some();
    let mut missing = Vec::new();
    if service.get("read_only").and_then(Value::as_bool) != Some(true) {
        missing.push("`read_only: true`");
    }
    if !lists("cap_drop", "all") {
        missing.push("`cap_drop: [ALL]`");
    }
    if !lists("security_opt", "no-new-privileges") {
        missing.push("`security_opt: [\"no-new-privileges:true\"]`");
    }
    if !set("pids_limit") && !set("deploy.resources.limits.pids") {
        missing.push("`pids_limit`");
    }
    if !set("cpus") && !set("deploy.resources.limits.cpus") {
        missing.push("`cpus`");
    }
    missing
}
