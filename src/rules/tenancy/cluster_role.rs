//! `tenancy/cluster-role`: a tenant with rights over the whole cluster.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let tenants = fleet::tenant_names(environment);
    context.with_fleet(|fleet| {
        let of_tenants = fleet.objects.iter().filter(|placed| tenants.contains(placed.release.name()));
        let bindings = of_tenants
            .filter(|placed| placed.object.is_kind("rbac.authorization.k8s.io", "ClusterRoleBinding"));
        let finding = |placed: &fleet::Placed<'_>| {
            let at = placed.template(placed.object.kind.span);
            Finding::new(
                format!("a tenant's chart binds rights over the whole cluster: {}", placed.object.label()),
                at,
                placed.object.subject("kind"),
            )
            .help("use a RoleBinding: it holds in the tenant's namespace only")
        };
        let mut findings: Vec<Finding> = bindings.map(finding).collect();
        findings.dedup_by(|one, other| one.primary.span == other.primary.span);
        findings
    })
}
