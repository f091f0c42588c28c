//! `pulumi/mistyped-config`: a value is not of the type that is declared or asked for.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Lookup;
use crate::rules::Context;

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let mut findings = Vec::new();
    for declared in &loaded.project.declarations {
        let (Some(kind), Some(default)) = (&declared.kind, declared.fallback()) else { continue };
        if !kind.value.takes(default) {
            findings.push(
                Finding::new(
                    format!("the default of `{}` is not {}", declared.key, kind.value.phrase()),
                    default.span,
                    declared.key.to_string(),
                )
                .related(kind.span, "declared here")
                .help(format!("write {} or change the `type`", kind.value.phrase())),
            );
        }
    }
    let Some(configuration) = loaded.configuration() else { return findings };
    for setting in &configuration.stack.settings {
        let declared = loaded.project.declaration(&setting.key).and_then(|declared| declared.kind);
        if let Some(kind) = declared
            && !kind.value.takes(&setting.value)
        {
            findings.push(
                Finding::new(
                    format!("`{}` is declared as {}", setting.key, kind.value.phrase()),
                    setting.value.span,
                    format!("{}:{}", configuration.stack.name, setting.key),
                )
                .label(format!("not {}", kind.value.phrase()))
                .related(kind.span, "declared here")
                .help(format!("write {}", kind.value.phrase())),
            );
        }
    }
    let mut said = Vec::new();
    for asked in &loaded.reading.uses {
        let Lookup::Set(setting) = configuration.lookup(&asked.key) else { continue };
        let declared = loaded.project.declaration(&asked.key).is_some_and(|declared| declared.kind.is_some());
        if declared || asked.kind.takes(&setting.value) || said.contains(&(&asked.key, asked.kind)) {
            continue;
        }
        said.push((&asked.key, asked.kind));
        findings.push(
            Finding::new(
                format!("the program reads `{}` as {}", asked.key, asked.kind.phrase()),
                setting.value.span,
                format!("{}:{}", configuration.stack.name, asked.key),
            )
            .label(format!("not {}", asked.kind.phrase()))
            .related(asked.span, "read here")
            .help(format!("write {}", asked.kind.phrase())),
        );
    }
    findings
}
