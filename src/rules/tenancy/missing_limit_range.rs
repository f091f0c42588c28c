//! `tenancy/missing-limit-range`: a tenant's namespace without default limits.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let homes = fleet::homes(fleet, environment);
        let unguarded = homes.into_iter().filter(|(namespace, _)| !fleet.has(namespace, "LimitRange"));
        let finding = |(namespace, placed): (&str, &fleet::Placed<'_>)| {
            let release = placed.release;
            Finding::new(
                format!(
                    "no limit range gives defaults in the namespace `{namespace}` of the tenant `{}`",
                    release.name()
                ),
                fleet::named_at(release),
                format!("releases.{}.LimitRange", release.name()),
            )
            .help("render a LimitRange, so that a container that says nothing still has bounds")
        };
        unguarded.map(finding).collect()
    })
}
