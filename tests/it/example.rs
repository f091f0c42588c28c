//! The bundled ladder: its mistakes are found, its clean twin is silent, and the output depends on nothing else.

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll::check;
use plimsoll::diagnostic::Severity;
use plimsoll::report::Format;
use plimsoll::report::Report;
use plimsoll::report::Terminal;
use plimsoll::rules::Date;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

fn checked(folder: &str) -> (SourceMap, check::Checked) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let sources = SourceMap::new(Files::below(folder));
    let today = Date { year: 2026, month: 11, day: 1 };
    let settings = check::Settings::on(today);
    let checked = check::repository(&sources, &settings);
    (sources, checked)
}

#[test]
fn the_clean_ladder_is_silent_at_warning_and_above() {
    let (sources, checked) = checked("docutag-clean");
    let said: Vec<String> = checked
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity > Severity::Info)
        .map(|diagnostic| {
            let span = diagnostic.finding.primary.span;
            let source = sources.get(span.source).unwrap();
            let line = source.line_column(span.start).line;
            format!("{}:{line} {} {}", source.path, diagnostic.rule, diagnostic.finding.message)
        })
        .collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
    assert!(checked.broken.is_empty());
    assert_eq!(checked.ladder.environments.len(), 3, "local, staging and production");
    assert_eq!(checked.ladder.environment("production").unwrap().releases.len(), 2, "two tenants");
}

#[test]
fn the_example_shows_mistakes_of_every_family() {
    let (_, checked) = checked("docutag");
    let found: BTreeSet<&str> =
        checked.diagnostics.iter().map(|diagnostic| diagnostic.rule.as_str()).collect();
    let wanted = [
        "compose/plaintext-secret",
        "compose/port-collision",
        "compose/privileged",
        "compose/public-database",
        "compose/undefined-reference",
        "helm/unused-value",
        "kubernetes/missing-memory-limit",
        "pulumi/missing-config",
        "pulumi/mistyped-config",
        "pulumi/plaintext-secret",
    ];
    let missing: Vec<&str> = wanted.into_iter().filter(|rule| !found.contains(rule)).collect();
    assert!(missing.is_empty(), "not found: {missing:?}");
}

/// The rules a ladder is for. `promotion/unproven` is not here: it reads the history of a repository, and the example
/// has none of its own.
const HEADLINE: [&str; 38] = [
    "promotion/untested-service",
    "promotion/untested-image",
    "promotion/skipped-environment",
    "promotion/mutable-tag",
    "promotion/version-drift",
    "promotion/environment-drift",
    "promotion/port-drift",
    "promotion/health-drift",
    "promotion/local-setting",
    "promotion/build-past-local",
    "tenancy/shared-namespace",
    "tenancy/default-namespace",
    "tenancy/shared-domain",
    "tenancy/hardcoded-namespace",
    "tenancy/cross-namespace-reference",
    "tenancy/missing-network-policy",
    "tenancy/open-network-policy",
    "tenancy/missing-resource-quota",
    "tenancy/missing-limit-range",
    "tenancy/cluster-scoped-collision",
    "tenancy/cluster-role",
    "tenancy/host-access",
    "tenancy/shared-storage",
    "tenancy/node-port-collision",
    "tenancy/pod-security-label",
    "tenancy/naming",
    "cost/over-budget",
    "cost/may-exceed-budget",
    "cost/total-over-budget",
    "cost/workload-cannot-fit",
    "cost/pod-larger-than-node",
    "cost/may-not-fit",
    "cost/hidden-load-balancer",
    "cost/unbounded-autoscaling",
    "cost/missing-requests",
    "cost/unknown-size",
    "cost/stale-price",
    "cost/documented-cost-mismatch",
];

#[test]
fn the_example_shows_a_mistake_of_each_headline_rule() {
    let (_, checked) = checked("docutag");
    let found: BTreeSet<&str> =
        checked.diagnostics.iter().map(|diagnostic| diagnostic.rule.as_str()).collect();
    let missing: Vec<&str> = HEADLINE.into_iter().filter(|rule| !found.contains(rule)).collect();
    assert!(missing.is_empty(), "not found: {missing:?}");
}

#[test]
fn no_secret_of_the_example_is_printed_in_any_format() {
    let (sources, checked) = checked("docutag");
    let report = Report { diagnostics: checked.diagnostics, ..Report::default() };
    for format in Format::ALL {
        let mut out = Vec::new();
        plimsoll::report::write(format, &report, &sources, &[], &Terminal::plain(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for secret in ["tidal-harbour-42", "plain-as-day-0192"] {
            assert!(!text.contains(secret), "{} prints a secret", format.name());
        }
    }
}

#[test]
fn the_output_is_the_same_for_any_number_of_threads() {
    let outputs: BTreeSet<String> = [1, 2, 8]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let (sources, checked) = checked("docutag");
                let report = Report { diagnostics: checked.diagnostics, ..Report::default() };
                let mut out = Vec::new();
                plimsoll::report::write(Format::Json, &report, &sources, &[], &Terminal::plain(), &mut out)
                    .unwrap();
                String::from_utf8(out).unwrap()
            })
        })
        .collect();
    assert_eq!(outputs.len(), 1);
}
