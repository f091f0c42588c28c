//! `kubernetes/ingress-without-tls`: a host that is served without encryption.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for ingress in set.of_kind("networking.k8s.io", "Ingress") {
        let Some(spec) = ingress.spec() else { continue };
        // Load balancers of clouds take their certificates from annotations, some controllers from their own settings.
        let elsewhere =
            ingress.annotations().map(Part::entries).unwrap_or_default().iter().any(|(key, _)| {
                key.text().is_some_and(|key| {
                    ["certificate", "cert", "ssl", "tls", "entrypoints"].iter().any(|word| key.contains(word))
                })
            });
        if spec.get("tls").is_some_and(|tls| tls.is_unknown() || !tls.is_empty()) || elsewhere {
            continue;
        }
        for rule in spec.list("rules") {
            let Some(host) = rule.get("host") else { continue };
            let Some(name) = host.text().filter(|name| is_public(name)) else { continue };
            let message = format!("`{name}` is served without encryption by `{}`", ingress.label());
            let subject = ingress.subject(&format!("spec.rules[{name}]"));
            found.push(
                Finding::new(message, host.span(), subject)
                    .help("add the host to `spec.tls` with a certificate"),
            );
        }
    }
    found
}

/// True for a host that can be reached from outside: no name for a laptop or an example.
fn is_public(host: &str) -> bool {
    let local = ["localhost", "local", "internal", "lan", "test", "example", "invalid"];
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && !local.contains(&last) && !last.bytes().all(|byte| byte.is_ascii_digit())
}
