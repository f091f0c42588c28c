//! `kubernetes/short-deadline`: a job that is late before anybody looks.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

/// How often the controller looks at schedules, in seconds.
const LOOKS: i64 = 10;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for job in set.of_kind("batch", "CronJob") {
        let Some(deadline) = job.spec().and_then(|spec| spec.get("startingDeadlineSeconds")) else {
            continue;
        };
        let Some(seconds) = deadline.int().filter(|seconds| (0..LOOKS).contains(seconds)) else { continue };
        let message = format!(
            "`{}` may never start: it must within {seconds} seconds, and schedules are looked at every {LOOKS}",
            job.label()
        );
        found.push(
            Finding::new(message, deadline.span(), job.subject("spec.startingDeadlineSeconds"))
                .help("give it a minute or more"),
        );
    }
    found
}
