//! `pulumi/unsupported-version`: a cluster of a Kubernetes that gets no more fixes.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::rules::Context;
use crate::rules::Date;
use crate::rules::pulumi::clusters;

/// The last day of each minor, from kubernetes.io/releases, 2026-09-15.
const ENDS: [(u32, (u16, u8, u8)); 9] = [
    (27, (2024, 7, 16)),
    (28, (2024, 10, 22)),
    (29, (2025, 2, 28)),
    (30, (2025, 6, 28)),
    (31, (2025, 11, 11)),
    (32, (2026, 2, 28)),
    (33, (2026, 6, 28)),
    (34, (2026, 10, 27)),
    (35, (2027, 2, 28)),
];

/// Days that an upgrade may take before anything is said.
const GRACE: f64 = 60.0;

pub(super) fn check(stack: &Stack, context: &Context<'_>) -> Vec<Finding> {
    let grace = context.options.number("days").unwrap_or(GRACE);
    let mut findings = Vec::new();
    for (cluster, minor, version) in clusters::versions(stack) {
        let oldest = ENDS.first().is_some_and(|(first, _)| minor.0 < *first);
        let end = ENDS.iter().find(|(of, _)| *of == minor.0).map(|(_, (year, month, day))| Date {
            year: *year,
            month: *month,
            day: *day,
        });
        let since = match end {
            Some(end) => {
                #[expect(clippy::cast_precision_loss, reason = "ages of releases are small")]
                let days = context.today.days().saturating_sub(end.days()) as f64;
                if days <= grace {
                    continue;
                }
                format!("since {}-{:02}-{:02}", end.year, end.month, end.day)
            }
            None if oldest => "for years".to_owned(),
            None => continue,
        };
        let name = clusters::title(cluster);
        findings.push(
            Finding::new(
                format!("`{name}` asks for Kubernetes {minor}, which has had no fixes {since}"),
                version.span,
                format!("{name} version"),
            )
            .help("upgrade one minor at a time, the earlier environments first"),
        );
    }
    findings
}
