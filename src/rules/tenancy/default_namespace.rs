//! `tenancy/default-namespace`: a release in the namespace that everybody shares.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for release in environment.releases.iter().filter(|release| release.is_named()) {
        let (at, message) = match &release.deployment.namespace {
            Some(text) if text.value.known().is_some_and(|name| name == "default") => {
                (text.span, format!("`{}` is installed into the namespace `default`", release.name()))
            }
            None if context.ladder.configured => (
                fleet::named_at(release),
                format!("`{}` names no namespace, and gets `default`", release.name()),
            ),
            _ => continue,
        };
        findings.push(
            Finding::new(message, at, format!("releases.{}.namespace", release.name()))
                .help(format!("give it a namespace of its own, such as `{}`", release.name())),
        );
    }
    findings
}
