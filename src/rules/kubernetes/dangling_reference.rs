//! `kubernetes/dangling-reference`: a `ConfigMap`, claim or service account that the release does not bring.

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::rules::kubernetes::references::references;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if set.partial {
        return found;
    }
    for workload in set.workloads() {
        for reference in references(&workload).into_iter().filter(|reference| !reference.optional) {
            let Some(name) = reference.name.text().filter(|name| !name.is_empty()) else { continue };
            let kind = reference.kind;
            let given = (kind == "ServiceAccount" && name == "default") || name == "kube-root-ca.crt";
            if given || set.has_nameless("", kind) || set.find(workload.object, "", kind, &name).is_some() {
                continue;
            }
            let names = set.names(workload.object, "", kind);
            let near = names.iter().copied().find(|other| is_slip(&name, other));
            // Secrets and claims are often made beforehand, by hand; only what looks like a slip is one.
            let by_hand = matches!(kind, "Secret" | "PersistentVolumeClaim") || names.is_empty();
            if by_hand && near.is_none() {
                continue;
            }
            let label = workload.object.label();
            let message =
                format!("`{label}` needs {} `{name}`, which the release does not bring", words(kind));
            let help = match near {
                Some(near) => format!("write `{near}`, or bring `{name}`"),
                None => {
                    format!("bring `{name}` with the release, or say `optional: true` where it may be absent")
                }
            };
            found.push(
                Finding::new(message, reference.name.span(), workload.object.subject(&reference.path))
                    .help(help),
            );
        }
    }
    found
}

/// True where every word of a name is near the one in its place: `shop-config` and `shop-confg`, but not
/// `shop-secret` and `shop-s3-secret`, which are two things.
fn is_slip(name: &str, other: &str) -> bool {
    let (words, others): (Vec<&str>, Vec<&str>) = (name.split('-').collect(), other.split('-').collect());
    let near = |(word, other): (&&str, &&str)| word == other || nearest(word, [*other]).is_some();
    words.len() == others.len() && words.iter().zip(&others).all(near)
}

fn words(kind: &str) -> &'static str {
    match kind {
        "ConfigMap" => "the ConfigMap",
        "Secret" => "the Secret",
        "ServiceAccount" => "the service account",
        _ => "the volume claim",
    }
}
