//! `kubernetes/host-namespace`: pods that share the network, processes or memory of their node.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "remove it; publish ports with a Service, and look into processes from within the pod";
    standard::findings_with(set, Control::HostNamespaces, Pods::NoAgents, help, "false")
}
