//! `compose/missing-build-context`: an image that is built from a folder that is not there.

use std::path::Path;

use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let files = context.sources.files();
    let mut findings = Vec::new();
    for service in model.services() {
        let Some(value) = service.at("build.context").filter(|value| !value.is_unknown()) else { continue };
        let Some(text) = value.as_str() else { continue };
        let remote =
            text.contains("://") || text.starts_with("git@") || text.starts_with('/') || text.contains('$');
        // A folder outside of what is read (a checkout beside this one) cannot be judged.
        let outside = text.split('/').any(|part| part == "..");
        let folder = Path::new(text);
        if remote
            || outside
            || text == "."
            || text.is_empty()
            || files.is_folder(folder)
            || context.in_submodule(folder)
        {
            continue;
        }
        findings.push(
            Finding::new(
                format!("`{}` is built from `{text}`, which is not in the repository", service.name),
                value.origin.span,
                format!("services.{}.build.context", service.name),
            )
            .help("correct the path, or fetch the submodule that belongs there"),
        );
    }
    findings
}
