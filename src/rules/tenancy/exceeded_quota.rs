//! `tenancy/exceeded-quota`: a quota that is smaller than what runs under it.

use crate::diagnostic::Finding;
use crate::kubernetes::Autoscaler;
use crate::kubernetes::Part;
use crate::kubernetes::Quantity;
use crate::kubernetes::Workload;
use crate::kubernetes::WorkloadKind;
use crate::ladder::Environment;
use crate::ladder::fleet::Fleet;
use crate::ladder::fleet::Placed;
use crate::rules::Context;
use crate::rules::tenancy::quota;
use crate::source::Span;

pub(super) fn check(_: &Environment, context: &Context<'_>) -> Vec<Finding> {
    context.with_fleet(|fleet| {
        let quotas = fleet.objects.iter().filter(|placed| quota::counts_all_pods(placed));
        quotas.flat_map(|quota| exceeded(fleet, quota)).collect()
    })
}

fn exceeded(fleet: &Fleet<'_>, quota: &Placed<'_>) -> Vec<Finding> {
    let Some(namespace) = quota.namespace() else { return Vec::new() };
    let mut findings = Vec::new();
    for (key, part) in quota::hard(quota) {
        let Some(allowed) = part.quantity() else { continue };
        let asked = asked(fleet, namespace, &key);
        let total = asked.iter().fold(Quantity::ZERO, |sum, (amount, _, _)| sum.plus(*amount));
        if total <= allowed {
            continue;
        }
        let message = format!(
            "{} allows {} of `{key}` in `{namespace}`, and what runs there asks for {}",
            quota.object.label(),
            shown(&key, allowed),
            shown(&key, total)
        );
        let mut finding = quota.finding(message, part, &format!("spec.hard.{key}"));
        let mut largest = asked;
        largest.sort_by_key(|(amount, _, _)| std::cmp::Reverse(*amount));
        for (amount, label, at) in largest.into_iter().take(3) {
            finding = finding.related(at, format!("{label} asks for {}", shown(&key, amount)));
        }
        findings.push(finding.help("raise the quota or ask for less: the pods over it are never started"));
    }
    findings
}

/// What runs in a namespace and counts for a key of a quota. What is not known counts for nothing.
fn asked(fleet: &Fleet<'_>, namespace: &str, key: &str) -> Vec<(Quantity, String, Span)> {
    let mut asked = Vec::new();
    for placed in fleet.within(namespace) {
        let label = || placed.object.label();
        let whole = placed.place(placed.object.span());
        if let Some(workload) = Workload::of(&placed.object) {
            let Some((each, at)) = quota::of_pod(&workload, key) else { continue };
            let Some(pods) = pods(fleet, namespace, &workload) else { continue };
            let at = at.map_or(whole, |at| placed.place(at));
            asked.push((each.times(pods), label(), at));
            continue;
        }
        let Some(spec) = placed.object.spec() else { continue };
        let counted = match (&*placed.object.kind.value, key) {
            ("PersistentVolumeClaim", "persistentvolumeclaims" | "count/persistentvolumeclaims") => true,
            ("Service", "services" | "count/services") => true,
            ("Service", "services.loadbalancers") => {
                spec.text_at("type").is_some_and(|kind| kind == "LoadBalancer")
            }
            ("Service", "services.nodeports") => spec.text_at("type").is_some_and(|kind| kind == "NodePort"),
            _ => false,
        };
        if counted {
            asked.push((Quantity::from_whole(1), label(), whole));
        }
        if placed.object.kind.value == "PersistentVolumeClaim"
            && key == "requests.storage"
            && let Some(part) = spec.at(&["resources", "requests", "storage"])
            && let Some(amount) = part.quantity()
        {
            asked.push((amount, label(), placed.place(part.span())));
        }
    }
    asked
}

/// The fewest pods of a workload that run for good; `None` for jobs, and where that is not known.
fn pods(fleet: &Fleet<'_>, namespace: &str, workload: &Workload<'_, '_>) -> Option<u32> {
    match workload.kind {
        WorkloadKind::Job | WorkloadKind::CronJob => return None,
        WorkloadKind::Pod | WorkloadKind::DaemonSet => return Some(1),
        _ => {}
    }
    let name = &workload.object.name.as_ref()?.value;
    let near = fleet.within(namespace);
    let scaled = near.filter_map(|placed| Autoscaler::of(&placed.object)).find(|scaler| {
        let target = scaler.target();
        let is = |key: &str, wanted: &str| {
            target.and_then(|target| target.get(key)).and_then(Part::text).is_some_and(|text| text == wanted)
        };
        is("name", name) && is("kind", &workload.object.kind.value)
    });
    let pods = match scaled {
        Some(scaler) => scaler.minimum(),
        None => workload.replicas(),
    };
    u32::try_from(pods?).ok()
}

/// An amount in the unit that people use for it.
pub(super) fn shown(key: &str, amount: Quantity) -> String {
    if key.ends_with("cpu") {
        format!("{}m", amount.millis())
    } else if key.ends_with("memory") || key.ends_with("storage") {
        format!("{} MiB", amount.value() / (1024 * 1024))
    } else {
        amount.value().to_string()
    }
}
