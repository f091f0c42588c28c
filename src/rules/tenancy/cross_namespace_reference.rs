//! `tenancy/cross-namespace-reference`: a tenant that talks to another tenant's namespace.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::kubernetes::Part;
use crate::kubernetes::policy::NAMESPACE_NAME;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::ladder::fleet::Fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    // The namespaces of tenants, with the first tenant of each.
    let mut tenants: BTreeMap<&str, &str> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for release in fleet::tenants(environment) {
        names.insert(release.name());
        if let Some(namespace) = release.namespace() {
            tenants.entry(namespace).or_insert(release.name());
        }
    }
    if tenants.len() < 2 {
        return Vec::new();
    }
    context.with_fleet(|fleet| {
        let services = services(fleet);
        let mut findings: Vec<Finding> = Vec::new();
        let mut seen = BTreeSet::new();
        for placed in &fleet.objects {
            let own = placed.release.name();
            if !names.contains(own) {
                continue;
            }
            for (part, named) in scalars(placed.object.root, &placed.object.kind.value) {
                let Some(text) = part.text() else { continue };
                let found = if named {
                    tenants.get_key_value(&*text)
                } else {
                    namespaces(&text, &services).into_iter().find_map(|space| tenants.get_key_value(&*space))
                };
                let Some((space, tenant)) = found else { continue };
                if placed.release.namespace() == Some(*space) || *tenant == own {
                    continue;
                }
                let finding = placed.finding(
                    format!(
                        "{} of `{own}` reaches into the namespace `{space}` of the tenant `{tenant}`",
                        placed.object.label()
                    ),
                    part,
                    &format!("reference.{space}"),
                );
                if seen.insert(finding.primary.span) {
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

/// The Services of each namespace.
fn services(fleet: &Fleet<'_>) -> BTreeSet<(String, String)> {
    let services = fleet.objects.iter().filter(|placed| placed.object.is_kind("", "Service"));
    let named = services.filter_map(|placed| {
        Some((placed.object.name.as_ref()?.value.to_string(), placed.namespace()?.to_owned()))
    });
    named.collect()
}

/// The namespaces of the host names in a text: `api.shop.svc`, and `api.shop` where there is such a Service.
fn namespaces(text: &str, services: &BTreeSet<(String, String)>) -> Vec<String> {
    // A long text is a script or a document, and a dot in it is rarely one of a host name.
    if !text.contains('.') || text.len() > 64 * 1024 {
        return Vec::new();
    }
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'));
    let of_word = |word: &str| {
        let mut parts = word.split('.');
        let (service, namespace, rest) = (parts.next()?, parts.next()?, parts.next());
        let known = || services.contains(&(service.to_owned(), namespace.to_owned()));
        (rest == Some("svc") || rest.is_none() && known()).then(|| namespace.to_owned())
    };
    words.filter_map(of_word).collect()
}

/// All scalars of an object; with each whether it is the name of a namespace: that of a role binding's subject, of a
/// network policy's peer, of the claim of a volume.
fn scalars<'f>(root: Part<'f>, kind: &str) -> Vec<(Part<'f>, bool)> {
    let keys: &[&str] = match kind {
        "RoleBinding" => &["namespace"],
        "NetworkPolicy" => &[NAMESPACE_NAME],
        _ => &[],
    };
    let mut found = Vec::new();
    let mut pending = vec![(root, false)];
    while let Some((part, named)) = pending.pop() {
        if part.node().is_scalar() {
            found.push((part, named));
        }
        // The values of an expression over the name of a namespace are such names.
        let expression = kind == "NetworkPolicy"
            && part.text_at("key").is_some_and(|key| key == NAMESPACE_NAME)
            && part.text_at("operator").is_some_and(|operator| operator == "In");
        pending.extend(part.items().map(|item| (item, named)));
        for (key, value) in part.entries() {
            let key = key.text().unwrap_or_default();
            let claim = kind == "PersistentVolume" && key == "claimRef";
            let named = keys.contains(&&*key) && value.node().is_scalar() || expression && key == "values";
            pending.push((value, named));
            if claim && let Some(namespace) = value.get("namespace") {
                pending.push((namespace, true));
            }
        }
    }
    found.sort_by_key(|(part, named)| (part.span(), !named));
    found.dedup_by_key(|(part, _)| part.span());
    found
}
