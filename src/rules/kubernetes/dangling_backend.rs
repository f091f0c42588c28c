//! `kubernetes/dangling-backend`: an Ingress that leads to no Service, or to a port it does not have.

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::kubernetes::IntOrString;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::Service;
use crate::kubernetes::ingress_paths;
use crate::kubernetes::service_port;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for ingress in set.objects.iter().filter(|object| object.kind.value == "Ingress") {
        if !matches!(ingress.group(), "networking.k8s.io" | "extensions") {
            continue;
        }
        for path in ingress_paths(ingress) {
            let Some(service) = path.service else { continue };
            let Some(name) = service.text() else { continue };
            let label = ingress.label();
            let subject = ingress.subject(&format!("spec.rules[{}].paths[{}]", path.host, path.path));
            let Some(object) = set.find(ingress, "", "Service", &name) else {
                let names = set.names(ingress, "", "Service");
                if set.partial
                    || set.has_custom_resources()
                    || names.is_empty()
                    || set.has_nameless("", "Service")
                {
                    continue;
                }
                // Annotations of the AWS controller name actions as if they were Services.
                if path.port.and_then(Part::text).is_some_and(|port| port == "use-annotation") {
                    continue;
                }
                let message =
                    format!("`{label}` leads to the Service `{name}`, which the release does not bring");
                let help = nearest(&name, names.iter().copied()).map_or_else(
                    || "name a Service of the release".to_owned(),
                    |near| format!("write `{near}`"),
                );
                found.push(Finding::new(message, service.span(), subject).help(help));
                continue;
            };
            let (Some(view), Some(port)) = (Service::of(object), path.port) else { continue };
            let Some(wanted) = port.int_or_string() else { continue };
            let ports = view.ports();
            let open = ports.iter().any(|port| match &wanted {
                IntOrString::Int(_) => port.number.is_none(),
                IntOrString::String(_) => port.part.get("name").is_some_and(Part::is_unknown),
            });
            // Before `networking.k8s.io/v1` a port could be a number in quotes.
            let number = match &wanted {
                IntOrString::String(text) => text.parse().ok().map(IntOrString::Int),
                IntOrString::Int(_) => None,
            };
            let there = service_port(&ports, &wanted).is_some()
                || number.is_some_and(|number| service_port(&ports, &number).is_some());
            if ports.is_empty() || open || there {
                continue;
            }
            let shown = port.text().unwrap_or_default();
            let message =
                format!("`{label}` leads to port `{shown}` of `{}`, which does not have it", object.label());
            let known: Vec<String> = ports
                .iter()
                .map(|port| match (&port.number, &port.name) {
                    (Some(number), _) => number.to_string(),
                    (None, name) => name.as_deref().unwrap_or("?").to_owned(),
                })
                .collect();
            found.push(
                Finding::new(message, port.span(), subject)
                    .related(object.span(), format!("has `{}`", known.join("`, `")))
                    .help(format!("write `{}`", known.join("` or `"))),
            );
        }
    }
    found
}
