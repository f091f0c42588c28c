//! What a card promises under `fix:` is what its bad examples get.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use plimsoll::check;
use plimsoll::diagnostic::Diagnostic;
use plimsoll::diagnostic::Safety;
use plimsoll::fix::Settled;
use plimsoll::fix::settle;
use plimsoll::rules::Card;
use plimsoll::rules::Date;
use plimsoll::rules::Example;
use plimsoll::rules::Fixable;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

/// The day on which the examples are checked.
const DAY: Date = Date { year: 2026, month: 11, day: 1 };

fn lint(files: &Files) -> (SourceMap, Vec<Diagnostic>) {
    let sources = SourceMap::new(files.clone());
    let settings = check::Settings::on(DAY);
    let checked = check::repository(&sources, &settings);
    assert!(checked.broken.is_empty(), "rules broke: {:?}", checked.broken);
    (sources, checked.diagnostics)
}

/// Applies what one rule offers.
fn fixed(files: &BTreeMap<String, String>, rule: &str) -> Settled {
    settle(&Files::memory(files.clone()), Safety::Unsafe, |files| {
        let (sources, mut diagnostics) = lint(files);
        diagnostics.retain(|diagnostic| diagnostic.rule == rule);
        (sources, diagnostics)
    })
}

fn files(example: &Example) -> BTreeMap<String, String> {
    example.files.iter().cloned().collect()
}

fn after(before: &BTreeMap<String, String>, settled: &Settled) -> BTreeMap<String, String> {
    let mut files = before.clone();
    for change in &settled.changes {
        files.insert(change.path.clone(), change.after.to_string());
    }
    files
}

fn cards() -> impl Iterator<Item = &'static Card> {
    plimsoll::rules::all().filter_map(|rule| rule.card().ok())
}

/// Every bad example with the card it is on.
fn bad_examples() -> impl Iterator<Item = (&'static Card, Example)> {
    cards().flat_map(|card| {
        let bad = card.examples().into_iter().filter(|example| !example.good);
        bad.map(move |example| (card, example))
    })
}

/// How often each rule found something. What it says of a new value it says in other words.
fn said(diagnostics: &[Diagnostic]) -> BTreeMap<&str, usize> {
    let mut said = BTreeMap::new();
    for diagnostic in diagnostics {
        *said.entry(diagnostic.rule.as_str()).or_default() += 1;
    }
    said
}

#[test]
fn a_card_says_whether_its_rule_offers_fixes() {
    let mut offered: BTreeMap<&str, Vec<Safety>> = BTreeMap::new();
    let mut all = Vec::new();
    for (card, example) in bad_examples() {
        all.push(card);
        let (_, diagnostics) = lint(&Files::memory(files(&example)));
        for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.rule == card.id) {
            let safety = diagnostic.finding.fix.as_ref().map(|fix| fix.safety);
            offered.entry(&card.id).or_default().extend(safety);
        }
    }
    for card in all {
        let offered = offered.get(card.id.as_str()).cloned().unwrap_or_default();
        let (safe, unsafe_) = (offered.contains(&Safety::Safe), offered.contains(&Safety::Unsafe));
        let fits = match card.fixable {
            Fixable::No => offered.is_empty(),
            Fixable::Safe => safe && !unsafe_,
            Fixable::Unsafe => unsafe_ && !safe,
            Fixable::Mixed => safe || unsafe_,
        };
        assert!(fits, "{} says {:?} and offers {offered:?} on its bad examples", card.id, card.fixable);
    }
}

#[test]
fn a_fix_removes_its_finding_and_adds_none() {
    let mut wrong = String::new();
    for (card, example) in bad_examples().filter(|(card, ..)| card.fixable != Fixable::No) {
        let before = files(&example);
        let (_, old) = lint(&Files::memory(before.clone()));
        let offered = old.iter().filter(|one| one.rule == card.id && one.finding.fix.is_some()).count();
        let settled = fixed(&before, &card.id);
        let done = after(&before, &settled);
        let (_, new) = lint(&Files::memory(done.clone()));
        let (old, new) = (said(&old), said(&new));
        let of = |said: &BTreeMap<&str, usize>, rule: &str| said.get(rule).copied().unwrap_or(0);
        let added: Vec<_> = new.iter().filter(|(rule, count)| of(&old, rule) < **count).collect();
        let again = fixed(&done, &card.id);
        let gone = of(&old, &card.id).saturating_sub(of(&new, &card.id));
        if gone < offered || !added.is_empty() || !again.changes.is_empty() || !settled.is_settled {
            writeln!(wrong, "{}: {offered} offered, {gone} gone, added {added:#?}, {done:#?}", card.id)
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_fixed_example_is_what_the_fix_makes_of_the_bad_one() {
    let mut wrong = String::new();
    for card in cards() {
        // Those that no fix changes are not shown.
        let bad = card.examples().into_iter().filter(|example| !example.good);
        let changed = bad.filter_map(|example| {
            let before = files(&example);
            let settled = fixed(&before, &card.id);
            (!settled.changes.is_empty()).then(|| after(&before, &settled))
        });
        for (expected, done) in card.fixed().iter().zip(changed) {
            for (path, text) in &expected.files {
                if done.get(path) != Some(text) {
                    write!(wrong, "{}: `{path}` becomes\n{}\n", card.id, done[path]).unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    for card in cards() {
        let shown = !card.fixed().is_empty();
        assert_eq!(shown, card.fixable != Fixable::No, "{}: `## Fixed` and `fix:` go together", card.id);
    }
}
