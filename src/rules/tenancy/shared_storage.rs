//! `tenancy/shared-storage`: two releases on the same storage.

use std::collections::BTreeMap;

use crate::diagnostic::Finding;
use crate::kubernetes::Part;
use crate::kubernetes::Workload;
use crate::ladder::Environment;
use crate::ladder::fleet::Placed;
use crate::rules::Context;

pub(super) fn check(_: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let mut seen: BTreeMap<String, &Placed<'_>> = BTreeMap::new();
        let mut findings: Vec<Finding> = Vec::new();
        for placed in &fleet.objects {
            for (what, part) in storage(placed) {
                let Some(other) = seen.get(&what) else {
                    seen.insert(what, placed);
                    continue;
                };
                if other.release.name() == placed.release.name() {
                    continue;
                }
                let finding = placed.finding(
                    format!("`{}` and `{}` write to {what}", other.release.name(), placed.release.name()),
                    part,
                    "storage",
                );
                if findings.iter().all(|known| known.primary.span != finding.primary.span) {
                    findings
                        .push(finding.help("give each release storage of its own, named after the release"));
                }
            }
        }
        findings
    })
}

/// Storage outside of the release that an object names.
fn storage<'f>(placed: &'f Placed<'f>) -> Vec<(String, Part<'f>)> {
    let mut found = Vec::new();
    if placed.object.kind.value == "PersistentVolumeClaim"
        && let Some(part) = placed.object.spec().and_then(|spec| spec.get("volumeName"))
        && let Some(name) = part.text()
    {
        found.push((format!("the volume `{name}`"), part));
    }
    if placed.object.kind.value == "PersistentVolume"
        && let Some(spec) = placed.object.spec()
    {
        if let Some(nfs) = spec.get("nfs")
            && let (Some(server), Some(path)) = (nfs.text_at("server"), nfs.text_at("path"))
        {
            found.push((format!("`{server}:{path}`"), nfs));
        }
        if let Some(part) = spec.at(&["csi", "volumeHandle"])
            && let Some(handle) = part.text()
        {
            found.push((format!("the volume `{handle}`"), part));
        }
        if let Some(part) = spec.at(&["hostPath", "path"]).or_else(|| spec.at(&["local", "path"]))
            && let Some(path) = part.text()
        {
            found.push((format!("the folder `{path}` of the node"), part));
        }
    }
    let Some(workload) = Workload::of(&placed.object) else { return found };
    for volume in workload.volumes() {
        if let Some(part) = volume.at(&["hostPath", "path"])
            && let Some(path) = part.text()
            && !path.starts_with("/proc")
            && !path.starts_with("/sys")
            && !path.ends_with(".sock")
            && !path.starts_with("/var/log")
        {
            found.push((format!("the folder `{path}` of the node"), part));
        }
        if let Some(nfs) = volume.get("nfs")
            && let (Some(server), Some(path)) = (nfs.text_at("server"), nfs.text_at("path"))
        {
            found.push((format!("`{server}:{path}`"), nfs));
        }
    }
    found
}
