//! `kubernetes/duplicate-name`: two things of one pod with the same name.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::Service;
use crate::rules::Context;
use std::collections::BTreeMap;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        let label = workload.object.label();
        let mut report = |what: &str, owner: &str, path: String, parts: Vec<Part<'_>>| {
            for (first, second, name) in doubles(parts) {
                let message = format!("{owner} has two {what} `{name}`, which the server refuses");
                found.push(
                    Finding::new(message, second.span(), workload.object.subject(&path))
                        .related(first.span(), "the first")
                        .help("rename or remove one"),
                );
            }
        };
        let containers = workload.containers();
        let owner = format!("`{label}`");
        let names = containers.iter().filter_map(|container| container.part.get("name")).collect();
        report("containers named", &owner, format!("{}.containers", workload.pod_path()), names);
        let volumes = workload.volumes().into_iter().filter_map(|volume| volume.get("name")).collect();
        report("volumes named", &owner, format!("{}.volumes", workload.pod_path()), volumes);
        for container in &containers {
            let owner = format!("container `{}` of `{label}`", container.name);
            let ports = container.ports().into_iter().filter_map(|port| port.part.get("name")).collect();
            report("ports named", &owner, container.path_of("ports"), ports);
            let mounts = container
                .part
                .list("volumeMounts")
                .into_iter()
                .filter_map(|mount| mount.get("mountPath"))
                .collect();
            report("mounts at", &owner, container.path_of("volumeMounts"), mounts);
        }
    }
    for service in set.objects.iter().filter_map(Service::of) {
        let ports = service.ports().into_iter().filter_map(|port| port.part.get("name")).collect();
        for (first, second, name) in doubles(ports) {
            let message = format!(
                "`{}` has two ports named `{name}`, which the server refuses",
                service.object.label()
            );
            found.push(
                Finding::new(message, second.span(), service.object.subject("spec.ports"))
                    .related(first.span(), "the first")
                    .help("rename or remove one"),
            );
        }
    }
    found
}

/// Pairs of parts with the same known text, and that text.
pub(super) fn doubles<'t>(parts: Vec<Part<'t>>) -> Vec<(Part<'t>, Part<'t>, String)> {
    let mut seen: BTreeMap<String, Part<'t>> = BTreeMap::new();
    let mut doubles = Vec::new();
    for part in parts {
        let Some(text) = part.text().filter(|text| !text.is_empty()) else { continue };
        match seen.get(&*text) {
            Some(first) => doubles.push((*first, part, text.into_owned())),
            None => {
                seen.insert(text.into_owned(), part);
            }
        }
    }
    doubles
}
