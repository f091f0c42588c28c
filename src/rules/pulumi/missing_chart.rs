//! `pulumi/missing-chart`: a chart or a values file that is not where the program looks for it.

use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Value;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

pub(super) fn check(stack: &Stack, context: &Context<'_>) -> Vec<Finding> {
    let files = context.sources.files();
    let mut findings = Vec::new();
    for resource in clusters::made(stack) {
        if !matches!(
            resource.token.as_str(),
            "kubernetes:helm.sh/v3:Release" | "kubernetes:helm.sh/v3:Chart" | "kubernetes:helm.sh/v4:Chart"
        ) {
            continue;
        }
        let chart = resource.properties.get("path").or_else(|| resource.properties.get("chart"));
        let values = resource.properties.get("valueYamlFiles").map(Value::items).unwrap_or_default();
        let missing =
            chart.into_iter().map(|value| (value, true)).chain(values.iter().map(|value| (value, false)));
        for (value, folder) in missing {
            let Some(text) = value.text() else { continue };
            // A name without a step is that of a chart in a repository of charts.
            if folder && !text.starts_with("./") && !text.starts_with("../") {
                continue;
            }
            let Some(path) = joined(&stack.deployment.project, text) else { continue };
            if files.is_file(&path) || files.is_folder(&path) {
                continue;
            }
            let what = if folder { "chart" } else { "values file" };
            let name = clusters::title(resource);
            findings.push(
                Finding::new(
                    format!("`{name}` installs the {what} `{text}`, and there is no `{}`", path.display()),
                    value.span,
                    format!("{name} {text}"),
                )
                .help("the path starts at the folder of `Pulumi.yaml`"),
            );
        }
    }
    findings
}

/// A path from a folder; `None` for one that leaves the repository.
fn joined(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut joined = folder.to_path_buf();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if !joined.pop() {
                    return None;
                }
            }
            part => joined.push(part),
        }
    }
    (!path.starts_with('/')).then_some(joined)
}
