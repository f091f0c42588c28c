//! `kubernetes/deprecated-api`: an API version on its way out.

use crate::diagnostic::Finding;
use crate::kubernetes::Lifecycle;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for object in set.submitted() {
        let (version, kind) = (&*object.api_version.value, &*object.kind.value);
        let Some(built_in) = object.built_in else { continue };
        let Lifecycle::Deprecated { since, removed } = built_in.lifecycle(set.minor) else { continue };
        let gone = removed.map_or_else(String::new, |removed| format!(" and gone in {removed}"));
        let message =
            format!("`{version}` of `{}` is deprecated since Kubernetes {since}{gone}", object.label());
        let mut finding = Finding::new(message, object.api_version.span, object.subject("apiVersion"));
        if let Some((version, kind)) = built_in.replacement(version, kind, set.minor) {
            finding = finding.help(format!("use `{kind}` of `{version}`"));
        }
        found.push(finding);
    }
    found
}
