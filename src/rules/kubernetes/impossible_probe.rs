//! `kubernetes/impossible-probe`: a probe that the server refuses.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

const HANDLERS: [&str; 4] = ["httpGet", "tcpSocket", "exec", "grpc"];

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for container in workload.containers() {
            for (probe, part) in container.probes() {
                let label =
                    format!("`{probe}` of container `{}` of `{}`", container.name, workload.object.label());
                let subject = workload.object.subject(&container.path_of(probe));
                let key = container.part.key_span(probe).unwrap_or_else(|| part.span());
                if let Some(threshold) = part.get("successThreshold")
                    && probe != "readinessProbe"
                    && threshold.int().is_some_and(|number| number != 1)
                {
                    let message = format!("{label} has to succeed once, and asks for more");
                    found.push(
                        Finding::new(message, threshold.span(), subject.clone())
                            .help("remove `successThreshold`"),
                    );
                }
                let handlers: Vec<&str> =
                    HANDLERS.into_iter().filter(|handler| part.get(handler).is_some()).collect();
                let open = part.is_unknown() || !part.node().is_mapping();
                if handlers.is_empty() && !open && !part.is_empty() {
                    let message = format!("{label} does not say what to ask");
                    found.push(
                        Finding::new(message, key, subject)
                            .help("add one of `httpGet`, `tcpSocket`, `exec` and `grpc`"),
                    );
                } else if handlers.len() > 1 {
                    let message = format!(
                        "{label} asks in {} ways at once: `{}`",
                        handlers.len(),
                        handlers.join("`, `")
                    );
                    found.push(Finding::new(message, key, subject).help("keep one"));
                }
            }
        }
    }
    found
}
