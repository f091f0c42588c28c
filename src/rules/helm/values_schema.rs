//! `helm/values-schema`: values that break the chart's `values.schema.json`.

use crate::diagnostic::Finding;
use crate::helm::ProblemCode;
use crate::ladder::Release;
use crate::rules::Context;

pub(super) fn check(release: &Release, _: &Context<'_>) -> Vec<Finding> {
    let Some(problem) = release.problem().filter(|problem| problem.code == ProblemCode::Schema) else {
        return Vec::new();
    };
    if release.awaits_values().is_some() {
        return Vec::new();
    }
    let at = release.deployment.chart_span.unwrap_or(release.deployment.release.span);
    let subject = format!("releases.{}", release.name());
    let mut first = problem.finding(at, subject.clone());
    // Each violation is a finding of its own: they have nothing to do with each other.
    let others = std::mem::take(&mut first.related);
    let others = others.into_iter().map(|label| {
        Finding::new(
            format!("the values break the chart's schema: {}", label.text),
            label.span,
            subject.clone(),
        )
    });
    std::iter::once(first.clone()).chain(others).collect()
}
