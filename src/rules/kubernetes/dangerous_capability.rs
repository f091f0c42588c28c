//! `kubernetes/dangerous-capability`: a capability that amounts to root on the node.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

const DANGEROUS: [&str; 6] = ["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF"];

/// True for the capabilities that each have a known way to the node.
pub(super) fn is_dangerous(what: &str) -> bool {
    DANGEROUS
        .iter()
        .any(|name| what.ends_with(&format!("`{name}`")) || what.ends_with(&format!("`CAP_{name}`")))
}

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "remove the capability; where one is really needed, add the narrowest that works";
    standard::findings(set, Control::Capabilities, Pods::All, help, |breach| is_dangerous(&breach.what))
}
