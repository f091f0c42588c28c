//! `kubernetes/dangling-volume-mount`: a mount of a volume that the pod does not have.

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        let mut volumes = workload.volumes();
        if volumes.iter().any(|volume| volume.is_unknown()) {
            continue;
        }
        let claims = workload.object.spec().map(|spec| spec.list("volumeClaimTemplates")).unwrap_or_default();
        volumes.extend(claims.into_iter().filter_map(|claim| claim.get("metadata")));
        let names: Option<Vec<_>> = volumes.iter().map(|volume| volume.text_at("name")).collect();
        // One name that is not known may be any.
        let Some(names) = names else { continue };
        for container in workload.containers() {
            for (key, what) in [("volumeMounts", "mounts"), ("volumeDevices", "uses")] {
                for mount in container.part.list(key) {
                    let Some(place) = mount.get("name") else { continue };
                    let Some(name) = place.text() else { continue };
                    if names.contains(&name) {
                        continue;
                    }
                    let label = workload.object.label();
                    let message = format!(
                        "container `{}` of `{label}` {what} the volume `{name}`, which its pod does not have",
                        container.name,
                    );
                    let help = match nearest(&name, names.iter().map(|name| &**name)) {
                        Some(near) => {
                            format!("write `{near}`, or add the volume to `{}.volumes`", workload.pod_path())
                        }
                        None => format!("add the volume to `{}.volumes`", workload.pod_path()),
                    };
                    let subject = workload.object.subject(&container.path_of(&format!("{key}[{name}]")));
                    found.push(Finding::new(message, place.span(), subject).help(help));
                }
            }
        }
    }
    found
}
