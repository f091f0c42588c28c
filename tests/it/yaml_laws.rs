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
use serde_json::Value;

const CASES: &str = include_str!("../../fixtures/conformance/yaml.jsonl");
const DIALECTS: [Dialect; 3] = [Dialect::Helm, Dialect::Compose, Dialect::Strict];

fn parse(text: &str, dialect: Dialect) -> Tree {
    let sources = SourceMap::new(Files::memory::<&str, &str>([]));
    Tree::parse(&sources.add("test.yaml", text), dialect)
}

fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(read_texts)
}

fn read_texts() -> Vec<String> {
    let cases = CASES.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    cases
        .filter_map(|case| case["yaml"].as_str().filter(|text| text.len() < 400).map(str::to_owned))
        .collect()
}

/// Spans lie in the text, on character boundaries, children inside parents, one after the other.
fn check_spans(tree: &Tree, text: &str) {
    let inside = |start: u32, end: u32| {
        assert!(start <= end && end as usize <= text.len(), "{start}..{end} of {text:?}");
        assert!(text.is_char_boundary(start as usize) && text.is_char_boundary(end as usize), "{text:?}");
    };
    for problem in tree.problems() {
        inside(problem.span.start, problem.span.end);
        if let Some((span, _)) = &problem.related {
            inside(span.start, span.end);
        }
    }
    for comment in tree.comments() {
        assert!(text.get(comment.span.range()).unwrap().starts_with('#'), "{text:?}");
    }
    let mut open: Vec<NodeRef<'_>> = tree.documents().collect();
    while let Some(node) = open.pop() {
        let span = node.span();
        inside(span.start, span.end);
        if node.is_alias() {
            continue;
        }
        let _decoded = (node.text(), node.scalar());
        let children: Vec<_> =
            node.entries().flat_map(|entry| [entry.key, entry.value]).chain(node.items()).collect();
        let mut before = span.start;
        for child in &children {
            assert!(span.contains(child.span()), "{:?} not in {span:?} of {text:?}", child.span());
            assert!(before <= child.span().start, "siblings out of order in {text:?}");
            before = child.span().end;
        }
        for colon in node.entries().filter_map(plimsoll::yaml::Entry::colon) {
            assert_eq!(text.get(colon.range()), Some(":"), "{text:?}");
        }
        open.extend(children);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn every_place_lies_where_it_should_in_any_text(
        index in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, "[ \n:?\\[\\]{},#&*!|>'\"%@`\t~<.0aé\u{2028}\\\\-]{0,3}"), 0..4),
    ) {
        let texts = texts();
        let mut text: Vec<char> = texts[index.index(texts.len())].chars().collect();
        for (at, cut, new) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + cut).min(text.len());
            text.splice(at..end, new.chars());
        }
        let text: String = text.into_iter().collect();
        for dialect in DIALECTS {
            check_spans(&parse(&text, dialect), &text);
        }
    }
}

#[test]
fn every_prefix_of_a_text_has_its_places_right() {
    for text in texts().iter().step_by(29) {
        for (end, _) in text.char_indices() {
            let prefix = text.get(..end).unwrap();
            for dialect in DIALECTS {
                check_spans(&parse(prefix, dialect), prefix);
            }
        }
    }
}

/// Four times the input takes nowhere near sixteen times as long; the bound is wide, since the machine may be busy.
#[test]
fn hostile_texts_are_read_in_linear_time() {
    let nested = |open: &str, count: usize| open.repeat(count);
    let lines = |line: &str, count: usize| format!("{line}\n").repeat(count);
    let texts: Vec<(&str, String)> = vec![
        ("brackets", nested("[", 60_000)),
        ("braces", nested("{a: ", 60_000)),
        ("dashes", nested("- ", 60_000)),
        ("questions", nested("? ", 60_000)),
        ("levels", (0..1500).map(|level| format!("{}a:\n", " ".repeat(level))).collect()),
        ("unclosed brackets", lines("k: [a", 20_000)),
        ("unclosed quotes", lines("k: \"a", 20_000)),
        ("odd quotes", lines("k: 'a\n b' c", 10_000)),
        ("words", lines("word", 40_000)),
        ("anchors", (0..30_000).map(|at| format!("- &a{at} x\n- *a{at}\n")).collect()),
        ("keys", (0..50_000).map(|at| format!("key{at}: v\n")).collect()),
        ("equal keys", lines("key: v", 50_000)),
        ("flow keys", format!("{{{}}}", (0..50_000).map(|at| format!("k{at}: v, ")).collect::<String>())),
        ("comments", format!("a:\n{}  b: c\n", lines("# c", 100_000))),
        ("documents", lines("---", 50_000)),
        ("long plain", format!("a: {}", "word ".repeat(200_000))),
        ("long folded", format!("a: >\n{}", lines("  x", 200_000))),
        ("escapes", format!("a: \"{}\"", "\\x41".repeat(100_000))),
        ("control characters", "\u{1}".repeat(200_000)),
        ("tags", format!("%TAG !e! {}\n---\n{}", "x".repeat(1000), lines("- !e!a b", 5_000))),
        ("laughs", (0..40).map(|at| format!("a{at}: &a{at} [*a{at}, *a{at}]\n")).collect()),
    ];
    for (name, text) in &texts {
        for dialect in DIALECTS {
            let start = Instant::now();
            let tree = parse(text, dialect);
            let _merged: usize = tree.documents().map(|root| root.merged().len()).sum();
            let bound = Duration::from_secs(5);
            assert!(start.elapsed() < bound, "{name} as {dialect:?} took {:?}", start.elapsed());
        }
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
