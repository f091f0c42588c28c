//! `kubernetes/ingress-snippet`: text of an Ingress that becomes configuration of the proxy for all.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for ingress in set.of_kind("networking.k8s.io", "Ingress") {
        for (key, _) in ingress.annotations().map(Part::entries).unwrap_or_default() {
            let Some(name) = key.text() else { continue };
            let snippet = name.starts_with("nginx.ingress.kubernetes.io/") && name.ends_with("-snippet");
            if !snippet {
                continue;
            }
            let message =
                format!("`{}` puts its own text into the configuration of the proxy", ingress.label());
            let subject = ingress.subject(&format!("metadata.annotations[{name}]"));
            found.push(
                Finding::new(message, key.span(), subject)
                    .label("refused by the controller unless snippets are allowed, and then a way to its secrets")
                    .help("use the annotation or setting made for it"),
            );
        }
    }
    found
}
