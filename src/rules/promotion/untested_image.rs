//! `promotion/untested-image`: an image or version that no earlier environment runs.

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
        if image::built(&steps) {
            let above = steps.iter().enumerate().skip(1);
            findings.extend(
                above.filter_map(|(index, step)| finding(&service.name, steps.get(..index)?, *step, context)),
            );
        }
    }
    findings
}

/// Compares with the nearest environment below that runs an image rather than building one.
fn finding(name: &str, below: &[Step<'_>], step: Step<'_>, context: &Context<'_>) -> Option<Finding> {
    let (own, repository, tag) = image::known(step.workload.main()?)?;
    let tag = tag.filter(|tag| !image::movable(Some(tag)))?;
    let mut nearest = None;
    for earlier in below.iter().rev() {
        let container = earlier.workload.main()?;
        if container.build.is_some() {
            continue;
        }
        let (other, earlier_repository, earlier_tag) = image::known(container)?;
        if earlier_repository == repository && earlier_tag == Some(tag) {
            return None;
        }
        // Which image a movable tag stands for is not known.
        if image::movable(earlier_tag) && other.digest.is_none() {
            return None;
        }
        nearest = nearest.or(Some((earlier, other)));
    }
    let (earlier, other) = nearest?;
    // An earlier environment may have gone on to the next version already.
    if matches!(
        context.ladder.history().proof(step.position, repository, tag),
        Proof::Shown | Proof::Short { .. }
    ) {
        return None;
    }
    if climb::recorded(context.ladder, step) {
        return None;
    }
    let place = &step.environment.name;
    Some(
        Finding::new(
            format!("`{name}` runs `{repository}:{tag}` in `{place}`, which no earlier environment runs"),
            image::place(own, tag, context),
            format!("workloads.{name}.image"),
        )
        .environment(place)
        .label("tested nowhere")
        .related(
            other.text.span,
            format!(
                "`{}` runs `{}`",
                earlier.environment.name,
                other.text.known().map_or("another image", String::as_str)
            ),
        )
        .help(format!("let `{}` run it first, and promote the tag that passed", earlier.environment.name)),
    )
}
