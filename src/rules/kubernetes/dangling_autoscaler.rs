//! `kubernetes/dangling-autoscaler`: an autoscaler of a workload that is not there.

use crate::diagnostic::Finding;
use crate::kubernetes::Autoscaler;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Target;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for autoscaler in set.objects.iter().filter_map(Autoscaler::of) {
        let Some(target) = autoscaler.target() else { continue };
        // An autoscaler alone may belong to a workload that others install.
        if !matches!(set.target(autoscaler.object, target), Target::Missing)
            || set.workloads().next().is_none()
        {
            continue;
        }
        let kind = target.text_at("kind").unwrap_or_default();
        let name = target.text_at("name").unwrap_or_default();
        let message = format!(
            "`{}` scales `{kind}/{name}`, which the release does not bring",
            autoscaler.object.label(),
        );
        let at = target.get("name").unwrap_or(target).span();
        let subject = autoscaler.object.subject("spec.scaleTargetRef");
        let names: Vec<String> = set
            .workloads()
            .filter(crate::kubernetes::Workload::is_scalable)
            .map(|workload| workload.object.label())
            .collect();
        let help = if names.is_empty() {
            "name a workload that is there".to_owned()
        } else {
            format!("name one of `{}`", names.join("`, `"))
        };
        found.push(Finding::new(message, at, subject).help(help));
    }
    found
}
