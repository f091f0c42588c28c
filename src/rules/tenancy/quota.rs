//! Quotas: what they bound, and what counts.

use crate::kubernetes::Part;
use crate::kubernetes::Quantity;
use crate::kubernetes::Role;
use crate::kubernetes::Workload;
use crate::ladder::fleet::Placed;
use crate::source::Span;

/// True for a quota of all pods of its namespace: one with scopes is for some of them.
pub(super) fn counts_all_pods(placed: &Placed<'_>) -> bool {
    let scoped = |key: &str| placed.object.spec().is_some_and(|spec| spec.get(key).is_some());
    placed.object.is_kind("", "ResourceQuota") && !scoped("scopes") && !scoped("scopeSelector")
}

/// What it bounds: keys and bounds.
pub(super) fn hard<'f>(placed: &'f Placed<'f>) -> Vec<(String, Part<'f>)> {
    let hard = placed.object.spec().and_then(|spec| spec.get("hard"));
    let entries = hard.map(Part::entries).unwrap_or_default().into_iter();
    entries.filter_map(|(key, value)| Some((key.text()?.into_owned(), value))).collect()
}

/// The path to what a key counts of a container: `requests.cpu` counts `[requests, cpu]`.
pub(super) fn counted(key: &str) -> Option<(&'static str, &'static str)> {
    Some(match key {
        "cpu" | "requests.cpu" => ("requests", "cpu"),
        "memory" | "requests.memory" => ("requests", "memory"),
        "limits.cpu" => ("limits", "cpu"),
        "limits.memory" => ("limits", "memory"),
        _ => return None,
    })
}

/// What one pod counts for a key, and where the first amount of it is written; `None` for keys that pods do not count
/// for.
pub(super) fn of_pod(workload: &Workload<'_, '_>, key: &str) -> Option<(Quantity, Option<Span>)> {
    if matches!(key, "pods" | "count/pods") {
        return Some((Quantity::from_whole(1), None));
    }
    let claims = || workload.object.spec().map(|spec| spec.list("volumeClaimTemplates")).unwrap_or_default();
    match key {
        "persistentvolumeclaims" | "count/persistentvolumeclaims" => {
            let count = i64::try_from(claims().len()).unwrap_or(i64::MAX);
            return Some((Quantity::from_whole(count), None));
        }
        "requests.storage" => {
            let sizes = claims().into_iter();
            let sizes = sizes.filter_map(|claim| claim.at(&["spec", "resources", "requests", "storage"]));
            let sizes: Vec<Part<'_>> = sizes.collect();
            let sum = sizes.iter().filter_map(|part| part.quantity()).fold(Quantity::ZERO, Quantity::plus);
            return Some((sum, sizes.first().map(|part| part.span())));
        }
        _ => {}
    }
    let (which, resource) = counted(key)?;
    if let Some(whole) = workload.pod.at(&["resources", which, resource]) {
        return Some((whole.quantity().unwrap_or(Quantity::ZERO), Some(whole.span())));
    }
    let mut sum = Quantity::ZERO;
    let mut first = None;
    for container in workload.containers() {
        // What only runs before the others counts where it is larger; leaving it out keeps this a lower bound.
        if !matches!(container.role, Role::Main | Role::Sidecar) {
            continue;
        }
        let at = |which: &str| container.part.at(&["resources", which, resource]);
        let part = if which == "requests" { at("requests").or_else(|| at("limits")) } else { at("limits") };
        if let Some(part) = part {
            first = first.or(Some(part.span()));
            sum = sum.plus(part.quantity().unwrap_or(Quantity::ZERO));
        }
    }
    Some((sum, first))
}
