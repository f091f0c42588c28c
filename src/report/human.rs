//! Annotated source, drawn by miette.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;
use std::io::Write;

use miette::GraphicalReportHandler;
use miette::GraphicalTheme;
use miette::LabeledSpan;
use miette::MietteError;
use miette::MietteSpanContents;
use miette::SourceCode;
use miette::SourceSpan;
use miette::SpanContents;
use miette::ThemeCharacters;
use miette::ThemeStyles;

use crate::diagnostic::Safety;
use crate::diagnostic::Severity;
use crate::report::Sails;
use crate::report::Terminal;
use crate::report::counted;
use crate::report::excerpt::Excerpt;
use crate::report::excerpt::MOST_RELATED;
use crate::report::excerpt::excerpts;
use crate::report::shown::Shown;
use crate::report::shown::ShownDiagnostic;
use crate::report::visible::visible;

/// How many of the things that were not checked are listed.
const MOST_UNCHECKED: usize = 20;

/// How many rules are named whose findings are only counted.
const MOST_RULES: usize = 5;

/// How many things are listed that were not seen of an environment.
const MOST_UNSEEN: usize = 3;

pub(super) fn write(shown: &Shown<'_>, terminal: &Terminal, out: &mut dyn Write) -> std::io::Result<()> {
    let handler = handler(terminal);
    let shows =
        |diagnostic: &&ShownDiagnostic| shown.report.show.is_none_or(|show| diagnostic.severity >= show);
    for diagnostic in shown.diagnostics.iter().filter(shows) {
        let drawn = Drawn::new(shown, diagnostic, terminal);
        let mut text = String::new();
        // The handler fails only where a snippet cannot be read, and ours always can.
        if handler.render_report(&mut text, &drawn).is_err() {
            text = format!("{}: {}\n", drawn.code, diagnostic.message);
        }
        for line in text.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
    }
    counts(shown, out)?;
    unchecked(shown, out)?;
    verdicts(shown, terminal, out)?;
    writeln!(out, "{}", summary(shown))?;
    fixable(shown, out)
}

/// How much `--fix` would do.
fn fixable(shown: &Shown<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let of = |safety: Safety| {
        let fixes = shown.diagnostics.iter().filter_map(|diagnostic| diagnostic.fix.as_ref());
        fixes.filter(|fix| fix.safety == safety).count()
    };
    match (of(Safety::Safe), of(Safety::Unsafe)) {
        (0, 0) => Ok(()),
        (safe, 0) => writeln!(out, "{safe} fixable with `--fix`"),
        (0, more) => {
            writeln!(out, "{more} fixable with `--fix --unsafe`; `--diff --unsafe` shows what would change")
        }
        (safe, more) => writeln!(out, "{safe} fixable with `--fix`, {more} more with `--fix --unsafe`"),
    }
}

fn handler(terminal: &Terminal) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if terminal.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if terminal.colour { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(terminal.width)
        .with_links(false)
        .with_context_lines(1)
        .without_syntax_highlighting()
}

/// What is not shown, by rule, the most frequent first.
fn counts(shown: &Shown<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let Some(show) = shown.report.show else { return Ok(()) };
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    let hidden = shown.diagnostics.iter().filter(|diagnostic| diagnostic.severity < show);
    hidden.for_each(|diagnostic| *rules.entry(&diagnostic.rule).or_default() += 1);
    let total: usize = rules.values().sum();
    if total == 0 {
        return Ok(());
    }
    let mut rules: Vec<(&str, usize)> = rules.into_iter().collect();
    rules.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut listed: Vec<String> =
        rules.iter().take(MOST_RULES).map(|(rule, count)| format!("{count} {rule}")).collect();
    let more = rules.len().saturating_sub(MOST_RULES);
    if more > 0 {
        listed.push(format!("and of {}", counted(more, "other rule", "other rules")));
    }
    writeln!(out, "{total} not shown (`--show info`): {}\n", listed.join(", "))
}

/// Whether each environment may sail, and on what grounds.
fn verdicts(shown: &Shown<'_>, terminal: &Terminal, out: &mut dyn Write) -> std::io::Result<()> {
    let names = shown.verdicts.iter().map(|verdict| verdict.environment.chars().count());
    let width = names.max().unwrap_or(0);
    for verdict in &shown.verdicts {
        let (name, words) = (&verdict.environment, verdict.sails.words());
        let colour = match verdict.sails {
            Sails::May => "32",
            Sails::MayNot => "31",
            Sails::Unknown => "33",
        };
        let words =
            if terminal.colour { format!("\u{1b}[{colour};1m{words}\u{1b}[0m") } else { words.to_owned() };
        writeln!(out, "{name:<width$}  {words}: {}", verdict.reason())?;
        let mut grounds = format!("checked {}", verdict.looked.words());
        if let Some(cost) = shown.cost_of(name) {
            let _ = write!(grounds, "; {}", cost.line());
        }
        writeln!(out, "{:width$}  {grounds}", "")?;
        for unseen in verdict.unseen.iter().take(MOST_UNSEEN) {
            writeln!(out, "{:width$}  not seen: {unseen}", "")?;
        }
        let more = verdict.unseen.len().saturating_sub(MOST_UNSEEN);
        if more > 0 {
            writeln!(out, "{:width$}  not seen: {more} more", "")?;
        }
    }
    if shown.verdicts.is_empty() { Ok(()) } else { writeln!(out) }
}

fn unchecked(shown: &Shown<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    for unchecked in shown.unchecked.iter().take(MOST_UNCHECKED) {
        write!(out, "not checked: {}", unchecked.what)?;
        if let Some(place) = &unchecked.place {
            write!(out, " ({}:{}:{})", visible(&place.file), place.start.line, place.start.column)?;
        }
        writeln!(out, ": {}", unchecked.reason)?;
    }
    let more = shown.unchecked.len().saturating_sub(MOST_UNCHECKED);
    if more > 0 {
        writeln!(out, "not checked: {more} more (`--format json` lists all)")?;
    }
    if shown.unchecked.is_empty() { Ok(()) } else { writeln!(out) }
}

fn summary(shown: &Shown<'_>) -> String {
    let report = shown.report;
    let found: Vec<String> = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "info", "info"),
    ]
    .into_iter()
    .map(|(severity, one, many)| (report.count(severity), one, many))
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| counted(count, one, many))
    .collect();
    let mut line = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
    let _ = write!(line, " in {}", counted(report.files, "file", "files"));
    for (count, what) in [
        (report.suppressed, "suppressed"),
        (report.accepted, "known to the baseline"),
        (report.unchecked.len(), "not checked"),
    ] {
        if count > 0 {
            let _ = write!(line, "; {count} {what}");
        }
    }
    // The first of the most serious.
    let worst = shown.diagnostics.iter().rev().max_by_key(|diagnostic| diagnostic.severity);
    if let Some(worst) = worst {
        let _ = write!(line, "; `plimsoll explain {}` tells more", worst.rule);
    }
    line
}

/// A diagnostic as miette takes it: one text made of all excerpts, which answers with the file, line and column that
/// each piece of it came from.
struct Drawn {
    code: String,
    message: String,
    help: Option<String>,
    severity: miette::Severity,
    labels: Vec<LabeledSpan>,
    snippets: Snippets,
}

struct Snippets {
    text: String,
    pieces: Vec<Piece>,
}

struct Piece {
    name: String,
    start: usize,
    end: usize,
    first_line: u32,
    /// Where marks begin in the text, and their lines and columns in the file, from 1.
    marks: Vec<(usize, (u32, u32))>,
}

impl Drawn {
    fn new(shown: &Shown<'_>, diagnostic: &ShownDiagnostic, terminal: &Terminal) -> Self {
        let mut snippets = Snippets { text: String::new(), pieces: Vec::new() };
        let mut labels = Vec::new();
        for excerpt in excerpts(shown, diagnostic) {
            snippets.add(excerpt, terminal, &mut labels);
        }
        let severity = match diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        };
        Self {
            code: code(diagnostic),
            message: diagnostic.message.clone(),
            help: help(diagnostic),
            severity,
            labels,
            snippets,
        }
    }
}

fn code(diagnostic: &ShownDiagnostic) -> String {
    let environments = diagnostic.environments.join(", ");
    let within = if environments.is_empty() { String::new() } else { format!(" in {environments}") };
    format!("{}[{}]{within}", diagnostic.severity.name(), diagnostic.rule)
}

fn help(diagnostic: &ShownDiagnostic) -> Option<String> {
    let mut lines = Vec::new();
    lines.extend(diagnostic.help.clone());
    if let Some(fix) = &diagnostic.fix {
        lines.push(match fix.safety {
            Safety::Safe => format!("fix: {} (`--fix`)", fix.title),
            Safety::Unsafe => format!("fix: {} (`--fix --unsafe`)", fix.title),
        });
    }
    let more = diagnostic.related.len().saturating_sub(MOST_RELATED);
    if more > 0 {
        lines.push(format!("{} not shown here", counted(more, "related place is", "related places are")));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

impl Snippets {
    fn add(&mut self, excerpt: Excerpt, terminal: &Terminal, labels: &mut Vec<LabeledSpan>) {
        let start = self.text.len();
        let mut begins = Vec::with_capacity(excerpt.lines.len());
        for line in &excerpt.lines {
            begins.push(self.text.len());
            self.text.push_str(&line.text);
            self.text.push('\n');
        }
        let offset = |(line, at): (usize, usize)| begins.get(line).copied().unwrap_or(start) + at;
        let mut marks = Vec::with_capacity(excerpt.marks.len());
        for mark in excerpt.marks {
            let (from, to) = (offset(mark.start), offset(mark.end));
            marks.push((from, mark.at));
            let label = Some(mark.label).filter(|label| !label.is_empty());
            let span = SourceSpan::from((from, to.saturating_sub(from)));
            labels.push(if mark.primary {
                LabeledSpan::new_primary_with_span(label, span)
            } else {
                LabeledSpan::new_with_span(label, span)
            });
        }
        let first_line = excerpt.lines.first().map_or(1, |line| line.number);
        let name = linked(&excerpt.file, terminal);
        self.pieces.push(Piece { name, start, end: self.text.len(), first_line, marks });
    }
}

/// The file name; on a terminal that can, one that opens the file when it is clicked on.
fn linked(file: &str, terminal: &Terminal) -> String {
    let Some(root) = &terminal.links_below else { return file.to_owned() };
    let path = root.join(file);
    let address = crate::report::markup::percent_encoded(&path.to_string_lossy());
    format!("\u{1b}]8;;file://{address}\u{1b}\\{file}\u{1b}]8;;\u{1b}\\")
}

impl SourceCode for Snippets {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let piece = self.pieces.iter().find(|piece| piece.start <= span.offset() && end < piece.end);
        // miette asks for a span over two pieces to find out whether they are one: they are not.
        let piece = piece.ok_or(MietteError::OutOfBounds)?;
        let named = |range: std::ops::Range<usize>, line: u32, column: u32, lines: usize| {
            let data = self.text.as_bytes().get(range.clone()).unwrap_or_default();
            let span = SourceSpan::from((range.start, data.len()));
            let (line, column) = (line as usize, column as usize);
            Box::new(MietteSpanContents::new_named(piece.name.clone(), data, span, line, column, lines))
        };
        if lines_before == 0 {
            let mark = piece.marks.iter().find(|(from, _)| *from == span.offset());
            let (line, column) = mark.map_or((piece.first_line, 1), |(_, at)| *at);
            return Ok(named(span.offset()..end, line - 1, column - 1, 1));
        }
        // So many lines that whatever follows in the same piece counts as touching.
        Ok(named(piece.start..piece.end, piece.first_line - 1, 0, 1 << 40))
    }
}

impl fmt::Display for Drawn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Drawn {}

impl miette::Diagnostic for Drawn {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display + 'a>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.snippets)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
