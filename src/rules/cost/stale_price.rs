//! `cost/stale-price`: an estimate that rests on an old price.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::rules::Context;
use crate::rules::Date;

/// Days after which a price is old.
const DAYS: f64 = 365.0;

pub(super) fn check(ladder: &Ladder, context: &Context<'_>) -> Vec<Finding> {
    let limit = context.options.number("days").unwrap_or(DAYS);
    let oldest = ladder
        .environments
        .iter()
        .filter_map(|environment| environment.assessment().estimate.oldest_price())
        .filter_map(|item| Some((item.source.as_ref()?, item)))
        .min_by_key(|(source, _)| source.date);
    let Some((source, item)) = oldest else { return Vec::new() };
    let day = source.date;
    let seen = Date { year: day.year, month: day.month, day: day.day };
    let age = context.today.days().saturating_sub(seen.days());
    #[expect(clippy::cast_precision_loss, reason = "ages of prices are small")]
    let old = age as f64 > limit;
    match item.at {
        Some(at) if old => vec![
            Finding::new(
                format!("the estimate rests on a price of {day}, {age} days ago"),
                at,
                format!("price {}", item.what),
            )
            .label(item.what.clone())
            .help("compare it with the price list of the provider, or update plimsoll"),
        ],
        _ => Vec::new(),
    }
}
