//! `kubernetes/cluster-admin`: all power over the cluster for a release.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::rules::Context;
use crate::rules::kubernetes::access;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for binding in access::bindings(set) {
        let Some(role) = binding.root.get("roleRef") else { continue };
        let name = role.get("name").filter(|name| name.text().is_some_and(|name| name == "cluster-admin"));
        let cluster_role = role.text_at("kind").is_some_and(|kind| kind == "ClusterRole");
        let Some(name) = name.filter(|_| cluster_role) else { continue };
        let subjects = binding.root.list("subjects");
        let who = subjects.first().and_then(|subject| subject.text_at("name"));
        let who = who.map_or_else(String::new, |who| format!(" to `{who}`"));
        let message = format!("`{}` gives all power over the cluster{who}", binding.label());
        let mut finding = Finding::new(message, name.span(), binding.subject("roleRef.name"))
            .help("bind a role that lists what is needed");
        if let Some(subject) = subjects.first() {
            finding = finding.related(subject.get("name").map_or(subject.span(), Part::span), "has it");
        }
        found.push(finding);
    }
    found
}
