//! `promotion/unpinned-image`: images that are named by tag alone.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::workload::Image;
use crate::rules::Context;

/// How many images a message lists.
const LISTED: usize = 3;

pub(super) fn check(environment: &Environment, _: &Context<'_>) -> Vec<Finding> {
    let containers = environment.workloads.iter().flat_map(|workload| &workload.containers);
    let mut images: Vec<&Image> = Vec::new();
    for image in containers.filter_map(|container| container.image.as_ref()) {
        let known = image.text.known().is_some() && image.digest.is_none();
        if known && images.iter().all(|other| other.text.value != image.text.value) {
            images.push(image);
        }
    }
    let Some(first) = images.first() else { return Vec::new() };
    let names = images.iter().take(LISTED).filter_map(|image| Some(format!("`{}`", image.text.known()?)));
    let names: Vec<String> = names.collect();
    let more = images.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let verb = if images.len() == 1 { "is" } else { "are" };
    vec![
        Finding::new(
            format!("{}{more} {verb} named by tag alone in `{}`", names.join(", "), environment.name),
            first.text.span,
            format!("environments.{}.images", environment.name),
        )
        .help("add the digest that was tested: `image:1.2.3@sha256:…`"),
    ]
}
