//! `promotion/unproven`: an image that came to an environment before, or together with, the one that tests it.

use crate::diagnostic::Finding;
use crate::ladder::Ladder;
use crate::ladder::history::Proof;
use crate::rules::Context;
use crate::rules::promotion::climb;
use crate::rules::promotion::climb::Step;
use crate::rules::promotion::image;

pub(super) fn check(ladder: &Ladder, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for service in &ladder.services {
        let steps = climb::steps(ladder, service);
        let above = steps.iter().enumerate().skip(1);
        let unproven =
            above.filter_map(|(index, step)| finding(&service.name, steps.get(..index)?, *step, context));
        findings.extend(unproven);
    }
    findings
}

fn finding(name: &str, below: &[Step<'_>], step: Step<'_>, context: &Context<'_>) -> Option<Finding> {
    let (own, repository, tag) = image::known(step.workload.main()?)?;
    let tag = tag?;
    if climb::recorded(context.ladder, step) {
        return None;
    }
    // Where no earlier environment has it now, `promotion/untested-image` says so.
    let same = |earlier: &&Step<'_>| {
        let known = earlier.workload.main().and_then(image::known);
        known.is_some_and(|(_, other, other_tag)| other == repository && other_tag == Some(tag))
    };
    let earlier = below.iter().rev().find(same)?;
    let (place, before) = (&step.environment.name, &earlier.environment.name);
    let (message, label) = match context.ladder.history().proof(step.position, repository, tag) {
        Proof::Missing { commit } => (
            format!(
                "`{name}` came to `{place}` as `{repository}:{tag}` without having run in `{before}` before"
            ),
            format!("in `{place}` since commit {}", commit.short()),
        ),
        Proof::Short { seconds, commit } => (
            format!(
                "`{name}` ran as `{repository}:{tag}` in `{before}` for only {} before it came to `{place}`",
                duration(*seconds)
            ),
            match commit {
                Some(commit) => format!("in `{place}` since commit {}", commit.short()),
                None => format!("now in `{place}`"),
            },
        ),
        Proof::Shown | Proof::Unknown => return None,
    };
    let there = earlier.workload.main().and_then(image::known).map(|(image, ..)| image.text.span);
    let finding = Finding::new(message, image::place(own, tag, context), format!("workloads.{name}.image"))
        .environment(place)
        .label(label)
        .help(format!(
            "change `{before}` first, in a commit of its own, and `{place}` when the tests there have passed"
        ));
    Some(match there {
        Some(there) => finding.related(there, format!("`{before}` did not run it before that")),
        None => finding,
    })
}

/// A time in the largest unit that fits: "3 hours".
fn duration(seconds: i64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let (length, unit) = units.into_iter().find(|(length, _)| seconds >= *length).unwrap_or((1, "second"));
    match seconds / length {
        1 => format!("1 {unit}"),
        count => format!("{count} {unit}s"),
    }
}
