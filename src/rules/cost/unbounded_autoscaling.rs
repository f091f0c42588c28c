//! `cost/unbounded-autoscaling`: a node pool that may grow without a limit of its own.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Value;
use crate::rules::Context;

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let mut findings = Vec::new();
    for resource in loaded.reading.resources.iter().filter(|resource| !resource.existing) {
        let pool = |key: &str| match resource.token.as_str() {
            "digitalocean:index:KubernetesCluster" => resource.get(&format!("nodePool.{key}")),
            "digitalocean:index:KubernetesNodePool" => resource.get(key),
            _ => None,
        };
        let Some(auto) = pool("autoScale").filter(|auto| auto.bool() == Some(true)) else { continue };
        if pool("maxNodes").is_some() || resource.rest.is_some() {
            continue;
        }
        let count = pool("minNodes").or_else(|| pool("nodeCount")).and_then(Value::int);
        let count = match count {
            Some(1) => " beyond one node".to_owned(),
            Some(count) => format!(" beyond {count} nodes"),
            None => String::new(),
        };
        findings.push(
            Finding::new(
                format!("the node pool scales by itself{count}, and nothing says how far"),
                auto.span,
                format!("{} maxNodes", resource.name.text().unwrap_or(&resource.token)),
            )
            .label("no `maxNodes` beside it")
            .help("set `maxNodes` to what the budget allows"),
        );
    }
    findings
}
