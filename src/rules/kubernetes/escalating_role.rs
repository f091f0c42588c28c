//! `kubernetes/escalating-role`: a role whose holder can give itself more.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::rules::kubernetes::access;

/// What lets the holder of a role become more than the role says, and the words for it.
const WAYS: [(&[&str], &[&str], &str); 5] = [
    (&["roles", "clusterroles"], &["escalate", "bind"], "can give itself any role"),
    (&["users", "groups", "serviceaccounts"], &["impersonate"], "can act as somebody else"),
    (&["serviceaccounts/token"], &["create"], "can take the token of any service account"),
    (&["nodes/proxy"], &["get", "create"], "can run commands in every pod of a node"),
    (&["certificatesigningrequests/approval"], &["update", "patch"], "can approve certificates for anybody"),
];

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (role, rules) in access::roles(set) {
        for (index, rule) in rules.into_iter().enumerate() {
            // A rule for named objects only is a choice.
            if rule.get("resourceNames").is_some_and(|names| !names.is_empty()) {
                continue;
            }
            for (resources, verbs, what) in WAYS {
                let Some(resource) = access::entry(rule, "resources", resources) else { continue };
                let Some(verb) = access::entry(rule, "verbs", verbs) else { continue };
                let message = format!("`{}` {what}", role.label());
                let subject =
                    role.subject(&format!("rules[{index}].{}", resource.text().unwrap_or_default()));
                found.push(
                    Finding::new(message, verb.span(), subject)
                        .related(resource.span(), "on this")
                        .help("remove the verb, or name the objects it is for under `resourceNames`"),
                );
            }
        }
    }
    found
}
