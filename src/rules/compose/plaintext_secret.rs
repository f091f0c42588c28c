//! `compose/plaintext-secret`: a credential that is written into a file of the repository.

use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;
use crate::source::Span;
use crate::source::carries_password;
use crate::source::credential_shaped;
use crate::source::credential_value;
use crate::source::placeholder;

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        for variable in service.environment().filter(|variable| !variable.value.is_unknown()) {
            let Some(text) = variable.value.as_str() else { continue };
            let shaped = credential_shaped(variable.name) && !placeholder(text);
            let whole = shaped || credential_value(text);
            if !whole && !carries_password(text) {
                continue;
            }
            let origin = &variable.value.origin;
            let at = origin.span;
            if ![at].iter().chain(&origin.through).all(|at| in_repository(*at, context)) {
                continue;
            }
            let what = if whole { "value of" } else { "password in" };
            findings.push(
                Finding::new(
                    format!("the {what} `{}` in `{}` stands in the repository", variable.name, service.name),
                    at,
                    format!("services.{}.environment.{}", service.name, variable.name),
                )
                .label("a credential, readable by everyone who can read this file")
                .help(format!(
                    "take it from outside (`{}: ${{{0}}}` and an untracked `.env`), or mount it with `secrets:`; \
                     then change the credential: this one is known",
                    variable.name
                )),
            );
        }
    }
    findings
}

/// An untracked `.env` is where credentials belong; whether a file is tracked is not known here, so only files that
/// Compose itself reads as a project count, and env files that are named for an environment.
fn in_repository(at: Span, context: &Context<'_>) -> bool {
    let Some(source) = context.sources.get(at.source) else { return false };
    let name = source.path.rsplit('/').next().unwrap_or_default();
    name != ".env"
}
