//! `kubernetes/host-port`: a container that takes a port of its node.

use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "remove `hostPort` and publish the port with a Service";
    let findings = standard::findings(set, Control::HostPorts, Pods::NoAgents, help, |_| true);
    let removed = |finding: Finding| {
        let (at, gone) = (finding.primary.span, What::Remove { emptied: 0 });
        finding.remedy(Ok(Remedy::new("remove `hostPort`", Safety::Unsafe, at, gone)))
    };
    findings.into_iter().map(removed).collect()
}
