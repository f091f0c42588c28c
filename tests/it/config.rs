//! `plimsoll.yaml`: what it says, and what is said about its mistakes.

use std::fmt::Write as _;

use plimsoll::config::Config;
use plimsoll::config::Level;
use plimsoll::config::Stage;
use plimsoll::diagnostic::Severity;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use plimsoll::yaml::Schema;

fn read(text: &str) -> (SourceMap, Config) {
    let sources = SourceMap::new(Files::memory([("plimsoll.yaml", text)]));
    let config = Config::load(&sources).unwrap();
    (sources, config)
}

/// One line for each mistake: line and column, what stands there, the message, the help.
fn mistakes(text: &str) -> String {
    let (sources, config) = read(text);
    let mut shown = String::new();
    for finding in &config.findings {
        let source = sources.get(finding.primary.span.source).unwrap();
        let at = source.line_column(finding.primary.span.start);
        let there = source.slice(finding.primary.span).lines().next().unwrap_or_default();
        write!(shown, "{}:{} [{there}] {}: {}", at.line, at.column, finding.subject, finding.message)
            .unwrap();
        if let Some(help) = &finding.help {
            write!(shown, " | {help}").unwrap();
        }
        shown.push('\n');
    }
    shown
}

const WHOLE: &str = r#"
ladder:
  - name: local
    compose: [docker-compose.yml]
  - name: staging
    stage: integration
    compose:
      files: [docker-compose.yml, docker-compose.staging.yml]
      env-files: .env.staging
      profiles: [web]
    host: digitalocean/s-2vcpu-4gb
    budget: 40
  - name: production
    pulumi: {project: infra, stack: production}
    helm:
      - release: docutag
        namespace: docutag
        chart: chart
        values: [chart/values-production.yaml]
        unknown: [global.imageVersion]
      - release: docutag-client1
        namespace: docutag-client1
        chart: chart
        values: chart/values-production.yaml
        set: {global.domain: client1.docutag.io, global.port: "80"}
    cluster:
      nodes:
        - {size: digitalocean/s-1vcpu-2gb, count: 3}
        - {size: digitalocean/s-2vcpu-4gb, count: {min: 1, max: 4}}
      load-balancers: 1
      registry: basic
    budget: 60.5
budget: 100
kubernetes: "1.34"
helm-version: 4
rules:
  compose/read-only-root: off
  promotion/mutable-tag: error
  promotion/unproven: {severity: warning, minimum-age: 2 days}
ignore:
  - rule: promotion/environment-drift
    at: staging.api.LOG_LEVEL
    reason: staging logs less
    until: 2028-02-29
same-as:
  - [local.db, production.docutag-postgresql]
"#;

#[test]
fn every_key_of_the_contract_is_read() {
    let (sources, config) = read(WHOLE);
    assert_eq!(mistakes(WHOLE), "");
    let names: Vec<_> = config.ladder.iter().map(|environment| environment.name.value.as_str()).collect();
    assert_eq!(names, ["local", "staging", "production"]);
    let [local, staging, production] = config.ladder.as_slice() else { panic!("three environments") };
    assert_eq!(local.compose[0].files[0].value.to_str(), Some("docker-compose.yml"));
    assert_eq!(staging.stage.map(|stage| stage.value), Some(Stage::Integration));
    assert_eq!(staging.compose[0].files.len(), 2);
    assert_eq!(staging.compose[0].profiles[0].value, "web");
    assert_eq!(staging.budget.map(|budget| budget.value), Some(40.0));
    assert_eq!(production.pulumi[0].stack.value, "production");
    assert_eq!(production.helm[0].unknown[0].value, "global.imageVersion");
    let set = &production.helm[1].set;
    assert_eq!((set[0].path.value.as_str(), set[0].string), ("global.domain", false));
    assert_eq!((set[1].value.value.as_str(), set[1].string), ("80", true));
    let cluster = production.cluster.as_ref().unwrap();
    assert_eq!(cluster.nodes.iter().map(|pool| pool.count.value).collect::<Vec<_>>(), [(3, 3), (1, 4)]);
    assert_eq!(sources.slice(cluster.nodes[0].size.span), "digitalocean/s-1vcpu-2gb");
    assert_eq!(config.kubernetes.as_ref().map(|minor| minor.value.as_str()), Some("1.34"));
    assert_eq!(config.helm_version.as_ref().map(|version| version.value), Some(4));
    let levels: Vec<_> = config.rules.iter().map(|rule| rule.level.map(|level| level.value)).collect();
    assert_eq!(levels, [Level::Off, Level::At(Severity::Error), Level::At(Severity::Warning)].map(Some));
    assert_eq!(config.rules[2].options[0].0.value, "minimum-age");
    assert_eq!(config.ignore[0].until.map(|until| until.value), Some((2028, 2, 29)));
    assert_eq!(config.same_as[0].members[1].value.1, "docutag-postgresql");
}

#[test]
fn no_file_and_an_empty_file_say_nothing() {
    let none = SourceMap::new(Files::memory([("README.md", "")]));
    let config = Config::load(&none).unwrap();
    assert!(config.ladder.is_empty() && config.findings.is_empty() && config.source.is_none());
    for text in ["", "# nothing yet\n", "---\n", "ladder:\n"] {
        assert_eq!(mistakes(text), "", "{text:?}");
    }
}

#[test]
fn each_mistake_is_one_finding_and_the_rest_is_used() {
    let text = r"
laddr: []
ladder:
  - name: local
    compse: docker-compose.yml
    budget: 40$
  - compose: [docker-compose.yml]
  - name: prod env
    stage: live
    helm: {release: 12, chart: chart}
    cluster: {nodes: [{size: s-1vcpu-2gb, count: -1}, {size: a/b, count: {min: 3, max: 1}}]}
  - name: local
  - staging
budget: [1]
kubernetes: 1.30
rules:
  compose/privileged: eror
  privileged: off
ignore:
  - rule: a/b
    until: 2027-02-29
    reason: x
  - rule: a/b
  - {rule: c/d, reason: fine}
same-as:
  - [local.db, locl.database]
";
    insta::assert_snapshot!(mistakes(text));
    let (_, config) = read(text);
    assert_eq!(
        config.ladder.iter().map(|rung| rung.name.value.as_str()).collect::<Vec<_>>(),
        ["local", "prod env"]
    );
    assert_eq!(config.ignore.len(), 1, "an acceptance whose end or reason is broken accepts nothing");
    assert_eq!(config.kubernetes.map(|minor| minor.value).as_deref(), Some("1.30"));
}

#[test]
fn a_text_that_is_no_configuration_is_one_finding() {
    for text in ["just text", "- a\n- b\n", "ladder: {a: b}\n", "ladder: [\n"] {
        let mistakes = mistakes(text);
        assert_eq!(mistakes.lines().count(), 1, "{text:?}: {mistakes}");
    }
}

#[test]
fn a_second_configuration_file_is_named() {
    let sources =
        SourceMap::new(Files::memory([("plimsoll.yaml", "budget: 1\n"), ("plimsoll.yml", "budget: 2\n")]));
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.budget.map(|budget| budget.value), Some(1.0));
    assert_eq!(config.findings[0].message, "`plimsoll.yml` is not read: `plimsoll.yaml` stands beside it");
}

#[test]
fn the_schema_for_editors_judges_as_the_reader_does() {
    let schema: serde_json::Value = serde_json::from_str(plimsoll::config::SCHEMA).unwrap();
    let schema = Schema::new(&schema).unwrap();
    let good = [
        WHOLE,
        "budget: 3\n",
        "ladder: []\nrules:\nignore:\n",
        "ladder: [{name: a, compose: x.yml, stage:, host:}]",
        "ladder: [{name: a, compose: [{files: x.yml}, {files: [y.yml, z.yml], directory: .}]}]",
        "ladder: [{name: a, helm: {release: r, chart: c, set: {a.b: 1, c: true, d: null}}}]",
        "rules: {a/b: {severity: off, days: 3}, c/*: info, d/e: false}",
        "ignore: [{rule: a/b, reason: r, until: 2027-01-31, owner: o}]",
    ];
    let bad = [
        "laddr: []",
        "ladder: {}",
        "ladder: [x]",
        "ladder: [{stage: local}]",
        "ladder: [{name: a b}]",
        "ladder: [{name: a, stage: live}]",
        "ladder: [{name: a, compose: 3}]",
        "ladder: [{name: a, compose: {}}]",
        "ladder: [{name: a, compose: [{files: a}, b]}]",
        "ladder: [{name: a, helm: [{release: r}]}]",
        "ladder: [{name: a, helm: {release: r, chart: c, set: {a: {b: 1}}}}]",
        "ladder: [{name: a, pulumi: {project: p}}]",
        "ladder: [{name: a, host: s-1vcpu-2gb}]",
        "ladder: [{name: a, host: a/b, monthly: 3}]",
        "ladder: [{name: a, cluster: {nodes: [{size: a/b, count: -1}]}}]",
        "ladder: [{name: a, cluster: {nodes: [{size: a/b, count: {min: 1}}]}}]",
        "ladder: [{name: a, cluster: {}}]",
        "budget: -1",
        "budget: much",
        "kubernetes: 1.34",
        "kubernetes: \"2.1\"",
        "rules: {a: off}",
        "rules: {a/b: loud}",
        "rules: {a/b: {severity: loud}}",
        "ignore: [{rule: a/b}]",
        "ignore: [{rule: a/b, reason: \" \"}]",
        "ignore: [{rule: a/b, reason: r, until: tomorrow}]",
        "same-as: [[a, b]]",
        "same-as: [a.b]",
    ];
    for (texts, wanted) in [(good.as_slice(), true), (bad.as_slice(), false)] {
        for text in texts {
            let (_, config) = read(text);
            assert_eq!(config.findings.is_empty(), wanted, "the reader on {text}: {}", mistakes(text));
            let tree = config.tree.as_ref().unwrap();
            assert_eq!(schema.is_valid(tree.root().unwrap()), wanted, "the schema on {text}");
        }
    }
}
