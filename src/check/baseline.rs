//! Findings that were there already: accepted on a day, or outside the lines that changed.
//!
//! A baseline lets a project with many findings begin: what is known stays quiet, whatever is new does not. It holds
//! fingerprints, so that moved lines and reworded messages stay known.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Deserialize;
use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::rules::Date;
use crate::source::SourceMap;
use crate::source::Span;

/// The name of the format.
const SCHEMA: &str = "plimsoll/baseline/v1";

/// The findings that were accepted on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The day, as `YYYY-MM-DD`.
    pub date: String,
    /// How often each was there: by rule and fingerprint.
    accepted: BTreeMap<(String, String), usize>,
}

/// Why a file is no baseline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// No JSON, or JSON of another form.
    #[error("this is no baseline: {0}")]
    Malformed(String),
    /// Another format, or a later version of it.
    #[error("the baseline says `schema: {0}`, and only `{SCHEMA}` is read")]
    Schema(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    date: String,
    accepted: Vec<Accepted>,
}

/// File and subject are for whoever reviews it; only rule and fingerprint count.
#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Accepted {
    rule: String,
    file: String,
    subject: String,
    fingerprint: String,
    #[serde(default = "once", skip_serializing_if = "is_once")]
    count: usize,
}

fn once() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_once(count: &usize) -> bool {
    *count == 1
}

/// What a baseline leaves.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sifted {
    /// The new ones, in their order.
    pub new: Vec<Diagnostic>,
    /// How many were known.
    pub known: usize,
    /// How many the baseline knows that are not there any more: time to write it anew.
    pub gone: usize,
}

impl Baseline {
    /// Reads a baseline file.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| BaselineError::Malformed(error.to_string()))?;
        match value.get("schema").and_then(serde_json::Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) => return Err(BaselineError::Schema(other.to_owned())),
            None => return Err(BaselineError::Malformed("it has no `schema`".to_owned())),
        }
        let file: File =
            serde_json::from_value(value).map_err(|error| BaselineError::Malformed(error.to_string()))?;
        let mut accepted: BTreeMap<(String, String), usize> = BTreeMap::new();
        for entry in file.accepted {
            let count = accepted.entry((entry.rule, entry.fingerprint)).or_default();
            *count = count.saturating_add(entry.count);
        }
        Ok(Self { date: file.date, accepted })
    }

    /// The file that accepts all these diagnostics. Sorted, one entry for equal ones, without messages and without
    /// lines: it changes only where the findings do, and holds no text that could be secret.
    pub fn text(diagnostics: &[Diagnostic], sources: &SourceMap, today: Date) -> String {
        let mut entries: BTreeMap<(String, String, String, String), usize> = BTreeMap::new();
        for diagnostic in diagnostics {
            let file = sources.get(diagnostic.finding.primary.span.source);
            let file = file.map(|source| source.path.clone()).unwrap_or_default();
            let subject = diagnostic.finding.subject.clone();
            let key = (diagnostic.rule.clone(), file, subject, diagnostic.fingerprint.clone());
            *entries.entry(key).or_default() += 1;
        }
        let accepted = entries.into_iter().map(|((rule, file, subject, fingerprint), count)| Accepted {
            rule,
            file,
            subject,
            fingerprint,
            count,
        });
        let Date { year, month, day } = today;
        let file = File {
            schema: SCHEMA.to_owned(),
            date: format!("{year:04}-{month:02}-{day:02}"),
            accepted: accepted.collect(),
        };
        // Nothing in it can fail to be written.
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Tells the known diagnostics from the new ones. One accepted finding covers one diagnostic: where there are
    /// more of the same now, the last are new.
    pub fn sift(&self, diagnostics: Vec<Diagnostic>) -> Sifted {
        let mut left = self.accepted.clone();
        let mut sifted = Sifted::default();
        for diagnostic in diagnostics {
            let key = (diagnostic.rule.clone(), diagnostic.fingerprint.clone());
            match left.get_mut(&key).filter(|count| **count > 0) {
                Some(count) => {
                    *count -= 1;
                    sifted.known += 1;
                }
                None => sifted.new.push(diagnostic),
            }
        }
        sifted.gone = left.values().sum();
        sifted
    }
}

/// The lines that changed since a revision, by path relative to the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    files: BTreeMap<String, Vec<RangeInclusive<u32>>>,
}

impl Changed {
    /// Reads what `git diff --unified=0 --no-color --no-ext-diff --src-prefix=a/ --dst-prefix=b/ REV` prints.
    ///
    /// Where lines were only removed, the lines on both sides of the gap count as changed. More context than none
    /// makes more lines count. What is no diff is passed over.
    pub fn parse(diff: &str) -> Self {
        let mut changed = Self::default();
        let mut file: Option<String> = None;
        // Lines of a hunk that are still to come: a `+++` among them is no file name.
        let (mut old_left, mut new_left) = (0_u32, 0_u32);
        for line in diff.lines() {
            if old_left > 0 || new_left > 0 {
                match line.as_bytes().first() {
                    Some(b'-') => old_left = old_left.saturating_sub(1),
                    Some(b'+') => new_left = new_left.saturating_sub(1),
                    Some(b'\\') => {}
                    _ => {
                        old_left = old_left.saturating_sub(1);
                        new_left = new_left.saturating_sub(1);
                    }
                }
            } else if let Some(name) = line.strip_prefix("+++ ") {
                file = path(name);
            } else if let Some((old, new)) = hunk(line) {
                (old_left, new_left) = (old.1, new.1);
                if let Some(file) = &file {
                    let lines = match new {
                        (start, 0) => start..=start.saturating_add(1),
                        (start, count) => start..=start.saturating_add(count - 1),
                    };
                    changed.add(file.clone(), lines);
                }
            }
        }
        changed
    }

    /// Lines of a file, from 1.
    pub fn add(&mut self, file: impl Into<String>, lines: RangeInclusive<u32>) {
        self.files.entry(file.into()).or_default().push(lines);
    }

    /// A file that is new, or not under version control.
    pub fn add_file(&mut self, file: impl Into<String>) {
        self.add(file, 0..=u32::MAX);
    }

    /// True where nothing changed.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The diagnostics that have to do with a changed line: at their primary place, or at a related one. A finding
    /// that a change elsewhere has caused is so kept with the place that explains it.
    pub fn keep(&self, diagnostics: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
        let touched = |span: Span| {
            let Some(source) = sources.get(span.source) else { return false };
            let Some(changed) = self.files.get(&source.path) else { return false };
            let first = source.line(span.start);
            let last = source.line(span.end);
            changed.iter().any(|lines| *lines.start() <= last && first <= *lines.end())
        };
        let mut kept = diagnostics;
        kept.retain(|diagnostic| {
            let finding = &diagnostic.finding;
            std::iter::once(&finding.primary).chain(&finding.related).any(|label| touched(label.span))
        });
        kept
    }
}

/// The path behind `+++ `: without its prefix, unquoted; `None` for a file that was removed.
fn path(written: &str) -> Option<String> {
    let written = written.trim_end_matches(['\t', '\r']);
    let name = match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => unquoted(quoted)?,
        None => written.to_owned(),
    };
    name.strip_prefix("b/").map(str::to_owned)
}

/// A path as git quotes it: `\t`, `\"`, `\\`, and bytes as three octal digits.
fn unquoted(quoted: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(quoted.len());
    let mut rest = quoted.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next()? {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            high @ b'0'..=b'3' => {
                let digit = |byte: u8| (b'0'..=b'7').contains(&byte).then(|| byte - b'0');
                (high - b'0') * 64 + digit(rest.next()?)? * 8 + digit(rest.next()?)?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// `@@ -12,3 +14 @@`: start and count before, and after.
fn hunk(line: &str) -> Option<((u32, u32), (u32, u32))> {
    let (ranges, _) = line.strip_prefix("@@ -")?.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let range = |text: &str| match text.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    };
    Some((range(old)?, range(new)?))
}
