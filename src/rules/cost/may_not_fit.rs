//! `cost/may-not-fit`: whether the pods fit depends on luck.

use crate::cost::Fit;
use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::rules::Context;
use crate::rules::cost::workload_cannot_fit::proposal;
use crate::rules::cost::workload_cannot_fit::with_largest;

pub(super) fn check(environment: &Environment, _context: &Context<'_>) -> Vec<Finding> {
    let assessment = environment.assessment();
    let Some(pool) = assessment.estimate.pools.first() else { return Vec::new() };
    let capacity = &assessment.capacity;
    let (message, label) = match capacity.fit {
        Fit::MayNotFit(why) => (
            format!("`{}` may not fit on its nodes: {why}", environment.name),
            format!("asked for {}, free are {}", capacity.asked, capacity.free),
        ),
        Fit::Fits if !capacity.fits_at_most => (
            format!(
                "`{}` does not fit on its nodes when its autoscalers go to their maximum",
                environment.name
            ),
            format!("asked for up to {}, free are {}", capacity.asked_at_most, capacity.free),
        ),
        _ => return Vec::new(),
    };
    let finding = Finding::new(message, pool.at, format!("{}.cluster", environment.name)).label(label);
    vec![with_largest(finding, assessment).help(proposal(assessment))]
}
