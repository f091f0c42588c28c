//! `kubernetes/wildcard-role`: a role that may do anything with everything.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::rules::kubernetes::access;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (role, rules) in access::roles(set) {
        for (index, rule) in rules.into_iter().enumerate() {
            let every = |key: &str| access::entry(rule, key, &["*"]);
            let (Some(verbs), Some(_)) = (every("verbs"), every("resources")) else { continue };
            let groups = rule.list("apiGroups");
            // All of one group of its own is what an operator needs; all of the core group is not.
            let broad =
                groups.iter().any(|group| group.text().is_some_and(|group| matches!(&*group, "*" | "")));
            if !broad {
                continue;
            }
            let message = format!("`{}` may do anything with everything", role.label());
            found.push(
                Finding::new(message, verbs.span(), role.subject(&format!("rules[{index}].verbs")))
                    .help("list the verbs and resources that are needed"),
            );
        }
    }
    found
}
