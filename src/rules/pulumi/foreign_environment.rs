//! `pulumi/foreign-environment`: a stack that uses what belongs to another environment.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::Stack;
use crate::pulumi::Resource;
use crate::pulumi::Value;
use crate::rules::Context;

pub(super) fn check(ladder: &Ladder, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &ladder.environments {
        for (resource, stack) in
            environment.stacks.iter().flat_map(|stack| resources(stack).map(move |one| (one, stack)))
        {
            for value in names(resource) {
                let Some(other) = value.text().and_then(|text| belongs(ladder, environment, stack, text))
                else {
                    continue;
                };
                let text = value.text().unwrap_or_default();
                findings.push(
                    Finding::new(
                        format!("`{}` uses `{text}`, which belongs to `{}`", environment.name, other.name),
                        value.span,
                        format!("{} {text}", environment.name),
                    )
                    .environment(&environment.name)
                    .help("put the name together from the name of the stack, or read it from configuration"),
                );
            }
        }
    }
    findings
}

fn resources(stack: &Stack) -> impl Iterator<Item = &Resource> {
    stack.loaded.iter().flat_map(|loaded| &loaded.reading.resources)
}

/// What of a resource may name another environment: the stack it refers to, values files.
fn names(resource: &Resource) -> Vec<&Value> {
    match resource.token.as_str() {
        "pulumi:pulumi:StackReference" => vec![resource.properties.get("name").unwrap_or(&resource.name)],
        "kubernetes:helm.sh/v3:Release" | "kubernetes:helm.sh/v4:Chart" => {
            resource.properties.get("valueYamlFiles").map(Value::items).unwrap_or_default().iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The environment that a name ends in: `acme/infra/staging`, `values-staging.yaml`; none where it is the stack's own.
fn belongs<'l>(ladder: &'l Ladder, own: &Environment, stack: &Stack, name: &str) -> Option<&'l Environment> {
    let last = name.rsplit('/').next()?;
    let last = last.trim_end_matches(".yaml").trim_end_matches(".yml");
    let last = last.rsplit(['-', '.']).next()?;
    let this = stack.deployment.stack.as_ref().and_then(|stack| stack.value.known());
    if last == own.name || this.is_some_and(|this| this == last) {
        return None;
    }
    ladder.environments.iter().find(|environment| {
        let mut stacks = environment.stacks.iter();
        environment.name == last
            || stacks.any(|stack| {
                stack
                    .deployment
                    .stack
                    .as_ref()
                    .and_then(|stack| stack.value.known())
                    .is_some_and(|name| name == last)
            })
    })
}
