//! Rules that report what the loader found, one function a rule.

use crate::compose::Code;
use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::ladder::Project;
use crate::rules::Context;
use crate::source::Span;

fn of(project: &Project, codes: &[Code]) -> Vec<Finding> {
    let wanted = project.loaded.problems.iter().filter(|problem| codes.contains(&problem.code));
    wanted.filter_map(crate::compose::Problem::finding).collect()
}

/// `compose/syntax`
pub(super) fn syntax(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::Syntax, Code::File])
}

/// `compose/duplicate-key`
pub(super) fn duplicate_key(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let mut findings = of(project, &[Code::DuplicateKey]);
    for finding in &mut findings {
        let Some(first) = finding.related.first().map(|label| label.span) else { continue };
        let at = finding.primary.span;
        let same = context.sources.get(at.source).is_some_and(|source| {
            // What follows each key on its line; a value of several lines is too much to compare.
            let line = |key: Span| {
                let rest = source.text.get(key.range().end..).unwrap_or_default();
                rest.split('\n').next().unwrap_or_default().trim_end().to_owned()
            };
            let one = line(at);
            one == line(first)
                && one.trim_start_matches([':', ' ']).len() > 1
                && !one.contains(['&', '|', '>'])
        });
        finding.remedy = Some(if same {
            let gone = What::Remove { emptied: 0 };
            Ok(Remedy::new("remove the second one", Safety::Safe, at, gone))
        } else {
            Err("the two differ, and which one is meant is for people to say".to_owned())
        });
    }
    findings
}

/// `compose/unknown-key`
pub(super) fn unknown_key(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::UnknownKey])
}

/// `compose/wrong-value`
pub(super) fn wrong_value(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::WrongValue, Code::MissingKey, Code::ProjectName, Code::Selection])
}

/// `compose/conflict`
pub(super) fn conflict(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::Conflict, Code::Merge])
}

/// `compose/interpolation`
pub(super) fn interpolation(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::Interpolation])
}

/// `compose/unset-variable`: one finding for each variable, at the first place that uses it.
pub(super) fn unset_variable(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let mut findings: Vec<(Finding, usize)> = Vec::new();
    for finding in of(project, &[Code::UnsetVariable]) {
        match findings.iter_mut().find(|(first, _)| first.message == finding.message) {
            Some((_, more)) => *more += 1,
            None => findings.push((finding, 0)),
        }
    }
    let counted = |(finding, more): (Finding, usize)| match more {
        0 => finding,
        1 => finding.label("counts as an empty text, here and in one more place"),
        _ => finding.label(format!("counts as an empty text, here and in {more} more places")),
    };
    findings.into_iter().map(counted).collect()
}

/// `compose/broken-extends`
pub(super) fn broken_extends(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::Extends])
}

/// `compose/broken-include`
pub(super) fn broken_include(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::Include])
}

/// `compose/missing-env-file`
pub(super) fn missing_env_file(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::EnvFile])
}

/// `compose/broken-env-file`
pub(super) fn broken_env_file(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::BrokenEnvFile])
}

/// `compose/undefined-reference`
pub(super) fn undefined_reference(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::Undefined])
}

/// `compose/dependency-cycle`
pub(super) fn dependency_cycle(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::Cycle])
}

/// `compose/no-image`
pub(super) fn no_image(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::NoImage])
}

/// `compose/deprecated`
pub(super) fn deprecated(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::Deprecated])
}

/// `compose/truncated-command`
pub(super) fn truncated_command(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::TruncatedCommand])
}

/// `compose/misread-volume`
pub(super) fn misread_volume(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::MisreadVolume])
}

/// `compose/misread-key`
pub(super) fn misread_key(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::MisreadKey])
}

/// `compose/ignored-setting`
pub(super) fn ignored_setting(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::IgnoredSetting])
}

/// `compose/duplicate-entry`
pub(super) fn duplicate_entry(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::DuplicateEntry])
}

/// `compose/lost-arguments`
pub(super) fn lost_arguments(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::LostArguments])
}

/// `compose/appended-list`
pub(super) fn appended_list(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::AppendedList])
}

/// `compose/lost-condition`
pub(super) fn lost_condition(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::LostCondition])
}

/// `compose/misused-reset`
pub(super) fn misused_reset(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    of(project, &[Code::MisusedReset])
}
