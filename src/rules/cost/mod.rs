//! What environments cost, and what their nodes can carry.

mod documented_cost_mismatch;
mod hidden_load_balancer;
mod may_exceed_budget;
mod may_not_fit;
mod missing_requests;
mod over_budget;
mod pod_larger_than_node;
mod stale_price;
mod total_over_budget;
mod unbounded_autoscaling;
mod unknown_size;
mod workload_cannot_fit;

use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

pub(super) static RULES: &[Entry] = &[
    Rule::native(
        include_str!("../../../rules/cost/documented-cost-mismatch.md"),
        Check::Ladder(documented_cost_mismatch::check),
    ),
    Rule::native(
        include_str!("../../../rules/cost/hidden-load-balancer.md"),
        Check::Environment(hidden_load_balancer::check),
    ),
    Rule::native(
        include_str!("../../../rules/cost/may-exceed-budget.md"),
        Check::Environment(may_exceed_budget::check),
    ),
    Rule::native(include_str!("../../../rules/cost/may-not-fit.md"), Check::Environment(may_not_fit::check)),
    Rule::native(
        include_str!("../../../rules/cost/missing-requests.md"),
        Check::Environment(missing_requests::check),
    ),
    Rule::native(include_str!("../../../rules/cost/over-budget.md"), Check::Environment(over_budget::check)),
    Rule::native(
        include_str!("../../../rules/cost/pod-larger-than-node.md"),
        Check::Environment(pod_larger_than_node::check),
    ),
    Rule::native(include_str!("../../../rules/cost/stale-price.md"), Check::Ladder(stale_price::check)),
    Rule::native(
        include_str!("../../../rules/cost/total-over-budget.md"),
        Check::Ladder(total_over_budget::check),
    ),
    Rule::native(
        include_str!("../../../rules/cost/unbounded-autoscaling.md"),
        Check::Stack(unbounded_autoscaling::check),
    ),
    Rule::native(
        include_str!("../../../rules/cost/unknown-size.md"),
        Check::Environment(unknown_size::check),
    ),
    Rule::native(
        include_str!("../../../rules/cost/workload-cannot-fit.md"),
        Check::Environment(workload_cannot_fit::check),
    ),
];
