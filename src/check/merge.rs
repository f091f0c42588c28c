//! Findings to diagnostics: one for all environments it holds in, with a fingerprint, in a stable order.

use std::collections::BTreeMap;

use crate::diagnostic::Change;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Finding;
use crate::diagnostic::Label;
use crate::diagnostic::Remedy;
use crate::diagnostic::Severity;
use crate::source::SourceMap;
use crate::source::Span;

/// What would help against a finding, or why nothing is offered.
type Offer = Result<Remedy, String>;

/// A finding with its rule and the severity it has in its environment.
#[derive(Debug)]
pub(super) struct Weighed {
    pub(super) rule: String,
    pub(super) severity: Severity,
    pub(super) finding: Finding,
}

/// Makes diagnostics of findings: those of one rule that say the same of the same place in several environments
/// become one, as serious as the most serious of them. Sorted by file, place and rule; the same for any order of
/// input.
pub(super) fn merge(findings: Vec<Weighed>, ladder: &[String], sources: &SourceMap) -> Vec<Diagnostic> {
    let mut together: BTreeMap<(String, Span, String, String), Vec<Weighed>> = BTreeMap::new();
    for weighed in findings {
        let finding = &weighed.finding;
        let key =
            (weighed.rule.clone(), finding.primary.span, finding.subject.clone(), finding.message.clone());
        together.entry(key).or_default().push(weighed);
    }
    let mut diagnostics: Vec<(String, Diagnostic)> = Vec::new();
    for (_, mut same) in together {
        let position = |name: &String| ladder.iter().position(|rung| rung == name).unwrap_or(usize::MAX);
        let order = |weighed: &Weighed| {
            (weighed.finding.environments.iter().map(position).min(), weighed.finding.environments.clone())
        };
        same.sort_by_key(order);
        let severity = same.iter().map(|weighed| weighed.severity).max().unwrap_or(Severity::Info);
        let mut all = same.into_iter();
        let Some(first) = all.next() else { continue };
        let mut finding = first.finding;
        for other in all {
            for name in other.finding.environments {
                if !finding.environments.contains(&name) {
                    finding.environments.push(name);
                }
            }
            add_places(&mut finding.related, other.finding.related);
            finding.fix = finding.fix.filter(|fix| Some(fix) == other.finding.fix.as_ref());
            let times = [finding.remedy.as_ref(), other.finding.remedy.as_ref()].map(times).iter().sum();
            finding.remedy = agreed(finding.remedy, other.finding.remedy);
            if let Some(Ok(remedy)) = &mut finding.remedy {
                remedy.times = times;
            }
        }
        finding.environments.sort_by_key(position);
        let path =
            sources.get(finding.primary.span.source).map(|source| source.path.clone()).unwrap_or_default();
        let fingerprint = String::new();
        diagnostics.push((path, Diagnostic { rule: first.rule, severity, finding, fingerprint }));
    }
    diagnostics.sort_by_cached_key(|(path, diagnostic)| {
        let (span, finding) = (diagnostic.finding.primary.span, &diagnostic.finding);
        (
            path.clone(),
            span.start,
            span.end,
            diagnostic.rule.clone(),
            finding.subject.clone(),
            finding.message.clone(),
        )
    });
    let diagnostics = together_at_one_place(diagnostics);
    let mut seen: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    diagnostics
        .into_iter()
        .map(|(path, mut diagnostic)| {
            let key = (path, diagnostic.rule.clone(), diagnostic.finding.subject.clone());
            let ordinal = seen.entry(key.clone()).or_default();
            diagnostic.fingerprint = fingerprint(&key.0, &key.1, &key.2, *ordinal);
            *ordinal += 1;
            diagnostic
        })
        .collect()
}

/// So many places at most are named beside the one that a diagnostic is about.
const MAX_RELATED: usize = 5;

/// What explains the same finding in another environment or release is shown, too: each values file that lacks a key.
fn add_places(related: &mut Vec<Label>, more: Vec<Label>) {
    for label in more {
        let alike = related.iter().any(|known| known.text == label.text);
        if alike && related.len() < MAX_RELATED && related.iter().all(|known| known.span != label.span) {
            related.push(label);
        }
    }
}

/// One line that several services, releases or tenants share is one mistake: what a rule says of it again and again
/// is said once, with how often it holds. What a chart is in an environment counts, and not what it is beside it, with
/// values that no command uses.
fn together_at_one_place(diagnostics: Vec<(String, Diagnostic)>) -> Vec<(String, Diagnostic)> {
    let mut kept: Vec<(String, Diagnostic, usize)> = Vec::new();
    for (path, mut diagnostic) in diagnostics {
        let places = |one: &Diagnostic| one.finding.environments.len();
        let same = |one: &Diagnostic| {
            one.rule == diagnostic.rule
                && one.finding.primary.span == diagnostic.finding.primary.span
                && one.finding.help == diagnostic.finding.help
                && (one.finding.environments == diagnostic.finding.environments
                    || places(one) == 0
                    || places(&diagnostic) == 0)
        };
        // Sorted by place and rule: what belongs together stands together.
        match kept.last_mut().filter(|(_, last, _)| same(last)) {
            Some((_, last, more)) => {
                if last.finding.environments == diagnostic.finding.environments {
                    *more += 1;
                } else if places(last) == 0 {
                    std::mem::swap(last, &mut diagnostic);
                    *more = 0;
                }
                last.severity = last.severity.max(diagnostic.severity);
                last.finding.fix = None;
                last.finding.remedy = agreed(last.finding.remedy.take(), diagnostic.finding.remedy);
            }
            None => kept.push((path, diagnostic, 0)),
        }
    }
    let counted = |(path, mut diagnostic, more): (String, Diagnostic, usize)| {
        if more > 0 {
            diagnostic.finding.message += &format!(" (and {more} more like it, from the same line)");
        }
        (path, diagnostic)
    };
    kept.into_iter().map(counted).collect()
}

/// What helps against two findings about one place: what helps against each, or against the one that is written there
/// and is only taken over by the other.
fn agreed(one: Option<Offer>, other: Option<Offer>) -> Option<Offer> {
    match (one, other) {
        (Some(Ok(one)), Some(Ok(other))) => Some(together(one, other)),
        (Some(Err(_)), Some(Ok(remedy))) | (Some(Ok(remedy)), _) => Some(Ok(remedy)),
        (one, other) => one.filter(|_| other.is_some()),
    }
}

fn times(offer: Option<&Offer>) -> usize {
    offer.and_then(|offer| offer.as_ref().ok()).map_or(0, |remedy| remedy.times)
}

/// One remedy of two that say the same. What higher layers could say instead has to be said in those of both.
fn together(one: Remedy, other: Remedy) -> Offer {
    let bare = |remedy: &Remedy| {
        let changes = remedy.changes.iter().cloned().map(|change| Change { above: None, ..change });
        Remedy { changes: changes.collect(), times: 0, ..remedy.clone() }
    };
    if bare(&one) != bare(&other) {
        return Err("what is found here several times asks for different changes".to_owned());
    }
    let mut remedy = one;
    remedy.times = remedy.times.max(other.times);
    for (change, other) in remedy.changes.iter_mut().zip(other.changes) {
        change.above = change.above.take().zip(other.above).map(|(mut one, other)| {
            one.extend(other);
            one.sort();
            one.dedup();
            one
        });
    }
    Ok(remedy)
}

/// Names a diagnostic by rule, file and subject, so that it survives line moves and rewording: FNV-1a, 64 bits.
fn fingerprint(path: &str, rule: &str, subject: &str, ordinal: usize) -> String {
    let text = format!("{rule}\0{path}\0{subject}\0{ordinal}");
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}
