//! `kubernetes/unlisted-registry`: an image from a registry that nobody agreed to.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, context: &Context<'_>) -> Vec<Finding> {
    let allowed = context.options.strings("allow");
    let mut found = Vec::new();
    if allowed.is_empty() {
        return found;
    }
    for workload in set.workloads() {
        for container in workload.containers() {
            let Some(image) = container.image() else { continue };
            let Some(text) = image.text() else { continue };
            let full = full(&text);
            let from = |prefix: &str| {
                full.strip_prefix(prefix.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
            };
            if allowed.iter().any(|prefix| from(prefix)) {
                continue;
            }
            let message = format!(
                "container `{}` of `{}` runs `{text}`, which is from none of the agreed registries",
                container.name,
                workload.object.label()
            );
            let subject = workload.object.subject(&container.path_of("image"));
            found.push(
                Finding::new(message, image.span(), subject)
                    .help(format!("take it from `{}`", allowed.join("`, `"))),
            );
        }
    }
    found
}

/// The image with its registry: `redis` is `docker.io/library/redis`.
fn full(image: &str) -> String {
    match image.split_once('/') {
        None => format!("docker.io/library/{image}"),
        Some((host, _)) if host.contains('.') || host.contains(':') || host == "localhost" => {
            image.to_owned()
        }
        Some(_) => format!("docker.io/{image}"),
    }
}
