//! `kubernetes/volume-blocks-rollout`: pods of a Deployment that wait for a disk which another one holds.

use crate::diagnostic::Finding;
use crate::kubernetes::Autoscaler;
use crate::kubernetes::Object;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::Target;
use crate::kubernetes::Workload;
use crate::kubernetes::WorkloadKind;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads().filter(|workload| workload.kind == WorkloadKind::Deployment) {
        let Some(pods) = pods(set, &workload).filter(|pods| *pods > 1) else { continue };
        for volume in workload.volumes() {
            let Some(name) = volume.at(&["persistentVolumeClaim", "claimName"]) else { continue };
            let Some(claim) =
                name.text().and_then(|name| set.find(workload.object, "", "PersistentVolumeClaim", &name))
            else {
                continue;
            };
            let Some(mode) = single(claim) else { continue };
            let label = workload.object.label();
            let message = format!(
                "the {pods} pods of `{label}` share `{}`, which only one node can mount",
                claim.label()
            );
            let subject = workload.object.subject(&format!("{}.volumes", workload.pod_path()));
            found.push(
                Finding::new(message, name.span(), subject)
                    .related(mode.span(), "one node at a time")
                    .help("run one pod, give each its own volume with a StatefulSet, or use `ReadWriteMany`"),
            );
        }
    }
    found
}

/// Where a claim says that one node alone may mount it.
fn single<'t>(claim: &Object<'t>) -> Option<Part<'t>> {
    let modes = claim.spec()?.list("accessModes");
    let single = |mode: &Part<'t>| mode.text().is_some_and(|mode| mode.starts_with("ReadWriteOnce"));
    let all = !modes.is_empty() && modes.iter().all(single);
    modes.into_iter().next().filter(|_| all)
}

/// The fewest pods that run.
fn pods(set: &ObjectSet<'_>, workload: &Workload<'_, '_>) -> Option<i64> {
    for scaler in set.objects.iter().filter_map(Autoscaler::of) {
        let Some(target) = scaler.target() else { continue };
        match set.target(scaler.object, target) {
            Target::Found(scaled) if std::ptr::eq(scaled.object, workload.object) => return scaler.minimum(),
            Target::Unknown => return None,
            _ => {}
        }
    }
    workload.replicas()
}
