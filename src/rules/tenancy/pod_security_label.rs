//! `tenancy/pod-security-label`: a namespace that admits any pod.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

const LABEL: &str = "pod-security.kubernetes.io/enforce";

pub(super) fn check(environment: &Environment, _: &Context<'_>) -> Vec<Finding> {
    fleet::of(environment, |fleet| {
        let namespaces = fleet.objects.iter().filter(|placed| placed.object.is_kind("", "Namespace"));
        let open = namespaces
            .filter(|placed| placed.object.labels().is_none_or(|labels| labels.get(LABEL).is_none()));
        let finding = |placed: &fleet::Placed<'_>| {
            Finding::new(
                format!("{} admits any pod, privileged ones too", placed.object.label()),
                placed.template(placed.object.kind.span),
                placed.object.subject("metadata.labels"),
            )
            .help(format!("label it `{LABEL}: baseline`, or `restricted`"))
        };
        let mut findings: Vec<Finding> = open.map(finding).collect();
        findings.dedup_by(|one, other| one.primary.span == other.primary.span);
        findings
    })
}
