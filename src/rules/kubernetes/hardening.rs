//! `kubernetes/hardening`: what most charts leave open, said once for each workload.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::kubernetes::pod_security::PodSecurityLevel;
use crate::kubernetes::pod_security::breaches;
use crate::rules::Context;
use std::collections::BTreeSet;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads().filter(|workload| !workload.object.is_hook()) {
        let mut missing: BTreeSet<&'static str> = BTreeSet::new();
        for breach in breaches(&workload, PodSecurityLevel::Restricted, set.minor) {
            // What is written down on purpose has a rule of its own, all but this one.
            if breach.written && breach.control != Control::PrivilegeEscalation {
                continue;
            }
            missing.insert(match breach.control {
                Control::RunAsNonRoot => "`runAsNonRoot: true`",
                Control::PrivilegeEscalation => "`allowPrivilegeEscalation: false`",
                Control::CapabilitiesRestricted => "`capabilities: {drop: [ALL]}`",
                Control::SeccompRestricted => "`seccompProfile: {type: RuntimeDefault}`",
                _ => continue,
            });
        }
        let writable =
            |key: &str| workload.main_containers().any(|container| container.security(key).is_none());
        if !workload.is_windows() && writable("readOnlyRootFilesystem") {
            missing.insert("`readOnlyRootFilesystem: true`");
        }
        if missing.is_empty() {
            continue;
        }
        let all: Vec<&str> = missing.into_iter().collect();
        let message = format!("`{}` is not hardened as far as it could be", workload.object.label());
        let subject = workload.object.subject("");
        found.push(
            Finding::new(message, workload.object.span(), subject)
                .help(format!("add {} to its security context", all.join(", "))),
        );
    }
    found
}
