//! `tenancy/node-port-collision`: two Services that want the same port of every node.

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet::Placed;
use crate::rules::Context;

pub(super) fn check(_: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let mut taken: BTreeMap<(i64, String), &Placed<'_>> = BTreeMap::new();
        let mut findings = Vec::new();
        for placed in fleet.objects.iter().filter(|placed| placed.object.is_kind("", "Service")) {
            for port in placed.object.spec().map(|spec| spec.list("ports")).unwrap_or_default() {
                let Some(part) = port.get("nodePort") else { continue };
                let Some(number) = part.int().filter(|number| *number > 0) else { continue };
                let protocol =
                    port.text_at("protocol").map_or("TCP".to_owned(), std::borrow::Cow::into_owned);
                let Some(other) = taken.insert((number, protocol), placed) else { continue };
                let finding = placed.finding(
                    format!(
                        "{} of `{}` and {} of `{}` both want port {number} of every node",
                        other.object.label(),
                        other.release.name(),
                        placed.object.label(),
                        placed.release.name()
                    ),
                    part,
                    "spec.ports.nodePort",
                );
                findings
                    .push(finding.help(
                        "leave `nodePort` out, so that Kubernetes picks a free one, or use an Ingress",
                    ));
            }
        }
        findings
    })
}
