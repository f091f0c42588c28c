//! `kubernetes/unknown-probe-port`: a probe of a port that the container does not name.

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::kubernetes::IntOrString;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for container in workload.containers() {
            let ports = container.ports();
            if ports.iter().any(|port| port.part.get("name").is_some_and(Part::is_unknown)) {
                continue;
            }
            let names: Vec<&str> = ports.iter().filter_map(|port| port.name.as_deref()).collect();
            for (probe, part) in container.probes() {
                for kind in ["httpGet", "tcpSocket"] {
                    let Some(port) = part.at(&[kind, "port"]) else { continue };
                    let Some(IntOrString::String(name)) = port.int_or_string() else { continue };
                    if names.contains(&&*name) || name.parse::<u16>().is_ok() {
                        continue;
                    }
                    let label = workload.object.label();
                    let message = format!(
                        "the {} of container `{}` of `{label}` asks port `{name}`, which the container does not have",
                        words(probe),
                        container.name,
                    );
                    let help = match nearest(&name, names.iter().copied()) {
                        Some(near) => format!("write `{near}`"),
                        None if names.is_empty() => "write the number of the port".to_owned(),
                        None => format!("write one of `{}`, or a number", names.join("`, `")),
                    };
                    let subject =
                        workload.object.subject(&container.path_of(&format!("{probe}.{kind}.port")));
                    found.push(Finding::new(message, port.span(), subject).help(help));
                }
            }
        }
    }
    found
}

fn words(probe: &str) -> &'static str {
    match probe {
        "livenessProbe" => "liveness probe",
        "readinessProbe" => "readiness probe",
        _ => "startup probe",
    }
}
