//! `tenancy/cross-namespace-reference`: a tenant that talks to another tenant's namespace.

use crate::diagnostic::Finding;
use crate::kubernetes::Part;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, _: &Context<'_>) -> Vec<Finding> {
    let tenants: Vec<(&str, &str)> = fleet::tenants(environment)
        .into_iter()
        .filter_map(|release| Some((release.name(), release.namespace()?)))
        .collect();
    fleet::of(environment, |fleet| {
        let mut findings: Vec<Finding> = Vec::new();
        for placed in &fleet.objects {
            let own = placed.release.name();
            if !tenants.iter().any(|(name, _)| *name == own) {
                continue;
            }
            let others = tenants
                .iter()
                .filter(|(name, space)| *name != own && placed.release.namespace() != Some(space));
            let others: Vec<_> = others.collect();
            for (part, subject) in scalars(placed.object.root, placed.object.kind.value == "RoleBinding") {
                let Some(text) = part.text() else { continue };
                let Some((tenant, space)) = others.iter().find(|(_, space)| leads_to(&text, space, subject))
                else {
                    continue;
                };
                let finding = placed.finding(
                    format!(
                        "{} of `{own}` reaches into the namespace `{space}` of the tenant `{tenant}`",
                        placed.object.label()
                    ),
                    part,
                    &format!("reference.{space}"),
                );
                if findings.iter().all(|known| known.primary.span != finding.primary.span) {
                    findings.push(
                        finding.help(
                            "name what lives in the tenant's own namespace: `{{ .Release.Namespace }}`",
                        ),
                    );
                }
            }
        }
        findings
    })
}

/// True for a DNS name of a service in that namespace, and for the namespace of a subject.
fn leads_to(text: &str, namespace: &str, subject: bool) -> bool {
    let dns = format!(".{namespace}.svc");
    let in_dns = text.match_indices(&dns).any(|(at, found)| {
        let after = text.get(at + found.len()..).and_then(|rest| rest.chars().next());
        after.is_none_or(|next| matches!(next, '.' | ':' | '/' | ' ' | ','))
    });
    in_dns || subject && text == namespace
}

/// All scalars of an object; with each whether it is the namespace of a role binding's subject.
fn scalars(root: Part<'_>, binding: bool) -> Vec<(Part<'_>, bool)> {
    let mut found = Vec::new();
    let mut pending = vec![(root, false)];
    while let Some((part, subject)) = pending.pop() {
        if part.node().is_scalar() {
            found.push((part, subject));
        }
        pending.extend(part.items().map(|item| (item, false)));
        let named = |key: &Part<'_>| binding && key.text().is_some_and(|key| key == "namespace");
        pending.extend(part.entries().into_iter().map(|(key, value)| (value, named(&key))));
    }
    found.sort_by_key(|(part, _)| part.span());
    found
}
