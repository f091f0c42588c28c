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
use plimsoll::report::Masks;
use plimsoll::report::Progress;
use plimsoll::report::Report;
use plimsoll::report::RuleInfo;
use plimsoll::report::Terminal;
use plimsoll::report::UnknownCost;
use plimsoll::report::visible;
use plimsoll::source::Files;
use plimsoll::source::Source;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use proptest::prelude::*;

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
            unknown: vec![UnknownCost {
                what: "a volume".to_owned(),
                why: "`size` is set only when the program runs".to_owned(),
                at: Some(place(sources, "infra/main.go", "size")),
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
    insta::assert_snapshot!(print(Format::Github, &report, &sources), @"plimsoll: 0 errors, 0 warnings, 0 info in 3 files");
    assert_eq!(print(Format::Gitlab, &report, &sources), "[]\n");
    assert!(print(Format::Junit, &report, &sources).contains("tests=\"1\" failures=\"0\""));
    assert!(print(Format::Markdown, &report, &sources).contains("nothing found in 3 files"));
}

fn is_valid(json: &str) {
    let schema = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/report.json"));
    let schema: serde_json::Value = serde_json::from_str(&schema.unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let document = serde_json::from_str(json).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn json_is_what_its_schema_says() {
    let sources = sources();
    is_valid(&print(Format::Json, &report(&sources), &sources));
    is_valid(&print(Format::Json, &Report::default(), &sources));
}

#[test]
fn json_places_are_lines_columns_and_bytes() {
    let sources = SourceMap::new(Files::memory([("a.yaml", "\u{feff}ключ: значение # é\r\nb: 🦀x\n")]));
    let source = sources.read(Path::new("a.yaml")).unwrap();
    let at = |needle: &str| {
        let start = source.text.find(needle).unwrap();
        Span::new(source.id, start, start + needle.len())
    };
    let finding = Finding::new("wrong", at("значение"), "a").related(at("x"), "");
    let report =
        Report { diagnostics: vec![diagnostic("a/b", Severity::Error, finding)], ..Report::default() };
    let json: serde_json::Value = serde_json::from_str(&print(Format::Json, &report, &sources)).unwrap();
    let diagnostic = &json["diagnostics"][0];
    let place = |line: u32, column: u32, offset: u32| serde_json::json!({"line": line, "column": column, "offset": offset});
    assert_eq!(diagnostic["primary"]["start"], place(1, 7, 13));
    assert_eq!(diagnostic["primary"]["end"], place(1, 15, 29));
    assert_eq!(diagnostic["related"][0]["start"], place(2, 5, 43));
    let human = print(Format::Human, &report, &sources);
    assert!(human.contains("[a.yaml:1:7]"), "{human}");
}

#[test]
fn sarif_is_sarif() {
    let sources = sources();
    let text = print(Format::Sarif, &report(&sources), &sources);
    let typed: serde_sarif::sarif::Sarif = serde_json::from_str(&text).unwrap();
    // What the official types do not know would be lost on the way back.
    let back = serde_json::to_value(&typed).unwrap();
    let written: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(back, written);
    let run = &typed.runs[0];
    let results = run.results.as_ref().unwrap();
    let rules = run.tool.driver.rules.as_ref().unwrap();
    for result in results {
        let index = usize::try_from(result.rule_index.unwrap()).unwrap();
        assert_eq!(Some(&rules[index].id), result.rule_id.as_ref());
        assert!(result.partial_fingerprints.as_ref().unwrap().contains_key("plimsoll/v1"));
    }
}

#[test]
fn sarif_messages_hold_no_placeholder_and_no_link() {
    let sources = sources();
    let place = place(&sources, "docker-compose.yml", "services");
    let finding = Finding::new("`${VAR}` and {0} and [text](1)", place, "x");
    let report =
        Report { diagnostics: vec![diagnostic("a/b", Severity::Error, finding)], ..Report::default() };
    let text = print(Format::Sarif, &report, &sources);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let message = &json["runs"][0]["results"][0]["message"]["text"];
    assert_eq!(message, "`${VAR}` and {{0}} and \\[text\\](1)");
}

#[test]
fn no_format_prints_a_secret() {
    for (written, secret) in [
        ("s3cr3t-Pa55word", "s3cr3t-Pa55word"),
        ("'it''s-s3cr3t'", "it's-s3cr3t"),
        ("\"tab\\tquote\\\"s3cr3t\"", "tab\tquote\"s3cr3t"),
        ("|-\n        -----BEGIN KEY-----\n        MIIEvQIBADANBg\n        kqhkiG9w0BAQ", "MIIEvQIBADANBg"),
        ("пароль-пароль", "пароль-пароль"),
    ] {
        let text =
            format!("services:\n  api:\n    key: {written}\n    url: http://x:{secret}@y\n    next: 1\n");
        let sources = SourceMap::new(Files::memory([("docker-compose.yml", text.clone())]));
        let source = sources.read(Path::new("docker-compose.yml")).unwrap();
        let start = text.find(written).unwrap();
        let span = Span::new(source.id, start, start + written.len());
        sources.mark_secret(span);
        let next = text.find("next").unwrap();
        let edit =
            |text: &str| vec![Edit { span: Span::new(source.id, next, next + 4), text: text.to_owned() }];
        let finding = |span| {
            Finding::new(format!("the message has {secret} in it"), span, format!("services.{secret}"))
                .label(format!("a label {secret}"))
                .related(Span::new(source.id, next, next + 4), format!("related {secret}"))
                .help(format!("put {secret} elsewhere"))
                .fix(format!("write {secret}"), Safety::Safe, edit(&format!("SECRET={secret}")))
                .environment(format!("env-{secret}"))
        };
        let cost = Cost {
            currency: "USD".to_owned(),
            environments: vec![EnvironmentCost {
                name: format!("env-{secret}"),
                items: vec![CostItem { what: format!("a {secret}"), monthly: 1.0, at: Some(span) }],
                unknown: vec![UnknownCost {
                    what: format!("b {secret}"),
                    why: format!("{secret} is not known"),
                    at: Some(span),
                }],
                ..EnvironmentCost::default()
            }],
        };
        let report = Report {
            diagnostics: vec![
                diagnostic("a/b", Severity::Error, finding(span)),
                diagnostic("a/b", Severity::Info, finding(Span::new(source.id, next, next + 4))),
                diagnostic("a/b", Severity::Warning, finding(source.whole())),
            ],
            unchecked: vec![Unchecked {
                what: format!("release-{secret}"),
                reason: format!("{secret} is unknown"),
                span: Some(span),
            }],
            files: 1,
            cost: Some(cost),
            ..Report::default()
        };
        for format in Format::ALL {
            let printed = print(format, &report, &sources);
            for secret in [secret, "s3cr3t", "MIIEvQIBADANBg", "kqhkiG9w0BAQ", "BEGIN KEY", "пароль"] {
                assert!(!printed.contains(secret), "{}: {secret}\n{printed}", format.name());
            }
            assert!(
                printed.contains("****") || printed.contains("&#42;") || printed.contains("\\*"),
                "{printed}"
            );
        }
    }
}

#[test]
fn a_usual_word_is_masked_only_where_it_is_a_credential() {
    let text = "image: postgres:15\npassword: postgres\nurl: postgres://postgres:postgres@postgres/app\n";
    let sources = SourceMap::new(Files::memory([("a.yaml", text)]));
    let source = sources.read(Path::new("a.yaml")).unwrap();
    let at = text.find("postgres\nurl").unwrap();
    sources.mark_secret(Span::new(source.id, at, at + 8));
    let masks = Masks::new(&sources);
    assert_eq!(
        masks.source(&source),
        "image: postgres:15\npassword: ********\nurl: postgres://postgres:********@postgres/app\n"
    );
    assert_eq!(masks.text("`postgres` runs version 15"), "`postgres` runs version 15");
    assert_eq!(masks.text("POSTGRES_PASSWORD=postgres"), "POSTGRES_PASSWORD=********");
    assert_eq!(masks.text("the password `postgres` is weak"), "the password `********` is weak");
}

#[test]
fn a_few_short_words_are_masked_only_where_they_are_a_credential() {
    let text = "# a note about the secret: the name\n# what the name says\nbroken: for a while\nkey: green boats at sea\n\
                # green boats at sea\n";
    let sources = SourceMap::new(Files::memory([("a.yaml", text)]));
    let source = sources.read(Path::new("a.yaml")).unwrap();
    for secret in ["the name\n# what", "green boats at sea"] {
        let at = text.find(secret).unwrap();
        let length = secret.find('\n').unwrap_or(secret.len());
        sources.mark_secret(Span::new(source.id, at, at + length));
    }
    assert_eq!(
        Masks::new(&sources).source(&source),
        "# a note about the secret: ********\n# what the name says\nbroken: for a while\nkey: ******************\n\
         # ******************\n"
    );
}

#[test]
fn nothing_in_the_input_reaches_a_terminal_as_a_command() {
    let nasty = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{200b}\r::error::x\n::error::y<script>&'\"|`](#@*_";
    let path = format!("a{nasty}.yaml");
    let text = format!("k: \u{1b}[31mred\u{7}\u{202e}\u{9b}2J\rback\nnext: {}\n", nasty.replace('\n', " "));
    let sources = SourceMap::new(Files::memory([(path.clone(), text.clone())]));
    let source = sources.read(Path::new(&path)).unwrap();
    let span = Span::new(source.id, 3, 8);
    let finding = Finding::new(format!("bad {nasty}"), span, format!("s.{nasty}"))
        .label(format!("label {nasty}"))
        .help(format!("help {nasty}"))
        .fix(format!("fix {nasty}"), Safety::Safe, vec![Edit { span, text: nasty.to_owned() }])
        .environment(format!("e{nasty}"));
    let report = Report {
        diagnostics: vec![diagnostic("a/b", Severity::Error, finding)],
        unchecked: vec![Unchecked { what: nasty.to_owned(), reason: nasty.to_owned(), span: Some(span) }],
        files: 1,
        ..Report::default()
    };
    for format in Format::ALL {
        let printed = print(format, &report, &sources);
        let hidden = printed.chars().find(|character| {
            (character.is_control() && *character != '\n')
                || matches!(character, '\u{200b}' | '\u{202e}' | '\u{feff}')
        });
        assert_eq!(hidden, None, "{}:\n{printed:?}", format.name());
        match format {
            Format::Github => {
                let commands = printed.lines().filter(|line| line.starts_with("::")).count();
                assert_eq!(commands, 2, "{printed}");
            }
            Format::Html | Format::Junit | Format::Markdown => {
                assert!(!printed.contains("<script"), "{printed}");
            }
            Format::Json | Format::Sarif | Format::Gitlab => {
                let parsed: serde_json::Value = serde_json::from_str(&printed).unwrap();
                let text = match format {
                    Format::Json => &parsed["diagnostics"][0]["fix"]["edits"][0]["text"],
                    Format::Sarif => {
                        let fix = &parsed["runs"][0]["results"][0]["fixes"][0];
                        &fix["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"]
                    }
                    _ => continue,
                };
                assert_eq!(text, nasty, "an edit is as it will be applied");
            }
            Format::Human => {}
        }
    }
    // Ours are the only escapes where there is a terminal.
    let terminal = Terminal { width: 80, colour: true, unicode: true, links_below: Some("/r".into()) };
    let printed = print_on(Format::Human, &report, &sources, &terminal);
    assert!(!printed.contains("\u{1b}]0;") && !printed.contains("\u{9b}") && !printed.contains('\u{7}'));
    assert_eq!(visible("a\tb\n\u{1b}[m"), "a b\\n\\u{1b}[m");
}

#[test]
fn markup_of_a_report_is_well_formed() {
    let sources = sources();
    let report = report(&sources);
    // Both are written as XML: every element is closed.
    let xml = print(Format::Junit, &report, &sources);
    let html = print(Format::Html, &report, &sources);
    for (text, void) in [(xml, &["?xml"][..]), (html, &["!doctype", "meta"][..])] {
        let mut open: Vec<&str> = Vec::new();
        for part in text.split('<').skip(1) {
            let (tag, _) = part.split_once('>').unwrap();
            let name = tag.split([' ', '\n']).next().unwrap();
            if let Some(name) = name.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') && !void.contains(&name) {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}

#[test]
fn a_terminal_gets_colour_lines_and_links() {
    let sources = sources();
    let report = report(&sources);
    let terminal = Terminal { width: 60, colour: false, unicode: true, links_below: None };
    insta::assert_snapshot!("human_unicode", print_on(Format::Human, &report, &sources, &terminal));
    let terminal = Terminal { width: 80, colour: true, unicode: true, links_below: Some("/home/a b".into()) };
    let printed = print_on(Format::Human, &report, &sources, &terminal);
    assert!(
        printed.contains("\u{1b}[31merror[compose/privileged] in local, staging\u{1b}[0m"),
        "{printed:?}"
    );
    let link = "\u{1b}]8;;file:///home/a%20b/docker-compose.yml\u{1b}\\docker-compose.yml\u{1b}]8;;\u{1b}\\";
    assert!(printed.contains(link), "{printed:?}");
    let plain = print(Format::Human, &report, &sources);
    assert!(!plain.contains('\u{1b}'));
}

#[test]
fn a_very_long_line_is_cut_around_what_is_marked() {
    let text =
        format!("a: [{}NEEDLE{}]\nb: {}\n", "x, ".repeat(400_000), ", y".repeat(400_000), "z".repeat(600));
    let sources = SourceMap::new(Files::memory([("min.yaml", text)]));
    let source = sources.read(Path::new("min.yaml")).unwrap();
    let finding = Finding::new("wrong", place(&sources, "min.yaml", "NEEDLE"), "a").label("here");
    let report = Report {
        diagnostics: vec![diagnostic("a/b", Severity::Error, finding)],
        files: 1,
        ..Report::default()
    };
    assert!(source.text.len() > 2_000_000);
    insta::assert_snapshot!("human_long_line", print(Format::Human, &report, &sources));
    assert!(print(Format::Html, &report, &sources).len() < 5_000);
}

#[test]
fn a_secret_that_a_cut_splits_stays_masked() {
    let secret = format!("k3y{}", "S".repeat(300));
    let text = format!("a: {secret}\nb: {}NEEDLE {secret}{}\n", "x".repeat(600), "x".repeat(600));
    let sources = SourceMap::new(Files::memory([("a.yaml", text)]));
    sources.read(Path::new("a.yaml")).unwrap();
    sources.mark_secret(place(&sources, "a.yaml", &secret));
    let finding = Finding::new("wrong", place(&sources, "a.yaml", "NEEDLE"), "a");
    let report =
        Report { diagnostics: vec![diagnostic("a/b", Severity::Error, finding)], ..Report::default() };
    for format in [Format::Human, Format::Html] {
        let printed = print(format, &report, &sources);
        assert!(
            printed.contains("NEEDLE") && !printed.contains("SSSS") && !printed.contains("k3y"),
            "{printed}"
        );
    }
}

#[test]
fn a_place_of_many_lines_is_shown_by_its_first() {
    let text = format!("services:\n  api:\n{}", "    key: value\n".repeat(50));
    let sources = SourceMap::new(Files::memory([("a.yaml", text)]));
    let source = sources.read(Path::new("a.yaml")).unwrap();
    let long = Span::new(source.id, 12, source.text.len());
    let short = Span::new(source.id, 12, 47);
    let empty = Span::new(source.id, source.text.len(), source.text.len());
    let report = Report {
        diagnostics: [long, short, empty]
            .map(|span| diagnostic("a/b", Severity::Info, Finding::new("look", span, "a").label("this")))
            .to_vec(),
        files: 1,
        ..Report::default()
    };
    insta::assert_snapshot!("human_many_lines", print(Format::Human, &report, &sources));
}

#[test]
fn many_related_places_are_shown_in_part_and_counted() {
    let lines: Vec<String> = (0..40).map(|number| format!("key{number}: value\n\n\n\n\n")).collect();
    let text = lines.concat();
    let sources = SourceMap::new(Files::memory([("a.yaml", text)]));
    sources.read(Path::new("a.yaml")).unwrap();
    let mut finding = Finding::new("repeated", place(&sources, "a.yaml", "key0"), "a");
    for number in 1..40 {
        finding = finding.related(place(&sources, "a.yaml", &format!("key{number}:")), "again");
    }
    let report =
        Report { diagnostics: vec![diagnostic("a/b", Severity::Info, finding)], ..Report::default() };
    let printed = print(Format::Human, &report, &sources);
    assert!(printed.contains("31 related places are not shown here"), "{printed}");
    let json: serde_json::Value = serde_json::from_str(&print(Format::Json, &report, &sources)).unwrap();
    assert_eq!(json["diagnostics"][0]["related"].as_array().unwrap().len(), 39);
}

#[test]
fn github_escapes_what_commands_are_made_of() {
    let sources = SourceMap::new(Files::memory([("a,b:c%.yaml", "x: 1\ny:\n  z: 1\n")]));
    let source = sources.read(Path::new("a,b:c%.yaml")).unwrap();
    let one = Finding::new("100% of `a,b:c`", Span::new(source.id, 0, 1), "a").help("do it");
    let two = Finding::new("two lines", Span::new(source.id, 5, 14), "a");
    let report = Report {
        diagnostics: vec![diagnostic("a/b", Severity::Error, one), diagnostic("a/b", Severity::Info, two)],
        files: 1,
        ..Report::default()
    };
    insta::assert_snapshot!(print(Format::Github, &report, &sources), @r"
    ::error file=a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=1,endColumn=2,title=a/b::100%25 of `a,b:c`%0Ahelp: do it
    ::notice file=a%2Cb%3Ac%25.yaml,line=2,endLine=3,title=a/b::two lines
    plimsoll: 1 error, 0 warnings, 1 info in 1 file
    ");
}

#[test]
fn gitlab_fingerprints_are_unique() {
    let sources = sources();
    let place = place(&sources, "docker-compose.yml", "services");
    let same = diagnostic("a/b", Severity::Error, Finding::new("x", place, "s"));
    let report = Report { diagnostics: vec![same; 3], ..Report::default() };
    let json: serde_json::Value = serde_json::from_str(&print(Format::Gitlab, &report, &sources)).unwrap();
    let fingerprints: std::collections::BTreeSet<&str> =
        json.as_array().unwrap().iter().map(|violation| violation["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(fingerprints.len(), 3);
}

#[test]
fn junit_fails_what_fails_the_run() {
    let sources = sources();
    let mut report = report(&sources);
    assert!(report.fails());
    assert!(print(Format::Junit, &report, &sources).contains("failures=\"1\""));
    report.fail_on = Some(Severity::Info);
    assert!(print(Format::Junit, &report, &sources).contains("failures=\"3\""));
    report.diagnostics.truncate(0);
    assert!(!report.fails());
}

#[test]
fn a_comment_has_room_for_its_end() {
    let sources = sources();
    let place = place(&sources, "docker-compose.yml", "services");
    let one = diagnostic("a/b", Severity::Error, Finding::new("x".repeat(300), place, "s"));
    let report = Report { diagnostics: vec![one; 2_000], ..Report::default() };
    let printed = print(Format::Markdown, &report, &sources);
    assert!(printed.len() < 65_536 && printed.contains("more, which this comment has no room for"));
}

#[test]
fn a_place_in_a_text_that_nobody_read_costs_only_its_snippet() {
    let sources = sources();
    let other = SourceMap::new(Files::memory([("x", "y")]));
    for _ in 0..9 {
        other.add("x", "y");
    }
    let lost = Span::new(other.all()[8].id, 400, 900);
    let beyond = Span::new(source(&sources, "docker-compose.yml").id, 100_000, 200_000);
    for span in [lost, beyond] {
        let finding = Finding::new("wrong", span, "a").related(span, "too");
        let report =
            Report { diagnostics: vec![diagnostic("a/b", Severity::Info, finding)], ..Report::default() };
        for format in Format::ALL {
            assert!(print(format, &report, &sources).contains("a/b"), "{}", format.name());
        }
    }
}

/// A terminal that keeps what is written to it.
#[derive(Clone, Default)]
struct Screen(Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn progress_shows_only_when_it_takes_long_and_wipes_itself_away() {
    let screen = Screen::default();
    drop(Progress::on(Box::new(screen.clone()), "checking", std::time::Duration::from_hours(1)));
    assert!(screen.0.lock().unwrap().is_empty());
    let slow = Progress::on(Box::new(screen.clone()), "checking", std::time::Duration::ZERO);
    while screen.0.lock().unwrap().is_empty() {
        std::thread::yield_now();
    }
    drop(slow);
    let shown = String::from_utf8(screen.0.lock().unwrap().clone()).unwrap();
    assert!(shown.starts_with("\r\u{1b}[Kchecking [======                  ] 0.0 s"), "{shown:?}");
    assert!(shown.ends_with(" s\r\u{1b}[K"), "{shown:?}");
}

/// Where something begins, and how long it is.
type Rough = (usize, usize);

/// A text, secrets in it, and places to talk about.
fn anything() -> impl Strategy<Value = (String, Vec<Rough>, Vec<Rough>)> {
    let place = || (0_usize..60, 0_usize..30);
    (
        "[a-z:=@ \t\r\né漢\u{1b}\u{202e}\u{301}\u{feff}🦀]{0,60}",
        prop::collection::vec(place(), 0..4),
        prop::collection::vec(place(), 1..6),
    )
}

/// The nearest span that keeps the promise of spans.
fn fitting(source: &Source, (start, length): Rough) -> Span {
    let start = source.text.floor_char_boundary(start);
    Span::new(source.id, start, source.text.ceil_char_boundary((start + length).min(source.text.len())))
}

proptest! {
    #[test]
    fn masking_keeps_lines_and_columns((text, secrets, _) in anything()) {
        let sources = SourceMap::new(Files::memory([("a.yaml", text.as_str())]));
        let source = sources.read(Path::new("a.yaml")).unwrap();
        let spans: Vec<Span> = secrets.into_iter().map(|place| fitting(&source, place)).collect();
        for span in &spans {
            sources.mark_secret(*span);
        }
        let masked = Masks::new(&sources).source(&source);
        prop_assert_eq!(masked.chars().count(), text.chars().count());
        for ((at, before), after) in text.char_indices().zip(masked.chars()) {
            let is_break = matches!(before, '\n' | '\r');
            prop_assert!(after == '*' && !is_break || after == before);
            if spans.iter().any(|span| span.range().contains(&at)) {
                prop_assert!(after == '*' || is_break);
            }
        }
    }

    #[test]
    fn positions_are_counted_as_sources_count_them((text, _, places) in anything(), mark: bool) {
        let text = if mark { format!("\u{feff}{text}") } else { text };
        let sources = SourceMap::new(Files::memory([("a.yaml", text)]));
        let source = sources.read(Path::new("a.yaml")).unwrap();
        let findings = places.into_iter().map(|place| Finding::new("wrong", fitting(&source, place), "a"));
        let diagnostics: Vec<Diagnostic> =
            findings.map(|finding| diagnostic("a/b", Severity::Info, finding)).collect();
        let report = Report { diagnostics: diagnostics.clone(), ..Report::default() };
        let json: serde_json::Value = serde_json::from_str(&print(Format::Json, &report, &sources)).unwrap();
        for (index, diagnostic) in diagnostics.iter().enumerate() {
            let span = diagnostic.finding.primary.span;
            for (name, offset) in [("start", span.start), ("end", span.end)] {
                let at = source.line_column(offset);
                let place = serde_json::json!({"line": at.line, "column": at.column, "offset": offset});
                prop_assert_eq!(&json["diagnostics"][index]["primary"][name], &place);
                prop_assert_eq!(source.line(offset), at.line);
            }
        }
    }

    #[test]
    fn any_place_can_be_shown((text, secrets, places) in anything(), width in 20_usize..120, unicode: bool) {
        let sources = SourceMap::new(Files::memory([("a.yaml", text.as_str())]));
        let source = sources.read(Path::new("a.yaml")).unwrap();
        for place in secrets {
            sources.mark_secret(fitting(&source, place));
        }
        let mut places = places.into_iter().map(|place| fitting(&source, place));
        let mut finding = Finding::new("wrong", places.next().unwrap(), "a").label("label");
        for (index, place) in places.enumerate() {
            finding = finding.related(place, if index % 2 == 0 { "other" } else { "" });
        }
        let report = Report {
            diagnostics: vec![diagnostic("a/b", Severity::Warning, finding)],
            ..Report::default()
        };
        let terminal = Terminal { width, colour: false, unicode, links_below: None };
        let human = print_on(Format::Human, &report, &sources, &terminal);
        prop_assert!(!human.contains("Failed to read"), "{human}");
        prop_assert!(human.contains("[a.yaml:"), "{human}");
        let hidden = human.chars().any(|character| character.is_control() && character != '\n');
        prop_assert!(!hidden, "{human:?}");
        for format in Format::ALL {
            print(format, &report, &sources);
        }
    }
}
