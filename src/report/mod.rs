//! Diagnostics as people and machines read them.
//!
//! Lines and columns are counted here and nowhere else, and nothing leaves this room before its secrets are masked:
//! a format sees a `Shown` report, never the diagnostics themselves.

mod diff;
mod excerpt;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod markup;
mod masks;
mod position;
mod progress;
mod sarif;
mod shown;
mod terminal;
mod verdict;
mod visible;

use std::io::Write;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::diagnostic::Unchecked;
use crate::report::shown::Shown;
use crate::source::SourceMap;
use crate::source::Span;

pub use diff::changes as diff;
pub use masks::Masks;
pub use progress::Progress;
pub use terminal::Terminal;
pub use verdict::Looked;
pub use verdict::Sails;
pub use verdict::Verdict;
pub use visible::visible;

/// What a run found out, before anybody decides how to print it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// What was found, in the order in which it is printed.
    pub diagnostics: Vec<Diagnostic>,
    /// What could not be checked.
    pub unchecked: Vec<Unchecked>,
    /// How many files were read.
    pub files: usize,
    /// How many diagnostics were taken out by a comment or by the configuration.
    pub suppressed: usize,
    /// How many diagnostics were taken out because the baseline knows them.
    pub accepted: usize,
    /// What the environments cost, where that was asked for.
    pub cost: Option<Cost>,
    /// The severity from which on a diagnostic fails the run; `None` for [`Severity::Error`].
    pub fail_on: Option<Severity>,
    /// What it means for each environment, first rung first.
    pub verdicts: Vec<Verdict>,
    /// The severity from which on people see a diagnostic in full; what is below is counted. `None` for all.
    pub show: Option<Severity>,
}

impl Report {
    /// How many diagnostics have that severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// True where a diagnostic is serious enough to fail the run.
    pub fn fails(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity >= self.threshold())
    }

    fn threshold(&self) -> Severity {
        self.fail_on.unwrap_or(Severity::Error)
    }
}

/// What all environments cost in a month.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// The currency of every amount: `USD`.
    pub currency: String,
    /// The environments in the order of the ladder.
    pub environments: Vec<EnvironmentCost>,
}

/// What one environment costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnvironmentCost {
    /// The name of the environment.
    pub name: String,
    /// The least it costs in a month.
    pub low: f64,
    /// The most it costs in a month: with every autoscaler at its top.
    pub high: f64,
    /// What it may cost in a month.
    pub budget: Option<f64>,
    /// What it pays for.
    pub items: Vec<CostItem>,
    /// What it pays for as well, at a price that is not known: the amounts above are without it.
    pub unknown: Vec<UnknownCost>,
}

/// One thing that is paid for.
#[derive(Clone, Debug, PartialEq)]
pub struct CostItem {
    /// What it is: "3 × s-1vcpu-2gb".
    pub what: String,
    /// What it costs in a month.
    pub monthly: f64,
    /// The place that asks for it.
    pub at: Option<Span>,
}

/// One thing that is paid for at a price that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCost {
    /// What it is.
    pub what: String,
    /// Why its price is not known.
    pub why: String,
    /// The place that asks for it.
    pub at: Option<Span>,
}

/// What a format has to know of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// `<family>/<name>`.
    pub id: String,
    /// One sentence: what the rule finds.
    pub summary: String,
    /// Why it matters and what to do, as Markdown; may be empty.
    pub help: String,
    /// The severity in the strictest stage.
    pub severity: Severity,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Annotated source, for people.
    #[default]
    Human,
    /// `plimsoll/report/v1`, described by `schemas/report.json`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands that GitHub turns into annotations.
    Github,
    /// A code quality report for GitLab.
    Gitlab,
    /// Test results as `JUnit` writes them.
    Junit,
    /// A comment for a pull request.
    Markdown,
    /// One page that needs nothing else.
    Html,
}

impl Format {
    /// Every format, in the order in which they are listed.
    pub const ALL: [Self; 8] = [
        Self::Human,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Markdown,
        Self::Html,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The format of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Writes a report. The bytes depend on nothing but the arguments.
///
/// `rules` describes at least the rules that occur in the report (SARIF and HTML show them; a rule that is missing
/// there is shown by its name alone); `terminal` matters to [`Format::Human`] only.
pub fn write(
    format: Format,
    report: &Report,
    sources: &SourceMap,
    rules: &[RuleInfo],
    terminal: &Terminal,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let masks = Masks::new(sources);
    let shown = Shown::new(report, sources, &masks);
    match format {
        Format::Human => human::write(&shown, terminal, out),
        Format::Json => json::write(&shown, out),
        Format::Sarif => sarif::write(&shown, rules, out),
        Format::Github => github::write(&shown, out),
        Format::Gitlab => gitlab::write(&shown, out),
        Format::Junit => junit::write(&shown, out),
        Format::Markdown => markdown::write(&shown, out),
        Format::Html => html::write(&shown, rules, out),
    }
}

/// "1 error", "3 errors".
fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
