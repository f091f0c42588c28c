//! Test results, as `JUnit` writes them: a diagnostic that fails the run is a test that failed.

use std::io::Write;

use crate::report::markup::xml;
use crate::report::shown::Shown;
use crate::report::shown::ShownDiagnostic;
use crate::report::visible::visible;

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let threshold = shown.report.threshold();
    let failures = shown.diagnostics.iter().filter(|diagnostic| diagnostic.severity >= threshold).count();
    let skipped = shown.unchecked.len();
    let cases = shown.diagnostics.len() + skipped;
    // A suite without a test counts as a mistake in most places that read this.
    let tests = cases.max(1);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"plimsoll\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"plimsoll\" {counts} skipped=\"{skipped}\">")?;
    for diagnostic in &shown.diagnostics {
        let place = &diagnostic.primary;
        let name = format!("{} at {}:{}", diagnostic.rule, place.start.line, place.start.column);
        writeln!(
            out,
            "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\">",
            xml(&name),
            xml(&place.file),
            xml(&place.file),
            place.start.line
        )?;
        let text = details(diagnostic);
        if diagnostic.severity >= threshold {
            writeln!(
                out,
                "      <failure type=\"{}\" message=\"{}\">{}</failure>",
                diagnostic.severity.name(),
                xml(&diagnostic.message),
                xml(&text)
            )?;
        } else {
            writeln!(out, "      <system-out>{}</system-out>", xml(&text))?;
        }
        writeln!(out, "    </testcase>")?;
    }
    for unchecked in &shown.unchecked {
        writeln!(out, "    <testcase name=\"not checked\" classname=\"{}\">", xml(&unchecked.what))?;
        writeln!(out, "      <skipped message=\"{}\"/>", xml(&unchecked.reason))?;
        writeln!(out, "    </testcase>")?;
    }
    if cases == 0 {
        writeln!(out, "    <testcase name=\"nothing found\" classname=\"plimsoll\"/>")?;
    }
    writeln!(out, "  </testsuite>")?;
    writeln!(out, "</testsuites>")
}

fn details(diagnostic: &ShownDiagnostic) -> String {
    let mut lines = Vec::new();
    let within = diagnostic.environments.join(", ");
    let within = if within.is_empty() { within } else { format!(" in {within}") };
    lines.push(format!(
        "{}[{}]{within}: {}",
        diagnostic.severity.name(),
        diagnostic.rule,
        diagnostic.message
    ));
    for place in std::iter::once(&diagnostic.primary).chain(&diagnostic.related) {
        let label = if place.label.is_empty() { String::new() } else { format!(": {}", place.label) };
        lines.push(format!("{}:{}:{}{label}", visible(&place.file), place.start.line, place.start.column));
    }
    lines.extend(diagnostic.help.as_ref().map(|help| format!("help: {help}")));
    lines.join("\n")
}
