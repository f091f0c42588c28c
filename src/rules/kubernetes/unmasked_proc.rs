//! `kubernetes/unmasked-proc`: a container that sees all of `/proc`.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "remove `procMount`, or give the pod its own users with `hostUsers: false`";
    standard::findings_with(set, Control::ProcMount, Pods::All, help, "Default")
}
