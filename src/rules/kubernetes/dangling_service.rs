//! `kubernetes/dangling-service`: a Service that leads to no pod.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::Service;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    // Custom resources may become pods, and a release without workloads leads to those of others.
    if set.partial || set.has_custom_resources() || set.workloads().next().is_none() {
        return found;
    }
    for service in set.objects.iter().filter_map(Service::of).filter(|service| !service.object.is_hook()) {
        let Some(selector) = service.selector() else { continue };
        if service.object.namespace.is_some() && !is_home(set, &service) {
            continue;
        }
        let Some(selected) = set.selected(service.object, &selector) else { continue };
        if !selected.is_empty() {
            continue;
        }
        let at = selector
            .part
            .entries()
            .first()
            .map_or(selector.part.span(), |(key, value)| key.span().cover(value.span()));
        let near = set.workloads().filter(|workload| set.share_namespace(service.object, workload.object));
        let closest = near
            .filter_map(|workload| Some((workload, selector.first_failure(&workload.labels())?)))
            .min_by_key(|(workload, _)| {
                let labels = workload.labels();
                selector
                    .part
                    .entries()
                    .iter()
                    .filter(|(key, value)| {
                        let own = key.text().and_then(|key| labels.get(&key).flatten().map(str::to_owned));
                        own.as_deref() != value.text().as_deref()
                    })
                    .count()
            });
        let message = format!("`{}` selects no pod of the release", service.object.label());
        let subject = service.object.subject("spec.selector");
        let mut finding =
            Finding::new(message, at, subject).help("select by the labels of the pods that are meant");
        if let Some((workload, failure)) = closest {
            let at =
                workload.template.at(&["metadata", "labels"]).map_or(workload.object.span(), labels_span);
            finding =
                finding.related(at, format!("the pods of `{}` lack {failure}", workload.object.label()));
        }
        found.push(finding);
    }
    found
}

fn labels_span(labels: Part<'_>) -> crate::source::Span {
    labels.entries().first().map_or(labels.span(), |(key, _)| key.span())
}

/// True where the namespace of the Service is one that the release runs pods in.
fn is_home(set: &ObjectSet<'_>, service: &Service<'_, '_>) -> bool {
    set.workloads().any(|workload| set.share_namespace(service.object, workload.object))
}
