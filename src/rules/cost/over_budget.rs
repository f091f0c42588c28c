//! `cost/over-budget`: an environment costs more than it may.

use crate::cost::Estimate;
use crate::cost::dollars;
use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, _context: &Context<'_>) -> Vec<Finding> {
    let Some(budget) = &environment.budget else { return Vec::new() };
    let estimate = &environment.assessment().estimate;
    let monthly = estimate.monthly();
    if monthly.low <= budget.value + 0.005 {
        return Vec::new();
    }
    let message = format!(
        "`{}` costs at least ${} a month, and its budget is ${}",
        environment.name,
        dollars(monthly.low),
        dollars(budget.value)
    );
    let finding = Finding::new(message, budget.span, format!("{}.budget", environment.name))
        .label(format!("${} over", dollars(monthly.low - budget.value)));
    vec![
        with_largest(finding, estimate)
            .help("run `plimsoll cost` for every line, and choose smaller ones or raise the budget"),
    ]
}

/// Points at the items that cost most.
pub(super) fn with_largest(mut finding: Finding, estimate: &Estimate) -> Finding {
    let mut items: Vec<_> =
        estimate.items.iter().filter(|item| item.monthly.high > 0.0 && item.at.is_some()).collect();
    items.sort_by(|one, two| two.monthly.high.total_cmp(&one.monthly.high));
    for item in items.into_iter().take(3) {
        if let Some(at) = item.at {
            finding = finding.related(at, format!("{}: {}", item.what, item.monthly));
        }
    }
    finding
}
