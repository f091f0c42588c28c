//! `kubernetes/anonymous-access`: a role for whoever asks.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::rules::kubernetes::access;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for binding in access::bindings(set) {
        let role = binding.root.at(&["roleRef", "name"]).and_then(crate::kubernetes::Part::text);
        // What everybody may know anyway.
        if role
            .as_deref()
            .is_some_and(|role| matches!(role, "system:public-info-viewer" | "system:discovery"))
        {
            continue;
        }
        for subject in binding.root.list("subjects") {
            let Some(name) = subject.get("name") else { continue };
            let who = match name.text().as_deref() {
                Some("system:anonymous" | "system:unauthenticated") => {
                    "anybody who reaches the server, without a login"
                }
                Some("system:authenticated") => "everybody with any login, every pod included",
                Some("system:masters") => "a group that nothing can be taken from again",
                _ => continue,
            };
            let message = format!("`{}` gives its role to {who}", binding.label());
            found.push(
                Finding::new(message, name.span(), binding.subject("subjects"))
                    .help("name the users, groups or service accounts that are meant"),
            );
        }
    }
    found
}
