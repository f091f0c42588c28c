//! The one model: what is loaded, and which workloads are the same service.

use std::fmt::Write as _;

use plimsoll::config::Config;
use plimsoll::ladder::Ladder;
use plimsoll::ladder::Stage;
use plimsoll::ladder::workload::HealthCheckKind;
use plimsoll::ladder::workload::MountKind;
use plimsoll::ladder::workload::WorkloadKind;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

fn ladder(files: &[(&str, &str)]) -> (SourceMap, Ladder) {
    let sources = SourceMap::new(Files::memory(files.iter().copied()));
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.findings, []);
    let plan = plimsoll::discover::plan(&sources, &config);
    let ladder = Ladder::load(&sources, plan);
    (sources, ladder)
}

/// A line for each service: its name, and its workload in each environment with why it is this service.
fn matched(ladder: &Ladder) -> String {
    let mut out = String::new();
    for service in &ladder.services {
        write!(out, "{}:", service.name).unwrap();
        for member in &service.members {
            let environment = &ladder.environments[member.environment];
            let workload = &environment.workloads[member.workload];
            write!(out, " {}.{} ({})", environment.name, workload.name, member.why).unwrap();
        }
        out.push('\n');
    }
    for one in &ladder.ambiguous {
        let environment = &ladder.environments[one.environment];
        let name = &environment.workloads[one.workload].name;
        writeln!(out, "ambiguous: {}.{name}: {} by {}", environment.name, one.candidates.join(", "), one.why)
            .unwrap();
    }
    out
}

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";

/// A template of a Deployment with one container.
fn deployment(name: &str, image: &str, labels: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  labels: {{{labels}}}\nspec:\n  template:\n    spec:\n      containers:\n        - name: main\n          image: {image}\n"
    )
}

const COMPOSE: &str = "services:\n  api: {image: ghcr.io/acme/api:1.0}\n  worker: {image: ghcr.io/acme/worker:1.0}\n  db: {image: postgres:16}\n  cache: {image: redis:7}\n  sessions: {image: redis:7}\n";

const CONFIG: &str = "ladder:\n  - name: local\n    compose: [compose.yml]\n  - name: production\n    helm: {release: acme, namespace: acme, chart: chart}\n";

#[test]
fn services_are_matched_by_name_then_label_then_image_and_never_guessed() {
    let api = deployment("{{ .Release.Name }}-api", "ghcr.io/acme/api:2.0", "");
    let worker = deployment("background", "other/worker:1", "app.kubernetes.io/component: worker");
    let database = deployment("{{ .Release.Name }}-postgresql", "docker.io/library/postgres:15", "");
    let redis = deployment("store", "redis:7", "");
    let mail = deployment("mail", "mailer:1", "");
    let mut files = vec![
        ("plimsoll.yaml", CONFIG),
        ("compose.yml", COMPOSE),
        ("chart/Chart.yaml", CHART),
        ("chart/templates/api.yaml", api.as_str()),
        ("chart/templates/worker.yaml", worker.as_str()),
        ("chart/templates/database.yaml", database.as_str()),
        ("chart/templates/redis.yaml", redis.as_str()),
        ("chart/templates/mail.yaml", mail.as_str()),
    ];
    let (_, first) = ladder(&files);
    assert_eq!(first.releases().filter_map(|(_, release)| release.problem()).count(), 0);
    insta::assert_snapshot!("matched_by_name_label_and_image", matched(&first));
    let told = format!("{CONFIG}same-as:\n  - [local.sessions, production.store]\n");
    files[0].1 = &told;
    let (_, second) = ladder(&files);
    insta::assert_snapshot!("matched_as_the_configuration_says", matched(&second));
}

#[test]
fn a_compose_service_shows_everything_that_runs() {
    let compose = "services:\n  api:\n    image: ghcr.io/acme/api:${TAG}\n    environment: {LEVEL: debug, TOKEN: t0ken-of-mine, URL: '${URL}'}\n    ports: ['8080:80', '9000']\n    expose: ['7000']\n    healthcheck: {test: [CMD, 'true']}\n    volumes: ['./src:/src:ro', 'data:/data']\n    deploy: {replicas: 3, resources: {limits: {cpus: '0.5', memory: 64M}}}\nvolumes: {data: {}}\n";
    let (sources, ladder) = ladder(&[("compose.yml", compose)]);
    let workload = &ladder.environments[0].workloads[0];
    let container = workload.main().unwrap();
    assert_eq!((workload.kind, workload.replicas.least.known()), (WorkloadKind::Service, Some(&3)));
    let image = container.image.as_ref().unwrap();
    assert_eq!(image.repository(), Some("acme/api"));
    assert!(image.tag.known().is_none(), "the tag is not known");
    let variables: Vec<_> = container
        .environment
        .iter()
        .map(|variable| (variable.name.as_str(), variable.value.known().map(String::as_str), variable.secret))
        .collect();
    assert_eq!(
        variables,
        [("LEVEL", Some("debug"), false), ("TOKEN", Some("t0ken-of-mine"), true), ("URL", None, false)]
    );
    assert_eq!(sources.slice(container.environment[0].value.span), "debug");
    let ports: Vec<_> = container.ports.iter().map(|port| port.container.known().copied()).collect();
    assert_eq!(ports, [Some(80), Some(9000), Some(7000)]);
    assert_eq!(container.ports[0].published.as_ref().and_then(|port| port.known()), Some(&(8080, 8080)));
    assert_eq!(container.checks[0].kind, HealthCheckKind::Health);
    let mounts: Vec<_> = container.mounts.iter().map(|mount| (mount.kind, mount.read_only)).collect();
    assert_eq!(mounts, [(MountKind::Host, true), (MountKind::Persistent, false)]);
    let resources = &container.resources;
    assert_eq!(resources.cpu_limit.as_ref().and_then(|limit| limit.known()), Some(&500));
    assert_eq!(resources.memory_limit.as_ref().and_then(|limit| limit.known()), Some(&(64 << 20)));
}

const TEMPLATE: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-api
spec:
  replicas: 2
  template:
    spec:
      initContainers:
        - {name: wait, image: busybox:1}
      containers:
        - name: api
          image: "{{ .Values.image }}:{{ .Values.tag }}"
          env:
            - {name: LEVEL, value: {{ .Values.level }}}
            - name: TOKEN
              valueFrom: {secretKeyRef: {name: tokens, key: token}}
            - name: MODE
              valueFrom: {configMapKeyRef: {name: settings, key: mode}}
          envFrom:
            - configMapRef: {name: settings}
            - secretRef: {name: elsewhere}
          ports: [{containerPort: 80}]
          readinessProbe: {httpGet: {path: /, port: 80}}
          resources: {requests: {cpu: 250m, memory: 64Mi}}
          volumeMounts: [{name: data, mountPath: /data}, {name: tmp, mountPath: /tmp}]
      volumes:
        - {name: data, persistentVolumeClaim: {claimName: data}}
        - {name: tmp, emptyDir: {}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: fast, REGION: fra1}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ .Release.Name }}-api}
  minReplicas: 2
  maxReplicas: 5
---
apiVersion: v1
kind: Pod
metadata:
  name: check
  annotations: {"helm.sh/hook": test}
spec: {containers: [{name: c, image: x}]}
"#;

#[test]
fn a_rendered_workload_shows_everything_that_runs_with_the_lines_that_decide_it() {
    let config = CONFIG.replace("chart: chart}", "chart: chart, values: [live.yaml], unknown: [tag]}");
    let (sources, ladder) = ladder(&[
        ("plimsoll.yaml", &config),
        ("compose.yml", COMPOSE),
        ("live.yaml", "level: info\n"),
        ("chart/Chart.yaml", CHART),
        ("chart/values.yaml", "image: ghcr.io/acme/api\ntag: latest\nlevel: debug\n"),
        ("chart/templates/all.yaml", TEMPLATE),
    ]);
    let production = ladder.environment("production").unwrap();
    assert_eq!(production.stage, Stage::Production);
    assert_eq!(production.releases[0].problem(), None);
    assert_eq!(production.workloads.len(), 1, "the test of the chart does not run");
    let workload = &production.workloads[0];
    assert_eq!((workload.name.as_str(), workload.short_name.as_str()), ("acme-api", "api"));
    assert_eq!(workload.namespace.as_deref(), Some("acme"));
    let most = workload.replicas.most.as_ref().and_then(|most| most.known());
    assert_eq!((workload.replicas.least.known(), most), (Some(&2), Some(&5)));
    let container = workload.main().unwrap();
    let image = container.image.as_ref().unwrap();
    assert_eq!(image.repository(), Some("acme/api"), "the name is known where only the tag is not");
    assert!(image.tag.known().is_none() && image.text.known().is_none());
    let variables: Vec<_> = container
        .environment
        .iter()
        .map(|variable| (variable.name.as_str(), variable.value.known().map(String::as_str), variable.secret))
        .collect();
    assert_eq!(
        variables,
        [
            ("LEVEL", Some("info"), false),
            ("TOKEN", None, true),
            ("MODE", Some("fast"), false),
            ("mode", Some("fast"), false),
            ("REGION", Some("fra1"), false),
        ]
    );
    let level = &container.environment[0].value;
    assert_eq!(sources.get(level.span.source).unwrap().path, "live.yaml", "the layer that won");
    let behind: Vec<_> =
        level.behind.iter().map(|span| sources.get(span.source).unwrap().path.clone()).collect();
    assert!(behind.contains(&"chart/values.yaml".to_owned()), "what it overrode: {behind:?}");
    assert_eq!(container.open_environment.len(), 1, "the Secret is not rendered here");
    assert_eq!(container.checks[0].kind, HealthCheckKind::Readiness);
    assert_eq!(container.resources.cpu_request.as_ref().and_then(|request| request.known()), Some(&250));
    let mounts: Vec<_> = container.mounts.iter().map(|mount| mount.kind).collect();
    assert_eq!(mounts, [MountKind::Persistent, MountKind::Temporary]);
    assert!(workload.containers[1].init);
}

#[test]
fn a_workload_whose_name_has_a_version_in_it_is_matched_by_the_rest_of_its_name() {
    let config = CONFIG.replace("chart: chart}", "chart: chart, unknown: [version]}");
    let api = deployment("{{ .Release.Name }}-v{{ .Values.version }}-api", "api:1", "");
    let (_, ladder) = ladder(&[
        ("plimsoll.yaml", &config),
        ("compose.yml", "services: {api: {image: api:1}}\n"),
        ("chart/Chart.yaml", CHART),
        ("chart/templates/api.yaml", &api),
    ]);
    let workload = &ladder.environment("production").unwrap().workloads[0];
    assert!(!workload.name_known);
    assert_eq!(ladder.services.len(), 1, "{}", matched(&ladder));
}

#[test]
fn services_are_matched_without_the_word_for_their_environment_and_by_the_folder_they_are_built_from() {
    let (_, ladder) = ladder(&[
        (
            "docker-compose.yml",
            "services:\n  client: {build: ./client}\n  mail: {build: {context: ./mailer}}\n  one: {build: .}\n  two: {build: .}\n",
        ),
        (
            "docker-compose.staging.yml",
            "services:\n  client-staging: {image: acme/client}\n  mailer: {build: mailer/}\n  three: {build: {context: ., dockerfile: Dockerfile.three}}\n  four: {build: .}\n",
        ),
    ]);
    assert_eq!(
        matched(&ladder),
        "client: local.client (its name) staging.client-staging (its name)\n\
         mail: local.mail (its name) staging.mailer (the folder it is built from)\n\
         one: local.one (its name)\ntwo: local.two (its name)\n\
         three: staging.three (its name)\nfour: staging.four (its name)\n\
         ambiguous: staging.four: one, two by the folder it is built from\n"
    );
}

#[test]
fn a_part_that_nothing_starts_is_not_checked_by_itself() {
    let part = "services: {web: {image: web, networks: [elk]}}\n";
    let typo = "services: {web: {image: web, networks: [elk]}}\nnetworks: {ekl: {}}\n";
    for (path, checked) in [
        ("extensions/web/web-compose.yml", false),
        ("test/e2e/docker-compose.yml", false),
        ("web/docker-compose.yml", true),
        ("docker-compose.prod.yml", true),
    ] {
        let text = if checked { typo } else { part };
        let (_, ladder) = ladder(&[(path, text)]);
        let (_, project) = ladder.projects().next().unwrap();
        assert_eq!(project.unchecked.is_none(), checked, "{path}");
        assert_eq!(
            project.loaded.problems.iter().any(|one| one.code == plimsoll::compose::Code::Undefined),
            checked,
            "{path}"
        );
    }
}

#[test]
fn nothing_is_concluded_from_what_stands_behind_a_line_that_cannot_be_read() {
    let text = "services:\n  web:\n    image: web\n    image: web:1\n      api:\n    image: api\n    depends_on: [web]\n";
    let (_, ladder) = ladder(&[("compose.yaml", text)]);
    let (_, project) = ladder.projects().next().unwrap();
    let codes: Vec<_> = project.loaded.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [plimsoll::compose::Code::DuplicateKey, plimsoll::compose::Code::Syntax]);
}

#[test]
fn every_tenant_climbs_the_ladder_by_itself() {
    let config = "ladder:\n  - name: local\n    compose: [compose.yml]\n  - name: production\n    helm:\n      - {release: a, namespace: a, chart: chart}\n      - {release: b, namespace: b, chart: chart, values: [b.yaml]}\n";
    let api = deployment("{{ .Release.Name }}-api", "shop/api:{{ .Values.tag }}", "");
    let (_, ladder) = ladder(&[
        ("plimsoll.yaml", config),
        ("compose.yml", "services: {api: {image: 'shop/api:1.0'}}\n"),
        ("b.yaml", "tag: \"2.0\"\n"),
        ("chart/Chart.yaml", CHART),
        ("chart/values.yaml", "tag: \"1.0\"\n"),
        ("chart/templates/api.yaml", &api),
    ]);
    let ways: Vec<_> =
        ladder.services.iter().map(|service| (service.name.as_str(), service.tenant.as_deref())).collect();
    assert_eq!(ways, [("api", None), ("api", Some("b"))]);
    assert_eq!(
        matched(&ladder),
        "api: local.api (its name) production.a-api (its name)\napi: local.api (its name) production.b-api (its name)\n"
    );
}

#[test]
fn what_only_one_tenant_runs_is_said_of_that_tenant() {
    let config = "ladder:\n  - name: local\n    compose: [compose.yml]\n  - name: staging\n    compose: [staging.yml]\n  - name: production\n    helm:\n      - {release: a, namespace: a, chart: chart}\n      - {release: b, namespace: b, chart: chart, values: [b.yaml]}\n      - {release: c, namespace: c, chart: chart, values: [b.yaml]}\n";
    let api = deployment("{{ .Release.Name }}-api", "shop/api:1.0", "");
    let mail = deployment("{{ .Release.Name }}-mail", "shop/mail:1.0", "");
    let new = deployment("{{ .Release.Name }}-new", "shop/new:1.0", "");
    let more = format!("{{{{ if .Values.more }}}}\n{mail}---\n{new}{{{{ end }}}}\n");
    let sources = SourceMap::new(Files::memory([
        ("plimsoll.yaml", config),
        ("compose.yml", "services: {api: {image: 'shop/api:1.0'}, mail: {image: 'shop/mail:1.0'}}\n"),
        ("staging.yml", "services: {api: {image: 'shop/api:1.0'}}\n"),
        ("b.yaml", "more: true\n"),
        ("chart/Chart.yaml", CHART),
        ("chart/templates/api.yaml", &api),
        ("chart/templates/more.yaml", &more),
    ]));
    let day = plimsoll::rules::Date { year: 2026, month: 11, day: 1 };
    let checked = plimsoll::check::repository(&sources, &plimsoll::check::Settings::on(day));
    let of = |rule: &str| {
        let of_rule = checked.diagnostics.iter().filter(|one| one.rule == rule);
        of_rule.map(|one| one.finding.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        of("promotion/untested-service"),
        [
            "`new` runs first in `production` (in the releases `b` and `c`): `local` or `staging` does not have it"
        ]
    );
    assert_eq!(
        of("promotion/skipped-environment"),
        ["`mail` goes from `local` to `production` past `staging` (in the releases `b` and `c`)"]
    );
}

const SCALED: &str = r#"
{{- define "named" -}}
{{- $version := "" -}}
{{- if .Values.version }}{{- $version = printf "-v%s" (.Values.version | replace "." "-") -}}{{- end -}}
{{- printf "%s%s-%s" .Release.Name $version .component | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- range $component := list "api" "web" }}
{{- $name := include "named" (dict "Values" $.Values "Release" $.Release "component" $component) }}
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ $name }}}
spec:
  selector: {matchLabels: {app: {{ $component }}}}
  template:
    metadata: {labels: {app: {{ $component }}}}
    spec: {containers: [{name: main, image: "x:1"}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: {{ $component }}}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ if eq $component "api" }}{{ $name }}{{ else }}{{ $.Release.Name }}-web{{ end }}}
  minReplicas: 3
  maxReplicas: 9
---
{{- end }}
"#;

#[test]
fn an_autoscaler_finds_its_target_where_a_part_of_the_name_is_not_known_and_a_name_that_cannot_be_is_missing()
{
    let config = CONFIG.replace("chart: chart}", "chart: chart, unknown: [version]}");
    let files = [
        ("plimsoll.yaml", config.as_str()),
        ("compose.yml", "services: {api: {image: x:1}, web: {image: x:1}}\n"),
        ("chart/Chart.yaml", CHART),
        ("chart/values.yaml", "version: staging\n"),
        ("chart/templates/all.yaml", SCALED),
        // What asks the cluster can only bring a Secret here.
        (
            "chart/templates/secret.yaml",
            "{{- if not (lookup \"v1\" \"Secret\" \"acme\" \"s\") }}\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n{{- end }}\n",
        ),
    ];
    let (_, ladder) = ladder(&files);
    let production = ladder.environment("production").unwrap();
    let counts: Vec<_> = production
        .workloads
        .iter()
        .map(|workload| (workload.short_name.as_str(), workload.replicas.least.known().copied()))
        .collect();
    assert_eq!(counts, [("api", Some(3)), ("web", Some(1))]);
    let pods = &production.assessment().demand.pods;
    assert_eq!(pods.iter().map(|pods| pods.low).collect::<Vec<_>>(), [3, 1]);
    let sources = SourceMap::new(Files::memory(files));
    let today = plimsoll::rules::Date { year: 2026, month: 11, day: 1 };
    let settings = plimsoll::check::Settings::on(today);
    let checked = plimsoll::check::repository(&sources, &settings);
    let said: Vec<&str> = checked
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.rule == "kubernetes/dangling-autoscaler")
        .map(|diagnostic| diagnostic.finding.message.as_str())
        .collect();
    assert_eq!(
        said,
        ["`HorizontalPodAutoscaler/web` scales `Deployment/acme-web`, which the release does not bring"]
    );
}

#[test]
fn a_chart_that_cannot_be_seen_is_reported_and_the_rest_is_loaded() {
    let broken = "apiVersion: v2\nname: broken\nversion: 1.0.0\ndependencies: [{name: redis, version: 1.x, repository: 'https://example.com'}]\n";
    let config = "ladder:\n  - name: production\n    helm:\n      - {release: a, namespace: a, chart: broken}\n      - {release: b, namespace: b, chart: chart}\n";
    let api = deployment("api", "x:1", "");
    let (_, ladder) = ladder(&[
        ("plimsoll.yaml", config),
        ("broken/Chart.yaml", broken),
        ("chart/Chart.yaml", CHART),
        ("chart/templates/api.yaml", &api),
    ]);
    let said: Vec<_> = ladder.unchecked.iter().map(|one| format!("{}: {}", one.what, one.reason)).collect();
    assert_eq!(
        said,
        [
            "what the chart `broken` renders to: the charts `redis` are not in `broken/charts`; run `helm dependency build`"
        ]
    );
    assert_eq!(ladder.environments[0].workloads.len(), 1);
}

#[test]
fn a_ladder_is_the_same_whatever_the_number_of_threads() {
    let api = deployment("{{ .Release.Name }}-api", "x:{{ .Values.tag }}", "");
    let tenants: String = (0..12)
        .map(|at| {
            format!("      - {{release: t{at}, namespace: t{at}, chart: chart, set: {{tag: v{at}}}}}\n")
        })
        .collect();
    let config = format!("ladder:\n  - name: production\n    helm:\n{tenants}");
    let files = [
        ("plimsoll.yaml", config.as_str()),
        ("chart/Chart.yaml", CHART),
        ("chart/templates/api.yaml", api.as_str()),
    ];
    let shown = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (_, ladder) = ladder(&files);
            let images = ladder.environments[0].workloads.iter().map(|workload| {
                let image = workload.main().unwrap().image.as_ref().unwrap();
                format!("{} {:?}\n", workload.name, image.tag.known())
            });
            images.collect::<String>() + &matched(&ladder)
        })
    };
    let one = shown(1);
    assert_eq!(one.lines().count(), 24, "twelve workloads, and the way of each tenant");
    assert_eq!(shown(8), one);
}
