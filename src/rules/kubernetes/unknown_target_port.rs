//! `kubernetes/unknown-target-port`: a Service that leads to a port which its pods do not name.

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::kubernetes::IntOrString;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::Service;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in set.objects.iter().filter_map(Service::of) {
        let Some(selected) = service.selector().and_then(|selector| set.selected(service.object, &selector))
        else {
            continue;
        };
        if selected.is_empty() {
            continue;
        }
        for port in service.ports() {
            let Some(target) = port.target else { continue };
            let Some(IntOrString::String(name)) = target.int_or_string() else { continue };
            if name.parse::<u16>().is_ok() {
                continue;
            }
            let mut names = Vec::new();
            let mut open = false;
            for container in selected.iter().flat_map(crate::kubernetes::Workload::containers) {
                for port in container.ports() {
                    open |= port.part.get("name").is_some_and(Part::is_unknown);
                    names.extend(port.name);
                }
            }
            if open || names.contains(&name) {
                continue;
            }
            let label = service.object.label();
            let message = format!("`{label}` leads to port `{name}`, which no container of its pods has");
            let help = match nearest(&name, names.iter().map(|name| &**name)) {
                Some(near) => format!("write `{near}`"),
                None => "name the port in `ports` of the container, or write its number".to_owned(),
            };
            let subject = service.object.subject(&format!("spec.ports[{name}].targetPort"));
            let mut finding = Finding::new(message, target.span(), subject).help(help);
            if let Some(workload) = selected.first() {
                finding = finding.related(workload.object.span(), "selected by it");
            }
            found.push(finding);
        }
    }
    found
}
