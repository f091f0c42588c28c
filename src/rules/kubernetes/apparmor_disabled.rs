//! `kubernetes/apparmor-disabled`: a container without its `AppArmor` profile.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::pod_security::Control;
use crate::rules::Context;
use crate::rules::kubernetes::standard;
use crate::rules::kubernetes::standard::Pods;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let help = "use `RuntimeDefault`, or load a profile and name it under `localhostProfile`";
    standard::findings(set, Control::AppArmor, Pods::All, help, |_| true)
}
