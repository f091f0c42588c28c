//! `tenancy/missing-resource-quota`: a tenant's namespace without a quota.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let homes = fleet::homes(fleet, environment);
        let unguarded = homes.into_iter().filter(|(namespace, _)| !fleet.has(namespace, "ResourceQuota"));
        let finding = |(namespace, placed): (&str, &fleet::Placed<'_>)| {
            let release = placed.release;
            Finding::new(
                format!("no quota bounds the namespace `{namespace}` of the tenant `{}`", release.name()),
                fleet::named_at(release),
                format!("releases.{}.ResourceQuota", release.name()),
            )
            .help("render a ResourceQuota for requests, limits and volumes: one tenant can otherwise take all the nodes have")
        };
        unguarded.map(finding).collect()
    })
}
