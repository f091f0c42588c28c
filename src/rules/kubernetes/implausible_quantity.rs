//! `kubernetes/implausible-quantity`: an amount that is a slip of the unit.

use crate::diagnostic::Finding;
use crate::diagnostic::Safety;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::kubernetes::Quantity;
use crate::rules::Context;
use crate::rules::kubernetes::standard;

/// No process runs in less memory.
const LEAST_MEMORY: i64 = 1 << 20;

/// No node has more cores, in millicores.
const MOST_CPU: i64 = 512_000;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for container in workload.containers() {
            for which in ["requests", "limits"] {
                let Some(amounts) = container.part.at(&["resources", which]) else { continue };
                for name in ["cpu", "memory"] {
                    let Some(amount) = amounts.get(name) else { continue };
                    let Some((why, meant)) = wrong(name, amount) else { continue };
                    let message = format!(
                        "container `{}` of `{}` has a {name} {} of `{}`, which is {why}",
                        container.name,
                        workload.object.label(),
                        which.trim_end_matches('s'),
                        amount.text().unwrap_or_default(),
                    );
                    let subject =
                        workload.object.subject(&container.path_of(&format!("resources.{which}.{name}")));
                    found.push(
                        Finding::new(message, amount.span(), subject)
                            .help(format!("write `{meant}`"))
                            .remedy(Ok(standard::replacing(amount.span(), &meant, Safety::Unsafe))),
                    );
                }
            }
        }
    }
    found
}

fn wrong(name: &str, amount: Part<'_>) -> Option<(String, String)> {
    let quantity = amount.quantity().filter(|quantity| *quantity > Quantity::ZERO)?;
    let text = amount.text()?;
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if name == "memory" && quantity.value() < LEAST_MEMORY {
        let bytes = quantity.value();
        let plural = if bytes == 1 { "byte" } else { "bytes" };
        return Some((format!("{bytes} {plural}"), format!("{number}Mi")));
    }
    if name == "cpu" && quantity.millis() > MOST_CPU {
        return Some((format!("{} cores", quantity.value()), format!("{number}m")));
    }
    None
}
