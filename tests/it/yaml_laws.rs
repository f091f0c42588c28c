//! What holds for every text, however broken.

use std::sync::OnceLock;
use std::time::Duration;
use std::time::Instant;

use granit_parser::Event as Read;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml::Dialect;
use plimsoll::yaml::Kind;
use plimsoll::yaml::NodeRef;
use plimsoll::yaml::ProblemCode;
use plimsoll::yaml::Style;
use plimsoll::yaml::Tree;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use crate::yaml_hostile;
use crate::yaml_law;
use crate::yaml_law::DIALECTS;

const CASES: &str = include_str!("../../fixtures/conformance/yaml.jsonl");
const COMPOSE_CASES: &str = include_str!("../../fixtures/conformance/compose.jsonl");
const CHART_CASES: &str = include_str!("../../fixtures/conformance/helm-charts.jsonl");
fn parse(text: &str, dialect: Dialect) -> Tree {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    Tree::parse(&sources.add("test.yaml", text), dialect)
}

/// Odd texts, and texts as people write them: the conformance cases of YAML, Compose and charts, and the rule cards.
fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(read_texts)
}

fn read_texts() -> Vec<String> {
    let cases = |text: &'static str| text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut texts: Vec<String> = cases(CASES)
        .filter_map(|case| case["yaml"].as_str().filter(|text| text.len() < 2_000).map(str::to_owned))
        .collect();
    for case in cases(COMPOSE_CASES).chain(cases(CHART_CASES)).step_by(3) {
        let files = case["files"].as_object().into_iter().flatten();
        texts.extend(
            files.filter_map(|(_, text)| text.as_str().filter(|text| text.len() < 2_000)).map(str::to_owned),
        );
    }
    for card in plimsoll::rules::all().filter_map(|rule| rule.card().ok()) {
        texts.extend(
            card.examples().into_iter().flat_map(|example| example.files.into_iter().map(|(_, text)| text)),
        );
    }
    texts
}

/// What is put into a text to break it.
const STRANGE: [&str; 56] = [
    " ",
    "  ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\n\t",
    ":",
    ": ",
    ":\n",
    "-",
    "- ",
    "- - ",
    "?",
    "? ",
    "[",
    "]",
    "[a, ",
    "{",
    "}",
    "{a: ",
    "{{",
    "{{ .x }}",
    "}}",
    ",",
    "#",
    " # c\n",
    "#\t",
    "&",
    "&a ",
    "*",
    "*a",
    "!",
    "!!int ",
    "!<",
    "|",
    "|\n",
    ">-\n",
    ">2\n",
    "'",
    "\"",
    "\\",
    "\\x4",
    "%",
    "%TAG !e! x\n",
    "@",
    "`",
    "~",
    "<<: *a\n",
    "---\n",
    "...\n",
    "\0",
    "é",
    "\u{2028}",
    "\u{85}",
    "\u{feff}",
];

/// One change of a text.
#[derive(Clone, Debug)]
enum Change {
    /// Something strange in place of a few characters.
    Strange(Index, usize, usize),
    /// Any characters in place of a few.
    Any(Index, usize, String),
    /// The end is cut off.
    Cut(Index),
    /// What stands in another text from a place on.
    Splice(Index, Index, Index),
    /// A line is missing.
    Missing(Index),
    /// A line stands again somewhere else.
    Again(Index, Index),
    /// A line is indented otherwise.
    Indented(Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    prop_oneof![
        6 => (place(), 0..4_usize, 0..STRANGE.len()).prop_map(|(at, cut, new)| Change::Strange(at, cut, new)),
        2 => (place(), 0..4_usize, "\\PC{0,3}").prop_map(|(at, cut, new)| Change::Any(at, cut, new)),
        1 => place().prop_map(Change::Cut),
        2 => (place(), place(), place()).prop_map(|(at, other, from)| Change::Splice(at, other, from)),
        1 => place().prop_map(Change::Missing),
        1 => (place(), place()).prop_map(|(line, to)| Change::Again(line, to)),
        2 => (place(), 0..7_usize).prop_map(|(line, by)| Change::Indented(line, by)),
    ]
}

fn changed(text: &str, change: &Change) -> String {
    let put = |at: &Index, cut: usize, new: &str| {
        let mut text: Vec<char> = text.chars().collect();
        let at = at.index(text.len() + 1);
        let end = (at + cut).min(text.len());
        text.splice(at..end, new.chars());
        text.into_iter().collect()
    };
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let count = lines.len().max(1);
    match change {
        Change::Strange(at, cut, new) => put(at, *cut, STRANGE[*new]),
        Change::Any(at, cut, new) => put(at, *cut, new),
        Change::Cut(at) => put(at, usize::MAX / 2, ""),
        Change::Splice(at, other, from) => {
            let other = &texts()[other.index(texts().len())];
            let from = from.index(other.chars().count() + 1);
            put(at, usize::MAX / 2, &other.chars().skip(from).collect::<String>())
        }
        Change::Missing(line) => {
            lines.drain(line.index(count)..(line.index(count) + 1).min(lines.len()));
            lines.concat()
        }
        Change::Again(line, to) => {
            let again = lines.get(line.index(count)).copied().unwrap_or_default();
            lines.insert(to.index(count).min(lines.len()), again);
            lines.concat()
        }
        Change::Indented(line, by) => {
            let line = line.index(count);
            let indented =
                lines.get(line).map(|line| format!("{}{}", " ".repeat(*by), line.trim_start_matches(' ')));
            let lines = lines.iter().enumerate();
            lines.map(|(at, text)| indented.as_deref().filter(|_| at == line).unwrap_or(text)).collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_of_trees_hold_for_texts_broken_in_any_way(
        index in any::<Index>(),
        changes in prop::collection::vec(change(), 0..6),
    ) {
        let text = texts()[index.index(texts().len())].clone();
        yaml_law::check(&changes.iter().fold(text, |text, change| changed(&text, change)));
    }
}

/// Texts whose places were out of order once, or that were never read to their end.
#[test]
fn the_laws_of_trees_hold_where_they_did_not() {
    for text in [
        "{}:",
        "# a\n...",
        ":\n[{\n,:,",
        "[?  - b} : c]\n",
        "on:\n  push:\n    branches: [main,jobs:\n  \tbuild:\n   {{{ ste```ps:\n    - \0run: make\n    - na&a : 'x'\n",
    ] {
        yaml_law::check(text);
    }
}

#[test]
fn the_laws_of_trees_hold_for_every_text_as_it_is() {
    for text in texts() {
        yaml_law::check(text);
    }
}

#[test]
fn every_prefix_of_a_text_has_its_places_right() {
    for text in texts().iter().filter(|text| text.len() < 400).step_by(29) {
        for (end, _) in text.char_indices() {
            let prefix = text.get(..end).unwrap();
            yaml_law::check(prefix);
        }
    }
}

/// Quadratic steps would show as minutes; what every text takes is counted in `benches/README.md`. On a small stack: what
/// is nested is read without recursion.
#[test]
fn hostile_texts_are_read_in_time_and_on_a_small_stack() {
    let read = || {
        for (name, text) in yaml_hostile::texts(100_000) {
            for dialect in DIALECTS {
                let start = Instant::now();
                let tree = parse(&text, dialect);
                let _merged: usize = tree.documents().map(|root| root.merged().len()).sum();
                let bound = Duration::from_secs(20);
                assert!(start.elapsed() < bound, "{name} as {dialect:?} took {:?}", start.elapsed());
            }
        }
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(read).unwrap().join().unwrap();
}

#[test]
fn hostile_texts_keep_the_laws_too() {
    for (_, text) in yaml_hostile::texts(1_000) {
        yaml_law::check(&text);
    }
}

#[test]
fn collections_nest_only_as_deep_as_is_asked_for() {
    let text = format!("{}a{}", "[".repeat(300), "]".repeat(300));
    let tree = parse(&text, Dialect::Compose);
    assert!(tree.problems().iter().any(|problem| problem.code == ProblemCode::Limit));
    let mut depth = 0;
    let mut node = tree.root();
    while let Some(inner) = node {
        depth += 1;
        node = inner.items().next();
    }
    assert_eq!(depth, 257, "256 lists and the place of the next");
}

/// Scalars with their styles, in order; aliases as `*`.
fn ours(text: &str) -> Option<Vec<String>> {
    let tree = parse(text, Dialect::Strict);
    if !tree
        .problems()
        .iter()
        .all(|problem| matches!(problem.code, ProblemCode::DuplicateKey | ProblemCode::TagMismatch))
    {
        return None;
    }
    let mut open: Vec<NodeRef<'_>> = tree.documents().collect();
    open.reverse();
    let mut found = Vec::new();
    while let Some(node) = open.pop() {
        if node.is_alias() {
            found.push("*".to_owned());
            continue;
        }
        match node.kind() {
            Kind::Scalar(style) => found.push(format!("{style:?} {}", node.text())),
            Kind::Mapping(_) => {
                found.push("mapping".to_owned());
                open.extend(node.entries().rev().flat_map(|entry| [entry.value, entry.key]));
            }
            Kind::Sequence(_) => {
                found.push("sequence".to_owned());
                open.extend(node.items().rev());
            }
        }
    }
    Some(found)
}

fn granits(text: &str) -> Option<Vec<String>> {
    let mut options = granit_parser::Options::default();
    options.emit_unresolved_aliases = false;
    options.strict_indentation = true;
    let mut found = Vec::new();
    for event in granit_parser::Parser::new_from_str_with_options(text, options) {
        let (event, place) = event.ok()?;
        let empty = place.byte_range().is_some_and(|range| range.is_empty());
        match event {
            Read::Alias(_) => found.push("*".to_owned()),
            Read::MappingStart(..) => found.push("mapping".to_owned()),
            Read::SequenceStart(..) => found.push("sequence".to_owned()),
            Read::Scalar(value, style, ..) => {
                let style = match style {
                    granit_parser::ScalarStyle::Plain => Style::Plain,
                    granit_parser::ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    granit_parser::ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    granit_parser::ScalarStyle::Literal => Style::Literal,
                    granit_parser::ScalarStyle::Folded => Style::Folded,
                };
                let absent = style == Style::Plain && (empty || (&*value == "~" && !text.contains('~')));
                found.push(format!("{style:?} {}", if absent { "" } else { &*value }));
            }
            _ => {}
        }
    }
    Some(found)
}

/// Two readers of YAML 1.2 that share no line agree on all but a few of 4,000 odd texts.
#[test]
fn another_parser_reads_the_same() {
    let texts = texts();
    let mut verdicts = Vec::new();
    let mut values = Vec::new();
    for text in texts {
        match (ours(text), granits(text)) {
            (Some(ours), Some(granits)) if ours != granits => values.push((text, ours, granits)),
            (ours, granits) if ours.is_some() != granits.is_some() => verdicts.push((text, ours.is_some())),
            _ => {}
        }
    }
    assert!(
        values.len() * 200 < texts.len(),
        "{} values of {} differ: {values:#?}",
        values.len(),
        texts.len()
    );
    assert!(
        verdicts.len() * 50 < texts.len(),
        "{} verdicts of {} differ: {verdicts:#?}",
        verdicts.len(),
        texts.len()
    );
}
