//! `cost/may-exceed-budget`: an environment may cost more than it may.

use crate::cost::dollars;
use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::rules::Context;
use crate::rules::cost::over_budget::with_largest;

pub(super) fn check(environment: &Environment, _context: &Context<'_>) -> Vec<Finding> {
    let Some(budget) = &environment.budget else { return Vec::new() };
    let estimate = &environment.assessment().estimate;
    let monthly = estimate.monthly();
    if monthly.low > budget.value + 0.005 || monthly.high <= budget.value + 0.005 {
        return Vec::new();
    }
    let message = format!(
        "`{}` costs up to ${} a month, and its budget is ${}",
        environment.name,
        dollars(monthly.high),
        dollars(budget.value)
    );
    let finding = Finding::new(message, budget.span, format!("{}.budget", environment.name))
        .label(format!("between {monthly}"));
    vec![with_largest(finding, estimate).help("lower what it may scale to, or raise the budget")]
}
