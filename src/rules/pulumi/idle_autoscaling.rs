//! `pulumi/idle-autoscaling`: bounds for an autoscaler that is off.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Value;
use crate::rules::Context;

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let mut findings = Vec::new();
    for resource in &loaded.reading.resources {
        let pool = |key: &str| match resource.token.as_str() {
            "digitalocean:index:KubernetesCluster" => resource.get(&format!("nodePool.{key}")),
            "digitalocean:index:KubernetesNodePool" => resource.get(key),
            _ => None,
        };
        if resource.rest.is_some() || pool("autoScale").is_some_and(|auto| auto.bool() != Some(false)) {
            continue;
        }
        let bound = pool("maxNodes").map(|value| ("maxNodes", value));
        let bound = bound.or_else(|| pool("minNodes").map(|value| ("minNodes", value)));
        let Some((name, value)) = bound else { continue };
        if value.int() == Some(0) || pool("nodeCount").and_then(Value::int) == value.int() {
            continue;
        }
        findings.push(
            Finding::new(
                format!("`{name}` has no effect: the pool does not scale by itself"),
                value.span,
                format!("{} {name}", resource.name.text().unwrap_or(&resource.token)),
            )
            .related(resource.span, "`autoScale` is not true here")
            .help("set `autoScale` to true, or remove the bounds"),
        );
    }
    findings
}
