//! `kubernetes/frozen-registry`: an image from a registry that gets no more updates.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

/// The registry of the Kubernetes project until 2023, and its successor.
const OLD: &str = "k8s.gcr.io/";
const NEW: &str = "registry.k8s.io/";

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
            found.push(Finding::new(message, image.span(), subject).help(format!("use `{NEW}{name}`")));
        }
    }
    found
}
