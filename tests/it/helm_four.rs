//! What Helm 4 does otherwise than Helm 3, beyond the recorded cases. Every answer is Helm 4.3.1's.

use plimsoll::cli;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

fn helm(files: &[(&str, &str)], arguments: &[&str]) -> (bool, String, String) {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    let sources = SourceMap::new(Files::memory(files));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = cli::run_helm(arguments, &sources, &mut out, &mut err);
    (exit.code() == 0, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

const CHART: (&str, &str) =
    ("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\nicon: https://x.y/z.png\n");

#[test]
fn all_documents_of_a_values_file_count_and_objects_can_be_set() {
    let files = [
        CHART,
        ("c/values.yaml", "a: 1\nm: {x: null, k: 1}\n---\nb: 2\nm: {z: 3}\n--- # one more\nc: 3\n"),
        ("c/templates/a.yaml", "v: '{{ toJson .Values }}'\n"),
    ];
    let set = [
        "template",
        "rel",
        "c",
        "--helm-version",
        "4",
        "--set-json",
        "{\"b\": {\"q\": [1, null]}}",
        "--set",
        "z[0",
    ];
    let (rendered, out, _) = helm(&files, &set);
    assert!(rendered);
    assert_eq!(
        out,
        "---\n# Source: c/templates/a.yaml\nv: '{\"a\":1,\"b\":{\"q\":[1,null]},\"c\":3,\"m\":{\"k\":1,\"z\":3}}'\n"
    );
    let (_, out, _) = helm(&files, &["template", "rel", "c"]);
    assert_eq!(out, "---\n# Source: c/templates/a.yaml\nv: '{\"a\":1,\"m\":{\"k\":1,\"x\":null}}'\n");
    assert!(!helm(&files, &["template", "rel", "c", "--set", "z[0"]).0);
}

#[test]
fn a_place_in_a_later_document_is_its_place_in_the_file() {
    let files = [CHART, ("c/values.yaml", "a: 1\n---\nb: 2\nc: [\n"), ("c/templates/a.yaml", "v: 1\n")];
    let (rendered, _, err) = helm(&files, &["template", "rel", "c", "--helm-version", "4"]);
    assert!(!rendered);
    assert!(err.contains("cannot load values.yaml: cannot unmarshal yaml document"), "{err}");
    assert!(err.contains("c/values.yaml:4:"), "{err}");
    let files = [CHART, ("c/values.yaml", "a: 1\n--- b\n"), ("c/templates/a.yaml", "v: 1\n")];
    let (rendered, _, err) = helm(&files, &["template", "rel", "c", "--helm-version", "4"]);
    assert!(!rendered && err.contains("invalid Yaml document separator: b"), "{err}");
}

#[test]
fn templates_see_the_whole_kubernetes_version_and_the_chart_as_a_map() {
    let template = "k: '{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion }} \
                    {{ .Capabilities.KubeVersion | toJson }}'\n\
                    c: '{{ .Chart.Nope }}{{ .Chart.Keywords | toJson }} {{ .Chart.Maintainers | toJson }}'\n";
    let chart = "apiVersion: v2\nname: c\nversion: 1.0.0\nmaintainers: [{name: A}]\n";
    let files = [("c/Chart.yaml", chart), ("c/templates/a.yaml", template)];
    let arguments = ["template", "rel", "c", "--helm-version", "4", "--kube-version", "1.33.4-gke.1"];
    let (_, out, _) = helm(&files, &arguments);
    assert_eq!(
        out,
        "---\n# Source: c/templates/a.yaml\n\
         k: 'v1.33.4-gke.1 v1.33.4 {\"Version\":\"v1.33.4-gke.1\",\"Major\":\"1\",\"Minor\":\"33\"}'\n\
         c: '[] [{\"Email\":\"\",\"Name\":\"A\",\"URL\":\"\"}]'\n"
    );
}

#[test]
fn each_alias_of_a_chart_has_its_own_dependencies() {
    let parent = "apiVersion: v2\nname: p\nversion: 1.0.0\ndependencies:\n\
                  - {name: s, alias: one, version: 1.0.0}\n- {name: s, alias: two, version: 1.0.0}\n";
    let child = "apiVersion: v2\nname: s\nversion: 1.0.0\ndependencies:\n\
                 - {name: g, alias: deep, version: 1.0.0, condition: deep.use}\n";
    let files = [
        ("p/Chart.yaml", parent),
        ("p/values.yaml", "one: {deep: {use: false}}\ntwo: {deep: {use: true, x: 1}}\n"),
        ("p/charts/s/Chart.yaml", child),
        ("p/charts/s/charts/g/Chart.yaml", "apiVersion: v2\nname: g\nversion: 1.0.0\n"),
        ("p/charts/s/charts/g/templates/g.yaml", "v: {{ toJson .Values }}\n"),
    ];
    let (_, four, _) = helm(&files, &["template", "rel", "p", "--helm-version", "4"]);
    assert_eq!(
        four,
        "---\n# Source: p/charts/two/charts/deep/templates/g.yaml\nv: {\"global\":{},\"use\":true,\"x\":1}\n"
    );
    let (_, three, _) = helm(&files, &["template", "rel", "p"]);
    assert_eq!(three, "---\n# Source: p/charts/two/charts/g/templates/g.yaml\nv: {\"global\":{}}\n");
}

#[test]
fn lint_looks_at_more() {
    let chart = "apiVersion: v2\nname: c\nversion: 1.2\nmaintainer: me\nmaintainers: [{name: A}]\n";
    let files = [
        ("c/Chart.yaml", chart),
        ("c/values.yaml", ""),
        ("c/templates/a.yml", "a: b: c\n"),
        ("c/crds/x.yaml", "kind: Deployment\napiVersion: v1\n"),
        ("l/Chart.yaml", "apiVersion: v1\nname: l\nversion: v1.0.0\nname: l\nicon: https://x.y/z.png\n"),
        ("l/values.yaml", ""),
    ];
    let (clean, out, _) = helm(&files, &["lint", "c", "l", "--helm-version", "4"]);
    assert!(!clean);
    let told: Vec<&str> = out.lines().map(|line| line.split("JSON: yaml").next().unwrap()).collect();
    assert_eq!(
        told,
        [
            "==> Linting c",
            "[WARNING] Chart.yaml: failed to strictly parse chart metadata file",
            "\terror unmarshaling JSON: while decoding JSON: json: unknown field \"maintainer\"",
            "[ERROR] Chart.yaml: version should be of type string but it's of type float64",
            "[INFO] Chart.yaml: icon is recommended",
            "[WARNING] Chart.yaml: version '1.2' is not a valid SemVerV2",
            "[ERROR] templates/a.yml: unable to parse YAML: error converting YAML to ",
            "[ERROR] crds/x.yaml: apiVersion is not in 'apiextensions.k8s.io'",
            "[ERROR] crds/x.yaml: object kind is not 'CustomResourceDefinition'",
            "",
            "==> Linting l",
            "[WARNING] Chart.yaml: failed to strictly parse chart metadata file",
            "\terror converting YAML to ",
            "  line 4: key \"name\" already set in map",
            "[WARNING] Chart.yaml: version 'v1.0.0' is not a valid SemVerV2",
            "[WARNING] templates/: directory does not exist",
            "",
        ]
    );
}

#[test]
fn a_helm_that_is_not_known_is_refused() {
    let (accepted, _, err) = helm(&[CHART], &["template", "rel", "c", "--helm-version", "2"]);
    assert!(!accepted && err.contains("charts are rendered as Helm 3 or Helm 4 does"), "{err}");
}

#[test]
fn lint_of_either_knows_the_kinds_of_its_client_and_refuses_text_behind_a_separator() {
    let kind = |version: &str, kind: &str, name: &str| {
        format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}}}\n")
    };
    let first = [
        kind("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "a.b.c"),
        kind("policy/v1beta1", "PodSecurityPolicy", "a"),
        kind("extensions/v1beta1", "PodSecurityPolicy", "a"),
        kind("policy/v1beta1", "PodDisruptionBudget", "b"),
    ]
    .join("---\n");
    let second = format!(
        "{}--- # fine\n{}---kind: Service\nmetadata: {{name: A_B}}\n",
        kind("batch/v1beta1", "CronJob", "c"),
        kind("policy/v1beta1", "PodDisruptionBudget", "c")
    );
    let files =
        [CHART, ("c/values.yaml", ""), ("c/templates/a.yaml", &first), ("c/templates/b.yaml", &second)];
    let wanted = "==> Linting c\n\
        [WARNING] templates/a.yaml: policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; \
        use policy/v1 PodDisruptionBudget\n\
        [WARNING] templates/b.yaml: batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 \
        CronJob\n\
        [ERROR] templates/b.yaml: unable to parse YAML: invalid Yaml document separator: kind: Service\n\n";
    for version in ["3", "4"] {
        let (clean, out, _) = helm(&files, &["lint", "c", "--helm-version", version]);
        assert!(!clean);
        assert_eq!(out, wanted);
    }
}

#[test]
fn lint_of_either_refuses_what_cannot_be_a_key_wherever_it_stands() {
    let keys = [
        ("{b: [1.5], c: true}", "map[interface {}]interface {}{\"b\":[]interface {}{1.5}, \"c\":true}"),
        ("{[b, 1, true, ~]: c}", "[]interface {}{\"b\", 1, true, interface {}(nil)}"),
    ];
    for (key, shown) in keys {
        let template = format!("kind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  {key}: c\n");
        let files = [CHART, ("c/values.yaml", ""), ("c/templates/a.yaml", &template)];
        let wanted = format!(
            "==> Linting c\n[ERROR] templates/a.yaml: unable to parse YAML: error converting YAML to JSON: yaml: \
             invalid map key: {shown}\n\n"
        );
        for version in ["3", "4"] {
            let (clean, out, _) = helm(&files, &["lint", "c", "--helm-version", version]);
            assert!(!clean);
            assert_eq!(out, wanted);
        }
    }
}
