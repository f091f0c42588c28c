//! Which files make which environment, and why.

use std::fmt::Write as _;
use std::path::Path;

use plimsoll::config::Config;
use plimsoll::discover::Chart;
use plimsoll::discover::ComposeDeployment;
use plimsoll::discover::HelmDeployment;
use plimsoll::discover::Plan;
use plimsoll::discover::PulumiDeployment;
use plimsoll::discover::Text;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

fn plan(files: &[(&str, &str)]) -> (SourceMap, Plan) {
    let sources = SourceMap::new(Files::memory(files.iter().copied()));
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.findings, []);
    let plan = plimsoll::discover::plan(&sources, &config);
    (sources, plan)
}

/// What was understood, a line for each deployment.
fn understood(files: &[(&str, &str)]) -> String {
    let (_, plan) = plan(files);
    let mut out = String::new();
    for environment in &plan.environments {
        let name = format!("{} ({})", environment.name, environment.stage.name());
        lines(&mut out, &name, &environment.projects, &environment.releases, &environment.stacks);
    }
    lines(&mut out, "other", &plan.other_projects, &plan.other_releases, &plan.other_stacks);
    for unchecked in &plan.unchecked {
        writeln!(out, "not seen: {}: {}", unchecked.what, unchecked.reason).unwrap();
    }
    out
}

fn lines(
    out: &mut String,
    environment: &str,
    projects: &[ComposeDeployment],
    releases: &[HelmDeployment],
    stacks: &[PulumiDeployment],
) {
    for project in projects {
        let files: Vec<_> = project.files.iter().map(|file| file.to_str().unwrap()).collect();
        write!(out, "{environment}: compose {}", files.join(" + ")).unwrap();
        if !project.profiles.is_empty() {
            write!(out, " profiles {}", project.profiles.join(",")).unwrap();
        }
        for file in &project.env_files {
            write!(out, " env {}", file.display()).unwrap();
        }
        if let Some(name) = &project.project {
            write!(out, " project {}", shown(name)).unwrap();
        }
        out.push('\n');
    }
    for release in releases {
        let chart = match &release.chart {
            Chart::Folder(folder) => folder.to_str().unwrap().to_owned(),
            Chart::Elsewhere(name) => format!("elsewhere:{name}"),
        };
        let values: Vec<_> = release.values.iter().map(|file| file.to_str().unwrap()).collect();
        write!(out, "{environment}: helm {} {chart} [{}]", shown(&release.release), values.join(", "))
            .unwrap();
        if let Some(namespace) = &release.namespace {
            write!(out, " in {}", shown(namespace)).unwrap();
        }
        for setting in &release.settings {
            write!(out, " set {}", setting.argument.value).unwrap();
        }
        for unknown in &release.unknown {
            write!(out, " unknown {}", unknown.value).unwrap();
        }
        for unseen in &release.unseen {
            write!(out, " unseen ({})", unseen.why).unwrap();
        }
        out.push('\n');
    }
    for stack in stacks {
        let name = stack.stack.as_ref().map_or("-".to_owned(), shown);
        write!(out, "{environment}: pulumi {} {name}", stack.project.display()).unwrap();
        for (key, value) in &stack.config {
            write!(out, " {}={}", key.value, shown(value)).unwrap();
        }
        out.push('\n');
    }
}

fn shown(text: &Text) -> String {
    text.value.known().cloned().unwrap_or_else(|| "?".to_owned())
}

const APP: &str = "services: {app: {image: app}}\n";
const OVERLAY: &str = "services: {app: {environment: {A: b}}}\n";
const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

fn workflow(run: &str) -> String {
    let lines: String = run.lines().map(|line| format!("          {line}\n")).collect();
    format!("name: Ship\non: push\njobs:\n  ship:\n    steps:\n      - name: Go\n        run: |\n{lines}")
}

#[test]
fn names_of_compose_files_say_the_environment() {
    let cases = [
        ("docker-compose.yml", "local (local)"),
        ("compose.yaml", "local (local)"),
        ("docker-compose.dev.yml", "local (local)"),
        ("docker-compose-staging.yaml", "staging (integration)"),
        ("compose.stage.yml", "staging (integration)"),
        ("docker-compose.qa.yml", "qa (integration)"),
        ("docker-compose.pre-prod.yml", "preproduction (integration)"),
        ("docker-compose.prod.yml", "production (production)"),
        ("deploy/docker-compose.production.yml", "production (production)"),
        ("prod.docker-compose.yml", "production (production)"),
        ("docker-compose.ci.yml", "other"),
        ("docker-compose.test.yml", "other"),
        ("docker-compose.build-staging.yml", "other"),
        ("docker-compose.monitoring.yml", "other"),
        ("examples/docker-compose.yml", "other"),
        ("tests/fixtures/docker-compose.prod.yml", "other"),
        (".devcontainer/docker-compose.yml", "other"),
    ];
    for (path, wanted) in cases {
        assert_eq!(understood(&[(path, APP)]), format!("{wanted}: compose {path}\n"));
    }
    for path in
        ["node_modules/x/docker-compose.yml", "vendor/x/compose.yml", "composer.yml", "validate-compose.yml"]
    {
        assert_eq!(understood(&[(path, "tasks: []\n")]), "", "{path}");
    }
}

#[test]
fn an_overlay_goes_on_top_of_the_default_file_and_a_whole_file_stands_alone() {
    insta::assert_snapshot!(understood(&[
        ("docker-compose.yml", APP),
        ("docker-compose.override.yml", OVERLAY),
        ("docker-compose.staging.yml", OVERLAY),
        ("docker-compose.prod.yml", APP),
    ]));
}

#[test]
fn included_and_extended_files_are_parts_and_no_projects() {
    let files = [
        (
            "compose.yml",
            "include: [api/compose.yml, {path: web/compose.yml}]\nservices: {a: {extends: {file: base/compose.yml, service: b}}}\n",
        ),
        ("api/compose.yml", APP),
        ("web/compose.yml", APP),
        ("base/compose.yml", APP),
        ("own/compose.yml", APP),
    ];
    assert_eq!(
        understood(&files),
        "local (local): compose compose.yml\nlocal (local): compose own/compose.yml\n"
    );
}

#[test]
fn commands_say_more_than_names() {
    let makefile = "COMPOSE := docker compose\nFILES = -f docker-compose.yml -f docker-compose.staging.yml\n\nstaging:\n\t@$(COMPOSE) \\\n\t  $(FILES) --profile web --env-file .env.staging -p shop up -d\n\nlogs:\n\t$(COMPOSE) -f docker-compose.prod.yml logs\n";
    insta::assert_snapshot!(understood(&[
        ("Makefile", makefile),
        ("docker-compose.yml", APP),
        ("docker-compose.staging.yml", APP),
        ("docker-compose.prod.yml", APP),
        (".env.staging", "A=b\n"),
    ]));
}

#[test]
fn a_build_server_that_starts_containers_tests_them_unless_it_deploys() {
    let test =
        workflow("docker compose -f docker-compose.yml -f docker-compose.ci.yml up -d\ndocker compose up -d");
    let deploy = "jobs:\n  up:\n    environment: production\n    steps:\n      - uses: appleboy/ssh-action@v1\n        with:\n          script: |\n            cd /srv/app\n            docker compose up -d\n";
    let files = [
        ("docker-compose.yml", APP),
        ("docker-compose.ci.yml", OVERLAY),
        (".github/workflows/test-production-build.yml", test.as_str()),
    ];
    let tested = "local (local): compose docker-compose.yml\nother: compose docker-compose.yml + docker-compose.ci.yml\n";
    assert_eq!(understood(&files), tested);
    let files = [("docker-compose.yml", APP), (".github/workflows/x.yml", deploy)];
    let deployed =
        "local (local): compose docker-compose.yml\nproduction (production): compose docker-compose.yml\n";
    assert_eq!(understood(&files), deployed);
}

#[test]
fn a_release_is_read_from_its_command() {
    let run = r#"VERSION="${{ github.ref_name }}"
NAMESPACE=shop
helm upgrade --install shop ./chart \
  --namespace "$NAMESPACE" --create-namespace --timeout 5m \
  --values ./chart/values-production.yaml,secrets.yaml \
  --set global.version="$VERSION",replicas=3 \
  --set-string "tag=1,hosts={a\,b}" --set password=${{ secrets.PASSWORD }} \
  --set x=${X:-y} -f "$EXTRA" --wait
echo helm upgrade other ./chart -n staging
helm upgrade --dry-run dry ./chart
cat <<EOF
helm upgrade document ./chart
EOF
# helm upgrade comment ./chart"#;
    insta::assert_snapshot!(understood(&[
        (".github/workflows/deploy.yml", workflow(run).as_str()),
        ("chart/Chart.yaml", CHART),
        ("chart/values.yaml", ""),
        ("chart/values-production.yaml", "a: 1\n"),
        ("chart/values-staging.yaml", "a: 1\n"),
    ]));
}

#[test]
fn a_variable_in_the_name_of_a_values_file_stands_for_every_file_that_is_there() {
    let run = "helm upgrade --install web-$ENV chart -n web-$ENV -f chart/values-$ENV.yaml --set tag=$TAG";
    insta::assert_snapshot!(understood(&[
        (".github/workflows/deploy.yml", workflow(run).as_str()),
        ("chart/Chart.yaml", CHART),
        ("chart/values-prod.yaml", "a: 1\n"),
        ("chart/values-staging.yaml", "a: 1\n"),
        ("chart/values-base.yaml", "a: 1\n"),
    ]));
}

#[test]
fn where_a_command_runs_decides_its_paths() {
    let script = "#!/bin/bash\nset -e\nROOT=\"$(cd \"$(dirname \"${BASH_SOURCE[0]}\")/..\" && pwd)\"\n(cd /tmp && true)\ncd \"$ROOT/deploy\"\nhelm upgrade --install web ./web -n web-staging -f \"$ROOT/values/staging.yaml\"\n";
    let steps = "jobs:\n  d:\n    defaults: {run: {working-directory: deploy}}\n    env: {CHART: ./web}\n    steps:\n      - run: |\n          cd ..\n          ls\n      - run: helm upgrade --install web ${{ env.CHART }} -n web-prod\n";
    insta::assert_snapshot!(understood(&[
        ("scripts/staging.sh", script),
        (".github/workflows/prod.yml", steps),
        ("deploy/web/Chart.yaml", CHART),
        ("values/staging.yaml", "a: 1\n"),
    ]));
}

#[test]
fn values_files_alone_make_releases_whose_names_are_not_known() {
    insta::assert_snapshot!(understood(&[
        ("chart/Chart.yaml", CHART),
        ("chart/values.yaml", ""),
        ("chart/values-production.yaml", ""),
        ("chart/values.dev.yaml", ""),
        ("chart/ci/test-values.yaml", ""),
        ("chart/values-shared.yaml", ""),
        ("chart/charts/sub/Chart.yaml", CHART),
        ("chart/charts/sub/values-production.yaml", ""),
        ("environments/staging/values.yaml", ""),
    ]));
}

#[test]
fn a_release_that_nothing_places_is_named_and_placed_nowhere() {
    let run = "helm upgrade --install web ./chart -n web\nhelm upgrade --install cache bitnami/redis -n web";
    let workflow = workflow(run).replace("name: Ship", "name: Go").replace("ship:", "go:");
    insta::assert_snapshot!(understood(&[
        (".github/workflows/go.yml", workflow.as_str()),
        ("chart/Chart.yaml", CHART),
    ]));
}

#[test]
fn stacks_come_from_files_and_commands() {
    let run = "cd infra\npulumi stack select acme/infra/prod\npulumi config set region fra1\npulumi config set --secret token s3cr3t\npulumi config set image \"$TAG\"\npulumi config set image v1\npulumi up --yes";
    let action = "jobs:\n  up:\n    steps:\n      - uses: pulumi/actions@v6\n        with: {command: up, stack-name: acme/staging, work-dir: infra}\n";
    let files = [
        ("infra/Pulumi.yaml", "name: infra\nruntime: go\n"),
        ("infra/Pulumi.prod.yaml", "config: {}\n"),
        ("infra/Pulumi.team-dev.yaml", "config: {}\n"),
        ("infra/Pulumi.governance.yaml", "config: {}\n"),
        ("empty/Pulumi.yaml", "name: empty\nruntime: go\n"),
        (".github/workflows/a.yml", &workflow(run)),
        (".github/workflows/b.yml", action),
    ];
    insta::assert_snapshot!(understood(&files));
    let (sources, _) = plan(&files);
    let secrets: Vec<_> = sources.secrets().into_iter().map(|span| sources.slice(span)).collect();
    assert_eq!(secrets, ["s3cr3t"], "what is set as a secret is never printed");
}

#[test]
fn a_submodule_that_is_not_checked_out_is_said_once() {
    let modules = "[submodule \"infra\"]\n\tpath = infra\n\turl = https://example.com/infra\n[submodule \"a\"]\n\tpath = apps/a\n[submodule \"b\"]\n\tpath = apps/b\n";
    let run = "cd infra\npulumi stack select production\npulumi up\npulumi preview -s production";
    insta::assert_snapshot!(understood(&[
        (".gitmodules", modules),
        (".github/workflows/a.yml", &workflow(run)),
        ("apps/b/README.md", ""),
    ]));
}

#[test]
fn every_kind_of_script_is_read() {
    let up = "docker compose -f docker-compose.prod.yml -p shop up -d";
    let named = "docker compose -f docker-compose.prod.yml -p NAME up -d";
    let scripts = [
        ("scripts/run.sh", format!("#!/bin/sh\nexec {up}\n")),
        ("deploy", format!("#!/usr/bin/env bash\nsudo {up}\n")),
        ("Makefile", format!("up:\n\t-@{up}\n")),
        ("justfile", format!("name := \"shop\"\nup:\n    @{}\n", named.replace("NAME", "{{name}}"))),
        ("package.json", format!("{{\"scripts\": {{\"up\": \"{up}\"}}}}\n")),
        (
            "Taskfile.yml",
            format!(
                "vars: {{N: shop}}\ntasks:\n  up:\n    cmds:\n      - cmd: {}\n",
                named.replace("NAME", "{{.N}}")
            ),
        ),
        (
            ".gitlab-ci.yml",
            format!(
                "variables: {{N: shop}}\nup:\n  script:\n    - N2=$N\n    - {}\n",
                named.replace("NAME", "$N2")
            ),
        ),
        ("a.sh", format!("ssh host <<'END'\n{up}\nEND\n")),
        ("b.sh", format!("ssh user@host \"cd /srv && {up}\"\n")),
        ("c.sh", format!("{} &\n", up.replace("docker compose", "docker --context prod compose"))),
        (
            "d.sh",
            format!(
                "COMPOSE=\"docker compose\"\nexport P=shop\n$COMPOSE{}\n",
                named.replace("docker compose", "").replace("NAME", "${P}")
            ),
        ),
    ];
    for (path, text) in &scripts {
        let (_, plan) = plan(&[(path, text), ("docker-compose.prod.yml", APP)]);
        let project = &plan.environments[0].projects[0];
        let name = project.project.as_ref().unwrap_or_else(|| panic!("{path}: {:?}", project.why));
        assert_eq!(name.value.known().map(String::as_str), Some("shop"), "{path}");
    }
}

#[test]
fn every_reason_points_at_the_line_that_gives_it() {
    let makefile =
        "# a comment\nup-prod:\n\tcd deploy && \\\n\t  docker compose -f docker-compose.prod.yml up\n";
    let (sources, plan) = plan(&[("Makefile", makefile), ("deploy/docker-compose.prod.yml", APP)]);
    let project = &plan.environments[0].projects[0];
    let span = project.why[0].span.unwrap();
    assert_eq!(sources.slice(span), "docker compose -f docker-compose.prod.yml up");
    assert_eq!(sources.get(span.source).unwrap().line_column(span.start).line, 4);
    assert_eq!(sources.slice(project.named_at[0].unwrap()), "docker-compose.prod.yml");
}

#[test]
fn the_configuration_decides_and_the_rest_stays_as_other() {
    let config = "ladder:\n  - name: laptop\n    compose: [docker-compose.yml]\n  - name: live\n    helm: {release: shop, namespace: shop, chart: chart, values: [chart/values-live.yaml], set: {a.b: \"1,2\"}}\n";
    insta::assert_snapshot!(understood(&[
        ("plimsoll.yaml", config),
        ("docker-compose.yml", APP),
        ("docker-compose.staging.yml", APP),
        ("chart/Chart.yaml", CHART),
        ("chart/values-live.yaml", ""),
        ("chart/values-staging.yaml", ""),
    ]));
}

/// Three files that make a ladder by their names, and a configuration.
fn ladder_with(config: &str) -> Plan {
    let files = [
        ("plimsoll.yaml", config),
        ("docker-compose.yml", APP),
        ("docker-compose.staging.yml", APP),
        ("chart/Chart.yaml", CHART),
        ("chart/values-production.yaml", ""),
        ("deploy.sh", "helm upgrade shop chart -f chart/values-production.yaml --set tag=$TAG\n"),
    ];
    plan(&files).1
}

#[test]
fn an_entry_that_deploys_nothing_adds_to_what_was_inferred() {
    let plan = ladder_with(
        "ladder:\n  - name: production\n    budget: 60\n    unknown: [tag, key]\n    cluster: {nodes: [{size: a/b, count: 1}]}\n",
    );
    let names: Vec<&str> = plan.environments.iter().map(|environment| environment.name.as_str()).collect();
    assert_eq!(names, ["local", "staging", "production"]);
    assert!(!plan.configured);
    let production = &plan.environments[2];
    assert_eq!(production.budget.map(|budget| budget.value), Some(60.0));
    assert!(production.cluster.is_some());
    let unknown: Vec<&str> = production.releases[0].unknown.iter().map(|path| path.value.as_str()).collect();
    assert_eq!(unknown, ["tag", "key"]);
    assert!(plan.other_projects.is_empty() && plan.other_releases.is_empty());
}

#[test]
fn beside_entries_that_deploy_it_takes_what_was_inferred_for_its_name() {
    let plan = ladder_with(
        "ladder:\n  - {name: laptop, compose: [docker-compose.yml]}\n  - {name: production, monthly: 50}\n",
    );
    let names: Vec<&str> = plan.environments.iter().map(|environment| environment.name.as_str()).collect();
    assert_eq!(names, ["laptop", "production"]);
    assert!(plan.configured);
    assert_eq!(plan.environments[1].releases.len(), 1);
    assert_eq!(plan.environments[1].monthly.map(|monthly| monthly.value), Some(50.0));
    assert_eq!(plan.other_projects.len(), 1);
    assert!(plan.other_releases.is_empty());
}

#[test]
fn an_entry_for_what_nobody_inferred_is_an_environment_of_its_own() {
    let plan = ladder_with("ladder:\n  - {name: customers, monthly: 50}\n");
    let names: Vec<&str> = plan.environments.iter().map(|environment| environment.name.as_str()).collect();
    assert_eq!(names, ["local", "staging", "production", "customers"]);
}

#[test]
fn what_the_configuration_names_and_the_repository_lacks_is_a_finding_each() {
    let config = "ladder:\n  - name: a\n    compose: [docker-compse.yml, ../x.yml]\n    helm: {release: r, chart: chrt, values: [chart/values-x.yaml]}\n    pulumi: {project: infr, stack: s}\n";
    let (_, plan) = plan(&[
        ("plimsoll.yaml", config),
        ("docker-compose.yml", APP),
        ("chart/Chart.yaml", CHART),
        ("chart/values-y.yaml", ""),
        ("infra/Pulumi.yaml", "name: infra\n"),
    ]);
    let said = plan
        .findings
        .iter()
        .map(|finding| format!("{} | {}", finding.message, finding.help.as_deref().unwrap_or("-")));
    insta::assert_snapshot!(said.collect::<Vec<_>>().join("\n"));
}

#[test]
fn hostile_scripts_are_read_without_a_fall() {
    let texts = [
        "${A:-".repeat(20_000) + "helm upgrade a b",
        "helm upgrade ".to_owned() + &"(".repeat(50_000),
        "helm \"".repeat(20_001),
        "helm $".repeat(20_000),
        "compose <<".repeat(10_000),
        "bash -c 'bash -c \"helm upgrade a b\"' ".repeat(2_000),
        "$(".repeat(20_000) + "helm",
        "helm `".repeat(10_001),
        "helm ${{ ".repeat(10_000),
        "cd x/\nhelm upgrade a b -f $X\n".repeat(1_000),
    ];
    for text in &texts {
        for path in ["run.sh", "Makefile", "justfile", ".gitlab-ci.yml"] {
            let sources = SourceMap::new(Files::memory([(path, text.as_str())]));
            let plan = plimsoll::discover::plan(&sources, &Config::default());
            assert_eq!(plan.environments.len(), 0);
        }
    }
}

#[test]
fn files_that_git_does_not_see_make_nothing() {
    let root = std::env::temp_dir().join(format!("plimsoll-discover-{}", std::process::id()));
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(".gitignore", "build/\n");
    write("docker-compose.yml", APP);
    write("build/docker-compose.prod.yml", APP);
    write("node_modules/x/docker-compose.yml", APP);
    let sources = SourceMap::new(Files::below(&root));
    let plan = plimsoll::discover::plan(&sources, &Config::default());
    let files: Vec<_> =
        plan.environments.iter().flat_map(|one| &one.projects).flat_map(|project| &project.files).collect();
    assert_eq!(files, [Path::new("docker-compose.yml")]);
    let run = |arguments: &[&str]| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let path = root.to_str().unwrap();
        let all = ["plimsoll"].iter().chain(arguments).copied().chain([path]);
        let exit = plimsoll::cli::run(all, &mut out, &mut err);
        (exit.code(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    };
    let (code, shown, _) = run(&["ladder"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("the_ladder_as_people_see_it", shown);
    assert_eq!(run(&["init"]).0, 0);
    let written = std::fs::read_to_string(root.join("plimsoll.yaml")).unwrap();
    let (code, _, error) = run(&["init"]);
    assert_eq!((code, error.contains("is there already")), (2, true), "{error}");
    assert_eq!(std::fs::read_to_string(root.join("plimsoll.yaml")).unwrap(), written);
    assert_eq!(run(&["ladder"]).0, 0, "what init writes is a good configuration");
    write("plimsoll.yaml", "laddr: []\n");
    let (code, _, error) = run(&["ladder"]);
    let said = "plimsoll.yaml:1: `laddr` is no key of the configuration; did you mean `ladder`?\n";
    assert_eq!((code, error.as_str()), (2, said));
    std::fs::remove_dir_all(&root).unwrap();
}

#[test]
fn a_file_that_needs_its_neighbour_goes_on_top_of_it() {
    let base = "services: {web: {image: web, networks: [front]}}\nnetworks: {front: {}}\n";
    let by_service = "services: {tests: {image: tests, depends_on: [web]}}\n";
    let by_network = "services: {tests: {image: tests, networks: {front: {}}}}\n";
    for overlay in [by_service, by_network] {
        assert_eq!(
            understood(&[("compose.yaml", base), ("compose.tests.yaml", overlay)]),
            "local (local): compose compose.yaml\nother: compose compose.yaml + compose.tests.yaml\n"
        );
    }
    // What the neighbour does not have, it does not bring either; and what stands in it is not needed.
    for alone in [
        "services: {tests: {image: tests, depends_on: [api]}}\n",
        "services: {tests: {image: tests, networks: [back, default]}}\nnetworks: {back: {}}\n",
    ] {
        assert_eq!(
            understood(&[("compose.yaml", base), ("compose.tests.yaml", alone)]),
            "local (local): compose compose.yaml\nother: compose compose.tests.yaml\n"
        );
    }
}

#[test]
fn half_a_project_is_not_started_alone() {
    let base = "services: {web: {restart: always}, db: {image: postgres}}\n";
    let production = "services: {web: {image: web}, db: {environment: {A: b}}}\n";
    let development = "services: {web: {build: .}}\n";
    let makefile = "up:\n\tdocker compose up -d\n";
    for more in [&[][..], &[("Makefile", makefile)]] {
        let mut files = vec![
            ("docker-compose.yml", base),
            ("docker-compose.prod.yml", production),
            ("docker-compose.override.example.yml", development),
        ];
        files.extend(more);
        let found = understood(&files);
        assert!(!found.lines().any(|line| line.ends_with("compose docker-compose.yml")), "{found}");
        assert!(
            found.contains("production (production): compose docker-compose.yml + docker-compose.prod.yml\n"),
            "{found}"
        );
    }
}

#[test]
fn a_file_in_which_everything_is_commented_out_is_no_project() {
    assert_eq!(understood(&[("docker-compose.yml", "# services:\n#   web: {image: web}\n")]), "");
}
