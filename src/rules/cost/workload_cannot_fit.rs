//! `cost/workload-cannot-fit`: together the pods ask for more than the nodes have.

use crate::cost::Fit;
use crate::cost::cheapest;
use crate::diagnostic::Finding;
use crate::ladder::Assessment;
use crate::ladder::Environment;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, _context: &Context<'_>) -> Vec<Finding> {
    let assessment = environment.assessment();
    let capacity = &assessment.capacity;
    if capacity.fit != Fit::CannotFit || capacity.asked.fits_in(capacity.free) {
        return Vec::new();
    }
    let Some(pool) = assessment.estimate.pools.first() else { return Vec::new() };
    let message = format!(
        "`{}` asks for {} and its nodes have {} left for it",
        environment.name, capacity.asked, capacity.free
    );
    let finding = Finding::new(message, pool.at, format!("{}.cluster", environment.name))
        .label("what the system and the agents on every node leave");
    vec![with_largest(finding, assessment).help(proposal(assessment))]
}

/// Points at the workloads that ask most.
pub(super) fn with_largest(mut finding: Finding, assessment: &Assessment) -> Finding {
    let mut pods: Vec<_> = assessment.demand.pods.iter().filter(|pods| pods.low > 0).collect();
    let weight = |pods: &crate::cost::Pods| (pods.request.cpu + pods.request.memory) * i64::from(pods.low);
    pods.sort_by_key(|pods| std::cmp::Reverse(weight(pods)));
    for pods in pods.into_iter().take(4) {
        let text = format!("{} asks for {} × {}", pods.what, pods.low, pods.request);
        finding = finding.related(pods.at, text);
    }
    finding
}

/// The cheapest nodes that would do, in words.
pub(super) fn proposal(assessment: &Assessment) -> String {
    let provider = assessment.estimate.pools.first().and_then(|pool| pool.size.split_once('/'));
    let provider = provider.map_or("digitalocean", |(provider, _)| provider);
    let high_availability = assessment.estimate.high_availability;
    match cheapest(provider, high_availability, &assessment.demand.pods, 1) {
        Some(found) => {
            let rollout = if found.room_for_rollout { "" } else { ", with no room left for a rollout" };
            format!(
                "ask for less, or use {} × `{}` for ${} a month, the cheapest nodes that carry it{rollout}",
                found.count,
                found.size,
                crate::cost::dollars(found.monthly)
            )
        }
        None => "ask for less: no size in the price book carries it".to_owned(),
    }
}
