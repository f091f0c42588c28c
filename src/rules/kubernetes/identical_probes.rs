//! `kubernetes/identical-probes`: a liveness probe that restarts what only had to wait.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for container in workload.main_containers() {
            let (Some(liveness), Some(readiness)) =
                (container.part.get("livenessProbe"), container.part.get("readinessProbe"))
            else {
                continue;
            };
            let same = |key: &str| {
                let (one, other) = (liveness.get(key), readiness.get(key));
                match (one, other) {
                    (None, None) => true,
                    (Some(one), Some(other)) => {
                        one.text().is_some() && one.text() == other.text()
                            || ["path", "port", "command", "service"].iter().all(|inner| {
                                let text = |part: crate::kubernetes::Part<'_>| {
                                    part.get(inner).map(|part| {
                                        let items = part
                                            .items()
                                            .map(|item| item.text().map(std::borrow::Cow::into_owned));
                                        (
                                            part.text().map(std::borrow::Cow::into_owned),
                                            items.collect::<Vec<_>>(),
                                        )
                                    })
                                };
                                text(one) == text(other)
                            })
                    }
                    _ => false,
                }
            };
            let handlers = ["httpGet", "tcpSocket", "exec", "grpc"];
            let any = handlers.iter().any(|key| liveness.get(key).is_some());
            // The seconds until a probe that fails has an effect.
            let patience = |part: crate::kubernetes::Part<'_>| {
                let period = part.int_at("periodSeconds").unwrap_or(10);
                period.saturating_mul(part.int_at("failureThreshold").unwrap_or(3))
            };
            // One that gives up later than the other is a choice.
            if !any || !handlers.iter().all(|key| same(key)) || patience(liveness) > patience(readiness) {
                continue;
            }
            let message = format!(
                "liveness and readiness of container `{}` of `{}` are the same probe",
                container.name,
                workload.object.label(),
            );
            let subject = workload.object.subject(&container.path_of("livenessProbe"));
            let at = container.part.key_span("livenessProbe").unwrap_or_else(|| liveness.span());
            found.push(
                Finding::new(message, at, subject)
                    .help("let the liveness probe fail later (`failureThreshold`), or ask it for less"),
            );
        }
    }
    found
}
