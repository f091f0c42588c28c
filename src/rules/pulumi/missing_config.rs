//! `pulumi/missing-config`: a stack does not set what its program requires.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Lookup;
use crate::rules::Context;

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let Some(configuration) = loaded.configuration() else { return Vec::new() };
    // A stack without a file may be set up on the machine of whoever deploys it.
    let Some(file) = &configuration.stack.source else { return Vec::new() };
    let missing = |key| matches!(configuration.lookup(key), Lookup::Missing);
    let mut findings = Vec::new();
    let mut said = Vec::new();
    for asked in &loaded.reading.uses {
        if !asked.required || asked.condition.is_some() || said.contains(&&asked.key) || !missing(&asked.key)
        {
            continue;
        }
        said.push(&asked.key);
        findings.push(
            Finding::new(
                format!(
                    "`{}` is required, and stack `{}` does not set it",
                    asked.key, configuration.stack.name
                ),
                asked.span,
                format!("{}:{}", configuration.stack.name, asked.key),
            )
            .label("fails where it is not set")
            .related(file.whole().at_start(), "the stack does not set it")
            .help(format!(
                "run `pulumi config set {} <value> --stack {}`",
                asked.key, configuration.stack.name
            )),
        );
    }
    for declared in loaded.project.declarations.iter().filter(|declared| declared.required()) {
        if said.contains(&&declared.key) || !missing(&declared.key) {
            continue;
        }
        findings.push(
            Finding::new(
                format!(
                    "`{}` has no default, and stack `{}` does not set it",
                    declared.key, configuration.stack.name
                ),
                declared.key_span,
                format!("{}:{}", configuration.stack.name, declared.key),
            )
            .label("declared without a default")
            .related(file.whole().at_start(), "the stack does not set it")
            .help("set it for the stack, or give it a `default`"),
        );
    }
    findings
}
