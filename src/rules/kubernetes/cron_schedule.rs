//! `kubernetes/cron-schedule`: a schedule that no clock can read.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for job in set.of_kind("batch", "CronJob") {
        let Some(schedule) = job.spec().and_then(|spec| spec.get("schedule")) else { continue };
        let Some(text) = schedule.text() else { continue };
        let Some(why) = wrong(&text) else { continue };
        let message = format!("the schedule `{text}` of `{}` {why}", job.label());
        found.push(
            Finding::new(message, schedule.span(), job.subject("spec.schedule")).help(
                "write five fields, minute hour day month weekday, such as `30 2 * * 1-5`, or `@daily`",
            ),
        );
    }
    found
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// What is wrong with a schedule, as the end of a sentence.
fn wrong(text: &str) -> Option<String> {
    if text.contains("TZ=") {
        return Some("names a time zone, which belongs in `spec.timeZone`".to_owned());
    }
    if let Some(word) = text.strip_prefix('@') {
        let known =
            ["yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly"].contains(&word);
        let every = word
            .strip_prefix("every ")
            .is_some_and(|span| crate::kubernetes::duration::nanoseconds(span).is_ok());
        return (!known && !every).then(|| "is no shorthand that Kubernetes knows".to_owned());
    }
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        return Some(format!("has {} fields and needs five", fields.len()));
    };
    let bounds: [(&str, &str, u32, u32, &[&str]); 5] = [
        ("minute", minute, 0, 59, &[]),
        ("hour", hour, 0, 23, &[]),
        ("day", day, 1, 31, &[]),
        ("month", month, 1, 12, &MONTHS),
        ("weekday", weekday, 0, 6, &DAYS),
    ];
    let bad = bounds
        .iter()
        .find(|(_, field, low, high, names)| !field.split(',').all(|part| is_part(part, *low, *high, names)));
    bad.map(|(name, field, low, high, _)| format!("has the {name} `{field}`; it goes from {low} to {high}"))
}

fn is_part(part: &str, low: u32, high: u32, names: &[&str]) -> bool {
    let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
    if step.is_some_and(|step| step.parse::<u32>().map_or(true, |step| step == 0)) {
        return false;
    }
    if matches!(range, "*" | "?") {
        return true;
    }
    let number = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let named = names.iter().position(|name| *name == lower).and_then(|at| u32::try_from(at).ok());
        named.map(|at| at + low).or_else(|| text.parse().ok()).filter(|number| (low..=high).contains(number))
    };
    match range.split_once('-') {
        Some((from, to)) => matches!((number(from), number(to)), (Some(from), Some(to)) if from <= to),
        None => number(range).is_some(),
    }
}
