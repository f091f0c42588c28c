//! `kubernetes/probe-host`: a probe or hook that has the node call another host.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "remove `host`: the pod itself is probed then; send another host name as a `Host` header";
    standard::findings(set, Control::HostProbes, Pods::All, help, |_| true)
}
