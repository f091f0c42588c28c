//! A code quality report, as GitLab shows it in a merge request.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use serde_json::Value;
use serde_json::json;

use crate::diagnostic::Severity;
use crate::report::json::pretty;
use crate::report::shown::Shown;

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    // GitLab drops all but one of the violations with the same fingerprint.
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut violations: Vec<Value> = Vec::with_capacity(shown.diagnostics.len());
    for diagnostic in &shown.diagnostics {
        let again = seen.entry(&diagnostic.fingerprint).or_default();
        *again += 1;
        let fingerprint = match *again {
            1 => diagnostic.fingerprint.clone(),
            again => format!("{}-{again}", diagnostic.fingerprint),
        };
        let mut description = diagnostic.message.clone();
        if !diagnostic.environments.is_empty() {
            let _ = write!(description, " (in {})", diagnostic.environments.join(", "));
        }
        let severity = match diagnostic.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        };
        let place = &diagnostic.primary;
        violations.push(json!({
            "description": description,
            "check_name": diagnostic.rule,
            "fingerprint": fingerprint,
            "severity": severity,
            "location": {"path": place.file, "lines": {"begin": place.start.line, "end": place.end.line}},
        }));
    }
    pretty(&violations, out)
}
