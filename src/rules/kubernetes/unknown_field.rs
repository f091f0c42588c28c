//! `kubernetes/unknown-field`: a field that the server does not know.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::ViolationSort;
use crate::rules::Context;
use crate::rules::kubernetes::schema;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    schema::violations(set, ViolationSort::UnknownField)
}
