//! `kubernetes/removed-api`: an API version that the target does not serve.

use crate::diagnostic::Finding;
use crate::diagnostic::Safety;
use crate::kubernetes::Lifecycle;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;
use crate::rules::kubernetes::standard;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for object in set.submitted() {
        let (version, kind) = (&*object.api_version.value, &*object.kind.value);
        let Some(built_in) = object.built_in else { continue };
        let when = match built_in.lifecycle(set.minor) {
            Lifecycle::Removed { since } => format!("is gone since Kubernetes {since}"),
            Lifecycle::Future { since } => format!("is new in Kubernetes {since}"),
            _ => continue,
        };
        let message = format!("`{version}` of `{}` {when}; the target is {}", object.label(), set.minor);
        let mut finding = Finding::new(message, object.api_version.span, object.subject("apiVersion"));
        if let Some((version, kind)) = built_in.replacement(version, kind, set.minor) {
            let same = kind == &*object.kind.value;
            finding = finding.help(format!("use `{kind}` of `{version}`"));
            if same {
                let at = object.api_version.span;
                finding = finding.remedy(Ok(standard::replacing(at, version, Safety::Safe)));
            }
        }
        found.push(finding);
    }
    found
}
