//! `kubernetes/default-account-role`: rights for every pod that does not say who it is.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::rules::Context;
use crate::rules::kubernetes::access;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for binding in access::bindings(set) {
        for subject in binding.root.list("subjects") {
            let account = subject.text_at("kind").is_some_and(|kind| kind == "ServiceAccount");
            let name = subject.get("name").filter(|name| name.text().is_some_and(|name| name == "default"));
            let Some(name) = name.filter(|_| account) else { continue };
            let role = binding.root.at(&["roleRef", "name"]).and_then(Part::text).unwrap_or_default();
            let message =
                format!("`{}` gives `{role}` to every pod that names no service account", binding.label());
            found.push(
                Finding::new(message, name.span(), binding.subject("subjects"))
                    .help("make a service account for the pods that need the role, and bind that"),
            );
        }
    }
    found
}
