//! `tenancy/quota-without-defaults`: a container that its namespace's quota refuses, because it does not say what it
//! needs.

use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::kubernetes::Role;
use crate::kubernetes::Workload;
use crate::ladder::Environment;
use crate::ladder::fleet::Fleet;
use crate::ladder::fleet::Placed;
use crate::rules::Context;
use crate::rules::tenancy::quota;

pub(super) fn check(_: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let mut findings = Vec::new();
        for placed in fleet.objects.iter().filter(|placed| quota::counts_all_pods(placed)) {
            // A limit range of the namespace fills in what is left out.
            let Some(namespace) = placed.namespace().filter(|own| !fleet.has(own, "LimitRange")) else {
                continue;
            };
            findings.extend(refused(fleet, placed, namespace));
        }
        findings
    })
}

fn refused(fleet: &Fleet<'_>, bound: &Placed<'_>, namespace: &str) -> Vec<Finding> {
    let keys: Vec<_> =
        quota::hard(bound).into_iter().map(|(key, part)| (quota::counted(&key), key, part)).collect();
    let mut findings = Vec::new();
    for placed in fleet.within(namespace) {
        let Some(workload) = Workload::of(&placed.object) else { continue };
        for container in workload.containers().into_iter().filter(|one| one.role != Role::Ephemeral) {
            let mut missing = BTreeSet::new();
            let mut at = None;
            for (counted, key, part) in &keys {
                let Some((which, resource)) = *counted else { continue };
                let has = |which: &str| {
                    container.part.at(&["resources", which, resource]).is_some()
                        || workload.pod.at(&["resources", which, resource]).is_some()
                };
                if !has(which) && (which == "limits" || !has("limits")) {
                    missing.insert(format!("`{which}.{resource}`"));
                    at = at.or(Some((key.clone(), *part)));
                }
            }
            let Some((key, part)) = at else { continue };
            let missing: Vec<String> = missing.into_iter().collect();
            findings.push(
                Finding::new(
                    format!(
                        "the pods of {} are refused: container `{}` says nothing of {}, which a quota counts",
                        placed.object.label(),
                        container.name,
                        missing.join(" and ")
                    ),
                    placed.template(container.span()),
                    placed.object.subject(&container.path_of("resources")),
                )
                .related(bound.place(part.span()), format!("{} counts `{key}`", bound.object.label()))
                .help("give the container what is missing, or render a LimitRange with defaults"),
            );
        }
    }
    findings
}
