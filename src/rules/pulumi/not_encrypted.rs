//! `pulumi/not-encrypted`: what stands under `secure:` was never encrypted.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::is_ciphertext;
use crate::rules::Context;
use crate::yaml::NodeRef;

pub(super) fn check(stack: &Stack, context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = stack.loaded.as_ref().and_then(|loaded| loaded.stack.as_ref()) else {
        return Vec::new();
    };
    let Some(config) = loaded.tree.as_ref().and_then(|tree| tree.root()?.get("config")) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut waiting: Vec<(NodeRef<'_>, usize)> = vec![(config, 0)];
    while let Some((node, depth)) = waiting.pop() {
        if depth > 32 {
            continue;
        }
        for entry in node.entries() {
            let alone = node.entries().len() == 1;
            if alone && entry.key.text() == "secure" && entry.value.is_scalar() {
                if !is_ciphertext(&entry.value.text()) {
                    context.sources.mark_secret(entry.value.span());
                    findings.push(
                        Finding::new(
                            "the value under `secure:` is not encrypted",
                            entry.value.span(),
                            format!("{}:secure", loaded.name),
                        )
                        .label("not what `pulumi config set --secret` writes")
                        .help("run `pulumi config set --secret` for it, and replace the secret: it is in the history"),
                    );
                }
            } else {
                waiting.push((entry.value, depth + 1));
            }
        }
        waiting.extend(node.items().map(|item| (item, depth + 1)));
    }
    findings.sort_by_key(|finding| finding.primary.span);
    findings
}
