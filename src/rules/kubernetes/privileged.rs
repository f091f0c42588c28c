//! `kubernetes/privileged`: a container with all the powers of its node.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help =
        "remove `privileged: true` and add the single capability that is needed under `capabilities.add`";
    standard::findings_with(set, Control::Privileged, Pods::All, help, "false")
}
