//! `pulumi/missing-chart`: a chart or a values file that is not where the program looks for it.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Value;
use crate::pulumi::beside;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

pub(super) fn check(stack: &Stack, context: &Context<'_>) -> Vec<Finding> {
    let files = context.sources.files();
    let mut findings = Vec::new();
    for resource in clusters::made(stack) {
        if !resource.installs_chart() {
            continue;
        }
        let chart = resource.chart();
        let values = resource.properties.get("valueYamlFiles").map(Value::items).unwrap_or_default();
        let missing =
            chart.into_iter().map(|value| (value, true)).chain(values.iter().map(|value| (value, false)));
        for (value, folder) in missing {
            let Some(text) = value.text() else { continue };
            // A name without a step is that of a chart in a repository of charts.
            if folder && !text.starts_with("./") && !text.starts_with("../") {
                continue;
            }
            let Some(path) = beside(&stack.deployment.project, text) else { continue };
            if files.is_file(&path)
                || files.is_folder(&path)
                || files.is_ignored(&path)
                || context.in_submodule(&path)
            {
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
