//! `plimsoll/report/v1`: what `schemas/report.json` describes.

use std::io::Write;

use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::ser::PrettyFormatter;

use crate::diagnostic::Safety;
use crate::diagnostic::Severity;
use crate::report::Looked;
use crate::report::Sails;
use crate::report::Verdict;
use crate::report::position::Position;
use crate::report::shown::Place;
use crate::report::shown::Shown;
use crate::report::shown::ShownCost;
use crate::report::shown::ShownDiagnostic;
use crate::report::shown::ShownUnchecked;
use crate::report::visible::is_hidden;

#[derive(Serialize)]
struct Document<'s> {
    schema: &'static str,
    summary: Summary<'s>,
    diagnostics: Vec<Item<'s>>,
    unchecked: Vec<Unchecked<'s>>,
    cost: Option<Cost<'s>>,
}

#[derive(Serialize)]
struct Summary<'s> {
    error: usize,
    warning: usize,
    info: usize,
    files: usize,
    unchecked: usize,
    environments: Vec<Judged<'s>>,
}

#[derive(Serialize)]
struct Judged<'s> {
    name: &'s str,
    verdict: Sails,
    error: usize,
    warning: usize,
    info: usize,
    checked: Looked,
    unseen: &'s [String],
}

#[derive(Serialize)]
struct Item<'s> {
    rule: &'s str,
    severity: Severity,
    environments: &'s [String],
    message: &'s str,
    help: Option<&'s str>,
    fingerprint: &'s str,
    primary: Location<'s>,
    related: Vec<Location<'s>>,
    fix: Option<Fix<'s>>,
}

#[derive(Serialize)]
struct Location<'s> {
    file: &'s str,
    start: Position,
    end: Position,
    label: &'s str,
}

#[derive(Serialize)]
struct Fix<'s> {
    safety: Safety,
    edits: Vec<Edit<'s>>,
}

#[derive(Serialize)]
struct Edit<'s> {
    file: &'s str,
    start: u32,
    end: u32,
    text: &'s str,
}

#[derive(Serialize)]
struct Unchecked<'s> {
    file: &'s str,
    reason: String,
}

#[derive(Serialize)]
struct Cost<'s> {
    currency: &'s str,
    environments: Vec<Environment<'s>>,
}

#[derive(Serialize)]
struct Environment<'s> {
    name: &'s str,
    monthly: Range,
    budget: Option<f64>,
    items: Vec<CostItem<'s>>,
    unknown: Vec<UnknownCost<'s>>,
}

#[derive(Serialize)]
struct Range {
    low: f64,
    high: f64,
}

#[derive(Serialize)]
struct CostItem<'s> {
    what: &'s str,
    monthly: f64,
    at: Option<At<'s>>,
}

#[derive(Serialize)]
struct UnknownCost<'s> {
    what: &'s str,
    why: &'s str,
    at: Option<At<'s>>,
}

#[derive(Serialize)]
struct At<'s> {
    file: &'s str,
    line: u32,
}

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let report = shown.report;
    let cost = report.cost.as_ref().map(|cost| Cost {
        currency: &cost.currency,
        environments: shown.costs.iter().map(environment).collect(),
    });
    let document = Document {
        schema: "plimsoll/report/v1",
        summary: Summary {
            error: report.count(Severity::Error),
            warning: report.count(Severity::Warning),
            info: report.count(Severity::Info),
            files: report.files,
            unchecked: report.unchecked.len(),
            environments: shown.verdicts.iter().map(judged).collect(),
        },
        diagnostics: shown.diagnostics.iter().map(item).collect(),
        unchecked: shown.unchecked.iter().map(unchecked).collect(),
        cost,
    };
    pretty(&document, out)
}

fn judged(verdict: &Verdict) -> Judged<'_> {
    Judged {
        name: &verdict.environment,
        verdict: verdict.sails,
        error: verdict.errors,
        warning: verdict.warnings,
        info: verdict.infos,
        checked: verdict.looked,
        unseen: &verdict.unseen,
    }
}

fn item(diagnostic: &ShownDiagnostic) -> Item<'_> {
    let fix = diagnostic.fix.as_ref().map(|fix| Fix {
        safety: fix.safety,
        edits: fix
            .edits
            .iter()
            .map(|(place, text)| Edit {
                file: &place.file,
                start: place.start.offset,
                end: place.end.offset,
                text,
            })
            .collect(),
    });
    Item {
        rule: &diagnostic.rule,
        severity: diagnostic.severity,
        environments: &diagnostic.environments,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        fingerprint: &diagnostic.fingerprint,
        primary: location(&diagnostic.primary),
        related: diagnostic.related.iter().map(location).collect(),
        fix,
    }
}

fn location(place: &Place) -> Location<'_> {
    Location { file: &place.file, start: place.start, end: place.end, label: &place.label }
}

fn unchecked(unchecked: &ShownUnchecked) -> Unchecked<'_> {
    match &unchecked.place {
        // What was not checked is then something named in that file: a release, an include.
        Some(place) if place.file != unchecked.what => {
            Unchecked { file: &place.file, reason: format!("{}: {}", unchecked.what, unchecked.reason) }
        }
        _ => Unchecked { file: &unchecked.what, reason: unchecked.reason.clone() },
    }
}

fn environment(cost: &ShownCost) -> Environment<'_> {
    let items = cost.items.iter().map(|(what, monthly, at)| CostItem {
        what,
        monthly: *monthly,
        at: at.as_ref().map(line),
    });
    let unknown =
        cost.unknown.iter().map(|(what, why, at)| UnknownCost { what, why, at: at.as_ref().map(line) });
    Environment {
        name: &cost.name,
        monthly: Range { low: cost.low, high: cost.high },
        budget: cost.budget,
        items: items.collect(),
        unknown: unknown.collect(),
    }
}

fn line(place: &Place) -> At<'_> {
    At { file: &place.file, line: place.start.line }
}

/// Writes indented JSON in which hidden characters are escaped, and a line break at its end.
pub(super) fn pretty(value: &impl Serialize, out: &mut dyn Write) -> std::io::Result<()> {
    let formatter = Escaping { pretty: PrettyFormatter::new() };
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, formatter);
    value.serialize(&mut serializer)?;
    writeln!(out)
}

/// JSON lets a program escape any character; this escapes those that a terminal may obey.
struct Escaping {
    pretty: PrettyFormatter<'static>,
}

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> std::io::Result<()> {
        let mut rest = fragment;
        while let Some((at, hidden)) = rest.char_indices().find(|(_, character)| is_hidden(*character)) {
            let (plain, from) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut units = [0; 2];
            for unit in hidden.encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = from.get(hidden.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.pretty.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()> {
        self.pretty.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.pretty.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.pretty.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()> {
        self.pretty.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.pretty.end_object_value(writer)
    }
}
