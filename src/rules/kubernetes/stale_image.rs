//! `kubernetes/stale-image`: a tag that moves, on nodes that never look again.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for container in workload.containers() {
            let policy = container.part.get("imagePullPolicy");
            let Some(policy) =
                policy.filter(|policy| policy.text().is_some_and(|text| text == "IfNotPresent"))
            else {
                continue;
            };
            let Some(image) = container.image().filter(|image| image.text().is_some_and(|text| moves(&text)))
            else {
                continue;
            };
            let message = format!(
                "nodes keep the `{}` that container `{}` of `{}` once got, each another one",
                image.text().unwrap_or_default(),
                container.name,
                workload.object.label()
            );
            let subject = workload.object.subject(&container.path_of("imagePullPolicy"));
            found.push(
                Finding::new(message, policy.span(), subject)
                    .related(Part::span(image), "this tag is moved to each new image")
                    .help("name a version, or use `imagePullPolicy: Always`"),
            );
        }
    }
    found
}

/// True for an image without tag and digest, and for `latest`.
fn moves(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    !image.is_empty() && !image.contains('@') && name.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}
