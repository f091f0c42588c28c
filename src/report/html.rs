//! One page that needs nothing else: no script, no font, no request.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use crate::diagnostic::Severity;
use crate::report::RuleInfo;
use crate::report::counted;
use crate::report::excerpt::Excerpt;
use crate::report::excerpt::excerpts;
use crate::report::markup::html_message;
use crate::report::markup::xml;
use crate::report::shown::Shown;
use crate::report::shown::ShownDiagnostic;

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8884; --error: #c62828; --warning: #b26a00; --info: #1565c0; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
article { border-left: 4px solid var(--line); padding: .1rem 1rem; margin: 1.5rem 0; }
article.error { border-color: var(--error); }
article.warning { border-color: var(--warning); }
article.info { border-color: var(--info); }
h2 { font-size: 1rem; margin: .5rem 0; }
pre { overflow-x: auto; border: 1px solid var(--line); padding: .5rem; margin: .25rem 0 .75rem; }
code, pre { font-family: ui-monospace, monospace; font-size: 13px; }
mark { background: #ffca2866; color: inherit; }
table { border-collapse: collapse; }
td, th { border: 1px solid var(--line); padding: .25rem .75rem; text-align: left; }
td.amount { text-align: right; font-variant-numeric: tabular-nums; }
.number { opacity: .5; user-select: none; }
.label { opacity: .8; }
";

pub(super) fn write(shown: &Shown<'_>, rules: &[RuleInfo], out: &mut dyn Write) -> std::io::Result<()> {
    let summaries: BTreeMap<&str, &str> = rules.iter().map(|rule| (&*rule.id, &*rule.summary)).collect();
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width\">")?;
    writeln!(out, "<title>plimsoll</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>plimsoll</h1>")?;
    let report = shown.report;
    writeln!(
        out,
        "<p>{}, {}, {} in {}</p>",
        counted(report.count(Severity::Error), "error", "errors"),
        counted(report.count(Severity::Warning), "warning", "warnings"),
        counted(report.count(Severity::Info), "info", "info"),
        counted(report.files, "file", "files"),
    )?;
    if !shown.verdicts.is_empty() {
        writeln!(
            out,
            "<table>\n<tr><th>Environment</th><th>Verdict</th><th>Found</th><th>Checked</th></tr>"
        )?;
        for verdict in &shown.verdicts {
            writeln!(
                out,
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                xml(&verdict.environment),
                verdict.sails.words(),
                verdict.reason(),
                verdict.looked.words()
            )?;
        }
        writeln!(out, "</table>")?;
    }
    for diagnostic in &shown.diagnostics {
        let summary = summaries.get(&*diagnostic.rule).copied().unwrap_or_default();
        out.write_all(article(shown, diagnostic, summary).as_bytes())?;
    }
    out.write_all(costs(shown).as_bytes())?;
    if !shown.unchecked.is_empty() {
        writeln!(out, "<h2>Not checked</h2>\n<ul>")?;
        for unchecked in &shown.unchecked {
            writeln!(
                out,
                "<li><code>{}</code>: {}</li>",
                xml(&unchecked.what),
                html_message(&unchecked.reason)
            )?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</body>\n</html>")
}

fn article(shown: &Shown<'_>, diagnostic: &ShownDiagnostic, summary: &str) -> String {
    let severity = diagnostic.severity.name();
    let mut html = format!("<article class=\"{severity}\">\n");
    let _ = write!(html, "<h2>{severity} <code title=\"{}\">{}</code>", xml(summary), xml(&diagnostic.rule));
    if !diagnostic.environments.is_empty() {
        let _ = write!(html, " in {}", xml(&diagnostic.environments.join(", ")));
    }
    let _ = write!(html, "</h2>\n<p>{}</p>\n", html_message(&diagnostic.message));
    for excerpt in excerpts(shown, diagnostic) {
        html.push_str(&snippet(&excerpt));
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(html, "<p><strong>Help:</strong> {}</p>", html_message(help));
    }
    if let Some(fix) = &diagnostic.fix {
        let _ = writeln!(html, "<p><strong>Fix:</strong> {}</p>", html_message(&fix.title));
    }
    html.push_str("</article>\n");
    html
}

fn snippet(excerpt: &Excerpt) -> String {
    let (line, column) = excerpt.marks.first().map_or((1, 1), |mark| mark.at);
    let mut html = format!("<div><code>{}:{line}:{column}</code></div>\n<pre>", xml(&excerpt.file));
    let width = excerpt.lines.last().map_or(1, |line| line.number.to_string().len());
    for (index, line) in excerpt.lines.iter().enumerate() {
        let _ = write!(html, "<span class=\"number\">{:width$} </span>", line.number);
        // Marks may overlap: what counts is whether a byte lies in any of them.
        let mut edges: Vec<(usize, i32)> = Vec::new();
        for mark in &excerpt.marks {
            if mark.start.0 <= index && index <= mark.end.0 {
                let from = if mark.start.0 == index { mark.start.1 } else { 0 };
                let to = if mark.end.0 == index { mark.end.1 } else { line.text.len() };
                edges.extend([(from, 1), (to.max(from), -1)]);
            }
        }
        edges.sort_unstable();
        let mut depth = 0;
        let mut at = 0;
        for (edge, step) in edges {
            html.push_str(&xml(line.text.get(at..edge).unwrap_or_default()));
            at = edge;
            let before = depth;
            depth += step;
            match (before, depth) {
                (0, 1) => html.push_str("<mark>"),
                (1, 0) => html.push_str("</mark>"),
                _ => {}
            }
        }
        html.push_str(&xml(line.text.get(at..).unwrap_or_default()));
        for mark in excerpt.marks.iter().filter(|mark| mark.end.0 == index && !mark.label.is_empty()) {
            let _ = write!(html, "  <span class=\"label\">&larr; {}</span>", html_message(&mark.label));
        }
        html.push('\n');
    }
    html.push_str("</pre>\n");
    html
}

fn costs(shown: &Shown<'_>) -> String {
    let Some(cost) = &shown.report.cost else { return String::new() };
    let mut html = format!("<h2>Cost in {} a month</h2>\n<table>\n", xml(&cost.currency));
    html.push_str("<tr><th>Environment</th><th>What</th><th>Amount</th></tr>\n");
    for environment in &shown.costs {
        let name = xml(&environment.name);
        for (what, monthly, _) in &environment.items {
            let _ = writeln!(
                html,
                "<tr><td>{name}</td><td>{}</td><td class=\"amount\">{monthly:.2}</td></tr>",
                xml(what)
            );
        }
        for (what, why, _) in &environment.unknown {
            let (what, why) = (xml(what), html_message(why));
            let _ =
                writeln!(html, "<tr><td>{name}</td><td>{what}: {why}</td><td class=\"amount\">?</td></tr>");
        }
        let total = environment.amount();
        let budget = environment.budget.map(|budget| format!(" (budget {budget:.2})")).unwrap_or_default();
        let _ = writeln!(
            html,
            "<tr><td>{name}</td><td><strong>total</strong>{budget}</td><td class=\"amount\">{total}</td></tr>"
        );
    }
    html.push_str("</table>\n");
    html
}
