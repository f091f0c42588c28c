//! `kubernetes/overlapping-selector`: two workloads whose selectors pick the pods of both.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::Workload;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let workloads: Vec<Workload<'_, '_>> =
        set.workloads().filter(|workload| !workload.object.is_hook()).collect();
    for (index, one) in workloads.iter().enumerate() {
        for other in workloads.iter().skip(index + 1) {
            if one.kind != other.kind || !set.share_namespace(one.object, other.object) {
                continue;
            }
            let (Some(mine), Some(theirs)) = (one.selector(), other.selector()) else { continue };
            let both =
                mine.matches(&other.labels()) == Some(true) && theirs.matches(&one.labels()) == Some(true);
            let same_name = one.object.name.as_ref().map(|name| &name.value)
                == other.object.name.as_ref().map(|name| &name.value);
            if !both || same_name || mine.is_empty() || apart(one, other) {
                continue;
            }
            let message = format!(
                "`{}` and `{}` select the same pods, so what counts those of one counts those of the other",
                one.object.label(),
                other.object.label(),
            );
            let at = theirs.part.get("matchLabels").unwrap_or(theirs.part);
            let at = at.entries().first().map_or(at.span(), |(key, _)| key.span());
            found.push(
                Finding::new(message, at, other.object.subject("spec.selector"))
                    .related(one.object.span(), "selects them too")
                    .help(
                        "add a label to both selectors and pods that tells them apart, such as a component",
                    ),
            );
        }
    }
    found
}

/// True for two of which each is for an operating system of its own: a usual pair, told apart by their nodes.
fn apart(one: &Workload<'_, '_>, other: &Workload<'_, '_>) -> bool {
    let system = |workload: &Workload<'_, '_>| {
        let selector = workload.pod.at(&["nodeSelector", "kubernetes.io/os"]);
        selector.and_then(Part::text).map(std::borrow::Cow::into_owned)
    };
    matches!((system(one), system(other)), (Some(one), Some(other)) if one != other)
}
