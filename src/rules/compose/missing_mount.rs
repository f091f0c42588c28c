//! `compose/missing-mount`: a file that is mounted into a container and not in the repository.

use std::path::Path;

use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

/// Endings of files that people write, as opposed to those that programs make.
const WRITTEN: [&str; 24] = [
    "conf",
    "cfg",
    "cnf",
    "config",
    "ini",
    "yml",
    "yaml",
    "json",
    "toml",
    "xml",
    "properties",
    "sh",
    "sql",
    "py",
    "js",
    "ts",
    "lua",
    "php",
    "rb",
    "template",
    "tmpl",
    "vcl",
    "hcl",
    "alloy",
];

/// Endings of files that show how to write another.
const EXAMPLES: [&str; 6] = ["example", "sample", "dist", "template", "default", "tmpl"];

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        for mount in service.mounts() {
            let (Some("bind"), Some(source)) = (mount.kind.as_str(), mount.source) else { continue };
            let target = mount.target.filter(|target| !target.is_unknown()).and_then(Value::as_str);
            if !target.is_some_and(is_written) || !is_missing(source, context) {
                continue;
            }
            let text = source.as_str().unwrap_or_default();
            findings.push(
                Finding::new(
                    format!("`{text}` is not in the repository: Docker makes a folder of that name and mounts it"),
                    source.origin.span,
                    format!("services.{}.volumes", service.name),
                )
                .help("correct the path, or add the file; one that is made before the start belongs into `.gitignore`"),
            );
        }
    }
    for config in model.configs() {
        let Some(file) = config.value.get("file").filter(|file| is_missing(file, context)) else { continue };
        findings.push(
            Finding::new(
                format!("`{}` is not in the repository", file.as_str().unwrap_or_default()),
                file.origin.span,
                format!("configs.{}.file", config.name),
            )
            .help("correct the path, or add the file; one that is made before the start belongs into `.gitignore`"),
        );
    }
    findings
}

/// True for a path that ends as files do which people write.
fn is_written(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && WRITTEN.contains(&ending))
}

/// True for a path inside the repository that nothing accounts for.
fn is_missing(value: &Value, context: &Context<'_>) -> bool {
    let Some(text) = value.as_str().filter(|_| !value.is_unknown()) else { return false };
    let written = context.sources.slice(value.origin.span);
    let outside =
        text.starts_with(['/', '~']) || text.split('/').any(|part| part == "..") || text.contains('$');
    // A path that variables make is chosen where it runs.
    if outside || written.contains('$') || !is_written(text) || !value.origin.through.is_empty() {
        return false;
    }
    let files = context.sources.files();
    let path = Path::new(text);
    if files.is_file(path) || files.is_folder(path) || files.is_ignored(path) || context.in_submodule(path) {
        return false;
    }
    // A folder that is not there at all is made, as a whole, by something else.
    let Some(folder) = path.parent() else { return false };
    if !folder.as_os_str().is_empty() && !files.is_folder(folder) {
        return false;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let listed = files.list(folder).unwrap_or_default();
    !listed.iter().any(|(other, _)| {
        EXAMPLES.iter().any(|ending| {
            let example = other.contains(ending) && (other.contains(&*stem) || other.contains(&*name));
            example && other.len() > stem.len()
        })
    })
}
