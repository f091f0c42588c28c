//! `pulumi/plaintext-secret`: a secret stands in a stack file where everyone can read it.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Data;
use crate::pulumi::Setting;
use crate::pulumi::Value;
use crate::pulumi::is_own_name;
use crate::pulumi::suspicion;
use crate::pulumi::to_fill_in;
use crate::rules::Context;
use crate::source::Known;
use crate::source::Span;

pub(super) fn check(stack: &Stack, context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let Some(settings) = loaded.stack.as_ref() else { return Vec::new() };
    let Some(file) = &settings.source else { return Vec::new() };
    let mut findings = Vec::new();
    let plain = |setting: &Setting| {
        let says =
            |text: &str| !text.is_empty() && !to_fill_in(text) && !is_own_name(&setting.key.name, text);
        !setting.value.secret && setting.value.text().is_some_and(says)
    };
    // What a command sets was decided where the command stands.
    for setting in settings.settings.iter().filter(|setting| setting.key_span.source == file.id) {
        let declared = loaded.project.declaration(&setting.key).and_then(|declared| declared.secret);
        let declared = declared.filter(|secret| secret.value).map(|secret| secret.span);
        let read = loaded.reading.uses.iter().find(|asked| asked.secret && asked.key == setting.key);
        let why = match (declared, read) {
            (Some(span), _) if plain(setting) => Some((span, "declared as a secret here")),
            (None, Some(asked)) if plain(setting) => Some((asked.span, "read as a secret here")),
            _ => None,
        };
        match why {
            Some((span, label)) => {
                let finding =
                    report(context, setting, &setting.key.to_string(), setting.value.span, &settings.name);
                findings.push(finding.related(span, label));
            }
            None => {
                within(context, setting, &setting.key.name, &setting.value, &settings.name, &mut findings);
            }
        }
    }
    findings
}

/// Looks at a value by its name, and at what it is made of by theirs.
fn within(
    context: &Context<'_>,
    setting: &Setting,
    name: &str,
    value: &Value,
    stack: &str,
    findings: &mut Vec<Finding>,
) {
    match &value.data {
        Known::Known(Data::Text(text)) if !value.secret && suspicion(name, text).is_some() => {
            let shown = if name == setting.key.name { setting.key.to_string() } else { name.to_owned() };
            findings.push(report(context, setting, &shown, value.span, stack));
        }
        Known::Known(Data::Map(entries)) => {
            for (name, value) in entries {
                within(context, setting, name, value, stack, findings);
            }
        }
        Known::Known(Data::List(items)) => {
            for item in items {
                within(context, setting, name, item, stack, findings);
            }
        }
        _ => {}
    }
}

fn report(context: &Context<'_>, setting: &Setting, name: &str, at: Span, stack: &str) -> Finding {
    context.sources.mark_secret(at);
    Finding::new(
        format!("`{name}` is a secret and stands in the open"),
        at,
        format!("{stack}:{} {name}", setting.key),
    )
    .label("readable by everyone who can read the repository")
    .help(format!(
        "run `pulumi config set --secret {} --stack {stack}`, and replace the secret: it is in the history",
        setting.key
    ))
}
