//! `pulumi/hidden-drift`: a change that Pulumi is told not to see.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Value;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

pub(super) fn check(stack: &Stack, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for resource in clusters::made(stack) {
        for ignored in resource.options.get("ignoreChanges").map(Value::items).unwrap_or_default() {
            let Some(path) = ignored.text() else { continue };
            // A cluster that upgrades itself sets its own version.
            let auto = resource.properties.get("autoUpgrade").is_some_and(|auto| auto.bool() != Some(false));
            if path == "version" && auto {
                continue;
            }
            let argument = path.split(['.', '[']).next().unwrap_or(path);
            let name = clusters::title(resource);
            let (message, help) = if path == "*" {
                (
                    format!("no change of `{name}` ever arrives"),
                    "name the single arguments that somebody else changes",
                )
            } else if matches!(argument, "size" | "instanceType" | "version" | "engineVersion")
                && resource.properties.contains_key(argument)
            {
                (
                    format!("`{argument}` of `{name}` stands here and has no effect"),
                    "let Pulumi set it, or leave the argument out",
                )
            } else {
                continue;
            };
            let finding = Finding::new(message, ignored.span, format!("{name} ignoreChanges"));
            let finding = match resource.properties.get(argument) {
                Some(value) => finding.related(value.span, "what is written here is not what runs"),
                None => finding,
            };
            findings.push(finding.help(help));
        }
    }
    findings
}
