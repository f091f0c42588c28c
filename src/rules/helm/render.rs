//! `helm/render`: a release that Helm refuses to render.

use crate::diagnostic::Finding;
use crate::helm::ProblemCode;
use crate::ladder::Release;
use crate::rules::Context;

pub(super) fn check(release: &Release, _: &Context<'_>) -> Vec<Finding> {
    let Some(problem) = release.problem() else { return Vec::new() };
    // A dependency that is not vendored is reported as not checked.
    if problem.code == ProblemCode::MissingDependency {
        return Vec::new();
    }
    let at = release.deployment.chart_span.unwrap_or(release.deployment.release.span);
    vec![problem.finding(at, format!("releases.{}", release.name()))]
}
