//! `helm/render`: a release that Helm refuses to render.

use crate::diagnostic::Finding;
use crate::helm::ProblemCode;
use crate::ladder::Release;
use crate::rules::Context;

pub(super) fn check(release: &Release, _: &Context<'_>) -> Vec<Finding> {
    let Some(problem) = release.problem() else { return Vec::new() };
    // These have rules of their own, or are listed as not checked.
    let elsewhere = [ProblemCode::MissingDependency, ProblemCode::Schema, ProblemCode::SchemaElsewhere];
    if elsewhere.contains(&problem.code) || release.awaits_values().is_some() {
        return Vec::new();
    }
    let at = release.deployment.chart_span.unwrap_or(release.deployment.release.span);
    let mut finding = problem.finding(at, format!("releases.{}", release.name()));
    // What is wrong with rendered text is shown at the template that rendered it: nobody can open the other.
    if problem.code == ProblemCode::Manifest && !finding.related.is_empty() {
        finding.primary = finding.related.remove(0);
    }
    vec![finding]
}
