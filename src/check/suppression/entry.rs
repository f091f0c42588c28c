//! What an entry under `ignore:` takes out.

use std::path::Path;

use crate::config::Ignore;
use crate::diagnostic::Diagnostic;
use crate::source::SourceMap;

/// How much of a diagnostic an entry has taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Nothing,
    /// It stays for other environments.
    Environments,
    Everything,
}

/// Takes out of a diagnostic what an entry, whose rule fits, says under `at`.
pub(super) fn take(entry: &Ignore, diagnostic: &mut Diagnostic, sources: &SourceMap) -> Taken {
    let Some(at) = entry.at.as_ref().map(|at| at.value.as_str()) else { return Taken::Everything };
    let finding = &mut diagnostic.finding;
    let file = sources.get(finding.primary.span.source);
    if file.is_some_and(|source| is_file(at, &source.path)) || is_subject(at, &finding.subject) {
        return Taken::Everything;
    }
    let before = finding.environments.len();
    let subject = &finding.subject;
    finding.environments.retain(|environment| {
        let rest = at.strip_prefix(environment.as_str());
        !rest.is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix('.').is_some_and(|rest| is_subject(rest, subject))
        })
    });
    match finding.environments.len() {
        after if after == before => Taken::Nothing,
        0 => Taken::Everything,
        _ => Taken::Environments,
    }
}

/// True where a pattern means that file: `chart/values-*.yaml`, `legacy/**`, a folder, the bare name of a file.
fn is_file(pattern: &str, file: &str) -> bool {
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
    let path = Path::new(file);
    let folder = pattern.strip_suffix('/').unwrap_or(pattern);
    glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches_path_with(path, options))
        || (!folder.is_empty() && path.starts_with(folder))
        || path.file_name().is_some_and(|name| name == pattern)
}

/// True where the parts of a pattern stand in that order in a subject: `api.LOG_LEVEL` means
/// `services.api.environment.LOG_LEVEL`, `api` everything of `api`. A part may hold `*`.
fn is_subject(pattern: &str, subject: &str) -> bool {
    if pattern == subject {
        return true;
    }
    let mut parts = subject.split('.');
    !pattern.is_empty()
        && pattern.split('.').all(|wanted| match glob::Pattern::new(wanted) {
            Ok(wanted) => parts.any(|part| wanted.matches(part)),
            Err(_) => parts.any(|part| part == wanted),
        })
}
