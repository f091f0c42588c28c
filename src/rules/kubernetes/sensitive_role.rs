//! `kubernetes/sensitive-role`: a role that reads every secret, or gets into every pod.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::rules::kubernetes::access;

/// What a role over the whole cluster may do that reaches far, and the words for it.
const REACHES: [(&[&str], &[&str], &str); 6] = [
    (&["secrets"], &["get", "list", "watch"], "reads the secrets of every namespace"),
    (&["pods/exec", "pods/attach"], &["create", "get"], "runs commands in every pod"),
    (&["pods/ephemeralcontainers"], &["update", "patch"], "puts containers into every pod"),
    (
        &["pods", "deployments", "daemonsets", "statefulsets", "replicasets", "jobs", "cronjobs"],
        &["create"],
        "runs pods as any service account of every namespace",
    ),
    (&["persistentvolumes"], &["create"], "mounts any folder of a node through a volume"),
    (
        &["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
        &["create", "update", "patch"],
        "sees and changes every object on its way in",
    ),
];

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (role, rules) in access::roles(set).filter(|(role, _)| role.kind.value == "ClusterRole") {
        let mut said: Vec<&str> = Vec::new();
        for (index, rule) in rules.into_iter().enumerate() {
            if rule.get("resourceNames").is_some_and(|names| !names.is_empty()) {
                continue;
            }
            for (resources, verbs, what) in REACHES {
                let Some(resource) = access::entry(rule, "resources", resources) else { continue };
                let Some(verb) = access::entry(rule, "verbs", verbs) else { continue };
                if said.contains(&what) {
                    continue;
                }
                said.push(what);
                let subject =
                    role.subject(&format!("rules[{index}].{}", resource.text().unwrap_or_default()));
                found.push(
                    Finding::new(format!("`{}` {what}", role.label()), resource.span(), subject)
                        .related(verb.span(), "with this")
                        .help("use a Role of one namespace, or name the objects under `resourceNames`"),
                );
            }
        }
    }
    found
}
