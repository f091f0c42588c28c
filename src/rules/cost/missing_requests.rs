//! `cost/missing-requests`: pods of which nobody knows what they need.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, _context: &Context<'_>) -> Vec<Finding> {
    let assessment = environment.assessment();
    // Without nodes there is nothing to weigh.
    if assessment.estimate.pools.is_empty() {
        return Vec::new();
    }
    let incomplete = assessment.capacity.incomplete.iter();
    incomplete
        .map(|pods| {
            Finding::new(
                format!("a container of {} requests neither CPU nor memory", pods.what),
                pods.silent.unwrap_or(pods.at),
                format!("{} {}", environment.name, pods.what),
            )
            .label("what it needs is not counted, and it is the first to be evicted")
            .help("give every container `resources.requests`")
        })
        .collect()
}
