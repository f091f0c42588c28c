//! `cost/pod-larger-than-node`: a pod that no node has room for, however empty it is.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::rules::Context;
use crate::rules::cost::workload_cannot_fit::proposal;

pub(super) fn check(environment: &Environment, _context: &Context<'_>) -> Vec<Finding> {
    let assessment = environment.assessment();
    let capacity = &assessment.capacity;
    let Some(pool) = assessment.estimate.pools.first() else { return Vec::new() };
    capacity
        .too_large
        .iter()
        .map(|pods| {
            Finding::new(
                format!("a pod of {} asks for {}, and no node has that free", pods.what, pods.request),
                pods.at,
                format!("{} {}", environment.name, pods.what),
            )
            .label("more than the largest node has")
            .related(pool.size_at, format!("a node leaves {} for pods", capacity.largest_node))
            .help(proposal(assessment))
        })
        .collect()
}
