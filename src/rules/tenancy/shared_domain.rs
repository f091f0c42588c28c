//! `tenancy/shared-domain`: two releases that answer under the same host name.

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::kubernetes::Part;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::ladder::fleet::Placed;
use crate::rules::Context;

pub(super) fn check(_: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let mut taken: BTreeMap<String, (&Placed<'_>, crate::source::Span)> = BTreeMap::new();
        let mut findings = Vec::new();
        for placed in &fleet.objects {
            for (host, part) in hosts(placed) {
                let at = placed.place(part.span());
                let Some((other, first)) = taken.get(&host) else {
                    taken.insert(host, (placed, at));
                    continue;
                };
                if other.release.name() == placed.release.name() {
                    continue;
                }
                let names = (other.release.name(), placed.release.name());
                let mut finding = placed.finding(
                    format!("`{}` and `{}` both answer for `{host}`", names.0, names.1),
                    part,
                    &format!("host.{host}"),
                );
                if at == *first {
                    finding = finding
                        .related(fleet::named_at(placed.release), format!("`{}` sets no other", names.1));
                } else {
                    finding = finding.related(*first, format!("`{}` has it from here", names.0));
                }
                findings.push(finding.help(format!("give `{}` a host name of its own", names.1)));
            }
        }
        findings.dedup_by(|one, other| one.message == other.message);
        findings
    })
}

/// Host names an object claims: those of an Ingress, an Istio or Gateway route, a Traefik `Host(...)` rule.
pub(super) fn hosts<'f>(placed: &'f Placed<'f>) -> Vec<(String, Part<'f>)> {
    let Some(spec) = placed.object.spec() else { return Vec::new() };
    let text = |part: Part<'f>| Some((part.text()?.into_owned(), part));
    match &*placed.object.kind.value {
        "Ingress" => spec.list("rules").into_iter().filter_map(|rule| text(rule.get("host")?)).collect(),
        "HTTPRoute" => spec.list("hostnames").into_iter().filter_map(text).collect(),
        "VirtualService" => spec.list("hosts").into_iter().filter_map(text).collect(),
        "IngressRoute" => {
            let matches = spec.list("routes").into_iter().filter_map(|route| text(route.get("match")?));
            matches
                .flat_map(|(rule, part)| traefik_hosts(&rule).into_iter().map(move |host| (host, part)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The names in ``Host(`a.example`) || Host(`b.example`)``, where nothing else narrows the rule to a path.
fn traefik_hosts(rule: &str) -> Vec<String> {
    if rule.contains("Path") || rule.contains("Header") {
        return Vec::new();
    }
    let mut rest = rule;
    let mut hosts = Vec::new();
    while let Some((_, after)) = rest.split_once("Host(`") {
        let Some((host, after)) = after.split_once('`') else { break };
        hosts.push(host.to_owned());
        rest = after;
    }
    hosts
}
