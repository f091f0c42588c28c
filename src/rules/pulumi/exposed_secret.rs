//! `pulumi/exposed-secret`: an encrypted value is read as plain text.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Lookup;
use crate::rules::Context;

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let Some(configuration) = loaded.configuration() else { return Vec::new() };
    let mut findings = Vec::new();
    for asked in loaded.reading.uses.iter().filter(|asked| !asked.secret) {
        let Lookup::Set(setting) = configuration.lookup(&asked.key) else { continue };
        let again = findings.iter().any(|finding: &Finding| finding.primary.span == asked.span);
        if setting.value.secret && !again {
            findings.push(
                Finding::new(
                    format!("`{}` is encrypted in the stack and read as plain text", asked.key),
                    asked.span,
                    asked.key.to_string(),
                )
                .label("its value ends up in the state and in outputs, unmasked")
                .related(setting.key_span, "encrypted here")
                .help("read it with the getter for secrets"),
            );
        }
    }
    findings
}
