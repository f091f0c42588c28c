//! `plimsoll evidence`: what was tested is written down, and rules take it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::git::Repository;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

const PASSED: &str = r#"<?xml version="1.0"?>
<testsuites name="end &amp; end" tests="3" failures="0" errors="0">
  <testsuite name="api"><testcase name="a"/><testcase name="b"><system-out>x</system-out></testcase>
  <testcase name="c"><skipped/></testcase></testsuite>
</testsuites>
"#;

fn compose(tag: &str) -> String {
    format!("services:\n  api:\n    image: ghcr.io/shop/api:{tag}\n    restart: always\n")
}

fn repository() -> Repository {
    let mut repository = Repository::new();
    let files: BTreeMap<String, String> = [
        ("docker-compose.yml", "services:\n  api:\n    build: .\n".to_owned()),
        ("docker-compose.staging.yml", compose("1.0.0")),
        ("docker-compose.production.yml", compose("2.0.0")),
        ("report.xml", PASSED.to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text))
    .collect();
    let commit = repository.commit(&[], &files);
    repository.check_out(commit, &files);
    repository
}

/// Exit code, what was printed, and what was said beside it.
fn run(arguments: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = ["plimsoll"].into_iter().chain(arguments.iter().copied());
    let exit = plimsoll::cli::run(arguments, &mut out, &mut err);
    (exit.code(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn add(repository: &Repository, flags: &[&str]) -> (u8, String, String) {
    let root = repository.root.to_str().unwrap();
    let report = repository.root.join("report.xml");
    let report = report.to_str().unwrap();
    run(&[&["evidence", "add", "--in", root, "--junit", report], flags].concat())
}

fn written(repository: &Repository) -> String {
    fs::read_to_string(repository.root.join(".plimsoll/evidence.yaml")).unwrap()
}

#[test]
fn what_passed_is_written_once_sorted_and_as_the_schema_says() {
    let repository = repository();
    let later = ["-e", "staging", "--commit", COMMIT, "--image", "ghcr.io/shop/api:2.0.0", "--suite", "load"];
    assert_eq!(add(&repository, &later).0, 0);
    let (code, out, err) = add(&repository, &["-e", "staging"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "recorded in `.plimsoll/evidence.yaml`: 2 tests of `end & end` in `staging`\n");
    let first = written(&repository);
    let head = fs::read_to_string(repository.root.join(".git/refs/heads/main")).unwrap();
    assert_eq!(
        first.lines().skip(1).collect::<Vec<_>>(),
        [
            format!(
                "- {{environment: \"staging\", image: \"ghcr.io/shop/api:1.0.0\", suite: \"end & end\", tests: 2, commit: \"{}\"}}",
                head.trim()
            ),
            format!(
                "- {{environment: \"staging\", image: \"ghcr.io/shop/api:2.0.0\", suite: \"load\", tests: 2, commit: \"{COMMIT}\"}}"
            ),
        ]
    );
    add(&repository, &["-e", "staging"]);
    add(&repository, &later);
    assert_eq!(written(&repository), first, "recording the same again changes nothing");
    add(&repository, &["-e", "staging", "--commit", COMMIT]);
    assert_eq!(
        written(&repository).matches(COMMIT).count(),
        2,
        "a newer commit takes the place of the older"
    );
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/evidence.json");
    let schema: serde_json::Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let mut json = Vec::new();
    let path = repository.root.join(".plimsoll/evidence.yaml");
    let exit = plimsoll::cli::run(["plimsoll", "yaml", path.to_str().unwrap()], &mut json, &mut Vec::new());
    assert_eq!(exit.code(), 0);
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let valid = jsonschema::validator_for(&schema).unwrap();
    assert!(valid.is_valid(&json) && json.as_array().unwrap().len() == 2, "{json}");
    let (code, out, _) = run(&["evidence", "list", repository.root.to_str().unwrap()]);
    assert_eq!(code, 0);
    assert!(
        out.starts_with("staging  ghcr.io/shop/api:1.0.0  2 tests of `end & end` passed at 01234567\n"),
        "{out}"
    );
}

#[test]
fn what_failed_or_was_not_run_is_not_recorded() {
    let repository = repository();
    let cases = [
        ("<testsuite><testcase name='a'><failure/></testcase></testsuite>", "tests failed in", 1),
        ("<testsuite><testcase name='a'><error>x</error></testcase></testsuite>", ": `a`; nothing", 1),
        ("<testsuite failures='1'><testcase name='a'/></testsuite>", "tests failed in", 1),
        ("<testsuite></testsuite>", "no test was run", 1),
        ("<testsuite><testcase><skipped/></testcase></testsuite>", "no test was run", 1),
        ("<html></html>", "it has no `testsuite`", 2),
        ("<testsuite><testcase/>", "it ends before its last element is closed", 2),
        ("<testsuite><a></b></testsuite>", "it is no XML", 2),
        ("", "it has no `testsuite`", 2),
    ];
    for (text, said, exit) in cases {
        fs::write(repository.root.join("report.xml"), text).unwrap();
        let (code, _, err) = add(&repository, &["-e", "staging"]);
        assert_eq!(code, exit, "{text}");
        assert!(err.contains(said), "{text}: {err}");
    }
    fs::write(repository.root.join("report.xml"), "<a>".repeat(100)).unwrap();
    assert!(add(&repository, &["-e", "staging"]).2.contains("deep"));
    fs::write(repository.root.join("report.xml"), PASSED).unwrap();
    assert!(add(&repository, &["-e", "stagin"]).2.contains("there is no environment `stagin`"));
    assert!(add(&repository, &["-e", "local"]).2.contains("name what was tested with `--image`"));
    assert!(add(&repository, &["-e", "staging", "--commit", "main"]).2.contains("give all of its 40 digits"));
    assert!(!repository.root.join(".plimsoll").exists());
}

#[test]
fn what_was_recorded_counts_for_later_environments() {
    let repository = repository();
    let untested = || {
        let (_, out, _) = run(&["check", "--format", "json", repository.root.to_str().unwrap()]);
        out.contains("promotion/untested-image")
    };
    assert!(untested());
    let image = "ghcr.io/shop/api:2.0.0";
    assert_eq!(add(&repository, &["-e", "production", "--image", image]).0, 0);
    assert!(untested(), "what was tested in production itself came too late");
    assert_eq!(add(&repository, &["-e", "staging", "--image", image]).0, 0);
    assert!(!untested());
}

#[test]
fn a_file_that_somebody_broke_is_a_mistake_of_the_configuration() {
    let repository = repository();
    fs::create_dir_all(repository.root.join(".plimsoll")).unwrap();
    for text in [
        "a: 1\n",
        "- {environment: staging}\n",
        "- {environment: staging, image: a, suite: b, tests: 0, commit: c}\n",
    ] {
        fs::write(repository.root.join(".plimsoll/evidence.yaml"), text).unwrap();
        let (code, out, _) = run(&["check", "--format", "json", repository.root.to_str().unwrap()]);
        assert_eq!(code, 2, "{text}");
        assert!(out.contains("plimsoll/configuration"), "{text}");
        let (code, _, err) = add(&repository, &["-e", "staging"]);
        assert_eq!(code, 2, "nothing is written over it: {err}");
        assert_eq!(written(&repository), text);
    }
}
