//! What holds for any text: nothing panics, places lie inside the text and on character boundaries, and the same
//! input gives the same findings.

use std::path::Path;

use plimsoll::check;
use plimsoll::diagnostic::Diagnostic;
use plimsoll::rules::Date;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;

fn check(files: &[(String, String)]) -> (SourceMap, Vec<Diagnostic>) {
    let sources = SourceMap::new(Files::memory(files.iter().cloned()));
    let today = Date { year: 2026, month: 11, day: 1 };
    let settings = check::Settings::on(today);
    let checked = check::repository(&sources, &settings);
    assert!(checked.broken.is_empty(), "{:?}", checked.broken);
    (sources, checked.diagnostics)
}

fn holds(files: &[(String, String)]) {
    let (sources, diagnostics) = check(files);
    let inside = |span: Span| {
        let source = sources.get(span.source).expect("a span names a source that is there");
        source.text.get(span.range()).is_some()
    };
    for diagnostic in &diagnostics {
        let finding = &diagnostic.finding;
        let labels = finding.related.iter().map(|label| label.span).chain([finding.primary.span]);
        let edits = finding.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
        for span in labels.chain(edits) {
            assert!(inside(span), "{} points outside: {span:?} in {files:?}", diagnostic.rule);
        }
    }
    let (sources_again, again) = check(files);
    // Which number a source gets depends on which thread reads it first; what is said does not.
    let said = |sources: &SourceMap, diagnostics: &[Diagnostic]| -> Vec<String> {
        let place =
            |span: Span| format!("{}:{}..{}", sources.get(span.source).unwrap().path, span.start, span.end);
        let one = |diagnostic: &Diagnostic| {
            format!(
                "{} {} {}",
                diagnostic.rule,
                place(diagnostic.finding.primary.span),
                diagnostic.finding.message
            )
        };
        diagnostics.iter().map(one).collect()
    };
    assert_eq!(
        said(&sources, &diagnostics),
        said(&sources_again, &again),
        "the same input says something else"
    );
}

/// The files of every card's examples.
fn examples() -> Vec<Vec<(String, String)>> {
    let cards = plimsoll::rules::all().map(|rule| rule.card().unwrap());
    cards.flat_map(|card| card.examples().into_iter().map(|example| example.files.clone())).collect()
}

#[test]
fn examples_cut_short_break_nothing() {
    for (index, example) in examples().into_iter().enumerate() {
        for file in 0..example.len() {
            let text = example[file].1.clone();
            let step = (text.len() / 3).max(1);
            let cuts = (index % step..text.len()).step_by(step).filter(|at| text.is_char_boundary(*at));
            for cut in cuts {
                let mut shortened = example.clone();
                shortened[file].1.truncate(cut);
                holds(&shortened);
            }
        }
    }
}

#[test]
fn examples_with_a_character_replaced_break_nothing() {
    for (index, example) in examples().into_iter().enumerate() {
        for (turn, strange) in
            ["\"", "{", "}", ":", "\t", "&", "*", "é", "\u{0}", "\r", "{{"].into_iter().enumerate()
        {
            let file = (index + turn) % example.len();
            let text = &example[file].1;
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let Some(at) = places.get((index * 31 + turn * 97) % places.len().max(1)) else { continue };
            let end = at + text[*at..].chars().next().map_or(0, char::len_utf8);
            let mut changed = example.clone();
            changed[file].1.replace_range(*at..end, strange);
            holds(&changed);
        }
    }
}

#[test]
fn one_broken_file_hides_no_other() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/docutag");
    let files = Files::below(&folder);
    let all: Vec<(String, String)> = files
        .walk(Path::new(""))
        .into_iter()
        .map(|path| {
            (path.to_string_lossy().into_owned(), std::fs::read_to_string(folder.join(&path)).unwrap())
        })
        .collect();
    let (_, whole) = check(&all);
    let mut broken = all.clone();
    let staging = broken.iter_mut().find(|(path, _)| path == "docker-compose.staging.yml").unwrap();
    staging.1.insert_str(0, "services: \"never closed\n");
    let (sources, found) = check(&broken);
    let rules = |diagnostics: &[Diagnostic], family: &str| {
        diagnostics.iter().filter(|diagnostic| diagnostic.rule.starts_with(family)).count()
    };
    assert!(found.iter().any(|diagnostic| {
        let source = sources.get(diagnostic.finding.primary.span.source).unwrap();
        diagnostic.rule == "compose/syntax" && source.path == "docker-compose.staging.yml"
    }));
    assert_eq!(rules(&found, "tenancy/"), rules(&whole, "tenancy/"), "tenancy needs no Compose file");
    assert_eq!(rules(&found, "pulumi/"), rules(&whole, "pulumi/"), "Pulumi needs no Compose file");
}
