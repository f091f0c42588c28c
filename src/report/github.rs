//! Workflow commands that GitHub turns into annotations.

use std::fmt::Write as _;
use std::io::Write;

use crate::diagnostic::Severity;
use crate::report::counted;
use crate::report::shown::Shown;

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    for diagnostic in &shown.diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let place = &diagnostic.primary;
        write!(out, "::{command} file={}", property(&place.file))?;
        write!(out, ",line={},endLine={}", place.start.line, place.end.line)?;
        // Columns over several lines are refused.
        if place.start.line == place.end.line {
            write!(out, ",col={},endColumn={}", place.start.column, place.end.column)?;
        }
        let mut title = diagnostic.rule.clone();
        if !diagnostic.environments.is_empty() {
            let _ = write!(title, " in {}", diagnostic.environments.join(", "));
        }
        let mut text = diagnostic.message.clone();
        if !place.label.is_empty() {
            let _ = write!(text, ": {}", place.label);
        }
        for related in &diagnostic.related {
            let _ = write!(text, "\n{}:{}", related.file, related.start.line);
            if !related.label.is_empty() {
                let _ = write!(text, ": {}", related.label);
            }
        }
        if let Some(help) = &diagnostic.help {
            let _ = write!(text, "\nhelp: {help}");
        }
        writeln!(out, ",title={}::{}", property(&title), data(&text))?;
    }
    for unchecked in &shown.unchecked {
        let text = data(&format!("{}: {}", unchecked.what, unchecked.reason));
        match &unchecked.place {
            Some(place) => writeln!(
                out,
                "::notice file={},line={},title=not checked::{text}",
                property(&place.file),
                place.start.line
            )?,
            None => writeln!(out, "::notice title=not checked::{text}")?,
        }
    }
    // A step shows ten annotations of each kind; the log has them all, and says how many.
    let count = |severity| shown.report.count(severity);
    writeln!(
        out,
        "plimsoll: {}, {}, {} in {}",
        counted(count(Severity::Error), "error", "errors"),
        counted(count(Severity::Warning), "warning", "warnings"),
        counted(count(Severity::Info), "info", "info"),
        counted(shown.report.files, "file", "files"),
    )
}

/// The text of a command.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            hidden if crate::report::visible::is_hidden(hidden) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(hidden));
            }
            plain => out.push(plain),
        }
    }
    out
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
