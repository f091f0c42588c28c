//! `kubernetes/seccomp-disabled`: a container that may make any system call.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "use `RuntimeDefault`";
    standard::findings_with(set, Control::Seccomp, Pods::All, help, "RuntimeDefault")
}
