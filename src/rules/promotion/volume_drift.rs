//! `promotion/volume-drift`: data that stays in one environment and goes with the container in the next.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::ladder::workload::Container;
use crate::ladder::workload::Mount;
use crate::ladder::workload::MountKind;
use crate::rules::Context;
use crate::rules::promotion::climb;
use crate::rules::promotion::image;

/// Folders that are filled again by themselves, or that nobody needs back: dependencies, build results, caches, logs.
const REFILLED: [&str; 16] = [
    "node_modules",
    "vendor",
    ".venv",
    "venv",
    ".cache",
    "cache",
    "tmp",
    "target",
    "dist",
    "build",
    ".next",
    ".cargo",
    "registry",
    "pkg",
    "log",
    "logs",
];

pub(super) fn check(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (service, below, above) in climb::pairs(ladder) {
        let (Some(before), Some(after)) = (below.workload.main(), above.workload.main()) else {
            continue;
        };
        if above.workload.kind.ends() || !image::same(before, after) {
            continue;
        }
        let lost: Vec<&Mount> =
            before.mounts.iter().filter(|mount| stays(mount) && !covered(mount, after)).collect();
        // A mount that only the next environment has may be the same data at another place.
        let moved = after.mounts.iter().any(|mount| {
            !matches!(mount.kind, MountKind::Temporary | MountKind::Configuration) && !covered(mount, before)
        });
        let (Some(first), false) = (lost.first(), moved) else { continue };
        let place = &above.environment.name;
        let targets: Vec<String> =
            lost.iter().filter_map(|mount| Some(format!("`{}`", mount.target.known()?))).collect();
        findings.push(
            Finding::new(
                format!(
                    "`{}` keeps {} in `{}` and loses it with its container in `{place}`",
                    service.name,
                    targets.join(", "),
                    below.environment.name
                ),
                after.span,
                format!("workloads.{}.volumes", service.name),
            )
            .environment(place)
            .related(first.span, format!("kept in `{}`", below.environment.name))
            .help(format!(
                "mount a volume there in `{place}`, too: a named volume in Compose, a claim in Kubernetes"
            )),
        );
    }
    findings
}

/// True for a writable volume that outlives its container and is not just a store of what can be made again.
fn stays(mount: &Mount) -> bool {
    let Some(target) = mount.target.known() else { return false };
    let named = mount.source.as_ref().is_some_and(|source| source.known().is_some());
    let refilled = target.split('/').any(|part| REFILLED.contains(&part));
    mount.kind == MountKind::Persistent && named && !mount.read_only && !refilled
}

/// True where something is mounted at that place, around it or in it; and where that cannot be told.
fn covered(mount: &Mount, other: &Container) -> bool {
    let Some(target) = mount.target.known() else { return true };
    other.mounts.iter().any(|mount| {
        let Some(place) = mount.target.known() else { return true };
        let within = |outer: &str, inner: &str| {
            inner
                .strip_prefix(outer.trim_end_matches('/'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        within(place, target) || within(target, place)
    })
}
