//! `kubernetes/blocking-disruption-budget`: a budget under which no node can ever be drained.

use crate::diagnostic::Finding;
use crate::kubernetes::Autoscaler;
use crate::kubernetes::DisruptionBudget;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Rounding;
use crate::kubernetes::Target;
use crate::kubernetes::Workload;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for budget in set.objects.iter().filter_map(DisruptionBudget::of) {
        let label = budget.object.label();
        if let (Some(minimum), Some(maximum)) = (budget.minimum_available(), budget.maximum_unavailable()) {
            let message =
                format!("`{label}` has both `minAvailable` and `maxUnavailable`, which the server refuses");
            found.push(
                Finding::new(message, maximum.span(), budget.object.subject("spec.maxUnavailable"))
                    .related(minimum.span(), "the other")
                    .help("keep one of them"),
            );
            continue;
        }
        let Some(selector) = budget.selector() else { continue };
        let Some(selected) = set.selected(budget.object, &selector) else { continue };
        let [workload] = selected.as_slice() else { continue };
        let Some(pods) = pods(set, workload) else { continue };
        if pods == 0 {
            continue;
        }
        let stuck = match (budget.minimum_available(), budget.maximum_unavailable()) {
            (Some(minimum), None) => {
                let must_stay = minimum.int_or_string().and_then(|minimum| minimum.of(pods, Rounding::Up));
                must_stay.filter(|must_stay| *must_stay >= pods).map(|_| minimum)
            }
            (None, Some(maximum)) => {
                let may_go = maximum.int_or_string().and_then(|maximum| maximum.of(pods, Rounding::Up));
                may_go.filter(|may_go| *may_go == 0).map(|_| maximum)
            }
            _ => None,
        };
        let Some(at) = stuck else { continue };
        let plural = if pods == 1 { "pod" } else { "pods" };
        let message = format!(
            "`{label}` lets none of the {pods} {plural} of `{}` go, so no node that runs one can be drained",
            workload.object.label(),
        );
        found.push(
            Finding::new(message, at.span(), budget.object.subject("spec"))
                .related(workload.object.span(), format!("has {pods} {plural}"))
                .help("use `maxUnavailable: 1`, or run more pods than must stay"),
        );
    }
    found
}

/// The fewest pods that a workload runs with: the minimum of its autoscaler, or what it asks for.
fn pods(set: &ObjectSet<'_>, workload: &Workload<'_, '_>) -> Option<i64> {
    for autoscaler in set.objects.iter().filter_map(Autoscaler::of) {
        let Some(target) = autoscaler.target() else { continue };
        match set.target(autoscaler.object, target) {
            Target::Found(scaled) if std::ptr::eq(scaled.object, workload.object) => {
                return autoscaler.minimum();
            }
            Target::Unknown => return None,
            _ => {}
        }
    }
    workload.replicas()
}
