//! `kubernetes/missing-key`: a key that its `ConfigMap` or Secret does not have.

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::rules::kubernetes::references::references;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for reference in references(&workload).into_iter().filter(|reference| !reference.optional) {
            let (Some(name), Some(key)) = (reference.name.text(), reference.key) else { continue };
            let Some(wanted) = key.text() else { continue };
            let kind = if reference.kind == "Secret" { "Secret" } else { "ConfigMap" };
            let Some(object) = set.find(workload.object, "", kind, &name) else { continue };
            // What somebody fills in at run time is no mistake here.
            let filled_later = ["data", "stringData", "binaryData"]
                .into_iter()
                .all(|part| object.root.get(part).is_none_or(|part| !part.is_unknown() && part.is_empty()));
            let mut keys = Vec::new();
            let mut open = false;
            for part in
                ["data", "stringData", "binaryData"].into_iter().filter_map(|part| object.root.get(part))
            {
                open |= part.is_unknown();
                for (key, _) in part.entries() {
                    match key.text() {
                        Some(key) => keys.push(key.into_owned()),
                        None => open = true,
                    }
                }
            }
            if filled_later || open || keys.iter().any(|key| *key == wanted) {
                continue;
            }
            let label = object.label();
            let message =
                format!("`{label}` has no key `{wanted}`, so `{}` does not start", workload.object.label());
            let near = nearest(&wanted, keys.iter().map(String::as_str));
            let help = match near {
                Some(near) => format!("write `{near}`"),
                None => format!("add the key to `{label}`, or say `optional: true`"),
            };
            let subject = workload.object.subject(&reference.path);
            found.push(
                Finding::new(message, key.span(), subject)
                    .related(object.span(), "does not have it")
                    .help(help),
            );
        }
    }
    found
}
