//! `kubernetes/powerful-capability`: a capability that reaches beyond the container.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::dangerous_capability;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "remove the capability unless the program fails without it";
    standard::findings(set, Control::Capabilities, Pods::NoAgents, help, |breach| {
        !dangerous_capability::is_dangerous(&breach.what)
    })
}
