//! `pulumi/unknown-stack-key`: a key of a stack file that Pulumi ignores.

use crate::diagnostic::Finding;
use crate::diagnostic::nearest;
use crate::ladder::Stack;
use crate::rules::Context;

const KEYS: [&str; 5] = ["config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"];

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = stack.loaded.as_ref().and_then(|loaded| loaded.stack.as_ref()) else {
        return Vec::new();
    };
    let Some(root) = loaded.tree.as_ref().and_then(crate::yaml::Tree::root) else { return Vec::new() };
    let unknown = root.entries().filter(|entry| !KEYS.contains(&&*entry.key.text()));
    unknown
        .map(|entry| {
            let name = entry.key.text();
            let finding = Finding::new(
                format!("a stack file has no key `{name}`, and Pulumi ignores it"),
                entry.key.span(),
                format!("{}:{name}", loaded.name),
            );
            let known = KEYS.map(|key| format!("`{key}`")).join(", ");
            match nearest(&name, KEYS) {
                Some(close) => super::renamed(finding, close),
                None if name.contains(':') => finding.help("move it under `config:`"),
                None => finding.help(format!("remove it, or use one of {known}")),
            }
        })
        .collect()
}
