//! `tenancy/cluster-scoped-collision`: two releases that render the same cluster-wide object.

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::ladder::fleet::Placed;
use crate::rules::Context;

pub(super) fn check(_: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let mut seen: BTreeMap<(String, String), &Placed<'_>> = BTreeMap::new();
        let mut findings = Vec::new();
        for placed in fleet.objects.iter().filter(|placed| placed.cluster_scoped()) {
            let Some(name) = &placed.object.name else { continue };
            let key = (placed.object.kind.value.to_string(), name.value.to_string());
            let Some(other) = seen.get(&key) else {
                seen.insert(key, placed);
                continue;
            };
            if other.release.name() == placed.release.name() {
                continue;
            }
            findings.push(
                Finding::new(
                    format!(
                        "`{}` and `{}` both own the cluster-wide {}",
                        other.release.name(),
                        placed.release.name(),
                        placed.object.label()
                    ),
                    placed.template(name.span),
                    placed.object.subject("metadata.name"),
                )
                .related(fleet::named_at(placed.release), "the second release cannot be installed")
                .help("put `{{ .Release.Name }}` into the name, or move the object to a chart that is installed once"),
            );
        }
        findings
    })
}
