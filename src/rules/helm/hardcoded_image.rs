//! `helm/hardcoded-image`: an image that is written into a template.

use crate::diagnostic::Finding;
use crate::helm::render::Hook;
use crate::ladder::Release;
use crate::rules::Context;
use crate::source::Span;
use crate::yaml::NodeRef;

pub(super) fn check(release: &Release, context: &Context<'_>) -> Vec<Finding> {
    let (Some(loaded), Some(rendered)) = (&release.loaded, release.manifests()) else { return Vec::new() };
    let own: Vec<_> = loaded.chart.templates.iter().filter_map(|file| Some(file.source()?.id)).collect();
    let mut findings: Vec<Finding> = Vec::new();
    for manifest in rendered.all().filter(|manifest| !manifest.hook.as_ref().is_some_and(Hook::is_test)) {
        for image in manifest.tree.root().map(images).unwrap_or_default() {
            let origin = manifest.origin(image.span());
            let plain = origin.values.is_empty() && origin.unknown.is_none();
            let Some(template) = origin.template.filter(|place| plain && own.contains(&place.source)) else {
                continue;
            };
            let written = context.sources.slice(template);
            let name = image.text();
            let Some(at) = written.find(&*name).filter(|_| !written.contains("{{") && !name.is_empty())
            else {
                continue;
            };
            let start = template.start as usize + at;
            let place = Span::new(template.source, start, start + name.len());
            if findings.iter().any(|finding| finding.primary.span == place) {
                continue;
            }
            let finding = Finding::new(
                format!("the image `{name}` is written into the template: no values file can change it"),
                place,
                format!("releases.{}.{name}", release.name()),
            );
            findings.push(
                finding.help("read the image from values, so that an environment can pin or mirror it"),
            );
        }
    }
    findings
}

/// The images of all containers below a node.
fn images(root: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let mut found = Vec::new();
    let mut left = vec![root];
    while let Some(node) = left.pop() {
        for entry in node.entries() {
            if matches!(&*entry.name(), "containers" | "initContainers") {
                found.extend(entry.value.items().filter_map(|container| container.get("image")));
            } else {
                left.push(entry.value);
            }
        }
        left.extend(node.items());
    }
    found
}
