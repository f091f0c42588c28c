//! A report as every format may see it: secrets masked, hidden characters spelled out, places counted.

use std::fmt::Write as _;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Fix;
use crate::diagnostic::Label;
use crate::diagnostic::Safety;
use crate::diagnostic::Severity;
use crate::report::Masks;
use crate::report::Report;
use crate::report::Verdict;
use crate::report::position::Position;
use crate::report::position::Positions;
use crate::report::visible::visible;
use crate::source::SourceMap;
use crate::source::Span;

/// A report that is safe to print.
pub(super) struct Shown<'r> {
    pub(super) report: &'r Report,
    pub(super) sources: &'r SourceMap,
    pub(super) masks: &'r Masks,
    pub(super) diagnostics: Vec<ShownDiagnostic>,
    pub(super) unchecked: Vec<ShownUnchecked>,
    pub(super) costs: Vec<ShownCost>,
    /// The names of environments and of what was not seen, as they may be printed.
    pub(super) verdicts: Vec<Verdict>,
}

pub(super) struct ShownDiagnostic {
    pub(super) rule: String,
    pub(super) severity: Severity,
    pub(super) environments: Vec<String>,
    pub(super) subject: String,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) fingerprint: String,
    pub(super) primary: Place,
    pub(super) related: Vec<Place>,
    pub(super) fix: Option<ShownFix>,
}

/// A span as people count. The file name is as it is: a format escapes it in its own way.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) span: Span,
    pub(super) file: String,
    pub(super) start: Position,
    pub(super) end: Position,
    pub(super) label: String,
}

/// A fix. Its edits are as they will be applied: one that would print a secret is not shown at all.
pub(super) struct ShownFix {
    pub(super) title: String,
    pub(super) safety: Safety,
    pub(super) edits: Vec<(Place, String)>,
}

pub(super) struct ShownUnchecked {
    pub(super) what: String,
    pub(super) reason: String,
    pub(super) place: Option<Place>,
}

pub(super) struct ShownCost {
    pub(super) name: String,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) budget: Option<f64>,
    pub(super) items: Vec<(String, f64, Option<Place>)>,
    /// What it is, why its price is not known, and where it is asked for.
    pub(super) unknown: Vec<(String, String, Option<Place>)>,
}

impl ShownCost {
    /// "$58.50 a month, budget $60"
    pub(super) fn line(&self) -> String {
        let dollars = crate::cost::dollars;
        let mut line = if self.items.is_empty() {
            "its cost is not known".to_owned()
        } else {
            let mut line = format!("${}", dollars(self.low));
            if (self.high - self.low).abs() >= 0.005 {
                let _ = write!(line, " to ${}", dollars(self.high));
            }
            let and = if self.unknown.is_empty() { "" } else { " and what is not known" };
            line + " a month" + and
        };
        if let Some(budget) = self.budget {
            let _ = write!(line, ", budget ${}", dollars(budget));
        }
        line
    }

    /// "53.00", "53.00 to 65.50", "53.00 and what is not known".
    pub(super) fn amount(&self) -> String {
        let mut amount = format!("{:.2}", self.low);
        if (self.high - self.low).abs() >= 0.005 {
            // Writing to a string cannot fail.
            let _ = write!(amount, " to {:.2}", self.high);
        }
        match (self.items.is_empty(), self.unknown.is_empty()) {
            (_, true) => amount,
            (true, false) => "not known".to_owned(),
            (false, false) => amount + " and what is not known",
        }
    }
}

impl Shown<'_> {
    /// What an environment costs, where anything of it is known.
    pub(super) fn cost_of(&self, environment: &str) -> Option<&ShownCost> {
        self.costs.iter().find(|cost| cost.name == environment)
    }
}

impl<'r> Shown<'r> {
    pub(super) fn new(report: &'r Report, sources: &'r SourceMap, masks: &'r Masks) -> Self {
        let eye = Eye { sources, masks, positions: Positions::of(report, sources) };
        let unchecked = report.unchecked.iter().map(|unchecked| ShownUnchecked {
            what: eye.text(&unchecked.what),
            reason: eye.text(&unchecked.reason),
            place: unchecked.span.and_then(|span| eye.place(span, "")),
        });
        let costs = report.cost.iter().flat_map(|cost| &cost.environments).map(|cost| ShownCost {
            name: eye.text(&cost.name),
            low: cost.low,
            high: cost.high,
            budget: cost.budget,
            items: cost
                .items
                .iter()
                .map(|item| {
                    let at = item.at.and_then(|span| eye.place(span, ""));
                    (eye.text(&item.what), item.monthly, at)
                })
                .collect(),
            unknown: cost
                .unknown
                .iter()
                .map(|unknown| {
                    let at = unknown.at.and_then(|span| eye.place(span, ""));
                    (eye.text(&unknown.what), eye.text(&unknown.why), at)
                })
                .collect(),
        });
        let verdicts = report.verdicts.iter().map(|verdict| Verdict {
            environment: eye.text(&verdict.environment),
            unseen: verdict.unseen.iter().map(|what| eye.text(what)).collect(),
            ..verdict.clone()
        });
        Self {
            report,
            sources,
            masks,
            diagnostics: report.diagnostics.iter().map(|diagnostic| eye.diagnostic(diagnostic)).collect(),
            unchecked: unchecked.collect(),
            costs: costs.collect(),
            verdicts: verdicts.collect(),
        }
    }
}

/// Looks at texts and places.
struct Eye<'r> {
    sources: &'r SourceMap,
    masks: &'r Masks,
    positions: Positions,
}

impl Eye<'_> {
    fn text(&self, text: &str) -> String {
        visible(&self.masks.text(text)).into_owned()
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) -> ShownDiagnostic {
        let finding = &diagnostic.finding;
        ShownDiagnostic {
            rule: visible(&diagnostic.rule).into_owned(),
            severity: diagnostic.severity,
            environments: finding.environments.iter().map(|name| self.text(name)).collect(),
            subject: self.text(&finding.subject),
            message: self.text(&finding.message),
            help: finding.help.as_deref().map(|help| self.text(help)),
            fingerprint: visible(&diagnostic.fingerprint).into_owned(),
            primary: self.label(&finding.primary).unwrap_or_else(|| nowhere(&finding.primary)),
            related: finding.related.iter().filter_map(|label| self.label(label)).collect(),
            fix: finding.fix.as_ref().and_then(|fix| self.fix(fix)),
        }
    }

    fn label(&self, label: &Label) -> Option<Place> {
        self.place(label.span, &label.text)
    }

    fn place(&self, span: Span, label: &str) -> Option<Place> {
        let source = self.sources.get(span.source)?;
        let label = self.text(label);
        Some(Place {
            span,
            file: source.path.clone(),
            start: self.positions.get(span.source, span.start)?,
            end: self.positions.get(span.source, span.end)?,
            label,
        })
    }

    fn fix(&self, fix: &Fix) -> Option<ShownFix> {
        let mut edits = Vec::new();
        for edit in &fix.edits {
            // With a mask in it, the edit would write the mask into somebody's file.
            if self.masks.catches(&edit.text) {
                return None;
            }
            edits.push((self.place(edit.span, "")?, edit.text.clone()));
        }
        Some(ShownFix { title: self.text(&fix.title), safety: fix.safety, edits })
    }
}

/// A place in a text that nobody has read: a mistake of the caller that must not cost the rest of the report.
fn nowhere(label: &Label) -> Place {
    let start = Position { line: 1, column: 1, offset: 0 };
    Place { span: label.span, file: String::new(), start, end: start, label: String::new() }
}
