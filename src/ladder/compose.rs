//! The Compose projects of an environment, loaded for checking.

use std::path::Path;

use crate::compose;
use crate::diagnostic::Unchecked;
use crate::discover::ComposeDeployment;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::carries_password;
use crate::source::credential_shaped;
use crate::source::credential_value;
use crate::source::placeholder;

/// Loads a project as it would run, without the variables of any process: what only those could say stays unknown.
pub(super) fn load(
    sources: &SourceMap,
    deployment: &ComposeDeployment,
) -> (compose::Loaded, Option<Unchecked>) {
    // From the root, since the files of one project may lie in several folders.
    let shown = |path: &Path| match path.to_string_lossy() {
        here if here.is_empty() => ".".to_owned(),
        path => path.into_owned(),
    };
    let own = deployment.files.first().and_then(|file| file.parent());
    let moved = own != Some(deployment.directory.as_path());
    let project_name = deployment.project.as_ref().and_then(|name| name.value.known()).cloned();
    let mut loaded = compose::load(
        sources,
        &compose::Options {
            mode: compose::Mode::Check,
            files: deployment.files.iter().map(|file| shown(file)).collect(),
            profiles: deployment.profiles.clone(),
            env_files: deployment.env_files.iter().map(|file| shown(file)).collect(),
            project_name,
            project_directory: moved.then(|| shown(&deployment.directory)),
            all_resources: true,
            // The one variable that every shell sets, and to a place that is known.
            environment: [("PWD", format!("./{}", deployment.directory.display()))].into_iter().collect(),
            ..compose::Options::default()
        },
    );
    if let Some(project) = &loaded.project {
        mark_secrets(sources, project);
    }
    drop_consequences(&mut loaded);
    set_apart(loaded, deployment)
}

/// Behind a line that cannot be read, what stands where is a guess: of what follows from it nothing is said.
fn drop_consequences(loaded: &mut compose::Loaded) {
    let broken = loaded.problems.iter().filter(|problem| problem.code == compose::Code::Syntax);
    let broken: Vec<Span> = broken.filter_map(|problem| problem.span).collect();
    let behind = |span: Span| broken.iter().any(|at| at.source == span.source && at.start < span.start);
    loaded
        .problems
        .retain(|problem| problem.code == compose::Code::Syntax || !problem.span.is_some_and(behind));
}

/// A file found by its own name whose services have no image, or refer to what is not there, is made to be merged with
/// another one. What holds there cannot be told without that other file, so nothing is said about it but what is wrong
/// as text.
fn set_apart(
    mut loaded: compose::Loaded,
    deployment: &ComposeDeployment,
) -> (compose::Loaded, Option<Unchecked>) {
    let found_by_name = deployment.named_at.iter().all(Option::is_none);
    let telling = loaded.problems.iter().find(|problem| match problem.code {
        compose::Code::NoImage => found_by_name,
        compose::Code::Undefined => deployment.may_be_part,
        _ => false,
    });
    let Some(telling) = telling else { return (loaded, None) };
    let shows = match telling.code {
        compose::Code::NoImage => "a service has neither image nor build",
        _ => "a service refers to what is not in it",
    };
    let span = telling.span;
    loaded.problems.retain(|problem| {
        !matches!(
            problem.code,
            compose::Code::NoImage | compose::Code::Undefined | compose::Code::UnsetVariable
        )
    });
    loaded.project = None;
    let what = deployment.files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
    let reason = format!(
        "{shows}, so that this looks like a part to be merged with another file; name the files that belong together \
         under `compose:` in plimsoll.yaml"
    );
    (loaded, Some(Unchecked { what, reason, span }))
}

/// Marks what must never be printed: values under credential-shaped keys, and values that look like credentials.
fn mark_secrets(sources: &SourceMap, project: &compose::Project) {
    for service in project.services().chain(project.disabled_services()) {
        for variable in service.environment() {
            let Some(text) = variable.value.as_str() else { continue };
            let secret = credential_shaped(variable.name) && !placeholder(text) || credential_value(text);
            if secret || carries_password(text) {
                let origin = &variable.value.origin;
                for span in [origin.span, variable.value.span].iter().chain(&origin.overridden) {
                    sources.mark_secret(value_part(sources, *span, variable.name));
                }
            }
        }
    }
}

/// Of `NAME=value`, as lists and `.env` files have it, the value: the name is no secret.
fn value_part(sources: &SourceMap, span: Span, name: &str) -> Span {
    let text = sources.slice(span);
    let unquoted = text.trim_start_matches(['"', '\'']);
    let value = unquoted.strip_prefix(name).and_then(|rest| rest.trim_start().strip_prefix('='));
    value.map_or(span, |value| Span::new(span.source, span.range().end - value.len(), span.range().end))
}
