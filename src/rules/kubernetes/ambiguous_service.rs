//! `kubernetes/ambiguous-service`: a Service that also picks pods which do not have its port.

use crate::diagnostic::Finding;
use crate::kubernetes::IntOrString;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::Service;
use crate::kubernetes::Workload;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in set.objects.iter().filter_map(Service::of) {
        let Some(selector) = service.selector() else { continue };
        let Some(selected) = set.selected(service.object, &selector) else { continue };
        let running: Vec<Workload<'_, '_>> = selected
            .into_iter()
            .filter(|workload| workload.is_service() && !workload.object.is_hook())
            .collect();
        if running.len() < 2 {
            continue;
        }
        for port in service.ports() {
            let target = match port.target {
                Some(target) => target.int_or_string(),
                None => port.number.map(IntOrString::Int),
            };
            let Some(target) = target else { continue };
            let (with, without): (Vec<_>, Vec<_>) =
                running.iter().partition(|workload| has_port(workload, &target));
            // Ports need not be declared: only pods that declare others are known to lack this one.
            let stranger = without.into_iter().find(|workload: &&Workload<'_, '_>| {
                workload.main_containers().any(|container| !container.ports().is_empty())
            });
            let (Some(meant), Some(stranger)) = (with.first(), stranger) else { continue };
            let label = service.object.label();
            let message = format!(
                "`{label}` sends requests to `{}` and also to `{}`, which does not have its port",
                meant.object.label(),
                stranger.object.label(),
            );
            let at = selector.part.entries().first().map_or(selector.part.span(), |(key, _)| key.span());
            found.push(
                Finding::new(message, at, service.object.subject("spec.selector"))
                    .related(stranger.object.span(), "picked too")
                    .help("select by a label that only the meant pods have, such as a component"),
            );
            break;
        }
    }
    found
}

fn has_port(workload: &Workload<'_, '_>, wanted: &IntOrString<'_>) -> bool {
    workload.containers().iter().flat_map(crate::kubernetes::Container::ports).any(|port| match wanted {
        IntOrString::Int(number) => port.number.is_none() || port.number == Some(*number),
        IntOrString::String(name) => {
            port.name.as_deref() == Some(name) || port.part.get("name").is_some_and(Part::is_unknown)
        }
    })
}
