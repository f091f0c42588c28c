//! `kubernetes/host-port`: a container that takes a port of its node.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "remove `hostPort` and publish the port with a Service";
    standard::findings(set, Control::HostPorts, Pods::NoAgents, help, |_| true)
}
