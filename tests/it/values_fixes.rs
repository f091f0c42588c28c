//! Fixes of rendered objects: in the values layer that decides, tried out, or refused with the reason.

use plimsoll::check;
use plimsoll::diagnostic::Diagnostic;
use plimsoll::diagnostic::Safety;
use plimsoll::fix::Settled;
use plimsoll::fix::settle;
use plimsoll::rules::Date;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

const DAY: Date = Date { year: 2026, month: 11, day: 1 };

const CHART: (&str, &str) = ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");

/// A Deployment with one container; `{}` is what stands in its `securityContext`.
const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector:
    matchLabels: {app: api}
  template:
    metadata:
      labels: {app: api}
    spec:
      containers:
        - name: api
          image: shop/api:1.4.2
          securityContext:
            CONTEXT
";

const LADDER: &str = "ladder:
  - name: staging
    helm: [{release: shop, namespace: shop, chart: chart, values: [chart/values-staging.yaml]}]
  - name: production
    helm: [{release: shop, namespace: shop, chart: chart, values: [chart/values-production.yaml]}]
";

fn lint(files: &Files) -> (SourceMap, Vec<Diagnostic>) {
    let sources = SourceMap::new(files.clone());
    let checked = check::repository(&sources, &check::Settings::on(DAY));
    assert!(checked.broken.is_empty(), "rules broke: {:?}", checked.broken);
    (sources, checked.diagnostics)
}

/// Fixes what one rule finds in a chart of one template with a staging and a production.
fn fixed(rule: &str, context: &str, values: &str, staging: &str, production: &str) -> Settled {
    let deployment = DEPLOYMENT.replace("CONTEXT", context);
    let files = Files::memory([
        CHART,
        ("chart/templates/deployment.yaml", deployment.as_str()),
        ("chart/values.yaml", values),
        ("chart/values-staging.yaml", staging),
        ("chart/values-production.yaml", production),
        ("plimsoll.yaml", LADDER),
    ]);
    settle(&files, Safety::Unsafe, |files| {
        let (sources, mut diagnostics) = lint(files);
        diagnostics.retain(|diagnostic| diagnostic.rule == rule);
        (sources, diagnostics)
    })
}

/// What was changed, as `path: text` each, and why the rest was not.
fn outcome(settled: &Settled) -> String {
    let changes = settled.changes.iter().map(|change| format!("{}:\n{}", change.path, change.after));
    let left = settled.diagnostics.iter().map(|diagnostic| {
        let reason = diagnostic.finding.unfixed().unwrap_or("no reason");
        format!("{} {}: {reason}\n", diagnostic.rule, diagnostic.finding.environments.join("+"))
    });
    changes.chain(left).collect()
}

const PRIVILEGED: &str = "kubernetes/privileged";
const ALL: &str = "{{- toYaml .Values.api.context | nindent 12 }}";

#[test]
fn what_all_environments_have_is_fixed_where_it_stands() {
    let settled = fixed(
        PRIVILEGED,
        ALL,
        "# shared\napi:\n  context:\n    privileged: true # why\n",
        "a: 1\n",
        "b: 1\n",
    );
    insta::assert_snapshot!(outcome(&settled), @r"
    chart/values.yaml:
    # shared
    api:
      context:
        privileged: false # why
    ");
    let settled =
        fixed(PRIVILEGED, "privileged: {{ .Values.privileged }}", "privileged: true\n", "a: 1\n", "b: 1\n");
    insta::assert_snapshot!(outcome(&settled), @r"
    chart/values.yaml:
    privileged: false
    ");
    let settled = fixed(PRIVILEGED, "privileged: true", "{}\n", "a: 1\n", "b: 1\n");
    let after = DEPLOYMENT.replace("CONTEXT", "privileged: false");
    assert_eq!(outcome(&settled), format!("chart/templates/deployment.yaml:\n{after}"));
}

#[test]
fn what_one_environment_has_is_fixed_in_its_own_layer() {
    // Its layer says it.
    let settled = fixed(
        PRIVILEGED,
        ALL,
        "api:\n  context: {privileged: false}\n",
        "a: 1\n",
        "api:\n  context:\n    privileged: true\n",
    );
    insta::assert_snapshot!(outcome(&settled), @r"
    chart/values-production.yaml:
    api:
      context:
        privileged: false
    ");
    // The chart says it, and staging has already another value.
    let settled = fixed(
        PRIVILEGED,
        ALL,
        "api:\n  context:\n    privileged: true\n",
        "api:\n  context:\n    privileged: false\n",
        "# production\napi:\n  replicas: 3\n  # last\n",
    );
    insta::assert_snapshot!(outcome(&settled), @r"
    chart/values-production.yaml:
    # production
    api:
      replicas: 3
      # last
      context:
        privileged: false
    ");
}

#[test]
fn what_cannot_be_changed_alone_is_left_and_the_reason_said() {
    let cases = [
        // An anchor that is used.
        fixed(PRIVILEGED, ALL, "x: &x\n  privileged: true\napi:\n  context: *x\n", "a: 1\n", "b: 1\n"),
        // A template makes it of something else.
        fixed(PRIVILEGED, "privileged: {{ eq .Values.mode \"raw\" }}", "mode: raw\n", "a: 1\n", "b: 1\n"),
        // The template would fail.
        fixed(
            PRIVILEGED,
            "{{ if not .Values.privileged }}{{ fail \"no\" }}{{ end }}privileged: {{ .Values.privileged }}",
            "privileged: true\n",
            "a: 1\n",
            "b: 1\n",
        ),
        // The template would say it all the same.
        fixed(
            PRIVILEGED,
            "privileged: {{ if .Values.privileged }}{{ .Values.privileged }}{{ else }}true{{ end }}",
            "privileged: true\n",
            "a: 1\n",
            "b: 1\n",
        ),
    ];
    insta::assert_snapshot!(cases.iter().map(outcome).collect::<Vec<_>>().join("---\n"), @r"
    kubernetes/privileged staging+production: it is in what an anchor names, so that other places would change too
    ---
    kubernetes/privileged staging+production: a template decides it, not a value alone
    ---
    kubernetes/privileged staging+production: with it the chart would not render
    ---
    kubernetes/privileged staging+production: with it the same would still be found
    ");
}

#[test]
fn a_misspelt_field_is_renamed_in_the_values() {
    let settled = fixed(
        "kubernetes/unknown-field",
        ALL,
        "api:\n  context:\n    # for good\n    runAsNonRot: true # yes\n",
        "a: 1\n",
        "b: 1\n",
    );
    insta::assert_snapshot!(outcome(&settled), @r"
    chart/values.yaml:
    api:
      context:
        # for good
        runAsNonRoot: true # yes
    ");
}

#[test]
fn a_number_that_has_to_be_text_gets_its_quotes_in_the_values() {
    let settled = fixed(
        "kubernetes/schema",
        "runAsNonRoot: true\n          env:\n            {{- toYaml .Values.env | nindent 12 }}",
        "env:\n  - name: PORT\n    value: 8080\n",
        "a: 1\n",
        "b: 1\n",
    );
    insta::assert_snapshot!(outcome(&settled), @r#"
    chart/values.yaml:
    env:
      - name: PORT
        value: "8080"
    "#);
}
