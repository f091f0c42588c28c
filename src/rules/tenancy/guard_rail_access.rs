//! `tenancy/guard-rail-access`: a tenant that may move its own walls.

use crate::diagnostic::Finding;
use crate::kubernetes::Part;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

/// What keeps tenants apart.
const WALLS: [&str; 4] = ["resourcequotas", "limitranges", "networkpolicies", "namespaces"];
/// What changes it.
const CHANGES: [&str; 6] = ["create", "update", "patch", "delete", "deletecollection", "*"];

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let tenants = fleet::tenant_names(environment);
    context.with_fleet(|fleet| {
        let mut findings: Vec<Finding> = Vec::new();
        for placed in fleet.objects.iter().filter(|placed| tenants.contains(placed.release.name())) {
            let group = "rbac.authorization.k8s.io";
            if !placed.object.is_kind(group, "Role") && !placed.object.is_kind(group, "ClusterRole") {
                continue;
            }
            for rule in placed.object.root.list("rules") {
                let one_of = |key: &str, wanted: &[&str]| {
                    let entries = rule.list(key).into_iter();
                    entries
                        .filter_map(|part| Some((part, part.text()?)))
                        .find(|(_, text)| wanted.contains(&&**text))
                };
                let Some((resource, wall)) = one_of("resources", &WALLS) else { continue };
                let Some((verb, change)) = one_of("verbs", &CHANGES) else { continue };
                let at: Part<'_> = verb;
                let finding = placed.finding(
                    format!("{} lets a tenant `{change}` its own {wall}", placed.object.label()),
                    at,
                    &format!("rules.{wall}"),
                );
                if findings.iter().all(|known| known.primary.span != finding.primary.span) {
                    findings.push(
                        finding
                            .related(placed.place(resource.span()), "on this")
                            .help("leave quotas, limits and network policies to whoever runs the cluster"),
                    );
                }
            }
        }
        findings
    })
}
