//! `compose/comment-as-value`: a variable in an environment file whose value is the comment behind it.

use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;
use crate::source::Span;

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut told: BTreeSet<Span> = BTreeSet::new();
    let mut findings = Vec::new();
    for service in model.services() {
        for variable in service.environment() {
            let at = variable.value.origin.span;
            // Of `A= # text` the value is `# text`: only a blank after a value begins a comment.
            if !variable.value.as_str().is_some_and(|text| text.starts_with("# "))
                || !after_blank(at, context)
                || !told.insert(at)
            {
                continue;
            }
            findings.push(
                Finding::new(
                    format!("`{}` gets this comment as its value", variable.name),
                    at,
                    format!("services.{}.environment.{}", service.name, variable.name),
                )
                .help("put the comment on a line of its own, or write an empty text: `\"\"`"),
            );
        }
    }
    findings
}

/// True for a place in a file of `NAME=value` lines with a blank right before it.
fn after_blank(at: Span, context: &Context<'_>) -> bool {
    let Some(source) = context.sources.get(at.source) else { return false };
    let yaml = [".yaml", ".yml"].iter().any(|ending| source.path.ends_with(ending));
    let before = source.text.get(..at.range().start).unwrap_or_default();
    !yaml && before.ends_with([' ', '\t']) && before.trim_end().ends_with('=')
}
