//! `tenancy/reachable-tenant`: a tenant that another one reaches past the network policies that are there.

use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::kubernetes::policy::Gate;
use crate::kubernetes::policy::Passage;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::ladder::reach::Node;
use crate::ladder::reach::Reach;
use crate::rules::Context;
use crate::rules::tenancy::open_network_policy::open;
use crate::source::Span;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let tenants = fleet::tenant_names(environment);
    if tenants.len() < 2 {
        return Vec::new();
    }
    context.with_fleet(|fleet| {
        let reach = Reach::of(fleet);
        let targets = reach.nodes.iter().filter(|node| {
            // Where there is no policy at all, `tenancy/missing-network-policy` says so once.
            tenants.contains(node.placed.release.name())
                && node.listens()
                && fleet.has(node.namespace(), "NetworkPolicy")
        });
        targets.filter_map(|to| finding(&reach, &tenants, to)).collect()
    })
}

fn finding<'f>(reach: &Reach<'f>, tenants: &BTreeSet<&str>, to: &Node<'f>) -> Option<Finding> {
    let (from, passage) = visitor(reach, tenants, to)?;
    let (guest, host) = (from.placed.release.name(), to.placed.release.name());
    let at = match &passage.into {
        // `tenancy/open-network-policy` says so.
        Gate::Rule { rule, .. } if open(*rule).is_some() => return None,
        Gate::Rule { policy, rule } => reach.placed(*policy)?.place(rule.span()),
        Gate::Open => to.placed.template(to.placed.object.span()),
    };
    let port = passage.port.map(|port| format!(" on port {port}")).unwrap_or_default();
    let label = to.placed.object.label();
    let message = format!("the tenant `{guest}` reaches {label} of the tenant `{host}`{port}");
    let finding = Finding::new(message, at, to.placed.object.subject("reach")).label(match &passage.into {
        Gate::Open => "no network policy selects its pods".to_owned(),
        Gate::Rule { policy, .. } => format!("{} lets it in", policy.object.label()),
    });
    let help = match &passage.into {
        Gate::Open => "let the `podSelector` of a NetworkPolicy select these pods, too: `{}` selects all",
        Gate::Rule { .. } => "name the namespaces that may come in by `kubernetes.io/metadata.name`",
    };
    Some(out(finding, reach, from, &passage).help(help))
}

/// Another tenant that reaches a node, and how.
pub(super) fn visitor<'r, 'f>(
    reach: &'r Reach<'f>,
    tenants: &BTreeSet<&str>,
    to: &Node<'f>,
) -> Option<(&'r Node<'f>, Passage<'f, 'f>)> {
    reach.into(to, |from| {
        let name = from.placed.release.name();
        name != to.placed.release.name() && from.namespace() != to.namespace() && tenants.contains(name)
    })
}

/// Adds what lets the traffic out.
pub(super) fn out<'f>(
    finding: Finding,
    reach: &Reach<'f>,
    from: &Node<'f>,
    passage: &Passage<'f, 'f>,
) -> Finding {
    let label = from.placed.object.label();
    let (at, text): (Option<Span>, String) = match &passage.out {
        Gate::Open => (
            Some(from.placed.template(from.placed.object.kind.span)),
            format!("{label} of `{}` may send anywhere", from.placed.release.name()),
        ),
        Gate::Rule { policy, rule } => (
            reach.placed(*policy).map(|placed| placed.place(rule.span())),
            format!("{} lets {label} of `{}` send there", policy.object.label(), from.placed.release.name()),
        ),
    };
    match at {
        Some(at) if at != finding.primary.span => finding.related(at, text),
        _ => finding,
    }
}
