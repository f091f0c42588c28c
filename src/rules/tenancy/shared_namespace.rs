//! `tenancy/shared-namespace`: two tenants in one namespace.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, _: &Context<'_>) -> Vec<Finding> {
    let tenants = fleet::tenants(environment);
    let mut findings = Vec::new();
    for (index, release) in tenants.iter().enumerate() {
        let Some(namespace) = release.namespace() else { continue };
        let Some(other) = tenants.iter().take(index).find(|other| other.namespace() == Some(namespace))
        else {
            continue;
        };
        let at =
            release.deployment.namespace.as_ref().map_or_else(|| fleet::named_at(release), |text| text.span);
        let first =
            other.deployment.namespace.as_ref().map_or_else(|| fleet::named_at(other), |text| text.span);
        findings.push(
            Finding::new(
                format!(
                    "the tenants `{}` and `{}` share the namespace `{namespace}`",
                    other.name(),
                    release.name()
                ),
                at,
                format!("releases.{}.namespace", release.name()),
            )
            .related(first, format!("`{}` is there already", other.name()))
            .help(format!(
                "give `{}` a namespace of its own: it is the wall between tenants",
                release.name()
            )),
        );
    }
    findings
}
