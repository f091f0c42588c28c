//! What was there already: accepted on a day, or outside the lines that changed.

use std::path::Path;

use plimsoll::check::baseline::Baseline;
use plimsoll::check::baseline::BaselineError;
use plimsoll::check::baseline::Changed;
use plimsoll::diagnostic::Diagnostic;
use plimsoll::diagnostic::Finding;
use plimsoll::diagnostic::Severity;
use plimsoll::rules::Date;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use proptest::prelude::*;

const TODAY: Date = Date { year: 2026, month: 3, day: 9 };

/// Files of ten lines `k0: v` … `k9: v`.
fn sources() -> SourceMap {
    let text: String =
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].map(|n| format!("k{n}: v\n")).concat();
    let sources = SourceMap::new(Files::memory([("a.yaml", text.clone()), ("b.yaml", text)]));
    sources.read(Path::new("a.yaml")).unwrap();
    sources.read(Path::new("b.yaml")).unwrap();
    sources
}

/// A diagnostic on a line, from 1.
fn on(sources: &SourceMap, path: &str, line: usize, fingerprint: &str) -> Diagnostic {
    let source = sources.by_path(Path::new(path)).unwrap();
    let start = (line - 1) * 6;
    let span = Span::new(source.id, start, start + 2);
    Diagnostic {
        rule: "a/b".to_owned(),
        severity: Severity::Error,
        finding: Finding::new("the message", span, format!("k{}", line - 1)),
        fingerprint: fingerprint.to_owned(),
    }
}

#[test]
fn a_baseline_is_readable_and_says_when() {
    let sources = sources();
    let found = [
        on(&sources, "b.yaml", 3, "33"),
        on(&sources, "a.yaml", 1, "11"),
        on(&sources, "a.yaml", 2, "22"),
        on(&sources, "a.yaml", 1, "11"),
    ];
    insta::assert_snapshot!(Baseline::text(&found, &sources, TODAY), @r#"
    {
      "schema": "plimsoll/baseline/v1",
      "date": "2026-03-09",
      "accepted": [
        {
          "rule": "a/b",
          "file": "a.yaml",
          "subject": "k0",
          "fingerprint": "11",
          "count": 2
        },
        {
          "rule": "a/b",
          "file": "a.yaml",
          "subject": "k1",
          "fingerprint": "22"
        },
        {
          "rule": "a/b",
          "file": "b.yaml",
          "subject": "k2",
          "fingerprint": "33"
        }
      ]
    }
    "#);
}

#[test]
fn what_a_baseline_knows_stays_quiet_and_nothing_else() {
    let sources = sources();
    let one = on(&sources, "a.yaml", 1, "11");
    let two = on(&sources, "a.yaml", 2, "22");
    let baseline = Baseline::parse(&Baseline::text(&[one.clone(), two], &sources, TODAY)).unwrap();
    assert_eq!(baseline.date, "2026-03-09");
    // The line has moved, and a second one of the same kind has come.
    let moved = on(&sources, "a.yaml", 7, "11");
    let third = on(&sources, "a.yaml", 9, "99");
    let other_rule = Diagnostic { rule: "a/c".to_owned(), ..one };
    let sifted = baseline.sift(vec![moved.clone(), moved.clone(), third.clone(), other_rule.clone()]);
    assert_eq!(sifted.new, [moved, third, other_rule]);
    assert_eq!((sifted.known, sifted.gone), (1, 1));
}

#[test]
fn what_is_no_baseline_is_told_so() {
    for (text, error) in [
        ("", "this is no baseline: EOF while parsing a value at line 1 column 0"),
        ("[]", "this is no baseline: it has no `schema`"),
        (
            "{\"schema\": \"plimsoll/baseline/v2\"}",
            "the baseline says `schema: plimsoll/baseline/v2`, and only `plimsoll/baseline/v1` is read",
        ),
        ("{\"schema\": \"plimsoll/baseline/v1\"}", "this is no baseline: missing field `date`"),
    ] {
        let found: Result<Baseline, BaselineError> = Baseline::parse(text);
        assert_eq!(found.unwrap_err().to_string(), error);
    }
}

#[test]
fn only_what_touches_a_changed_line_is_kept() {
    let sources = sources();
    let changed = Changed::parse(
        "diff --git a/a.yaml b/a.yaml
index 1..2 100644
--- a/a.yaml
+++ b/a.yaml
@@ -2 +2,2 @@ k0: v
-old
+k1: v
+++ b/nowhere.yaml
@@ -7,2 +8,0 @@ k6: v
-gone
--- a/gone
diff --git a/removed.yaml b/removed.yaml
--- a/removed.yaml
+++ /dev/null
@@ -1,2 +0,0 @@
-k0: v
-k1: v
diff --git \"a/\\303\\251.yaml\" \"b/\\303\\251.yaml\"
--- /dev/null
+++ \"b/\\303\\251.yaml\"
@@ -0,0 +1 @@
+k0: v
",
    );
    let mut expected = Changed::default();
    expected.add("a.yaml", 2..=3);
    expected.add("a.yaml", 8..=9);
    expected.add("é.yaml", 1..=1);
    assert_eq!(changed, expected);
    let found: Vec<Diagnostic> = (1..=10).map(|line| on(&sources, "a.yaml", line, "")).collect();
    let kept = changed.keep(found, &sources);
    let subjects: Vec<&str> = kept.iter().map(|diagnostic| diagnostic.finding.subject.as_str()).collect();
    assert_eq!(subjects, ["k1", "k2", "k7", "k8"]);
    assert!(changed.keep(vec![on(&sources, "b.yaml", 2, "")], &sources).is_empty());
}

#[test]
fn a_related_place_that_changed_keeps_a_finding() {
    let sources = sources();
    let mut changed = Changed::default();
    assert!(changed.is_empty());
    changed.add_file("b.yaml");
    let mut found = on(&sources, "a.yaml", 1, "");
    let related = on(&sources, "b.yaml", 5, "").finding.primary.span;
    assert!(changed.keep(vec![found.clone()], &sources).is_empty());
    found.finding = found.finding.related(related, "because of this");
    assert_eq!(changed.keep(vec![found], &sources).len(), 1);
}

proptest! {
    #[test]
    fn everything_is_known_to_its_own_baseline(lines in prop::collection::vec((1_usize..=10, 0_u8..4), 0..20)) {
        let sources = sources();
        let found: Vec<Diagnostic> =
            lines.iter().map(|(line, kind)| on(&sources, "a.yaml", *line, &kind.to_string())).collect();
        let baseline = Baseline::parse(&Baseline::text(&found, &sources, TODAY)).unwrap();
        let sifted = baseline.sift(found.clone());
        prop_assert!(sifted.new.is_empty());
        prop_assert_eq!((sifted.known, sifted.gone), (found.len(), 0));
    }

    #[test]
    fn any_text_can_be_read_as_a_diff(text in "(@@ -|@@|[0-9]{1,10}|,| \\+|\\+\\+\\+ b/|\"|\\\\[0-7]{0,3}|é|\n|-|x){0,40}") {
        Changed::parse(&text);
    }
}
