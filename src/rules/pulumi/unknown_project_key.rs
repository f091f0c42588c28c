//! `pulumi/unknown-project-key`: a misspelt key of a project file.

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::ladder::Stack;
use crate::rules::Context;

const KEYS: [&str; 23] = [
    "name",
    "runtime",
    "description",
    "author",
    "website",
    "license",
    "namespace",
    "version",
    "main",
    "stackConfigDir",
    "config",
    "backend",
    "options",
    "template",
    "packages",
    "plugins",
    "requiredPulumiVersion",
    "variables",
    "resources",
    "outputs",
    "sdks",
    "components",
    "configuration",
];

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let Some(root) = loaded.project.tree.root() else { return Vec::new() };
    let unknown = root.entries().filter(|entry| !KEYS.contains(&&*entry.key.text()));
    // Pulumi keeps keys that it does not know, for tools that do: only what is nearly one of its own is a mistake.
    unknown
        .filter_map(|entry| {
            let name = entry.key.text();
            let close = nearest(&name, KEYS)?;
            let finding = Finding::new(
                format!("a project file has no key `{name}`, and Pulumi ignores it"),
                entry.key.span(),
                name.clone(),
            );
            Some(super::renamed(finding, close))
        })
        .collect()
}
