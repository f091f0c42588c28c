//! `tenancy/hardcoded-namespace`: a namespace written into a template.

use crate::diagnostic::Finding;
use crate::kubernetes::Object;
use crate::ladder::Environment;
use crate::rules::Context;

pub(super) fn check(_: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let mut findings: Vec<Finding> = Vec::new();
        for placed in &fleet.objects {
            let Some(namespace) = &placed.object.namespace else { continue };
            if placed.cluster_scoped() || is_meant(&placed.object, &namespace.value) {
                continue;
            }
            let origin = placed.manifest.origin(namespace.span);
            let (Some(template), true) =
                (origin.template, origin.values.is_empty() && origin.unknown.is_none())
            else {
                continue;
            };
            // Plain text of the template, and not an action that printed it.
            let written = context.sources.slice(template);
            if written.contains("{{") || !written.contains(&*namespace.value) {
                continue;
            }
            let line = written.find(&*namespace.value).unwrap_or(0);
            let start = template.start as usize + line;
            let at = crate::source::Span::new(template.source, start, start + namespace.value.len());
            if findings.iter().any(|finding| finding.primary.span == at) {
                continue;
            }
            findings.push(
                Finding::new(
                    format!(
                        "{} is always installed into `{}`, whichever the release's namespace is",
                        placed.object.label(),
                        namespace.value
                    ),
                    at,
                    placed.object.subject("metadata.namespace"),
                )
                .help("write `{{ .Release.Namespace }}`, or leave the namespace out"),
            );
        }
        findings
    })
}

/// True for what has its one place: rights in a namespace of Kubernetes itself, and what Argo CD reads from its own.
/// Kinds of others that call themselves `Cluster…` belong to no namespace.
fn is_meant(object: &Object<'_>, namespace: &str) -> bool {
    let rights = object.group() == "rbac.authorization.k8s.io" && namespace.starts_with("kube-");
    let argo = object.group() == "argoproj.io" && object.kind.value.starts_with("App");
    rights || argo || object.kind.value.starts_with("Cluster")
}
