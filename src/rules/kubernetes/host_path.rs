//! `kubernetes/host-path`: a folder of the node in a pod.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

/// Sockets of container runtimes have a rule of their own.
fn is_socket(what: &str) -> bool {
    what.contains(".sock`")
}

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "use a PersistentVolumeClaim, a ConfigMap or an `emptyDir`";
    standard::findings(set, Control::HostPath, Pods::NoAgents, help, |breach| !is_socket(&breach.what))
}
