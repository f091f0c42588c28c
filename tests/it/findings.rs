//! What findings say of what they point at, and where they point.

use plimsoll::check;
use plimsoll::check::Settings;
use plimsoll::diagnostic::Diagnostic;
use plimsoll::rules::Date;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

const CHART: (&str, &str) = ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");

fn lint(files: &[(&str, &str)]) -> (SourceMap, Vec<Diagnostic>, Vec<String>) {
    let sources = SourceMap::new(Files::memory(files.iter().copied()));
    let settings = Settings::on(Date { year: 2026, month: 11, day: 1 });
    let checked = check::repository(&sources, &settings);
    let unchecked = checked.unchecked.iter().map(|one| one.reason.clone()).collect();
    (sources, checked.diagnostics, unchecked)
}

fn place(sources: &SourceMap, diagnostic: &Diagnostic) -> (String, u32) {
    let span = diagnostic.finding.primary.span;
    let source = sources.get(span.source).unwrap();
    (source.path.clone(), source.line_column(span.start).line)
}

/// The finding of one rule about a release with a version that only the deployment knows.
fn only<'d>(diagnostics: &'d [Diagnostic], rule: &str) -> &'d Diagnostic {
    let mut found = diagnostics.iter().filter(|diagnostic| diagnostic.rule == rule);
    let first = found.next().unwrap_or_else(|| panic!("{rule} is not among {diagnostics:#?}"));
    assert!(found.next().is_none(), "{rule} speaks twice");
    first
}

const CONFIG: (&str, &str) = (
    "plimsoll.yaml",
    "ladder:\n  - name: production\n    stage: production\n    helm:\n      - release: shop\n        namespace: shop\n        chart: chart\n        unknown: [version]\n",
);

#[test]
fn a_name_is_shown_without_its_words_that_are_not_known_at_the_line_of_its_template() {
    let (sources, diagnostics, _) = lint(&[
        CHART,
        CONFIG,
        ("chart/values.yaml", "version: staging\n"),
        (
            "chart/templates/_helpers.tpl",
            "{{- define \"name\" -}}\n{{ .Release.Name }}-v{{ .Values.version }}-api\n{{- end -}}\n",
        ),
        (
            "chart/templates/api.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"name\" . }}\nspec:\n  selector:\n    matchLabels: {app: api}\n  template:\n    metadata:\n      labels: {app: api}\n    spec:\n      containers:\n        - name: {{ .Chart.Name }}\n          image: shop/api:1.2.3\n",
        ),
    ]);
    let hardening = only(&diagnostics, "kubernetes/hardening");
    assert_eq!(hardening.finding.message, "`Deployment/shop-…-api` is not hardened as far as it could be");
    assert_eq!(place(&sources, hardening), ("chart/templates/api.yaml".to_owned(), 4));
    let memory = only(&diagnostics, "kubernetes/missing-memory-limit");
    assert_eq!(place(&sources, memory), ("chart/templates/api.yaml".to_owned(), 13));
}

/// What is written of a Deployment before its resources.
const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  selector:\n    matchLabels: {app: api}\n  template:\n    metadata:\n      labels: {app: api}\n    spec:\n      containers:\n        - name: api\n          image: shop/api:1.2.3\n";

#[test]
fn what_a_value_keeps_from_being_written_is_found_at_the_value() {
    let template = format!(
        "{DEPLOYMENT}          {{{{- with .Values.resources }}}}\n          resources:\n            {{{{- toYaml . | nindent 12 }}}}\n          {{{{- end }}}}\n"
    );
    let files = [CHART, CONFIG, ("chart/templates/api.yaml", &*template)];
    let values = "image: api\nresources: {}\nversion: 1\n";
    let (sources, diagnostics, _) = lint(&[&files[..], &[("chart/values.yaml", values)]].concat());
    let memory = only(&diagnostics, "kubernetes/missing-memory-limit");
    assert_eq!(place(&sources, memory), ("chart/values.yaml".to_owned(), 2));
    let related: Vec<&str> = memory.finding.related.iter().map(|label| label.text.as_str()).collect();
    assert_eq!(related, ["left out by this", "rendered by this"]);
    // Where no file says anything of it, there is only the template.
    let values = "version: 1\n";
    let (sources, diagnostics, _) = lint(&[&files[..], &[("chart/values.yaml", values)]].concat());
    let memory = only(&diagnostics, "kubernetes/missing-memory-limit");
    assert_eq!(place(&sources, memory), ("chart/templates/api.yaml".to_owned(), 13));
}

#[test]
fn what_another_container_lacks_is_not_taken_for_what_this_one_lacks() {
    let template = format!(
        "{DEPLOYMENT}        - name: proxy\n          image: shop/proxy:1.2.3\n          {{{{- with .Values.proxy }}}}\n          resources: {{{{ toYaml . | nindent 12 }}}}\n          {{{{- end }}}}\n"
    );
    let (sources, diagnostics, _) = lint(&[
        CHART,
        CONFIG,
        ("chart/templates/api.yaml", &template),
        ("chart/values.yaml", "version: 1\nproxy: {}\n"),
    ]);
    let memory = diagnostics.iter().filter(|one| one.rule == "kubernetes/missing-memory-limit");
    let places: Vec<_> = memory.map(|one| place(&sources, one)).collect();
    let expected = [("chart/templates/api.yaml".to_owned(), 13), ("chart/values.yaml".to_owned(), 2)];
    assert_eq!(places, expected);
}

#[test]
fn a_chart_chooses_by_what_the_cluster_serves() {
    let template = "apiVersion: {{ if .Capabilities.APIVersions.Has \"apiregistration.k8s.io/v1\" }}apiregistration.k8s.io/v1{{ else }}apiregistration.k8s.io/v1beta1{{ end }}\nkind: APIService\nmetadata:\n  name: v1.shop.example\nspec: {group: shop.example, version: v1, groupPriorityMinimum: 100, versionPriority: 100}\n---\napiVersion: {{ if .Capabilities.APIVersions.Has \"policy/v1beta1\" }}policy/v1beta1{{ else }}policy/v1{{ end }}\nkind: PodDisruptionBudget\nmetadata:\n  name: shop\nspec: {maxUnavailable: 1, selector: {matchLabels: {app: shop}}}\n";
    let (_, diagnostics, _) = lint(&[CHART, CONFIG, ("chart/templates/service.yaml", template)]);
    assert!(
        diagnostics.iter().all(|diagnostic| diagnostic.rule != "kubernetes/removed-api"),
        "{diagnostics:#?}"
    );
}

#[test]
fn a_chart_that_asks_for_values_is_a_finding_only_where_something_installs_it() {
    let template = ("chart/templates/a.yaml", "domain: {{ required \"give a domain\" .Values.domain }}\n");
    let (_, alone, unchecked) = lint(&[CHART, template]);
    assert!(alone.iter().all(|diagnostic| diagnostic.rule != "helm/render"), "{alone:#?}");
    assert!(unchecked.iter().any(|reason| reason.contains("give a domain")), "{unchecked:?}");
    let known = CONFIG.1.replace("        unknown: [version]\n", "");
    let (_, installed, unchecked) = lint(&[CHART, (CONFIG.0, &known), template]);
    only(&installed, "helm/render");
    assert!(unchecked.is_empty(), "{unchecked:?}");
}

#[test]
fn a_schema_elsewhere_is_not_checked_and_the_rest_of_the_chart_is() {
    let (_, diagnostics, unchecked) = lint(&[
        CHART,
        CONFIG,
        ("chart/values.schema.json", "{\"$ref\": \"https://shop.example/schema.json\"}"),
        (
            "chart/templates/pod.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  selector:\n    matchLabels: {app: api}\n  template:\n    metadata:\n      labels: {app: api}\n    spec:\n      containers:\n        - name: api\n          image: shop/api:1.2.3\n",
        ),
    ]);
    assert!(diagnostics.iter().all(|diagnostic| diagnostic.rule != "helm/render"), "{diagnostics:#?}");
    only(&diagnostics, "kubernetes/missing-memory-limit");
    assert!(unchecked.iter().any(|reason| reason.contains("fetched")), "{unchecked:?}");
}

#[test]
fn a_test_of_a_chart_only_has_to_be_what_the_server_takes() {
    let test = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: test\n  annotations:\n    helm.sh/hook: test\nspec:\n  containers:\n    - name: test\n      image: busybox:1.37\n      commands: [wget, api]\n      env:\n        - name: PORT\n          value: \"8080\"\n          value: 8081\n---\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: test\n  annotations:\n    helm.sh/hook: test\nspec: {maxUnavailable: 1}\n";
    let (sources, diagnostics, _) = lint(&[CHART, CONFIG, ("chart/templates/tests/test.yaml", test)]);
    let mut found: Vec<(&str, u32)> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.rule.starts_with("kubernetes/"))
        .map(|diagnostic| (&*diagnostic.rule, place(&sources, diagnostic).1))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("kubernetes/duplicate-key", 15),
            ("kubernetes/removed-api", 17),
            ("kubernetes/schema", 15),
            ("kubernetes/unknown-field", 11),
        ]
    );
}

#[test]
fn what_an_untracked_env_file_brings_is_not_said_to_stand_in_the_compose_file() {
    let compose = "services:\n  db:\n    image: postgres:16.4\n    restart: always\n    environment:\n      - POSTGRES_PASSWORD=${POSTGRES_PASSWORD:?set it}\n";
    let (_, diagnostics, _) =
        lint(&[("docker-compose.staging.yml", compose), (".env", "POSTGRES_PASSWORD=correct-horse\n")]);
    assert!(
        diagnostics.iter().all(|diagnostic| diagnostic.rule != "compose/plaintext-secret"),
        "{diagnostics:#?}"
    );
}

#[test]
fn a_mutable_tag_is_shown_where_the_tag_stands() {
    let (sources, diagnostics, _) = lint(&[
        CHART,
        CONFIG,
        ("chart/values.yaml", "image:\n  repository: shop/api\n  tag: nightly\n"),
        (
            "chart/templates/pod.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  selector:\n    matchLabels: {app: api}\n  template:\n    metadata:\n      labels: {app: api}\n    spec:\n      containers:\n        - name: api\n          image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"\n",
        ),
    ]);
    assert_eq!(
        place(&sources, only(&diagnostics, "promotion/mutable-tag")),
        ("chart/values.yaml".to_owned(), 3)
    );
}

#[test]
fn environments_that_share_no_service_are_not_compared_unless_the_configuration_says_so() {
    let files = [
        ("docker-compose.yml", "services:\n  cache:\n    image: redis:7.4.1\n    restart: always\n"),
        (
            "docker-compose.production.yml",
            "services:\n  api:\n    image: shop/api:1.2.3\n    restart: always\n",
        ),
    ];
    let untested = |files: &[(&str, &str)]| {
        let (_, diagnostics, _) = lint(files);
        diagnostics.iter().filter(|diagnostic| diagnostic.rule == "promotion/untested-service").count()
    };
    assert_eq!(untested(&files), 0);
    let config = "ladder:\n  - name: local\n    compose: [docker-compose.yml]\n  - name: production\n    stage: production\n    compose: [docker-compose.production.yml]\n";
    assert_eq!(untested(&[files[0], files[1], ("plimsoll.yaml", config)]), 1);
}

#[test]
fn a_chart_may_ask_for_a_value_that_only_its_command_knows() {
    let (_, diagnostics, unchecked) = lint(&[
        CHART,
        CONFIG,
        ("chart/values.yaml", "version: \"\"\n"),
        (
            "chart/templates/a.yaml",
            "{{- if ne .Values.version \"1.0\" }}{{ fail \"set the version\" }}{{ end }}\n",
        ),
    ]);
    assert!(diagnostics.iter().all(|diagnostic| diagnostic.rule != "helm/render"), "{diagnostics:#?}");
    assert!(unchecked.iter().any(|reason| reason.contains("set the version")), "{unchecked:?}");
}

#[test]
fn what_a_template_prints_for_a_key_that_is_not_there_is_said_as_it_is() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {{ toYaml .Values.labels }}\n  \
                annotations: {note: \"{{ .Values.note }}\"}\n";
    let (_, diagnostics, _) = lint(&[CHART, ("chart/values.yaml", "{}\n"), ("chart/templates/a.yaml", text)]);
    let said: Vec<&str> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.rule == "helm/undefined-value")
        .map(|diagnostic| diagnostic.finding.message.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "`.Values.labels` is set nowhere, and `null` is printed for it",
            "`.Values.note` is set nowhere, and nothing is printed for it"
        ]
    );
}

#[test]
fn what_a_pulumi_program_gives_a_chart_is_set_there() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  zone: \"{{ .Values.dns.zone }}\"\n  \
                mail: \"{{ .Values.mail }}\"\n";
    let program = "name: infra\nruntime: yaml\nresources:\n  shop:\n    type: kubernetes:helm.sh/v4:Chart\n    \
                   properties:\n      chart: ../chart\n      values:\n        dns: {zone: shop.example}\n";
    let (_, diagnostics, _) = lint(&[
        CHART,
        ("chart/values.yaml", "dns: {}\n"),
        ("chart/templates/a.yaml", text),
        ("infra/Pulumi.yaml", program),
        ("infra/Pulumi.dev.yaml", "config: {}\n"),
    ]);
    let undefined = only(&diagnostics, "helm/undefined-value");
    assert_eq!(undefined.finding.message, "`.Values.mail` is set nowhere, and nothing is printed for it");
}

#[test]
fn a_template_that_fails_with_two_values_files_names_both() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {key: {{ .Values.store.s3.key | quote }}}\n";
    let (sources, diagnostics, _) = lint(&[
        CHART,
        ("chart/values.yaml", "store: {}\n"),
        ("chart/values-one.yaml", "store: {size: 1}\n"),
        ("chart/values-two.yaml", "store: {size: 2}\n"),
        ("chart/templates/a.yaml", text),
    ]);
    let failed = only(&diagnostics, "helm/render");
    let mut files: Vec<String> = failed
        .finding
        .related
        .iter()
        .map(|label| sources.get(label.span.source).unwrap().path.clone())
        .collect();
    files.sort();
    assert_eq!(files, ["chart/values-one.yaml", "chart/values-two.yaml"]);
}

#[test]
fn a_line_of_a_chart_in_an_environment_and_beside_it_is_one_finding() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: \"{{ .Release.Name }}-web\"}\nspec:\n  selector: \
                {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n        \
                - name: web\n          image: shop/web:1.4.2\n          securityContext: {privileged: true}\n";
    let (_, diagnostics, _) = lint(&[
        CHART,
        ("chart/values.yaml", "{}\n"),
        ("chart/values-production.yaml", "{}\n"),
        ("chart/templates/web.yaml", text),
        ("Makefile", "deploy-staging:\n\thelm upgrade --install front ./chart --namespace shop\n"),
    ]);
    let privileged = only(&diagnostics, "kubernetes/privileged");
    assert_eq!(privileged.finding.environments, ["staging"]);
    assert_eq!(privileged.finding.message, "container `web` of `Deployment/front-web` runs privileged");
}

#[test]
fn what_an_environment_costs_is_named_as_findings_name_it() {
    let text = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: \"shop-{{ .Values.version }}-data\"}\nspec: \
                {resources: {requests: {storage: 5Gi}}}\n";
    let config =
        format!("{}    cluster: {{nodes: [{{size: digitalocean/s-1vcpu-2gb, count: 1}}]}}\n", CONFIG.1);
    let sources = SourceMap::new(Files::memory([
        CHART,
        ("plimsoll.yaml", config.as_str()),
        ("chart/values.yaml", "version: staging\n"),
        ("chart/templates/data.yaml", text),
    ]));
    let checked = check::repository(&sources, &Settings::on(Date { year: 2026, month: 11, day: 1 }));
    let items = &checked.ladder.environment("production").unwrap().assessment().estimate.items;
    let volume = items.iter().find(|item| item.what.starts_with("volume")).unwrap();
    assert_eq!(volume.what, "volume of PersistentVolumeClaim/shop-…-data, 5 GiB");
}

#[test]
fn what_a_command_sets_and_no_template_reads_is_found_in_the_command() {
    let text =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {url: \"{{ .Values.api.url }}\"}\n";
    let (sources, diagnostics, _) = lint(&[
        CHART,
        ("chart/values.yaml", "api: {url: http://api}\n"),
        ("chart/templates/a.yaml", text),
        (
            "Makefile",
            "deploy-staging:\n\thelm upgrade --install shop ./chart -n shop --set api.url=http://b \\\n\t\t--set api.urll=http://c \
             --set-string 'api.other=$(OTHER)'\n",
        ),
    ]);
    let unused = diagnostics.iter().filter(|diagnostic| diagnostic.rule == "helm/unused-value");
    let said: Vec<(String, &str, Option<&str>)> = unused
        .map(|one| {
            (
                sources.slice(one.finding.primary.span),
                one.finding.message.as_str(),
                one.finding.help.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (
                "api.urll=http://c".to_owned(),
                "no template of the chart `shop` reads `api.urll`",
                Some("did you mean `url`?")
            ),
            (
                "'api.other=$(OTHER)'".to_owned(),
                "no template of the chart `shop` reads `api.other`",
                Some("leave it out, or read it in a template")
            ),
        ]
    );
}

#[test]
fn a_program_built_here_is_no_data_store_because_of_its_port() {
    let text = "services:\n  worker:\n    build: worker\n    ports: ['9092:9092']\n  events:\n    build: events\n    ports: \
                ['9093:9092']\n";
    let (_, diagnostics, _) = lint(&[
        ("docker-compose.staging.yml", text),
        ("worker/Dockerfile", "FROM golang:1.26 AS build\nFROM gcr.io/distroless/static\n"),
        ("events/Dockerfile", "FROM localhost:5000/apache/kafka:4.1 AS store\nFROM store\n"),
    ]);
    let ports = diagnostics.iter().filter(|diagnostic| diagnostic.rule.starts_with("compose/public-"));
    let said: Vec<&str> = ports.map(|diagnostic| diagnostic.finding.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "port 9092 of `worker` is open to every network of the host",
            "Kafka in `events` is open to every network of the host on port 9093"
        ]
    );
}

#[test]
fn an_image_that_the_deploy_command_decides_is_said_not_to_be_checked() {
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  selector: {matchLabels: {app: api}}\n  template:\n    metadata: {labels: {app: api}}\n    spec:\n      containers:\n        - {name: api, image: \"shop/api:{{ .Values.version }}\"}\n";
    let said = |config: &'static str| {
        let files = [
            CHART,
            ("chart/templates/api.yaml", deployment),
            ("chart/values.yaml", "version: 1.0.0\n"),
            ("docker-compose.yml", "services:\n  api: {image: \"shop/api:1.0.0\"}\n"),
            ("plimsoll.yaml", config),
        ];
        let (_, _, unchecked) = lint(&files);
        unchecked.into_iter().filter(|reason| reason.contains("deploy command")).collect::<Vec<_>>()
    };
    let open = said(
        "ladder:\n  - {name: local, compose: [docker-compose.yml]}\n  - name: production\n    helm: {release: shop, namespace: shop, chart: chart, unknown: [version]}\n",
    );
    let reason = "`version` is supplied only at deploy time; `plimsoll check -e production` with the flags of the deploy command sees them";
    assert_eq!(open, [reason]);
    let closed = said(
        "ladder:\n  - {name: local, compose: [docker-compose.yml]}\n  - name: production\n    helm: {release: shop, namespace: shop, chart: chart}\n",
    );
    assert!(closed.is_empty());
}
