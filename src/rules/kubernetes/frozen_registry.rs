//! `kubernetes/frozen-registry`: an image from a registry that gets no more updates.

use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::source::Span;

/// The registry of the Kubernetes project until 2023, and its successor.
const OLD: &str = "k8s.gcr.io/";
const NEW: &str = "registry.k8s.io/";

/// The same image from the successor, which has all that the old one had.
fn moved(image: Span, length: usize) -> Remedy {
    // Between its quotes, if it has any.
    let start = image.range().start + image.len().saturating_sub(length) / 2;
    let registry = Span::new(image.source, start, start + OLD.len() - 1);
    let new = NEW.trim_end_matches('/').to_owned();
    Remedy::new(format!("write `{new}`"), Safety::Safe, registry, What::Part(new))
}

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for container in workload.containers() {
            let Some(image) = container.image() else { continue };
            let Some(text) = image.text() else { continue };
            let Some(name) = text.strip_prefix(OLD) else { continue };
            let message =
                format!("`{text}` comes from `k8s.gcr.io`, which gets no more images since April 2023");
            let subject = workload.object.subject(&container.path_of("image"));
            let finding = Finding::new(message, image.span(), subject).help(format!("use `{NEW}{name}`"));
            found.push(finding.remedy(Ok(moved(image.span(), text.len()))));
        }
    }
    found
}
