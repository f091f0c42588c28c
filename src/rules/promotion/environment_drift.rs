//! `promotion/environment-drift`: a variable that is set on one environment and missing on the next.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::ladder::workload::Variable;
use crate::rules::Context;
use crate::rules::promotion::climb;
use crate::rules::promotion::image;

/// How many names a message lists.
const LISTED: usize = 4;

pub(super) fn check(ladder: &Ladder, context: &Context<'_>) -> Vec<Finding> {
    let allowed = context.options.strings("allow");
    let mut findings = Vec::new();
    for (service, below, above) in climb::pairs(ladder) {
        let (Some(before), Some(after)) = (below.workload.main(), above.workload.main()) else {
            continue;
        };
        // Another image reads other variables, and sets that are not known may hold any.
        if !after.open_environment.is_empty() || !image::same(before, after) {
            continue;
        }
        let missing: Vec<&Variable> = before
            .environment
            .iter()
            .filter(|variable| meant(variable) && !allowed.contains(&variable.name.as_str().into()))
            .filter(|variable| {
                after.environment.iter().all(|other| !same_name(&other.name, &variable.name))
                    && !after.flags.contains(&flag(&variable.name))
            })
            .collect();
        let Some(first) = missing.first() else { continue };
        let place = &above.environment.name;
        let names: Vec<String> = missing.iter().take(LISTED).map(|name| format!("`{}`", name.name)).collect();
        let more = missing.len().saturating_sub(LISTED);
        let names = names.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() };
        let them = if missing.len() == 1 { "it" } else { "them" };
        findings.push(
            Finding::new(
                format!(
                    "`{}` does not get {names} in `{place}`, and `{}` sets {them}",
                    service.name, below.environment.name
                ),
                after.span,
                format!("workloads.{}.environment", service.name),
            )
            .environment(place)
            .related(first.key, format!("set in `{}`", below.environment.name))
            .help(format!(
                "set {them} in `{place}`, too; a variable that is only for `{}` goes under the rule's `allow` option",
                below.environment.name
            )),
        );
    }
    findings
}

/// A variable that is empty or off where it is set is as good as missing.
fn meant(variable: &Variable) -> bool {
    match variable.value.known() {
        Some(value) => !matches!(value.to_ascii_lowercase().as_str(), "" | "false" | "0" | "no" | "off"),
        None => true,
    }
}

/// `DATABASE_PASSWORD` and `DATABASE_PASSWORD_FILE` bring the same value, by two ways.
fn same_name(one: &str, other: &str) -> bool {
    one.strip_suffix("_FILE").unwrap_or(one) == other.strip_suffix("_FILE").unwrap_or(other)
}

/// The flag that programs take in the stead of a variable: `redis-addr` for `REDIS_ADDR`.
fn flag(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}
