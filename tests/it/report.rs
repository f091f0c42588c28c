//! What people and machines read of a run.

use std::path::Path;
use std::sync::Arc;

use plimsoll::diagnostic::Diagnostic;
use plimsoll::diagnostic::Edit;
use plimsoll::diagnostic::Finding;
use plimsoll::diagnostic::Safety;
use plimsoll::diagnostic::Severity;
use plimsoll::diagnostic::Unchecked;
use plimsoll::report::Cost;
use plimsoll::report::CostItem;
use plimsoll::report::EnvironmentCost;
use plimsoll::report::Format;
use plimsoll::report::Report;
use plimsoll::report::RuleInfo;
use plimsoll::report::Terminal;
use plimsoll::source::Files;
use plimsoll::source::Source;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;

const LOCAL: &str = "services:
  api:
    image: ghcr.io/docutag/api:1.4.2
    privileged: true
  postgres:
    image: postgres:15
    environment:
      POSTGRES_PASSWORD: s3cr3t-Pa55word
      DATABASE_URL: postgres://app:s3cr3t-Pa55word@postgres/app
";
const STAGING: &str = "services:
  api:
    image: ghcr.io/docutag/api:1.4.2
  postgres:
    image: postgres:16
";

fn sources() -> SourceMap {
    let sources = SourceMap::new(Files::memory([
        ("docker-compose.yml", LOCAL),
        ("docker-compose.staging.yml", STAGING),
        ("infra/main.go", "package main\n\nconst size = \"s-1vcpu-2gb\"\n"),
    ]));
    for path in ["docker-compose.yml", "docker-compose.staging.yml", "infra/main.go"] {
        sources.read(Path::new(path)).unwrap();
    }
    sources
}

fn source(sources: &SourceMap, path: &str) -> Arc<Source> {
    sources.by_path(Path::new(path)).unwrap()
}

/// The first place where a text stands in a file.
fn place(sources: &SourceMap, path: &str, needle: &str) -> Span {
    let source = source(sources, path);
    let at = source.text.find(needle).unwrap();
    Span::new(source.id, at, at + needle.len())
}

fn diagnostic(rule: &str, severity: Severity, finding: Finding) -> Diagnostic {
    let fingerprint = format!("{:016x}", rule.len() * 0x1f_0f3d + finding.subject.len());
    Diagnostic { rule: rule.to_owned(), severity, finding, fingerprint }
}

/// One of each: several files, a fix, environments, a secret in a snippet and in a message, something unchecked.
fn report(sources: &SourceMap) -> Report {
    let secret = place(sources, "docker-compose.yml", "s3cr3t-Pa55word");
    sources.mark_secret(secret);
    let privileged = place(sources, "docker-compose.yml", "privileged: true");
    let diagnostics = vec![
        diagnostic(
            "compose/privileged",
            Severity::Error,
            Finding::new("`api` runs privileged and owns the host", privileged, "services.api.privileged")
                .label("gives every capability")
                .help("remove `privileged`, and add the capabilities that are needed to `cap_add`")
                .fix(
                    "remove `privileged`",
                    Safety::Unsafe,
                    vec![Edit { span: privileged, text: String::new() }],
                )
                .environment("local")
                .environment("staging"),
        ),
        diagnostic(
            "promotion/version-drift",
            Severity::Warning,
            Finding::new(
                "`postgres` runs version 15 in local and 16 in staging",
                place(sources, "docker-compose.staging.yml", "postgres:16"),
                "services.postgres.image",
            )
            .label("16 here")
            .related(place(sources, "docker-compose.yml", "postgres:15"), "15 here")
            .environment("staging"),
        ),
        diagnostic(
            "compose/plaintext-secret",
            Severity::Info,
            Finding::new(
                "the password `s3cr3t-Pa55word` stands in the file",
                secret,
                "services.postgres.environment",
            )
            .label("s3cr3t-Pa55word")
            .help("read s3cr3t-Pa55word from a file under `secrets`")
            .fix(
                "write s3cr3t-Pa55word elsewhere",
                Safety::Safe,
                vec![Edit { span: secret, text: "x-s3cr3t-Pa55word".to_owned() }],
            ),
        ),
    ];
    let unchecked = vec![Unchecked {
        what: "infra/modules".to_owned(),
        reason: "the submodule is not checked out; run `git submodule update --init`".to_owned(),
        span: None,
    }];
    let cost = Cost {
        currency: "USD".to_owned(),
        environments: vec![EnvironmentCost {
            name: "production".to_owned(),
            low: 53.0,
            high: 65.5,
            budget: Some(60.0),
            items: vec![CostItem {
                what: "3 × s-1vcpu-2gb".to_owned(),
                monthly: 36.0,
                at: Some(place(sources, "infra/main.go", "s-1vcpu-2gb")),
            }],
        }],
    };
    Report { diagnostics, unchecked, files: 3, cost: Some(cost), suppressed: 2, ..Report::default() }
}

fn rules() -> Vec<RuleInfo> {
    vec![
        RuleInfo {
            id: "compose/privileged".to_owned(),
            summary: "A service runs privileged".to_owned(),
            help: "A privileged container owns the host.\n\nRemove `privileged`.".to_owned(),
            severity: Severity::Error,
        },
        RuleInfo {
            id: "promotion/version-drift".to_owned(),
            summary: "The same service runs another version on the next rung".to_owned(),
            help: String::new(),
            severity: Severity::Warning,
        },
    ]
}

fn print(format: Format, report: &Report, sources: &SourceMap) -> String {
    print_on(format, report, sources, &Terminal::plain())
}

fn print_on(format: Format, report: &Report, sources: &SourceMap, terminal: &Terminal) -> String {
    let mut out = Vec::new();
    plimsoll::report::write(format, report, sources, &rules(), terminal, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_format_shows_the_same_report() {
    let sources = sources();
    let report = report(&sources);
    for format in Format::ALL {
        insta::assert_snapshot!(format.name(), print(format, &report, &sources));
    }
}

#[test]
fn a_clean_run_says_so_in_every_format() {
    let sources = sources();
    let report = Report { files: 3, ..Report::default() };
    insta::assert_snapshot!(print(Format::Human, &report, &sources), @"nothing found in 3 files");
    insta::assert_snapshot!(print(Format::Github, &report, &sources), @"plimsoll: 0 errors, 0 warnings, 0 infos in 3 files");
    assert_eq!(print(Format::Gitlab, &report, &sources), "[]\n");
    assert!(print(Format::Junit, &report, &sources).contains("tests=\"1\" failures=\"0\""));
    assert!(print(Format::Markdown, &report, &sources).contains("nothing found in 3 files"));
}
