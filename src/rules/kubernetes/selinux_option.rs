//! `kubernetes/selinux-option`: a container with its own `SELinux` user, role or type.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "remove it, or use one of `container_t`, `container_init_t` and `container_kvm_t`";
    standard::findings(set, Control::SeLinux, Pods::All, help, |_| true)
}
