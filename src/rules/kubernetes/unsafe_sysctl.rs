//! `kubernetes/unsafe-sysctl`: a pod that changes settings of its node's kernel.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "remove it, or let the node pool set it; the kubelet refuses it unless it was allowed there";
    standard::findings(set, Control::Sysctls, Pods::All, help, |_| true)
}
