//! `kubernetes/host-process`: a Windows container that runs as a process of its node.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "remove `hostProcess: true`";
    standard::findings(set, Control::HostProcess, Pods::All, help, |_| true)
}
