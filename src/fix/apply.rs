//! One round: fixes that do not touch each other, applied to texts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Fix;
use crate::diagnostic::Safety;
use crate::source::SourceId;
use crate::source::Span;

/// What one round made of a list of fixes.
#[derive(Debug, Default)]
pub struct Round {
    /// The texts that changed.
    pub texts: BTreeMap<SourceId, String>,
    /// The fixes that were applied, by their index.
    pub applied: Vec<usize>,
    /// The fixes that touch one of these. Their turn comes in the next round, when they are looked at anew.
    pub waiting: Vec<usize>,
    /// The fixes that cannot be applied, and why.
    pub refused: Vec<(usize, Refusal)>,
}

/// Why a fix is not applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It may change what runs, and was not asked for.
    #[error("it may change what runs")]
    Unsafe,
    /// Its edits leave everything as it is, or there are none.
    #[error("it changes nothing")]
    Nothing,
    /// It edits a text that is no file: a rendered manifest, an argument.
    #[error("it edits a text that is no file")]
    NoFile,
    /// One of its edits is not within the text, or splits a character.
    #[error("the edit at {0:?} does not fit the text")]
    Misfit(Span),
    /// Two of its own edits overlap.
    #[error("its edits at {0:?} and {1:?} overlap")]
    Overlap(Span, Span),
}

/// Applies what can be applied at once. Of fixes that touch each other the first in order wins.
///
/// `text` gives the text of a source that may be edited. New lines get the line ending of their file.
pub fn apply(fixes: &[&Fix], allowed: Safety, text: &dyn Fn(SourceId) -> Option<Arc<str>>) -> Round {
    let mut round = Round::default();
    let mut taken = Taken::default();
    for (index, fix) in fixes.iter().enumerate() {
        match replacements(fix, allowed, text) {
            Err(refusal) => round.refused.push((index, refusal)),
            Ok(replacements) if taken.holds(&replacements) => round.applied.push(index),
            Ok(replacements) if taken.touches(&replacements) => round.waiting.push(index),
            Ok(replacements) => {
                for (span, text) in replacements {
                    taken.by_source.entry(span.source).or_default().insert(span.start, (span.end, text));
                }
                round.applied.push(index);
            }
        }
    }
    for (source, replacements) in taken.by_source {
        let Some(before) = text(source) else { continue };
        round.texts.insert(source, replaced(&before, &replacements));
    }
    round
}

/// Replacements that are decided: by source and start, with end and text. None touches another.
#[derive(Default)]
struct Taken {
    by_source: BTreeMap<SourceId, BTreeMap<u32, (u32, String)>>,
}

impl Taken {
    /// True where exactly these replacements are taken already: two findings, one fix.
    fn holds(&self, replacements: &[(Span, String)]) -> bool {
        replacements.iter().all(|(span, text)| {
            let known = self.by_source.get(&span.source).and_then(|taken| taken.get(&span.start));
            known.is_some_and(|(end, known)| *end == span.end && known == text)
        })
    }

    fn touches(&self, replacements: &[(Span, String)]) -> bool {
        replacements.iter().any(|(span, _)| {
            let taken = self.by_source.get(&span.source);
            let before = taken.and_then(|taken| taken.range(..=span.end).next_back());
            before.is_some_and(|(_, (end, _))| *end >= span.start)
        })
    }
}

/// The edits of a fix as replacements: checked, in order, those at the same place joined.
fn replacements(
    fix: &Fix,
    allowed: Safety,
    text: &dyn Fn(SourceId) -> Option<Arc<str>>,
) -> Result<Vec<(Span, String)>, Refusal> {
    if fix.safety < allowed {
        return Err(Refusal::Unsafe);
    }
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut replacements: Vec<(Span, String)> = Vec::with_capacity(edits.len());
    let mut changes = false;
    for edit in edits {
        let before = text(edit.span.source).ok_or(Refusal::NoFile)?;
        let old = before.get(edit.span.range()).ok_or(Refusal::Misfit(edit.span))?;
        let new = with_line_ending(&edit.text, &before);
        changes |= old != new;
        match replacements.last_mut() {
            Some((last, _)) if last.source == edit.span.source && edit.span.start < last.end => {
                return Err(Refusal::Overlap(*last, edit.span));
            }
            // Two insertions at one place, or one just before or after a replacement.
            Some((last, text)) if last.source == edit.span.source && edit.span.start == last.end => {
                last.end = edit.span.end;
                text.push_str(&new);
            }
            _ => replacements.push((edit.span, new.into_owned())),
        }
    }
    if changes { Ok(replacements) } else { Err(Refusal::Nothing) }
}

/// A text with the line ending that the first line of the file has.
fn with_line_ending<'t>(text: &'t str, file: &str) -> Cow<'t, str> {
    let first = file.split_inclusive('\n').next().unwrap_or_default();
    if !first.ends_with("\r\n") || !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\n', "\r\n"))
}

fn replaced(before: &str, replacements: &BTreeMap<u32, (u32, String)>) -> String {
    let mut after = String::with_capacity(before.len());
    let mut at = 0;
    for (start, (end, text)) in replacements {
        // Checked before: inside, and on character boundaries.
        after.push_str(before.get(at..*start as usize).unwrap_or_default());
        after.push_str(text);
        at = *end as usize;
    }
    after.push_str(before.get(at..).unwrap_or_default());
    after
}
