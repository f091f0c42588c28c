//! `kubernetes/restart-policy`: a restart policy that its kind of workload does not allow.

use crate::diagnostic::Finding;
use crate::diagnostic::Safety;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::WorkloadKind;
use crate::rules::Context;
use crate::rules::kubernetes::standard;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        let policy = workload.pod.get("restartPolicy");
        let text = match policy {
            Some(policy) => match policy.text() {
                Some(text) => Some(text),
                None => continue,
            },
            None => None,
        };
        let label = workload.object.label();
        let (message, help) = match (workload.kind, text.as_deref()) {
            (WorkloadKind::Job | WorkloadKind::CronJob, None) => (
                format!("`{label}` has no restart policy; that of a job is `Never` or `OnFailure`"),
                format!("add `restartPolicy: OnFailure` to `{}`", workload.pod_path()),
            ),
            (WorkloadKind::Job | WorkloadKind::CronJob, Some("Always")) => (
                format!("`{label}` is a job and always restarts, which the server refuses"),
                "write `OnFailure` or `Never`".to_owned(),
            ),
            (WorkloadKind::Pod | WorkloadKind::Job | WorkloadKind::CronJob, _)
            | (_, None | Some("Always" | "")) => continue,
            (_, Some(other)) => (
                format!("`{label}` restarts `{other}`; all but jobs restart `Always`"),
                "remove `restartPolicy`".to_owned(),
            ),
        };
        let at = policy.map_or_else(|| workload.object.span(), crate::kubernetes::Part::span);
        let subject = workload.object.subject(&format!("{}.restartPolicy", workload.pod_path()));
        let finding = Finding::new(message, at, subject).help(help);
        let job = matches!(workload.kind, WorkloadKind::Job | WorkloadKind::CronJob);
        let word = if job { "OnFailure" } else { "Always" };
        found.push(match policy {
            Some(policy) => finding.remedy(Ok(standard::replacing(policy.span(), word, Safety::Unsafe))),
            None => finding,
        });
    }
    found
}
