//! `compose/health-dependency`: waiting for a service to be healthy that never says so.

use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::ladder::Project;
use crate::rules::Context;
use crate::rules::dockerfile;
use crate::source::Span;

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        let waits = service.dependencies().filter(|dependency| dependency.condition == "service_healthy");
        for dependency in waits {
            let Some(other) = model.service(dependency.service).filter(|other| !other.checks_health()) else {
                continue;
            };
            // A check that is there and cannot be read, or an image that may bring one, is not known to be missing.
            let switched_off =
                other.at("healthcheck.disable").and_then(crate::compose::Value::as_bool) == Some(true);
            let declared = other.healthcheck().is_some();
            if !switched_off && (declared || dockerfile::checks_health(other, context) != Some(false)) {
                continue;
            }
            let (waiting, waited_for) = (service.name, other.name);
            let message = format!(
                "`{waiting}` waits until `{waited_for}` is healthy, and `{waited_for}` has no health check"
            );
            findings.push(
                Finding::new(
                    message,
                    dependency.condition_span,
                    format!("services.{}.depends_on", service.name),
                )
                .label("waits for a health check")
                .related(other.key, "there is none here")
                .help(format!("give `{}` a `healthcheck`, or wait for `service_started`", other.name))
                .remedy(Ok(started(dependency.condition_span))),
            );
        }
    }
    findings
}

/// Waiting only until the other one has started, which is all that happens without a check.
fn started(condition: Span) -> Remedy {
    let word = "service_started";
    Remedy::new(format!("wait for `{word}`"), Safety::Unsafe, condition, What::Replace(word.to_owned()))
}
