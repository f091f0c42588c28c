//! `pulumi/unused-config`: a stack sets what nobody reads.

use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::diagnostic::nearest;
use crate::ladder::Stack;
use crate::rules::Context;

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let Some(program) = &loaded.program else { return Vec::new() };
    let Some(configuration) = loaded.configuration() else { return Vec::new() };
    if !loaded.fully_read() {
        return Vec::new();
    }
    let project = loaded.project.namespace();
    let asked: Vec<&str> = loaded.reading.uses.iter().map(|asked| asked.key.name.as_str()).collect();
    configuration
        .stack
        .settings
        .iter()
        // A path such as `a.b[0]` is set within another key.
        .filter(|setting| setting.key.namespace == project && !setting.key.name.contains(['.', '[']))
        // A key that is read under a name which another value gives is asked for, too.
        .filter(|setting| !asked.contains(&setting.key.name.as_str()))
        .filter(|setting| !program.mentions(&setting.key.name))
        .map(|setting| {
            let finding = Finding::new(
                format!("`{}` is set and never read", setting.key),
                setting.key_span,
                format!("{}:{}", configuration.stack.name, setting.key),
            )
            .label("no part of the program asks for it")
            .remedy(Ok(Remedy::new(
                format!("remove `{}`", setting.key),
                Safety::Unsafe,
                setting.key_span,
                What::Remove { emptied: 1 },
            )));
            match nearest(&setting.key.name, asked.iter().copied()) {
                Some(close) => finding.help(format!("rename it if `{close}` was meant, or remove it")),
                None => finding.help("remove it, or read it in the program"),
            }
        })
        .collect()
}
