//! SARIF 2.1.0, as code scanning reads it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;

use serde_json::Value;
use serde_json::json;

use crate::diagnostic::Severity;
use crate::report::RuleInfo;
use crate::report::json::pretty;
use crate::report::markup::percent_encoded;
use crate::report::shown::Place;
use crate::report::shown::Shown;
use crate::report::shown::ShownDiagnostic;
use crate::report::shown::ShownFix;
use crate::report::shown::ShownUnchecked;

/// Paths are relative to this folder.
const ROOT: &str = "%SRCROOT%";

pub(super) fn write(shown: &Shown<'_>, rules: &[RuleInfo], out: &mut dyn Write) -> std::io::Result<()> {
    let occurring: BTreeSet<&str> = shown.diagnostics.iter().map(|diagnostic| &*diagnostic.rule).collect();
    let known: BTreeMap<&str, &RuleInfo> = rules.iter().map(|rule| (&*rule.id, rule)).collect();
    let descriptors: Vec<Value> = occurring.iter().map(|id| descriptor(id, known.get(id).copied())).collect();
    let indices: BTreeMap<&str, usize> =
        occurring.iter().enumerate().map(|(index, id)| (*id, index)).collect();
    let results = shown.diagnostics.iter().map(|diagnostic| result(diagnostic, &indices));
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "plimsoll",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": descriptors,
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository"}}},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": shown.unchecked.iter().map(notification).collect::<Vec<_>>(),
            }],
            "results": results.collect::<Vec<_>>(),
        }],
    });
    pretty(&log, out)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn descriptor(id: &str, rule: Option<&RuleInfo>) -> Value {
    let Some(rule) = rule else { return json!({"id": id}) };
    let family = id.split('/').next().unwrap_or_default();
    let help = if rule.help.is_empty() { &rule.summary } else { &rule.help };
    json!({
        "id": id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": help, "markdown": help},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {"tags": [family], "problem.severity": match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "recommendation",
        }},
    })
}

fn result(diagnostic: &ShownDiagnostic, indices: &BTreeMap<&str, usize>) -> Value {
    let mut text = diagnostic.message.clone();
    if !diagnostic.environments.is_empty() {
        let _ = write!(text, " (in {})", diagnostic.environments.join(", "));
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "\nhelp: {help}");
    }
    let mut location = location(&diagnostic.primary);
    if let Some(location) = location.as_object_mut()
        && !diagnostic.subject.is_empty()
    {
        location.insert("logicalLocations".to_owned(), json!([{"fullyQualifiedName": diagnostic.subject}]));
    }
    let related = diagnostic.related.iter().enumerate().map(|(index, place)| {
        let mut related = self::location(place);
        if let Some(related) = related.as_object_mut() {
            related.insert("id".to_owned(), json!(index));
        }
        related
    });
    let mut result = json!({
        "ruleId": diagnostic.rule,
        "ruleIndex": indices.get(&*diagnostic.rule),
        "level": level(diagnostic.severity),
        "message": {"text": literal(&text)},
        "locations": [location],
        "relatedLocations": related.collect::<Vec<_>>(),
        "partialFingerprints": {"plimsoll/v1": diagnostic.fingerprint},
        "properties": {"environments": diagnostic.environments},
    });
    if let (Some(fix), Some(result)) = (&diagnostic.fix, result.as_object_mut()) {
        result.insert("fixes".to_owned(), json!([self::fix(fix)]));
    }
    result
}

/// In a SARIF message `{0}` and `[text](1)` mean something; everything else is left readable, since most readers
/// show a message as it is.
fn literal(text: &str) -> String {
    let linked = text.contains("](");
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut open = 0_usize;
    while let Some(character) = characters.next() {
        match character {
            '{' if characters.peek().is_some_and(char::is_ascii_digit) => {
                open += 1;
                out.push_str("{{");
            }
            '}' if open > 0 => {
                open -= 1;
                out.push_str("}}");
            }
            '[' | ']' if linked => out.extend(['\\', character]),
            plain => out.push(plain),
        }
    }
    out
}

fn location(place: &Place) -> Value {
    let mut location = json!({"physicalLocation": physical(place)});
    if let Some(location) = location.as_object_mut()
        && !place.label.is_empty()
    {
        location.insert("message".to_owned(), json!({"text": literal(&place.label)}));
    }
    location
}

fn physical(place: &Place) -> Value {
    json!({"artifactLocation": artifact(&place.file), "region": region(place)})
}

fn artifact(file: &str) -> Value {
    if file.starts_with('/') {
        json!({"uri": format!("file://{}", percent_encoded(file))})
    } else {
        json!({"uri": percent_encoded(file), "uriBaseId": ROOT})
    }
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

fn fix(fix: &ShownFix) -> Value {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (place, text) in &fix.edits {
        files
            .entry(&place.file)
            .or_default()
            .push(json!({"deletedRegion": region(place), "insertedContent": {"text": text}}));
    }
    let changes = files.into_iter().map(
        |(file, replacements)| json!({"artifactLocation": artifact(file), "replacements": replacements}),
    );
    json!({"description": {"text": literal(&fix.title)}, "artifactChanges": changes.collect::<Vec<_>>()})
}

/// What could not be checked is told beside the results: it is no defect of the code.
fn notification(unchecked: &ShownUnchecked) -> Value {
    let text = format!("not checked: {}: {}", unchecked.what, unchecked.reason);
    let mut notification = json!({"level": "warning", "message": {"text": literal(&text)}});
    if let (Some(place), Some(notification)) = (&unchecked.place, notification.as_object_mut()) {
        notification.insert("locations".to_owned(), json!([location(place)]));
    }
    notification
}
