//! `tenancy/pod-security-label`: a namespace that admits any pod, or another one after each upgrade.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet::Placed;
use crate::rules::Context;

const LABEL: &str = "pod-security.kubernetes.io/enforce";
const VERSION: &str = "pod-security.kubernetes.io/enforce-version";

pub(super) fn check(_: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let namespaces = fleet.objects.iter().filter(|placed| placed.object.is_kind("", "Namespace"));
        let mut findings: Vec<Finding> = namespaces.filter_map(finding).collect();
        findings.dedup_by(|one, other| one.primary.span == other.primary.span);
        findings
    })
}

fn finding(placed: &Placed<'_>) -> Option<Finding> {
    let label = placed.object.label();
    let labels = placed.object.labels();
    let enforced = labels.and_then(|labels| labels.get(LABEL));
    let any = format!("{label} admits any pod, privileged ones too");
    let subject = placed.object.subject("metadata.labels");
    let Some(enforced) = enforced else {
        // Labels that are put in as a whole may hold it.
        if labels.is_some_and(crate::kubernetes::Part::is_unknown) {
            return None;
        }
        return Some(
            Finding::new(any, placed.template(placed.object.kind.span), subject)
                .help(format!("label it `{LABEL}: baseline`, or `restricted`")),
        );
    };
    let level = enforced.text()?;
    if level == "privileged" {
        return Some(
            Finding::new(any, placed.place(enforced.span()), subject)
                .help("use `baseline`, or `restricted`; give pods that need more a namespace of their own"),
        );
    }
    if labels.is_some_and(|labels| labels.get(VERSION).is_none()) {
        let message = format!("what {label} admits changes with every upgrade of the cluster");
        return Some(
            Finding::new(message, placed.place(enforced.span()), subject)
                .label(format!("`{level}` of whichever version runs"))
                .help(format!("pin it beside this label: `{VERSION}: v1.34`")),
        );
    }
    None
}
