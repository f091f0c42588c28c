//! What takes a diagnostic out again: a comment beside it, or an entry under `ignore:` in the configuration.
//!
//! ```yaml
//! privileged: true  # plimsoll: ignore compose/privileged -- it runs the build containers
//! ```
//!
//! Every suppression names its rules and its reason. One that takes nothing out is reported itself, so that none
//! outlives what it was written for.

mod comment;
mod entry;

use std::collections::BTreeMap;

use crate::config::Ignore;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Edit;
use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::diagnostic::nearest;
use crate::rules::Date;
use crate::source::SourceId;
use crate::source::SourceMap;
use crate::source::Span;
use crate::source::Spanned;

pub use comment::Comments;
pub use comment::Scope;
pub use comment::Suppression;

/// A suppression that takes nothing out.
pub const UNUSED: &str = "plimsoll/unused-suppression";
/// A suppression that does not say why.
pub const UNEXPLAINED: &str = "plimsoll/unexplained-suppression";
/// A comment to plimsoll that it does not understand.
pub const MALFORMED: &str = "plimsoll/malformed-suppression";
/// A suppression that names a rule there is not.
pub const UNKNOWN_RULE: &str = "plimsoll/unknown-rule";
/// An entry under `ignore:` whose last day is over.
pub const EXPIRED: &str = "plimsoll/expired-ignore";

/// What everything is judged against.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The names of all rules.
    pub rules: &'a [&'a str],
    /// The day of the run.
    pub today: Date,
    /// True where every rule has seen every environment. Otherwise nothing is called unused.
    pub complete: bool,
}

/// What is left, and what there is to say about the suppressions themselves.
#[derive(Debug, Default)]
pub struct Suppressed {
    /// The diagnostics that stay, in their order; without the environments that an entry took out.
    pub kept: Vec<Diagnostic>,
    /// How many were taken out.
    pub count: usize,
    /// Findings about the suppressions, each with its rule; by place.
    pub findings: Vec<(&'static str, Finding)>,
}

/// Takes out what the comments and the entries of the configuration say.
///
/// A diagnostic that holds in several environments stays for those that no entry names. Findings about suppressions
/// are not themselves subject to comments; give them to a second call with only the entries to let those speak, which
/// is why an entry about a `plimsoll/…` rule is never called unused.
pub fn suppress(
    diagnostics: Vec<Diagnostic>,
    comments: &[Comments],
    entries: &[Ignore],
    sources: &SourceMap,
    against: Against<'_>,
) -> Suppressed {
    let mut done = Suppressed::default();
    let by_source: BTreeMap<SourceId, &Comments> =
        comments.iter().map(|comments| (comments.source, comments)).collect();
    let mut used_rules: BTreeMap<Span, bool> = BTreeMap::new();
    let mut used_entries = vec![false; entries.len()];
    for mut diagnostic in diagnostics {
        let place = diagnostic.finding.primary.span;
        let mut gone = false;
        if let Some(comments) = by_source.get(&place.source) {
            for suppression in comments.list.iter().filter(|suppression| suppression.covers(place)) {
                for rule in suppression.rules.iter().filter(|rule| names(&rule.value, &diagnostic.rule)) {
                    used_rules.insert(rule.span, true);
                    gone = true;
                }
            }
        }
        if !gone {
            for (entry, used) in entries.iter().zip(&mut used_entries) {
                if holds(entry, against.today) && names(&entry.rule.value, &diagnostic.rule) {
                    let taken = entry::take(entry, &mut diagnostic, sources);
                    *used |= taken != entry::Taken::Nothing;
                    gone |= taken == entry::Taken::Everything;
                }
            }
        }
        if gone {
            done.count += 1;
        } else {
            done.kept.push(diagnostic);
        }
    }
    for comments in comments {
        done.findings.extend(comments.findings.iter().cloned());
        for suppression in &comments.list {
            for rule in &suppression.rules {
                if let Some(finding) = unknown_rule(rule, against.rules) {
                    done.findings.push((UNKNOWN_RULE, finding));
                } else if against.complete && !used_rules.contains_key(&rule.span) {
                    done.findings.push((UNUSED, unused_comment(suppression, rule)));
                }
            }
        }
    }
    for (entry, used) in entries.iter().zip(used_entries) {
        if let Some(finding) = unknown_rule(&entry.rule, against.rules) {
            done.findings.push((UNKNOWN_RULE, finding));
        } else if let Some(until) = entry.until.filter(|_| !holds(entry, against.today)) {
            done.findings.push((EXPIRED, expired(entry, until)));
        } else if against.complete && !used && !entry.rule.value.starts_with("plimsoll/") {
            // Those are for findings such as these, in a second call.
            let finding = Finding::new(
                format!("this entry takes nothing out: `{}` finds nothing there", entry.rule.value),
                entry.span,
                subject(&entry.rule.value),
            );
            let finding =
                finding.help(asking(entry, "remove the entry")).remedy(Ok(without(entry, Safety::Safe)));
            done.findings.push((UNUSED, finding));
        }
    }
    done.findings.sort_by(|(rule, one), (other_rule, other)| {
        (one.primary.span, rule).cmp(&(other.primary.span, other_rule))
    });
    done
}

/// True where a name, or a family with `/*`, means that rule.
fn names(name: &str, rule: &str) -> bool {
    match name.strip_suffix("/*") {
        Some(family) => rule.split('/').next() == Some(family),
        None => name == rule,
    }
}

fn holds(entry: &Ignore, today: Date) -> bool {
    entry.until.is_none_or(|until| (today.year, today.month, today.day) <= until.value)
}

fn subject(rule: &str) -> String {
    format!("ignore.{rule}")
}

/// Takes an entry out of the configuration, and the list with the last one.
fn without(entry: &Ignore, safety: Safety) -> Remedy {
    Remedy::new("remove the entry", safety, entry.span, What::Remove { emptied: 1 })
}

fn unknown_rule(rule: &Spanned<String>, rules: &[&str]) -> Option<Finding> {
    let name = rule.value.as_str();
    if rules.iter().any(|known| names(name, known)) {
        return None;
    }
    let finding = Finding::new(format!("there is no rule `{name}`"), rule.span, subject(name));
    let unfamiliar = || rules.iter().find(|known| known.rsplit('/').next() == Some(name)).copied();
    Some(match nearest(name, rules.iter().copied()).or_else(unfamiliar) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            Safety::Unsafe,
            vec![Edit { span: rule.span, text: near.to_owned() }],
        ),
        None => finding.help("list all rules with `plimsoll rules`"),
    })
}

fn unused_comment(suppression: &Suppression, rule: &Spanned<String>) -> Finding {
    let name = &rule.value;
    let finding = Finding::new(
        format!("nothing to ignore here: `{name}` finds nothing in what this comment covers"),
        rule.span,
        subject(name),
    );
    match suppression.without(rule) {
        Some(span) => finding.help("remove it").fix(
            format!("remove `{name}` from the comment"),
            Safety::Safe,
            vec![Edit { span, text: String::new() }],
        ),
        None => finding.help("remove it"),
    }
}

fn expired(entry: &Ignore, until: Spanned<(u16, u8, u8)>) -> Finding {
    let (year, month, day) = until.value;
    Finding::new(
        format!(
            "this entry held until {year:04}-{month:02}-{day:02}, and `{}` is reported again",
            entry.rule.value
        ),
        until.span,
        subject(&entry.rule.value),
    )
    .help(asking(entry, "fix what it covers, or give it a later day and a reason that still holds"))
    .remedy(Ok(without(entry, Safety::Unsafe)))
}

/// What to do about an entry, and whom to ask.
fn asking(entry: &Ignore, help: &str) -> String {
    match &entry.owner {
        Some(owner) => format!("{help}; `{}` answers for it", owner.value),
        None => help.to_owned(),
    }
}
