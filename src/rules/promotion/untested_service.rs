//! `promotion/untested-service`: a service that no earlier environment runs.

use crate::compose::Project;
use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::Owner;
use crate::ladder::Service;
use crate::ladder::Workload;
use crate::ladder::workload::root_name;
use crate::rules::Context;
use crate::rules::promotion::climb;

pub(super) fn check(ladder: &Ladder, context: &Context<'_>) -> Vec<Finding> {
    let allowed = context.options.strings("allow");
    let untested = ladder.services.iter().filter_map(|service| {
        let first = *climb::steps(ladder, service).first()?;
        let named = allowed.iter().any(|name| *name == service.name || *name == first.workload.name);
        (!named && is_new(ladder, first)).then_some((
            (service.name.as_str(), first.position),
            service,
            (service, first),
        ))
    });
    let finding = |((service, first), tenants): ((&Service, climb::Step<'_>), String)| {
        let before = ladder.environments.iter().take(first.position);
        let names: Vec<String> = before.map(|environment| format!("`{}`", environment.name)).collect();
        let place = &first.environment.name;
        Finding::new(
            format!("`{}` runs first in `{place}`{tenants}: {} does not have it", service.name, names.join(" or ")),
            first.workload.span,
            format!("workloads.{}", service.name),
        )
        .environment(place)
        .label("never run before")
        .help(
            "run it in an earlier environment, too; if it is there under another name, say so with `same-as:` in \
             plimsoll.yaml; if it needs no test, list it under the rule's `allow` option",
        )
    };
    climb::once(untested).into_iter().map(finding).collect()
}

/// True where the first step of a service is above the first rung, and it is known that no earlier environment runs it.
fn is_new(ladder: &Ladder, first: climb::Step<'_>) -> bool {
    if first.position == 0 || first.workload.kind.ends() || climb::ambiguous(ladder, first) {
        return false;
    }
    let mut before = ladder.environments.iter().take(first.position);
    // A ladder that was guessed from names, whose environments have nothing in common, is none.
    before.all(|environment| {
        climb::seen(environment)
            && !waits_for_a_profile(environment, first.workload)
            && (ladder.configured || !goes_by_a_longer_name(environment, first.workload))
    }) && (ladder.configured || ladder.services.iter().any(|other| climbs_to(ladder, other, first.position)))
        && !is_variant(first)
        && !climb::recorded(ladder, first)
}

/// True where an environment has a service of that name that a profile switches on.
fn waits_for_a_profile(environment: &Environment, workload: &Workload) -> bool {
    let name = root_name(&workload.short_name);
    let models = environment.projects.iter().filter_map(|project| project.model());
    models.flat_map(Project::disabled_services).any(|service| root_name(service.name) == name)
}

/// True where an environment has a service that may be the same with the name of the whole in front: `shop-api`, `api`.
/// The configuration can say so.
fn goes_by_a_longer_name(environment: &Environment, workload: &Workload) -> bool {
    let name = root_name(&workload.short_name);
    let part = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.ends_with('-'));
    let like = |other: &Workload| {
        let (Some(name), Some(other)) = (&name, root_name(&other.short_name)) else { return false };
        part(name, &other) || part(&other, name)
    };
    environment.workloads.iter().any(like)
}

/// True for what another Compose project of the same environment runs, too, under another name: one of the two climbed.
fn is_variant(first: climb::Step<'_>) -> bool {
    let project = |workload: &Workload| matches!(workload.owner, Owner::Project(_));
    let other = |other: &Workload| {
        other.owner != first.workload.owner
            && other.name != first.workload.name
            && project(other)
            && other.shares_image(first.workload)
    };
    project(first.workload) && first.environment.workloads.iter().any(other)
}

/// True for a service that runs at a position of the ladder and somewhere before it.
fn climbs_to(ladder: &Ladder, service: &Service, position: usize) -> bool {
    let steps = climb::steps(ladder, service);
    steps.iter().any(|step| step.position == position) && steps.iter().any(|step| step.position < position)
}
