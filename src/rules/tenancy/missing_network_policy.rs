//! `tenancy/missing-network-policy`: a tenant's namespace without a network policy.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let homes = fleet::homes(fleet, environment);
        let unguarded = homes.into_iter().filter(|(namespace, _)| !fleet.has(namespace, "NetworkPolicy"));
        let finding = |(namespace, placed): (&str, &fleet::Placed<'_>)| {
            let release = placed.release;
            Finding::new(
                format!(
                    "no network policy guards the namespace `{namespace}` of the tenant `{}`",
                    release.name()
                ),
                fleet::named_at(release),
                format!("releases.{}.NetworkPolicy", release.name()),
            )
            .help("render a NetworkPolicy that lets in only the ingress controller and the tenant's own pods")
        };
        unguarded.map(finding).collect()
    })
}
