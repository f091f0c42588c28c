//! `cost/total-over-budget`: all environments together cost more than they may.

use crate::cost::dollars;
use crate::cost::total;
use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::rules::Context;

pub(super) fn check(ladder: &Ladder, context: &Context<'_>) -> Vec<Finding> {
    let Some(budget) = &context.config.budget else { return Vec::new() };
    let sum = total(ladder.environments.iter().map(|rung| &rung.assessment().estimate));
    if sum.low <= budget.value + 0.005 {
        return Vec::new();
    }
    let message = format!(
        "all environments cost at least ${} a month, and their budget is ${}",
        dollars(sum.low),
        dollars(budget.value)
    );
    let mut finding = Finding::new(message, budget.span, "budget")
        .label(format!("${} over", dollars(sum.low - budget.value)));
    for environment in &ladder.environments {
        let estimate = &environment.assessment().estimate;
        let largest = estimate.items.iter().max_by(|one, two| one.monthly.high.total_cmp(&two.monthly.high));
        if let Some(at) = largest.and_then(|item| item.at) {
            finding = finding.related(at, format!("`{}`: {}", environment.name, estimate.monthly()));
        }
    }
    vec![finding.help("run `plimsoll cost` for every line")]
}
