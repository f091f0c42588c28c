//! `kubernetes/duplicate-path`: one host and path that lead to two places.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::ingress_paths;
use crate::rules::Context;
use std::collections::BTreeMap;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen: BTreeMap<(String, String, String), (Part<'_>, Option<String>)> = BTreeMap::new();
    for ingress in set.of_kind("networking.k8s.io", "Ingress") {
        let Some(spec) = ingress.spec() else { continue };
        // A canary of the nginx controller shares its path on purpose.
        if ingress.annotation("nginx.ingress.kubernetes.io/canary").is_some() {
            continue;
        }
        let class = spec.text_at("ingressClassName");
        let class = class.or_else(|| ingress.annotation("kubernetes.io/ingress.class").and_then(Part::text));
        let class = class.unwrap_or_default().into_owned();
        for path in ingress_paths(ingress) {
            let service = path.service.and_then(Part::text);
            let port = path.port.and_then(Part::text);
            let target = service.map(|service| format!("{service}:{}", port.unwrap_or_default()));
            let key = (class.clone(), path.host.to_string(), path.path.to_string());
            let Some((first, other)) = seen.get(&key) else {
                seen.insert(key, (path.at, target));
                continue;
            };
            if *other == target {
                continue;
            }
            let host = if path.host.is_empty() { "any host" } else { &*path.host };
            let message =
                format!("`{host}{}` leads to two places, and only one of them is reached", path.path);
            let subject = ingress.subject(&format!("spec.rules[{}].paths[{}]", path.host, path.path));
            found.push(
                Finding::new(message, path.at.span(), subject)
                    .related(first.span(), "leads elsewhere")
                    .help("give one of them a path of its own"),
            );
        }
    }
    found
}
