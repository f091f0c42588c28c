//! `pulumi/schema`: a project or stack file that Pulumi refuses.

use std::sync::OnceLock;

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::rules::Context;
use crate::source::Span;
use crate::yaml::PathSegment;
use crate::yaml::Schema;
use crate::yaml::Tree;

static PROJECT: OnceLock<Option<Schema>> = OnceLock::new();
static STACK: OnceLock<Option<Schema>> = OnceLock::new();

fn compiled(place: &'static OnceLock<Option<Schema>>, text: &str) -> Option<&'static Schema> {
    place.get_or_init(|| Schema::new(&serde_json::from_str(text).ok()?).ok()).as_ref()
}

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let project = compiled(&PROJECT, include_str!("../../../schemas/pulumi-project.json"));
    let mut findings = of_file(&loaded.project.tree, project, loaded.project.source.whole());
    if let Some(tree) = loaded.stack.as_ref().and_then(|stack| stack.tree.as_ref())
        && let Some(source) = loaded.stack.as_ref().and_then(|stack| stack.source.as_ref())
    {
        let schema = compiled(&STACK, include_str!("../../../schemas/pulumi-stack.json"));
        findings.extend(of_file(tree, schema, source.whole()));
    }
    for declared in &loaded.project.declarations {
        let both = declared.default.as_ref().zip(declared.value.as_ref());
        if let Some((default, value)) = both {
            findings.push(
                Finding::new(
                    format!("`{}` has both a `default` and a `value`", declared.key),
                    value.span,
                    declared.key.to_string(),
                )
                .related(default.span, "the default")
                .help("keep one of them"),
            );
        }
        let own = declared.key.namespace == loaded.project.namespace();
        if declared.declared && !own {
            if let Some(kind) = &declared.kind {
                findings.push(
                    Finding::new(
                        format!("`{}` belongs to another namespace, which declares its type", declared.key),
                        kind.span,
                        declared.key.to_string(),
                    )
                    .help("give it only a `value`"),
                );
            } else if declared.value.is_none() {
                findings.push(
                    Finding::new(
                        format!("`{}` belongs to another namespace and has no `value`", declared.key),
                        declared.key_span,
                        declared.key.to_string(),
                    )
                    .help("give it a `value`"),
                );
            }
        }
    }
    findings
}

fn of_file(tree: &Tree, schema: Option<&Schema>, whole: Span) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for problem in tree.problems() {
        let mut finding = Finding::new(problem.message.clone(), problem.span, "syntax");
        if let Some((span, text)) = &problem.related {
            finding = finding.related(*span, text.clone());
        }
        findings.push(finding);
    }
    if !findings.is_empty() {
        return findings;
    }
    match (tree.root(), schema) {
        (Some(root), Some(schema)) => {
            // `pulumi new` fills in the name of a template.
            let template = root.get("name").is_some_and(|name| name.text().contains("${PROJECT}"));
            let violations = schema.validate(root).into_iter();
            let violations =
                violations.filter(|violation| !(template && violation.schema_path.ends_with("/pattern")));
            findings.extend(violations.map(|violation| {
                let path = violation.instance_path.iter().map(|segment| match segment {
                    PathSegment::Key(key) => key.clone(),
                    PathSegment::Index(index) => index.to_string(),
                });
                let path = path.collect::<Vec<_>>().join(".");
                let message = match path.as_str() {
                    "name" if violation.schema_path.ends_with("/pattern") => {
                        "a project name has up to 100 letters, digits, `.`, `_` and `-`, and nothing else"
                            .to_owned()
                    }
                    _ => violation.message,
                };
                Finding::new(message, violation.span, path)
            }));
        }
        (None, Some(schema)) if whole.is_empty() => {
            // An empty stack file is fine, an empty project file is none.
            let _ = schema;
        }
        _ => {}
    }
    findings
}
