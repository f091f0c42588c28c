//! `tenancy/wildcard-host`: a tenant that answers for the host names of others.

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::ladder::fleet::Placed;
use crate::rules::Context;
use crate::rules::tenancy::shared_domain::hosts;
use crate::source::Span;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let tenants = fleet::tenant_names(environment);
    if tenants.len() < 2 {
        return Vec::new();
    }
    context.with_fleet(|fleet| {
        let of_tenants = || fleet.objects.iter().filter(|placed| tenants.contains(placed.release.name()));
        // The names under a domain: those whose first part a wildcard stands for.
        let mut below: BTreeMap<String, Vec<(&Placed<'_>, String, Span)>> = BTreeMap::new();
        for placed in of_tenants() {
            for (host, part) in hosts(placed) {
                if let Some((first, domain)) = host.split_once('.')
                    && first != "*"
                {
                    let at = placed.place(part.span());
                    below.entry(domain.to_owned()).or_default().push((placed, host.clone(), at));
                }
            }
        }
        let mut findings = Vec::new();
        for placed in of_tenants() {
            let own = placed.release.name();
            for (host, part) in hosts(placed) {
                let Some(domain) = host.strip_prefix("*.") else { continue };
                let names = below.get(domain).into_iter().flatten();
                let Some((other, name, at)) =
                    names.into_iter().find(|(other, _, _)| other.release.name() != own)
                else {
                    continue;
                };
                let finding = placed.finding(
                    format!(
                        "`{own}` answers for `{host}`, and `{name}` belongs to the tenant `{}`",
                        other.release.name()
                    ),
                    part,
                    &format!("host.{host}"),
                );
                findings.push(
                    finding
                        .related(*at, format!("`{name}` of `{}`", other.release.name()))
                        .help("list the host names of each tenant one by one"),
                );
            }
            for rule in catch_all(placed) {
                let finding = placed.finding(
                    format!(
                        "{} of the tenant `{own}` answers for every host that nobody else has",
                        placed.object.label()
                    ),
                    rule,
                    "spec.rules",
                );
                findings.push(finding.help("give the rule a `host:`"));
            }
        }
        findings
    })
}

/// Rules of an Ingress that name no host.
fn catch_all<'f>(placed: &'f Placed<'f>) -> Vec<crate::kubernetes::Part<'f>> {
    if placed.object.kind.value != "Ingress" {
        return Vec::new();
    }
    let rules = placed.object.spec().map(|spec| spec.list("rules")).unwrap_or_default().into_iter();
    rules.filter(|rule| rule.get("http").is_some() && rule.get("host").is_none()).collect()
}
