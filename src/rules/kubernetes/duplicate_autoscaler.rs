//! `kubernetes/duplicate-autoscaler`: two autoscalers that pull at one workload.

use crate::diagnostic::Finding;
use crate::kubernetes::Autoscaler;
use crate::kubernetes::Object;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use std::collections::BTreeMap;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen: BTreeMap<(String, String, String), &Object<'_>> = BTreeMap::new();
    for autoscaler in set.objects.iter().filter_map(Autoscaler::of) {
        let Some(target) = autoscaler.target() else { continue };
        let (Some(kind), Some(name)) = (target.text_at("kind"), target.text_at("name")) else { continue };
        let label = format!("{kind}/{name}");
        let key = (set.namespace_of(autoscaler.object).to_owned(), kind.into_owned(), name.into_owned());
        let Some(first) = seen.get(&key) else {
            seen.insert(key, autoscaler.object);
            continue;
        };
        let message = format!("`{}` and `{}` both scale `{label}`", first.label(), autoscaler.object.label());
        let at = target.get("name").unwrap_or(target).span();
        found.push(
            Finding::new(message, at, autoscaler.object.subject("spec.scaleTargetRef"))
                .related(first.span(), "scales it too")
                .help("put the metrics of both into one autoscaler"),
        );
    }
    found
}
