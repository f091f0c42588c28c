//! `promotion/mutable-tag`: an image whose tag can be moved to another image.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::rules::Context;
use crate::rules::promotion::image;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let allowed = context.options.strings("allow");
    let mut findings = Vec::new();
    for workload in &environment.workloads {
        for container in &workload.containers {
            let Some((image, repository, tag)) = image::known(container) else { continue };
            let name = image.name.known().map_or("", String::as_str);
            let excused = allowed.iter().any(|allowed| *allowed == repository || *allowed == name);
            // What is built where it runs, and called so that no registry can have it, is not pulled at all.
            let own = container.build.is_some() && !name.contains('/');
            if excused || own || image.digest.is_some() || !image::movable(tag) {
                continue;
            }
            let message = match tag {
                Some(tag) => format!("the tag `{tag}` of `{name}` can be moved to another image"),
                None => format!("`{name}` has no tag, so that it is whatever `latest` is on the day"),
            };
            let finding = Finding::new(
                message,
                tag.map_or(image.text.span, |tag| image::place(image, tag, context)),
                format!("workloads.{}.{}.image", workload.name, container.name),
            );
            findings.push(finding.help("name a version that stays, or a digest (`@sha256:…`)"));
        }
    }
    findings
}
