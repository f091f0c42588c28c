//! What environments cost, and what their nodes can carry.

mod documented_cost_mismatch;
mod may_exceed_budget;
mod over_budget;
mod stale_price;
mod total_over_budget;
mod unbounded_autoscaling;
mod unknown_size;

use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

pub(super) static RULES: &[Entry] = &[
    Rule::native(
        include_str!("../../../rules/cost/documented-cost-mismatch.md"),
        Check::Ladder(documented_cost_mismatch::check),
    ),
    Rule::native(
        include_str!("../../../rules/cost/may-exceed-budget.md"),
        Check::Environment(may_exceed_budget::check),
    ),
    Rule::native(include_str!("../../../rules/cost/over-budget.md"), Check::Environment(over_budget::check)),
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
];
