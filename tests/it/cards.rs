//! Every rule's card is its documentation and its test.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use plimsoll::check;
use plimsoll::diagnostic::Diagnostic;
use plimsoll::diagnostic::Severity;
use plimsoll::rules::Check;
use plimsoll::rules::Date;
use plimsoll::rules::Example;
use plimsoll::rules::SubjectKind;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

/// The day on which the examples are checked.
const DAY: Date = Date { year: 2026, month: 11, day: 1 };

/// Checks files in memory, as `plimsoll check` does on disk.
fn lint(files: &[(String, String)]) -> (SourceMap, Vec<Diagnostic>) {
    let sources = SourceMap::new(Files::memory(files.iter().cloned()));
    let settings = check::Settings::on(DAY);
    let checked = check::repository(&sources, &settings);
    assert!(checked.broken.is_empty(), "rules broke: {:?}", checked.broken);
    (sources, checked.diagnostics)
}

/// Checks an example; one with a history as a repository on disk.
fn lint_example(example: &Example) -> (SourceMap, Vec<Diagnostic>) {
    if example.history.is_empty() {
        return lint(&example.files);
    }
    let mut repository = crate::git::Repository::new();
    let now: BTreeMap<String, String> = example.files.iter().cloned().collect();
    let mut states = vec![now.clone()];
    let oldest = example.history.iter().map(|(ago, ..)| *ago).max().unwrap();
    for ago in 1..=oldest {
        let mut files = states.last().unwrap().clone();
        let changed = example.history.iter().filter(|(then, ..)| *then == ago);
        files.extend(changed.map(|(_, path, text)| (path.clone(), text.clone())));
        states.push(files);
    }
    let mut head = None;
    for files in states.iter().rev() {
        head = Some(repository.commit(head.as_slice(), files));
    }
    repository.check_out(head.unwrap(), &now);
    let sources = SourceMap::new(Files::below(&repository.root));
    let settings = check::Settings::on(DAY);
    let checked = check::repository(&sources, &settings);
    assert!(checked.broken.is_empty(), "rules broke: {:?}", checked.broken);
    (sources, checked.diagnostics)
}

fn place(sources: &SourceMap, diagnostic: &Diagnostic) -> (String, usize) {
    let span = diagnostic.finding.primary.span;
    let source = sources.get(span.source).unwrap();
    (source.path.clone(), source.line_column(span.start).line as usize)
}

fn describe(example: &Example) -> String {
    example.files.iter().map(|(path, text)| format!("--- {path}\n{text}")).collect()
}

#[test]
fn every_card_can_be_read_and_names_itself() {
    let mut names = BTreeSet::new();
    for rule in plimsoll::rules::all() {
        let card = rule.card().unwrap_or_else(|error| panic!("{error} in\n{}", rule.text()));
        assert_eq!(rule.id(), card.id, "the name is the first line of a card");
        assert!(names.insert(card.id.clone()), "{} stands twice", card.id);
        assert!(card.body.contains(&format!("# {}", card.id)), "{}: no heading of that name", card.id);
        assert!(card.body.contains("## Why"), "{}: no `## Why`", card.id);
        assert!(!card.summary.ends_with('.'), "{}: the summary ends with a full stop", card.id);
        let declared = matches!(card.check, plimsoll::rules::CardCheck::Declared(_));
        assert_eq!(declared, matches!(rule.check, Check::Declared), "{}: card and registry differ", card.id);
    }
}

#[test]
fn every_card_has_a_rule() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let known: BTreeSet<String> =
        plimsoll::rules::all().filter_map(|rule| Some(rule.card().ok()?.id.clone())).collect();
    for family in std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for file in std::fs::read_dir(family.path()).unwrap().flatten().map(|entry| entry.path()) {
            if file.extension().is_some_and(|extension| extension == "md") {
                let name = file.file_stem().unwrap().to_string_lossy().into_owned();
                let id = format!("{}/{name}", family.file_name().to_string_lossy());
                assert!(known.contains(&id), "{id} has a card and no rule");
            }
        }
    }
}

#[test]
fn every_rule_has_a_bad_and_a_good_example() {
    for rule in plimsoll::rules::all() {
        let card = rule.card().unwrap();
        assert!(card.examples().iter().any(|example| example.good), "{} has no good example", card.id);
        let bad = card.examples().into_iter().filter(|example| !example.good);
        assert!(bad.clone().count() > 0, "{} has no bad example", card.id);
        for example in bad {
            let marked = example.marks.iter().any(|(_, _, id)| *id == card.id);
            assert!(marked, "{}: a bad example has no line marked with it", card.id);
        }
    }
}

#[test]
fn bad_examples_are_found_exactly_where_they_are_marked() {
    let mut wrong = String::new();
    for rule in plimsoll::rules::all() {
        let card = rule.card().unwrap();
        for example in card.examples().into_iter().filter(|example| !example.good) {
            let (sources, diagnostics) = lint_example(&example);
            let of_marked = |diagnostic: &&Diagnostic| {
                diagnostic.rule == card.id || example.marks.iter().any(|(_, _, id)| *id == diagnostic.rule)
            };
            let found: BTreeSet<_> = diagnostics
                .iter()
                .filter(of_marked)
                .map(|diagnostic| {
                    let (path, line) = place(&sources, diagnostic);
                    (path, line, diagnostic.rule.clone())
                })
                .collect();
            let marked: BTreeSet<_> = example.marks.iter().cloned().collect();
            if found != marked {
                let said: Vec<_> =
                    diagnostics.iter().map(|d| (place(&sources, d), &d.rule, &d.finding.message)).collect();
                write!(
                    wrong,
                    "{}\nmarked {marked:?}\nfound  {found:?}\nall    {said:#?}\n{}\n",
                    card.id,
                    describe(&example)
                )
                .unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn good_examples_are_silent_under_all_rules() {
    let mut wrong = String::new();
    for rule in plimsoll::rules::all() {
        let card = rule.card().unwrap();
        for example in card.examples().into_iter().filter(|example| example.good) {
            let (sources, diagnostics) = lint_example(&example);
            let loud = diagnostics.iter().filter(|d| d.severity > Severity::Info || d.rule == card.id);
            let said: Vec<_> = loud.map(|d| (place(&sources, d), &d.rule, &d.finding.message)).collect();
            if !said.is_empty() {
                write!(wrong, "{}: {said:#?}\n{}\n", card.id, describe(&example)).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn declared_checks_look_at_what_has_a_schema() {
    for rule in plimsoll::rules::all().filter(|rule| matches!(rule.check, Check::Declared)) {
        let subject = rule.card().unwrap().subject;
        assert!(
            matches!(subject, SubjectKind::Service | SubjectKind::Object),
            "{}: a declared check looks at a service or an object",
            rule.card().unwrap().id
        );
    }
}
