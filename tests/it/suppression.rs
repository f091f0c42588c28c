//! What takes a diagnostic out again: comments, and entries of the configuration.

use std::path::Path;

use plimsoll::check::suppression::Against;
use plimsoll::check::suppression::Comments;
use plimsoll::check::suppression::EXPIRED;
use plimsoll::check::suppression::MALFORMED;
use plimsoll::check::suppression::Suppressed;
use plimsoll::check::suppression::UNEXPLAINED;
use plimsoll::check::suppression::UNKNOWN_RULE;
use plimsoll::check::suppression::UNUSED;
use plimsoll::check::suppression::suppress;
use plimsoll::config::Ignore;
use plimsoll::diagnostic::Diagnostic;
use plimsoll::diagnostic::Finding;
use plimsoll::diagnostic::Severity;
use plimsoll::rules::Date;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use plimsoll::source::Spanned;
use proptest::prelude::*;

const RULES: [&str; 4] =
    ["compose/privileged", "compose/public-port", "promotion/environment-drift", "cost/over-budget"];
const TODAY: Date = Date { year: 2026, month: 11, day: 22 };
const AGAINST: Against<'static> = Against { rules: &RULES, today: TODAY, complete: true };

/// A text in which `«rule»` stands before each place where that rule finds something: the text without these marks,
/// and a diagnostic for each.
fn marked(path: &str, text: &str) -> (SourceMap, Vec<Diagnostic>) {
    let mut clean = String::new();
    let mut places = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('«') {
        let (rule, after) = after.split_once('»').unwrap();
        clean.push_str(before);
        places.push((rule.to_owned(), clean.len()));
        rest = after;
    }
    clean.push_str(rest);
    let sources = SourceMap::new(Files::memory([(path, clean)]));
    let source = sources.read(Path::new(path)).unwrap();
    let diagnostics = places.into_iter().map(|(rule, at)| {
        let end = source.text[at..].find(['\n', ' ', ':']).map_or(source.text.len(), |length| at + length);
        let finding = Finding::new("wrong", Span::new(source.id, at, end), "services.api.thing");
        Diagnostic { rule, severity: Severity::Error, finding, fingerprint: String::new() }
    });
    let diagnostics = diagnostics.collect();
    (sources, diagnostics)
}

fn run(path: &str, text: &str) -> (SourceMap, Suppressed) {
    let (sources, diagnostics) = marked(path, text);
    let comments = [Comments::read(&sources.by_path(Path::new(path)).unwrap())];
    let done = suppress(diagnostics, &comments, &[], &sources, AGAINST);
    (sources, done)
}

/// What stays, as the text it points at, and the rules of what is said about the comments.
fn outcome(path: &str, text: &str) -> (Vec<String>, Vec<&'static str>) {
    let (sources, done) = run(path, text);
    let kept = done.kept.iter().map(|diagnostic| sources.slice(diagnostic.finding.primary.span)).collect();
    (kept, done.findings.iter().map(|(rule, _)| *rule).collect())
}

#[test]
fn a_comment_beside_the_line_covers_that_line() {
    let (kept, said) = outcome(
        "docker-compose.yml",
        "services:
  api:
    «compose/privileged»privileged: true # plimsoll: ignore compose/privileged -- it builds images
  web:
    «compose/privileged»privileged: on
",
    );
    assert_eq!(kept, ["privileged"]);
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn a_comment_of_its_own_covers_the_whole_node_that_follows() {
    let (kept, said) = outcome(
        "docker-compose.yml",
        "services:
  # plimsoll: ignore compose/privileged, compose/public-port -- a lab

  # what follows is the lab
  lab:
    image: lab
    «compose/privileged»privileged: true
    ports:
      - «compose/public-port»8080:80
  web:
    ports:
      # plimsoll: ignore compose/public-port -- the front door
      - «compose/public-port»80:80
      - «compose/public-port»443:443
",
    );
    assert_eq!(kept, ["443"]);
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn a_comment_over_an_item_covers_the_item_and_not_its_list() {
    let (kept, said) = outcome(
        "values.yaml",
        "jobs:
  # plimsoll: ignore compose/* -- seen
  - name: «compose/privileged»one
    image: «compose/public-port»two
  - name: «compose/privileged»three
",
    );
    assert_eq!(kept, ["three"]);
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn ignore_file_covers_the_file_wherever_it_stands() {
    let (kept, said) = outcome(
        "docker-compose.yml",
        "services:
  api:
    «compose/privileged»privileged: true
    ports: [«compose/public-port»80:80]
# plimsoll: ignore-file compose/privileged -- thrown away after the demo
",
    );
    assert_eq!(kept, ["80"]);
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn another_rule_is_not_covered_and_the_comment_is_found_unused() {
    let (kept, said) = outcome(
        "docker-compose.yml",
        "a: «cost/over-budget»1 # plimsoll: ignore compose/privileged -- not this one\n",
    );
    assert_eq!(kept, ["1"]);
    assert_eq!(said, [UNUSED]);
}

#[test]
fn a_comment_without_a_reason_has_no_effect_and_is_reported() {
    for comment in [
        "plimsoll: ignore compose/privileged",
        "plimsoll: ignore compose/privileged --",
        "plimsoll: ignore compose/privileged --  ",
    ] {
        let text = format!("a: «compose/privileged»1 # {comment}\n");
        assert_eq!(outcome("a.yaml", &text), (vec!["1".to_owned()], vec![UNEXPLAINED]), "{comment}");
    }
}

#[test]
fn what_a_comment_gets_wrong_is_said() {
    let said = [
        "plimsoll: ignroe compose/privileged -- why",
        "plimsoll: disable compose/privileged -- why",
        "plimsoll:",
        "plimsoll: ignore",
        "plimsoll: ignore -- why",
        "plimsoll: ignore compose/privileged compose/public-port -- why",
        "plimsoll: ignore compose/priviledged -- why",
        "plimsoll: ignore privileged -- why",
        "plimsoll: ignore nothing/like-it -- why",
        "plimsoll: ignore compose/privileged",
        "plimsoll: ignore compose/privileged, compose/public-port -- why",
    ]
    .map(|comment| {
        let (sources, done) = run("a.yaml", &format!("a: 1 # {comment}\n"));
        let findings = done.findings.iter().map(|(rule, finding)| {
            let at = sources.slice(finding.primary.span);
            format!("  {rule} at `{at}`: {}\n    {}", finding.message, finding.help.as_deref().unwrap_or("-"))
        });
        format!("# {comment}\n{}\n", findings.collect::<Vec<_>>().join("\n"))
    });
    insta::assert_snapshot!(said.concat());
}

#[test]
fn words_that_are_no_comment_to_plimsoll_are_left_alone() {
    for (path, text) in [
        ("a.yaml", "a: \"# plimsoll: ignore x\"\nb: plimsoll:ignore\nc: |\n  # plimsoll: ignore x\n"),
        ("a.yaml", "# see plimsoll: it says so\n"),
        ("main.go", "var a = \"// plimsoll: ignore x\"\nvar b = \"http://plimsoll:80\"\n"),
        ("main.py", "a = '# plimsoll: ignore x'\n"),
        ("templates/a.yaml", "a: {{ \"/* plimsoll: ignore x\" }}\n"),
    ] {
        let sources = SourceMap::new(Files::memory([(path, text)]));
        let comments = Comments::read(&sources.read(Path::new(path)).unwrap());
        assert!(comments.list.is_empty() && comments.findings.is_empty(), "{path}: {comments:?}");
    }
}

#[test]
fn programs_are_read_in_their_own_comments() {
    let (kept, said) = outcome(
        "infra/main.go",
        "func main() {
\tsize := «cost/over-budget»\"s-8vcpu\" // plimsoll: ignore cost/over-budget -- the launch
\t// plimsoll: ignore cost/over-budget -- until the move is over
\tpool := NewNodePool(ctx, \"pool\", &Args{
\t\tSize: «cost/over-budget»size, // (not closed in here
\t\tCount: «cost/over-budget»3,
\t})
\tother := «cost/over-budget»4
}
",
    );
    assert_eq!(kept, ["4"]);
    assert!(said.is_empty(), "{said:?}");
    let (kept, said) = outcome(
        "infra/__main__.py",
        "# plimsoll: ignore cost/over-budget -- the launch
pool = NodePool('pool',
    size=«cost/over-budget»'big')
size = «cost/over-budget»'big'  # plimsoll: ignore cost/over-budget -- the launch
last = «cost/over-budget»1
",
    );
    assert_eq!(kept, ["1"]);
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn templates_are_read_by_their_indentation() {
    let (kept, said) = outcome(
        "chart/templates/api.yaml",
        "{{- /* plimsoll: ignore compose/privileged -- the node agent */ -}}
spec:
  {{- if .Values.on }}
  a: «compose/privileged»1
  {{- end }}
# plimsoll: ignore compose/public-port -- the front door
ports:
- «compose/public-port»80
- 443
b: «compose/public-port»1 {{/* plimsoll: ignore compose/public-port -- seen */}}
c: «compose/privileged»2
",
    );
    assert_eq!(kept, ["2"]);
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn a_file_that_is_no_yaml_keeps_its_comments() {
    let (kept, said) = outcome(
        "docker-compose.yml",
        "a:
  # plimsoll: ignore compose/privileged -- seen
  b:
    c: «compose/privileged»1
  d: [
e: «compose/privileged»2
",
    );
    assert_eq!(kept, ["2"]);
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn removing_an_unused_comment_leaves_nothing_behind() {
    let cases = [
        ("a: 1   # plimsoll: ignore compose/privileged -- why\nb: 2\n", "a: 1\nb: 2\n"),
        ("a:\n  # plimsoll: ignore compose/privileged -- why\n  b: 2\n", "a:\n  b: 2\n"),
        ("a: 1\n# plimsoll: ignore-file compose/privileged -- why", "a: 1\n"),
        (
            "a: «cost/over-budget»1 # plimsoll: ignore compose/privileged, cost/over-budget -- why\n",
            "a: 1 # plimsoll: ignore cost/over-budget -- why\n",
        ),
        (
            "a: «cost/over-budget»1 # plimsoll: ignore cost/over-budget, compose/privileged -- why\n",
            "a: 1 # plimsoll: ignore cost/over-budget -- why\n",
        ),
    ];
    for (text, after) in cases {
        let (sources, done) = run("a.yaml", text);
        let [(UNUSED, finding)] = done.findings.as_slice() else { panic!("{text}: {:?}", done.findings) };
        let edit = &finding.fix.as_ref().unwrap().edits[0];
        let mut fixed = sources.by_path(Path::new("a.yaml")).unwrap().text.to_string();
        fixed.replace_range(edit.span.range(), &edit.text);
        assert_eq!(fixed, after);
    }
}

#[test]
fn a_partial_run_calls_nothing_unused() {
    let (sources, _) = marked("a.yaml", "a: 1 # plimsoll: ignore compose/privileged -- why\n");
    let comments = [Comments::read(&sources.by_path(Path::new("a.yaml")).unwrap())];
    let entries = [entry("compose/privileged", Some("legacy/**"), None)];
    let partial = suppress(Vec::new(), &comments, &entries, &sources, Against { complete: false, ..AGAINST });
    assert!(partial.findings.is_empty(), "{:?}", partial.findings);
    let full = suppress(Vec::new(), &comments, &entries, &sources, AGAINST);
    assert_eq!(full.findings.len(), 2);
}

fn entry(rule: &str, at: Option<&str>, until: Option<(u16, u8, u8)>) -> Ignore {
    let sources = SourceMap::new(Files::memory([("plimsoll.yaml", "ignore: []\n")]));
    let span = sources.read(Path::new("plimsoll.yaml")).unwrap().whole();
    Ignore {
        rule: Spanned::new(rule.to_owned(), span),
        at: at.map(|at| Spanned::new(at.to_owned(), span)),
        reason: Spanned::new("agreed".to_owned(), span),
        owner: None,
        until: until.map(|day| Spanned::new(day, span)),
        span,
    }
}

/// One diagnostic in `deploy/docker-compose.yml` about `services.api.environment.LOG_LEVEL` in staging and
/// production, and what an entry leaves of it: the environments, or `None`.
fn left(at: Option<&str>, rule: &str) -> Option<Vec<String>> {
    let sources = SourceMap::new(Files::memory([("deploy/docker-compose.yml", "services: {}\n")]));
    let source = sources.read(Path::new("deploy/docker-compose.yml")).unwrap();
    let finding = Finding::new("wrong", source.whole(), "services.api.environment.LOG_LEVEL")
        .environment("staging")
        .environment("production");
    let diagnostic = Diagnostic {
        rule: "promotion/environment-drift".to_owned(),
        severity: Severity::Warning,
        finding,
        fingerprint: String::new(),
    };
    let done = suppress(vec![diagnostic], &[], &[entry(rule, at, None)], &sources, AGAINST);
    assert_eq!(done.count + done.kept.len(), 1);
    done.kept.into_iter().next().map(|diagnostic| diagnostic.finding.environments)
}

#[test]
fn an_entry_takes_out_by_file_subject_and_environment() {
    let rule = "promotion/environment-drift";
    for at in [
        "deploy/docker-compose.yml",
        "deploy/*.yml",
        "**/docker-compose.yml",
        "deploy/",
        "deploy",
        "docker-compose.yml",
        "services.api.environment.LOG_LEVEL",
        "api.LOG_LEVEL",
        "api.*",
        "api",
        "*.LOG_*",
    ] {
        assert_eq!(left(Some(at), rule), None, "{at}");
    }
    for at in
        ["deploy/*.yaml", "*.yml", "compose.yml", "web.LOG_LEVEL", "LOG_LEVEL.api", "local.api", "stag", ""]
    {
        assert_eq!(left(Some(at), rule).map(|left| left.len()), Some(2), "{at}");
    }
    for at in ["staging.api.LOG_LEVEL", "staging.services.api", "staging"] {
        assert_eq!(left(Some(at), rule), Some(vec!["production".to_owned()]), "{at}");
    }
    assert_eq!(left(None, rule), None);
    assert_eq!(left(None, "promotion/*"), None);
    assert_eq!(left(None, "compose/*").map(|left| left.len()), Some(2));
}

#[test]
fn an_entry_holds_through_its_last_day() {
    let drift = |until| {
        let (sources, diagnostics) = marked("a.yaml", "a: «compose/privileged»1\n");
        let entries = [entry("compose/privileged", None, Some(until))];
        let done = suppress(diagnostics, &[], &entries, &sources, AGAINST);
        (
            done.count,
            done.findings.into_iter().map(|(rule, finding)| (rule, finding.message)).collect::<Vec<_>>(),
        )
    };
    assert_eq!(drift((2026, 11, 22)), (1, vec![]));
    assert_eq!(drift((2027, 1, 1)), (1, vec![]));
    let message = "this entry held until 2026-11-21, and `compose/privileged` is reported again";
    assert_eq!(drift((2026, 11, 21)), (0, vec![(EXPIRED, message.to_owned())]));
}

#[test]
fn who_answers_for_an_entry_is_asked_when_it_is_over_or_takes_nothing_out() {
    let (sources, _) = marked("a.yaml", "a: 1\n");
    for until in [None, Some((2026, 1, 1))] {
        let mut entry = entry("compose/privileged", None, until);
        entry.owner = Some(Spanned::new("platform team".to_owned(), entry.span));
        let done = suppress(Vec::new(), &[], &[entry], &sources, AGAINST);
        let help = done.findings[0].1.help.as_deref().unwrap();
        assert!(help.ends_with("; `platform team` answers for it"), "{help}");
    }
}

#[test]
fn an_entry_may_speak_about_suppressions() {
    let (sources, _) = marked("a.yaml", "a: 1\n");
    let entries = [entry("plimsoll/unused-suppression", None, None)];
    let rules = ["plimsoll/unused-suppression"];
    let done = suppress(Vec::new(), &[], &entries, &sources, Against { rules: &rules, ..AGAINST });
    assert!(done.findings.is_empty(), "{:?}", done.findings);
}

#[test]
fn an_entry_for_an_unknown_rule_is_reported_once() {
    let (sources, diagnostics) = marked("a.yaml", "a: «compose/privileged»1\n");
    let entries = [entry("compose/privlieged", None, Some((2020, 1, 1)))];
    let done = suppress(diagnostics, &[], &entries, &sources, AGAINST);
    let said: Vec<_> = done.findings.iter().map(|(rule, finding)| (*rule, finding.help.as_deref())).collect();
    assert_eq!(said, [(UNKNOWN_RULE, Some("did you mean `compose/privileged`?"))]);
    assert_ne!(MALFORMED, UNKNOWN_RULE);
}

#[test]
fn a_file_full_of_comments_is_read_in_time() {
    for (path, text) in [
        ("a.yaml", "# plimsoll: ignore compose/privileged -- why\n".repeat(20_000)),
        ("a.go", "// plimsoll: ignore compose/privileged -- why\n".repeat(20_000)),
        ("a.go", "// plimsoll: ignore compose/privileged -- why\nf(\n".repeat(20_000)),
        ("a.py", "a # plimsoll: ignore ".repeat(20_000)),
        ("templates/a.yaml", "{{/* plimsoll: ignore compose/privileged -- why */}}\na:\n".repeat(20_000)),
    ] {
        let sources = SourceMap::new(Files::memory([(path, text)]));
        let comments = Comments::read(&sources.read(Path::new(path)).unwrap());
        let read = comments.list.len() + comments.findings.len();
        assert_eq!(read, 1_001, "{path}");
    }
}

proptest! {
    #[test]
    fn reading_comments_never_panics_and_spans_stay_inside(
        text in "(plimsoll: |ignore |ignore-file |#|//|compose/privileged|, | -- |a: |- |\\{\\{|/\\*|\\*/|\\}\\}|\"|'|é|\r?\n|  ){0,40}",
        path in prop::sample::select(vec!["a.yaml", "templates/a.yaml", "a.go", "a.py", "a.tpl"]),
    ) {
        let sources = SourceMap::new(Files::memory([(path, text.as_str())]));
        let source = sources.read(Path::new(path)).unwrap();
        let comments = Comments::read(&source);
        for finding in comments.findings.iter().map(|(_, finding)| finding) {
            prop_assert!(source.text.get(finding.primary.span.range()).is_some());
        }
        for suppression in &comments.list {
            for rule in &suppression.rules {
                prop_assert_eq!(source.slice(rule.span), rule.value.as_str());
            }
        }
        let done = suppress(Vec::new(), &[comments], &[], &sources, AGAINST);
        for (_, finding) in &done.findings {
            for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                prop_assert!(source.text.get(edit.span.range()).is_some());
            }
        }
    }
}
