//! `tenancy/open-network-policy`: a network policy that lets everybody in.

use crate::diagnostic::Finding;
use crate::kubernetes::Part;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::ladder::reach::Reach;
use crate::rules::Context;
use crate::rules::tenancy::reachable_tenant;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let tenants = fleet::tenant_names(environment);
    context.with_fleet(|fleet| {
        let mut reach = None;
        let mut findings = Vec::new();
        for placed in
            fleet.objects.iter().filter(|placed| placed.object.is_kind("networking.k8s.io", "NetworkPolicy"))
        {
            let Some(spec) = placed.object.spec() else { continue };
            for rule in spec.list("ingress") {
                let Some((part, who)) = open(rule) else { continue };
                let mut finding =
                    placed.finding(format!("{} lets {who} in", placed.object.label()), part, "spec.ingress");
                // Whether somebody else may send here decides how wide the hole is.
                let reach = reach.get_or_insert_with(|| Reach::of(fleet));
                let way = reach
                    .passed(rule)
                    .and_then(|to| Some((to, reachable_tenant::visitor(reach, &tenants, to)?)));
                if let Some((to, (from, passage))) = way {
                    finding = reachable_tenant::out(finding, reach, from, &passage)
                        .label(format!("so that {} is open to them", to.placed.object.label()));
                }
                findings.push(finding.help(
                    "name who may come in: `kubernetes.io/metadata.name` of a namespace, or labels of pods",
                ));
            }
        }
        findings
    })
}

/// What opens an ingress rule to every pod of the cluster, if anything does.
pub(super) fn open(rule: Part<'_>) -> Option<(Part<'_>, &'static str)> {
    let Some(from) = rule.get("from") else {
        // Ports without peers open those ports to all; that is how a public port is written.
        return (rule.get("ports").is_none() && !rule.is_unknown())
            .then_some((rule, "every pod of every namespace"));
    };
    from.items().find_map(|peer| {
        let all =
            |key: &str| peer.get(key).is_some_and(|selector| selector.is_empty() && !selector.is_unknown());
        if all("namespaceSelector") && (peer.get("podSelector").is_none() || all("podSelector")) {
            return Some((peer, "every pod of every namespace"));
        }
        let anywhere = peer.at(&["ipBlock", "cidr"]).and_then(Part::text);
        (anywhere.as_deref() == Some("0.0.0.0/0") && rule.get("ports").is_none())
            .then_some((peer, "every address, on every port,"))
    })
}
