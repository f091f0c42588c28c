//! Applying fixes: all edits of one or none, until nothing is left, and whole files on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use plimsoll::diagnostic::Diagnostic;
use plimsoll::diagnostic::Edit;
use plimsoll::diagnostic::Finding;
use plimsoll::diagnostic::Fix;
use plimsoll::diagnostic::Safety;
use plimsoll::diagnostic::Severity;
use plimsoll::fix::Change;
use plimsoll::fix::Refusal;
use plimsoll::fix::Settled;
use plimsoll::fix::WriteError;
use plimsoll::fix::apply;
use plimsoll::fix::settle;
use plimsoll::fix::write;
use plimsoll::source::Files;
use plimsoll::source::ReadError;
use plimsoll::source::Source;
use plimsoll::source::SourceId;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use proptest::prelude::*;

fn one(text: &str) -> (SourceMap, Arc<Source>) {
    let sources = SourceMap::new(Files::memory([("a.yaml", text)]));
    let source = sources.read(Path::new("a.yaml")).unwrap();
    (sources, source)
}

fn fix(source: &Source, safety: Safety, edits: &[(usize, usize, &str)]) -> Fix {
    let edits = edits.iter().map(|(start, end, text)| Edit {
        span: Span::new(source.id, *start, *end),
        text: (*text).to_owned(),
    });
    Fix { title: "change it".to_owned(), safety, edits: edits.collect() }
}

/// The text after a round, and the fixes that were applied, are waiting and are refused.
type Outcome = (String, Vec<usize>, Vec<usize>, Vec<(usize, Refusal)>);

/// Applies fixes to one text: the text afterwards, and which were applied, waiting and refused.
fn round(text: &str, fixes: &[&[(usize, usize, &str)]]) -> Outcome {
    let (sources, source) = one(text);
    let fixes: Vec<Fix> = fixes.iter().map(|edits| fix(&source, Safety::Safe, edits)).collect();
    let fixes: Vec<&Fix> = fixes.iter().collect();
    let read = |id: SourceId| sources.get(id).map(|source| Arc::clone(&source.text));
    let mut round = apply(&fixes, Safety::Safe, &read);
    let text = round.texts.remove(&source.id).unwrap_or_else(|| text.to_owned());
    (text, round.applied, round.waiting, round.refused)
}

#[test]
fn of_fixes_that_touch_the_first_wins_and_the_others_wait() {
    let (text, applied, waiting, refused) = round(
        "0123456789",
        &[&[(2, 4, "ab")], &[(3, 5, "x"), (8, 9, "x")], &[(4, 4, "x")], &[(5, 6, "-")], &[(8, 10, "")]],
    );
    assert_eq!(text, "01ab4-67");
    assert_eq!((applied, waiting), (vec![0, 3, 4], vec![1, 2]));
    assert!(refused.is_empty());
}

#[test]
fn the_same_fix_of_two_findings_is_applied_once() {
    let (text, applied, waiting, _) =
        round("a b", &[&[(0, 1, "x"), (2, 3, "y")], &[(0, 1, "x"), (2, 3, "y")]]);
    assert_eq!((text.as_str(), applied, waiting), ("x y", vec![0, 1], vec![]));
}

#[test]
fn a_fix_that_does_not_fit_is_refused_as_a_whole() {
    let (_, source) = one("é: 1");
    let at = |start, end| Span::new(source.id, start, end);
    let (text, applied, _, refused) = round(
        "é: 1",
        &[
            &[(4, 5, "2"), (1, 2, "x")],
            &[(4, 5, "2"), (4, 9, "x")],
            &[(4, 5, "1")],
            &[],
            &[(0, 3, "a"), (2, 4, "b")],
        ],
    );
    assert_eq!((text.as_str(), applied), ("é: 1", vec![]));
    let expected = [
        (0, Refusal::Misfit(at(1, 2))),
        (1, Refusal::Misfit(at(4, 9))),
        (2, Refusal::Nothing),
        (3, Refusal::Nothing),
        (4, Refusal::Overlap(at(0, 3), at(2, 4))),
    ];
    assert_eq!(refused, expected);
}

#[test]
fn unsafe_fixes_wait_for_being_asked_for() {
    let (sources, source) = one("a");
    let fix = fix(&source, Safety::Unsafe, &[(0, 1, "b")]);
    let read = |id: SourceId| sources.get(id).map(|source| Arc::clone(&source.text));
    assert_eq!(apply(&[&fix], Safety::Safe, &read).refused, [(0, Refusal::Unsafe)]);
    assert_eq!(apply(&[&fix], Safety::Unsafe, &read).texts[&source.id], "b");
}

#[test]
fn line_endings_and_the_byte_order_mark_stay() {
    let text = "\u{feff}a: 1\r\nb: 2\r\n";
    let (after, ..) = round(text, &[&[(7, 7, "\nc: 3")], &[(13, 15, "")]]);
    assert_eq!(after, "\u{feff}a: 1\r\nc: 3\r\nb: 2");
}

/// A rule for tests: whatever `find` gives, as (start, end, new text) in `a.yaml`.
fn check_with(
    find: impl Fn(&str) -> Vec<(&'static str, usize, usize, String)>,
) -> impl Fn(&Files) -> (SourceMap, Vec<Diagnostic>) {
    move |files| {
        let sources = SourceMap::new(files.clone());
        let source = sources.read(Path::new("a.yaml")).unwrap();
        let diagnostics = find(&source.text).into_iter().map(|(rule, start, end, text)| {
            let span = Span::new(source.id, start, end);
            let finding =
                Finding::new("wrong", span, "a").fix("mend it", Safety::Safe, vec![Edit { span, text }]);
            let fingerprint = source.text[start..end].to_owned();
            Diagnostic { rule: rule.to_owned(), severity: Severity::Error, finding, fingerprint }
        });
        let diagnostics = diagnostics.collect();
        (sources, diagnostics)
    }
}

fn settled(
    text: &str,
    find: impl Fn(&str) -> Vec<(&'static str, usize, usize, String)>,
) -> (String, Settled) {
    let settled = settle(&Files::memory([("a.yaml", text)]), Safety::Safe, check_with(find));
    let after = settled.changes.first().map_or(text, |change| &change.after).to_owned();
    (after, settled)
}

#[test]
fn rounds_go_on_until_nothing_is_left() {
    // Every `xx` becomes `x`: overlapping ones wait, and what comes of a fix is fixed again.
    let (after, settled) = settled("a: xxxxx yxx\n", |text| {
        let found = (0..text.len()).filter(|at| text[*at..].starts_with("xx"));
        found.map(|at| ("shorten", at, at + 2, "x".to_owned())).collect()
    });
    assert_eq!(after, "a: x yx\n");
    assert!(settled.is_settled && settled.diagnostics.is_empty());
    assert_eq!(settled.applied, BTreeMap::from([("shorten".to_owned(), 5)]));
}

#[test]
fn a_fix_that_does_not_remove_its_finding_is_applied_once() {
    let (after, settled) = settled("a: 1\n", |text| {
        vec![("grow", 0, 1, "aa".to_owned()), ("at", text.len(), text.len(), "#".to_owned())]
    });
    assert_eq!(after, "aa: 1\n#");
    assert_eq!(settled.applied["grow"], 1);
    assert!(settled.is_settled);
    assert_eq!(settled.diagnostics.len(), 2);
}

#[test]
fn two_rules_that_undo_each_other_come_to_an_end() {
    let (_, settled) = settled("a: on\n", |text| {
        let next = text.trim_start_matches("a: ").trim().len();
        // A new word each time, so that every finding is a new one.
        vec![("swing", 3, 3 + next, "o".repeat(next + 1))]
    });
    assert!(!settled.is_settled);
}

#[test]
fn a_fix_that_would_break_the_file_is_not_applied() {
    let (after, settled) =
        settled("a: 1\nb: 2\n", |_| vec![("good", 3, 4, "3".to_owned()), ("bad", 8, 9, "[".to_owned())]);
    assert_eq!(after, "a: 3\nb: 2\n");
    assert_eq!(settled.applied, BTreeMap::from([("good".to_owned(), 1)]));
    assert!(settled.is_settled);
    // A file that cannot be read anyway is no reason to hold a fix back.
    let (after, _) = settled_broken();
    assert_eq!(after, "a: [\nb: 3\n");
}

fn settled_broken() -> (String, Settled) {
    settled("a: [\nb: 2\n", |text| {
        text.find('2').map(|at| ("good", at, at + 1, "3".to_owned())).into_iter().collect()
    })
}

#[test]
fn a_text_that_is_no_file_is_not_edited() {
    let settled = settle(&Files::memory([("a.yaml", "a: 1\n")]), Safety::Safe, |files| {
        let sources = SourceMap::new(files.clone());
        let source = sources.add("a.yaml", "rendered: 1\n");
        let span = Span::new(source.id, 10, 11);
        let finding = Finding::new("wrong", span, "a").fix(
            "x",
            Safety::Safe,
            vec![Edit { span, text: "2".to_owned() }],
        );
        let rule = "rule".to_owned();
        (sources, vec![Diagnostic { rule, severity: Severity::Error, finding, fingerprint: String::new() }])
    });
    assert!(settled.changes.is_empty() && settled.applied.is_empty() && settled.is_settled);
}

#[test]
fn the_diff_of_a_fix_masks_what_is_secret() {
    let settled = settle(
        &Files::memory([("a.yaml", "name: app\npassword: hunter2-hunter2\nimage: app:latest\n")]),
        Safety::Safe,
        |files| {
            let (sources, diagnostics) = check_with(|text| {
                text.find("latest").map(|at| ("tag", at, at + 6, "1.2".to_owned())).into_iter().collect()
            })(files);
            let source = sources.by_path(Path::new("a.yaml")).unwrap();
            let at = source.text.find("hunter2-").unwrap();
            sources.mark_secret(Span::new(source.id, at, at + 15));
            (sources, diagnostics)
        },
    );
    insta::assert_snapshot!(plimsoll::report::diff(&settled), @r"
    --- a/a.yaml
    +++ b/a.yaml
    @@ -1,3 +1,3 @@
     name: app
     password: ***************
    -image: app:latest
    +image: app:1.2
    ");
}

/// A folder that goes away again.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("plimsoll-fix-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("inside")).unwrap();
        Self(path)
    }

    fn inside(&self) -> PathBuf {
        self.0.join("inside")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn change(path: &str, before: &str, after: &str) -> Change {
    Change { path: path.to_owned(), before: before.into(), after: after.into() }
}

#[cfg(unix)]
#[test]
fn files_are_written_whole_with_their_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("whole");
    let inside = folder.inside();
    fs::write(inside.join("a.yaml"), "a: 1\n").unwrap();
    fs::write(inside.join("real.yaml"), "b: 1\n").unwrap();
    fs::set_permissions(inside.join("a.yaml"), fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real.yaml", inside.join("link.yaml")).unwrap();
    let files = Files::below(&inside);
    let written =
        write(&files, &[change("a.yaml", "a: 1\n", "a: 2\n"), change("link.yaml", "b: 1\n", "b: 2\n")]);
    assert_eq!(written, Ok(vec!["a.yaml".to_owned(), "link.yaml".to_owned()]));
    assert_eq!(fs::read_to_string(inside.join("a.yaml")).unwrap(), "a: 2\n");
    assert_eq!(fs::metadata(inside.join("a.yaml")).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(inside.join("real.yaml")).unwrap(), "b: 2\n");
    assert!(fs::symlink_metadata(inside.join("link.yaml")).unwrap().is_symlink());
    assert_eq!(fs::read_dir(&inside).unwrap().count(), 3, "nothing else is left behind");
}

#[cfg(unix)]
#[test]
fn when_one_file_cannot_be_written_none_is() {
    let folder = Folder::new("none");
    let inside = folder.inside();
    fs::write(inside.join("a.yaml"), "a: 1\n").unwrap();
    fs::write(inside.join("b.yaml"), "b: 9\n").unwrap();
    fs::write(folder.0.join("outside.yaml"), "c: 1\n").unwrap();
    std::os::unix::fs::symlink(folder.0.join("outside.yaml"), inside.join("link.yaml")).unwrap();
    let good = change("a.yaml", "a: 1\n", "a: 2\n");
    let cases = [
        (
            Files::below(&inside),
            change("b.yaml", "b: 1\n", "b: 2\n"),
            WriteError::Changed { path: "b.yaml".into() },
        ),
        (
            Files::below(&inside),
            change("link.yaml", "c: 1\n", "c: 2\n"),
            WriteError::Unreadable { path: "link.yaml".into(), error: ReadError::OutsideRoot },
        ),
        (
            Files::anywhere(&inside),
            change("link.yaml", "c: 1\n", "c: 2\n"),
            WriteError::OutsideRoot { path: "link.yaml".into() },
        ),
        (
            Files::below(&inside),
            change("gone.yaml", "", "c: 2\n"),
            WriteError::Unreadable { path: "gone.yaml".into(), error: ReadError::Missing },
        ),
    ];
    for (files, bad, error) in cases {
        assert_eq!(write(&files, &[good.clone(), bad]), Err(error));
        assert_eq!(fs::read_to_string(inside.join("a.yaml")).unwrap(), "a: 1\n");
        assert_eq!(fs::read_to_string(folder.0.join("outside.yaml")).unwrap(), "c: 1\n");
        assert_eq!(fs::read_dir(&inside).unwrap().count(), 3, "nothing else is left behind");
    }
}

proptest! {
    #[test]
    fn a_fix_is_applied_whole_or_not_at_all(
        text in "[a-cé\n]{0,30}",
        edits in prop::collection::vec(prop::collection::vec((0_usize..32, 0_usize..6, "[XY]{0,3}"), 1..4), 0..6),
    ) {
        let (sources, source) = one(&text);
        let fixes: Vec<Fix> = edits
            .iter()
            .map(|edits| {
                let edits: Vec<_> =
                    edits.iter().map(|(start, length, new)| (*start, start + length, new.as_str())).collect();
                fix(&source, Safety::Safe, &edits)
            })
            .collect();
        let fixes: Vec<&Fix> = fixes.iter().collect();
        let read = |id: SourceId| sources.get(id).map(|source| Arc::clone(&source.text));
        let round = apply(&fixes, Safety::Safe, &read);
        let total = round.applied.len() + round.waiting.len() + round.refused.len();
        prop_assert_eq!(total, fixes.len());
        // What is left of the old text is what no applied edit replaces, and what is new is what they insert.
        let after = round.texts.get(&source.id).cloned().unwrap_or_else(|| text.clone());
        let applied: std::collections::BTreeSet<(u32, u32, String)> = round
            .applied
            .iter()
            .flat_map(|index| fixes[*index].edits.iter().enumerate())
            .map(|(_, edit)| (edit.span.start, edit.span.end, edit.text.clone()))
            .collect();
        let kept = text.char_indices().filter(|(at, _)| {
            !applied.iter().any(|(start, end, _)| (*start as usize) <= *at && *at < *end as usize)
        });
        let kept: String = kept.map(|(_, character)| character).collect();
        let left: String = after.chars().filter(|character| !matches!(character, 'X' | 'Y')).collect();
        prop_assert_eq!(kept, left);
        for (start, _, new) in &applied {
            prop_assert!(after.contains(new.as_str()), "the edit at {start} is missing");
        }
    }

    #[test]
    fn fixing_again_changes_nothing(text in "[ax: \n-]{0,40}") {
        let find = |text: &str| {
            let found = (0..text.len()).filter(|at| text[*at..].starts_with("xx"));
            found.map(|at| ("shorten", at, at + 2, "x".to_owned())).collect::<Vec<_>>()
        };
        let (once, first) = settled(&text, find);
        prop_assume!(first.is_settled);
        let (twice, second) = settled(&once, find);
        prop_assert_eq!(once, twice);
        prop_assert!(second.changes.is_empty());
    }
}
