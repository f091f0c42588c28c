//! A comment for a pull request.

use std::fmt::Write as _;
use std::io::Write;

use crate::diagnostic::Severity;
use crate::report::counted;
use crate::report::markup::markdown_code;
use crate::report::markup::markdown_message;
use crate::report::shown::Place;
use crate::report::shown::Shown;
use crate::report::shown::ShownDiagnostic;

/// A comment on GitHub has at most 65,536 characters.
const LONGEST: usize = 60_000;

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let mut text = format!("### plimsoll: {}\n", title(shown));
    for (index, verdict) in shown.verdicts.iter().enumerate() {
        let _ = writeln!(
            text,
            "{}- **{}** {}: {}",
            if index == 0 { "\n" } else { "" },
            markdown_message(&verdict.environment),
            verdict.sails.words(),
            verdict.reason()
        );
    }
    if !shown.diagnostics.is_empty() {
        text.push_str("\n| | Where | What |\n|---|---|---|\n");
    }
    let mut left_out = 0;
    // The most serious first, for whom there is always room.
    let mut diagnostics: Vec<&ShownDiagnostic> = shown.diagnostics.iter().collect();
    diagnostics.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
    for diagnostic in diagnostics {
        let row = row(diagnostic);
        if left_out > 0 || text.len() + row.len() > LONGEST {
            left_out += 1;
        } else {
            text.push_str(&row);
        }
    }
    if left_out > 0 {
        let _ = writeln!(text, "\n{left_out} more, which this comment has no room for.");
    }
    costs(shown, &mut text);
    unchecked(shown, &mut text);
    out.write_all(text.as_bytes())
}

fn title(shown: &Shown<'_>) -> String {
    let report = shown.report;
    let mut parts = Vec::new();
    for (severity, one, many) in [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "info", "info"),
    ] {
        let count = report.count(severity);
        if count > 0 {
            parts.push(counted(count, one, many));
        }
    }
    let found = if parts.is_empty() { "nothing found".to_owned() } else { parts.join(", ") };
    format!("{found} in {}", counted(report.files, "file", "files"))
}

fn row(diagnostic: &ShownDiagnostic) -> String {
    let mut what = markdown_code(&diagnostic.rule);
    if !diagnostic.environments.is_empty() {
        let _ = write!(what, " in {}", markdown_message(&diagnostic.environments.join(", ")));
    }
    let _ = write!(what, "<br>{}", markdown_message(&diagnostic.message));
    for related in &diagnostic.related {
        let _ = write!(what, "<br>{}", at(related));
        if !related.label.is_empty() {
            let _ = write!(what, " {}", markdown_message(&related.label));
        }
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(what, "<br>*{}*", markdown_message(help));
    }
    format!("| {} | {} | {what} |\n", diagnostic.severity.name(), at(&diagnostic.primary))
}

fn at(place: &Place) -> String {
    markdown_code(&format!("{}:{}", place.file, place.start.line))
}

fn costs(shown: &Shown<'_>, text: &mut String) {
    let Some(cost) = &shown.report.cost else { return };
    let _ = writeln!(text, "\n| Environment | {} a month | Budget |\n|---|---:|---:|", cost.currency);
    for environment in &shown.costs {
        let monthly = environment.amount();
        let budget = environment.budget.map(|budget| format!("{budget:.2}")).unwrap_or_default();
        let _ = writeln!(text, "| {} | {monthly} | {budget} |", markdown_message(&environment.name));
    }
}

fn unchecked(shown: &Shown<'_>, text: &mut String) {
    if shown.unchecked.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n<details><summary>Not checked: {}</summary>\n", shown.unchecked.len());
    for (index, unchecked) in shown.unchecked.iter().enumerate() {
        if text.len() > LONGEST + 4_000 {
            let _ = writeln!(text, "- {} more", shown.unchecked.len() - index);
            break;
        }
        let _ =
            writeln!(text, "- {} {}", markdown_code(&unchecked.what), markdown_message(&unchecked.reason));
    }
    text.push_str("\n</details>\n");
}
