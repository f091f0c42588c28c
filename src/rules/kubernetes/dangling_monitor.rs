//! `kubernetes/dangling-monitor`: a monitor of Prometheus that finds nothing to watch.

use crate::diagnostic::Finding;
use crate::kubernetes::Labels;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Selector;
use crate::rules::Context;

const GROUP: &str = "monitoring.coreos.com";

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if set.partial {
        return found;
    }
    for monitor in set.of_kind(GROUP, "ServiceMonitor") {
        let Some(spec) = monitor.spec() else { continue };
        let Some(part) = spec.get("selector").filter(|part| !part.is_unknown()) else { continue };
        let selector = Selector::read(part);
        // A monitor of other namespaces watches what somebody else installs.
        let elsewhere = spec.get("namespaceSelector").is_some_and(|namespaces| {
            let here = set.namespace_of(monitor);
            let named = namespaces.list("matchNames");
            namespaces.bool_at("any") == Some(true)
                || !named.iter().all(|name| name.text().is_some_and(|name| name == here))
        });
        let services: Vec<_> = set.of_kind("", "Service").collect();
        if elsewhere || selector.is_empty() || services.is_empty() {
            continue;
        }
        let missed = |service: &&crate::kubernetes::Object<'_>| {
            selector.matches(&Labels::read(service.labels())) == Some(false)
        };
        if !services.iter().all(missed) {
            continue;
        }
        let message =
            format!("`{}` selects no Service of the release, so it watches nothing", monitor.label());
        found.push(
            Finding::new(message, part.span(), monitor.subject("spec.selector"))
                .help("select by the labels of the Service itself, not by those of its pods"),
        );
    }
    found
}
