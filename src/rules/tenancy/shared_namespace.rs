//! `tenancy/shared-namespace`: two tenants in one namespace.

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::Release;
use crate::ladder::fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, _: &Context<'_>) -> Vec<Finding> {
    let tenants = fleet::tenants(environment);
    let mut findings = Vec::new();
    let mut taken: BTreeMap<&str, &Release> = BTreeMap::new();
    for release in tenants {
        let Some(namespace) = release.namespace() else { continue };
        let Some(other) = taken.get(namespace) else {
            taken.insert(namespace, release);
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
