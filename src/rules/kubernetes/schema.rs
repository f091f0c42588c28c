//! `kubernetes/schema`: a value that does not fit, or one that is missing.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::ViolationSort;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    violations(set, ViolationSort::Schema)
}

/// The mistakes of one sort, in all objects.
pub(super) fn violations(set: &ObjectSet<'_>, sort: ViolationSort) -> Vec<Finding> {
    let mut found = Vec::new();
    for (object, violations) in set.violations() {
        for violation in violations.iter().filter(|violation| violation.sort == sort) {
            let mut finding = violation.finding.clone();
            finding.message = format!("`{}`: {}", object.label(), finding.message);
            found.push(finding);
        }
    }
    found
}
