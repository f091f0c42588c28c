//! `pulumi/unsafe-upgrade`: a cluster that is upgraded at any hour, or without a node to spare.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

pub(super) fn check(stack: &Stack, _: &Context<'_>) -> Vec<Finding> {
    let all = clusters::made(stack).filter(|resource| {
        resource.token == "digitalocean:index:KubernetesCluster" && resource.rest.is_none()
    });
    let mut findings = Vec::new();
    for cluster in all {
        let name = clusters::title(cluster);
        let auto = cluster.properties.get("autoUpgrade").filter(|auto| auto.bool() == Some(true));
        if let Some(auto) = auto
            && !cluster.properties.contains_key("maintenancePolicy")
        {
            findings.push(
                Finding::new(
                    format!("`{name}` upgrades itself, and nothing says when"),
                    auto.span,
                    format!("{name} maintenancePolicy"),
                )
                .label("no `maintenancePolicy` beside it")
                .help("set `maintenancePolicy` to a day and an hour at which somebody is awake"),
            );
        }
        let surge = cluster.properties.get("surgeUpgrade");
        if let Some(surge) = surge.filter(|surge| surge.bool() == Some(false)) {
            findings.push(
                Finding::new(
                    format!("`{name}` is upgraded without a node to spare"),
                    surge.span,
                    format!("{name} surgeUpgrade"),
                )
                .label("each node is drained before there is another")
                .help("set `surgeUpgrade` to true: the further nodes cost nothing"),
            );
        }
    }
    findings
}
