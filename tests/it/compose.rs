//! Compose projects: files to the model that would run.

use std::path::PathBuf;

use plimsoll::compose::Code;
use plimsoll::compose::Loaded;
use plimsoll::compose::Mode;
use plimsoll::compose::Options;
use plimsoll::compose::load;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;

/// Loads files in memory for checking.
fn check(files: &[(&str, &str)]) -> (SourceMap, Loaded) {
    let sources = SourceMap::new(Files::memory(files.iter().copied()));
    let options = Options { mode: Mode::Check, directory: PathBuf::from("shop"), ..Options::default() };
    let loaded = load(&sources, &options);
    (sources, loaded)
}

#[test]
fn a_value_knows_the_file_that_decided_it_and_what_it_overrode() {
    let (sources, loaded) = check(&[
        ("shop/compose.yaml", "services:\n  api:\n    image: api:${TAG:-1.0}\n    restart: always\n"),
        ("shop/compose.override.yaml", "services:\n  api:\n    restart: 'no'\n"),
    ]);
    let project = loaded.project.unwrap();
    let restart = project.at("services.api.restart").unwrap();
    assert_eq!(restart.as_str(), Some("no"));
    assert_eq!(sources.slice(restart.origin.span), "'no'");
    assert_eq!(sources.slice(restart.origin.overridden[0]), "always");
    let image = project.service("api").unwrap().image().unwrap();
    assert_eq!((image.name, image.tag), ("api", Some("1.0")));
}

#[test]
fn an_unset_variable_is_unknown_and_not_empty() {
    let (_, loaded) = check(&[("shop/compose.yaml", "services:\n  api:\n    image: api:${TAG}\n")]);
    let project = loaded.project.unwrap();
    let image = project.service("api").unwrap().image().unwrap();
    assert_eq!(image.name, "api");
    assert!(image.known_tag().known().is_none());
    assert!(loaded.problems.iter().any(|problem| problem.code == Code::UnsetVariable));
}

#[test]
fn a_variable_that_is_required_somewhere_is_empty_nowhere() {
    let text = "services:\n  db:\n    image: db:1\n    environment: {PASSWORD: '${PASSWORD:?}'}\n  api:\n    image: api:1\n    \
                environment: {URL: 'db://${USER_NAME}:${PASSWORD}@db'}\n";
    let (_, loaded) = check(&[("shop/compose.yaml", text)]);
    let unset = loaded.problems.iter().filter(|problem| problem.code == Code::UnsetVariable);
    let messages: Vec<&str> = unset.map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages, ["the variable `USER_NAME` is not set and has no default"]);
}

#[test]
fn one_mistake_is_one_problem_and_the_rest_is_loaded() {
    let (sources, loaded) = check(&[(
        "shop/compose.yaml",
        "services:\n  api:\n    imagee: api\n    image: api\n    ports: ['80:80', '99999:1']\n  db:\n    image: db\n",
    )]);
    let places: Vec<String> =
        loaded.problems.iter().map(|problem| sources.slice(problem.span.unwrap())).collect();
    assert_eq!(places, ["imagee", "'99999:1'"]);
    assert_eq!(loaded.problems[0].help.as_deref(), Some("did you mean `image`?"));
    let project = loaded.project.unwrap();
    assert_eq!(project.services().count(), 2);
    assert_eq!(project.service("api").unwrap().ports().count(), 1);
}

#[test]
fn only_what_cannot_stand_between_quotes_is_escaped_there() {
    let text = "name: x\nservices:\n  a:\n    image: b\n    environment: {A: \"a\\u00a0b\\x01c\\u2028d\\u0085e\\\"\"}\n";
    let (_, loaded) = check(&[("shop/compose.yaml", text)]);
    let printed = plimsoll::compose::yaml(&loaded.project.unwrap());
    assert!(printed.contains("A: \"a\u{a0}b\\x01c\\Ld\\Ne\\\"\""), "{printed}");
}

/// What `config` prints of one file, between its first line and its networks.
fn printed(files: &[(&str, &str)]) -> String {
    let (_, loaded) = check(files);
    let printed = plimsoll::compose::yaml(&loaded.project.unwrap());
    let (_, rest) = printed.split_once("services:\n").unwrap();
    rest.split("networks:\n  default:").next().unwrap().to_owned()
}

#[test]
fn a_key_that_is_long_or_has_lines_stands_behind_a_question_mark() {
    let (long, short) = ("k".repeat(129), "k".repeat(128));
    let text = format!(
        "name: x\nservices:\n  a:\n    image: b\n    x-a: {{\"l\\nb\": {{c: d, e: [f]}}, {long}: [1], {short}: 1}}\n"
    );
    let printed = printed(&[("shop/compose.yaml", &text)]);
    let lines = "      ? |-\n        l\n        b\n      : c: d\n        e:\n          - f\n";
    assert!(printed.contains(lines), "{printed}");
    assert!(printed.contains(&format!("      ? {long}\n      : - 1\n")), "{printed}");
    assert!(printed.contains(&format!("      {short}: 1\n")), "{printed}");
}

#[test]
fn a_number_that_does_not_fit_is_the_one_docker_makes_of_it() {
    let text = "name: x\nservices:\n  a: {image: b, cpu_shares: 9223372036854775808}\n";
    assert!(printed(&[("shop/compose.yaml", text)]).contains("cpu_shares: -9223372036854775808\n"));
}

#[test]
fn a_hook_gets_the_variables_and_labels_of_the_files_of_its_service() {
    let text = "name: x\nservices:\n  a:\n    image: b\n    env_file: [a.env]\n    label_file: [l.env]\n    pre_start: [{command: go, environment: {B: 2}}]\n";
    let (_, loaded) =
        check(&[("shop/compose.yaml", text), ("shop/a.env", "A=1\nB=1\n"), ("shop/l.env", "l=m\n")]);
    let project = loaded.project.unwrap();
    let value = |path: &str| project.at(path).and_then(|value| value.as_str()).map(str::to_owned);
    assert_eq!(value("services.a.pre_start.0.environment.A").as_deref(), Some("1"));
    assert_eq!(value("services.a.pre_start.0.environment.B").as_deref(), Some("2"));
    assert_eq!(value("services.a.pre_start.0.labels.l").as_deref(), Some("m"));
}

/// Everything that can stand between a value and the line that decided it.
const LADDER: &[(&str, &str)] = &[
    (
        "shop/compose.yaml",
        "include:\n  - inc/compose.yaml\n\
         x-log: &log\n  LOG_LEVEL: ${LOG_LEVEL:-info}\n  REGION: fra1\n\
         x-defaults: &defaults\n  restart: unless-stopped\n  environment: &env\n    <<: *log\n    MODE: prod\n\
         services:\n  api:\n    <<: *defaults\n    image: shop/api:${TAG:-1.0}\n    ports: [\"${PORT:-8080}:80\"]\n  \
         web:\n    extends: {file: base/common.yaml, service: base}\n    environment:\n      <<: *env\n      REGION: ams3\n",
    ),
    (
        "shop/compose.override.yaml",
        "services:\n  api:\n    restart: \"no\"\n    environment:\n      LOG_LEVEL: debug\n",
    ),
    (
        "shop/base/common.yaml",
        "services:\n  root:\n    image: shop/root:${TAG:-2.0}\n    mem_limit: 256m\n  base:\n    extends: root\n    mem_limit: 512m\n",
    ),
    (
        "shop/inc/compose.yaml",
        "services:\n  cache:\n    image: redis:${REDIS:-7.4}\n    env_file: cache.env\n",
    ),
    ("shop/inc/cache.env", "SIZE=${BIG:-10}mb\n"),
    ("shop/inc/.env", "REDIS=7.2\n"),
    ("shop/.env", "TAG=1.4.2\nLOG_LEVEL=warn\n"),
];

#[test]
fn why_tells_every_line_that_had_a_say_the_winner_last() {
    let (sources, loaded) = check(LADDER);
    let project = loaded.project.unwrap();
    let paths = [
        "services.api.image",
        "services.api.restart",
        "services.api.environment.LOG_LEVEL",
        "services.api.environment.REGION",
        "services.api.ports.0.published",
        "services.web.image",
        "services.web.mem_limit",
        "services.web.environment.REGION",
        "services.web.environment.LOG_LEVEL",
        "services.cache.image",
        "services.cache.environment.SIZE",
        "networks.default.name",
    ];
    let mut page = String::new();
    for path in paths {
        let (value, reasons) = plimsoll::compose::why(&project, path).unwrap();
        page += &format!("{path} = {}\n", plimsoll::compose::tree(value));
        for reason in reasons {
            let source = sources.get(reason.span.source).unwrap();
            let at = source.line_column(reason.span.start);
            let text = source.slice(reason.span).lines().next().unwrap_or_default();
            page += &format!("  {:?} {}:{}:{} {text}\n", reason.role, source.path, at.line, at.column);
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn the_variables_of_a_project_come_with_what_stands_for_them() {
    let text = "services:\n  api:\n    image: a:${TAG:-1.0}\n    profiles: [off]\n    environment:\n      A: ${A}\n      B: $B and $$NO\n      \
                C: ${C:?say so}\n      D: ${D:+with $E}\n      F: ${F-${G:-x}} ${H}\n";
    let sources = SourceMap::new(Files::memory([("shop/compose.yaml", text)]));
    let options = Options { directory: PathBuf::from("shop"), interpolate: false, ..Options::default() };
    let project = load(&sources, &options).project.unwrap();
    let told: Vec<String> = plimsoll::compose::variables(&project)
        .into_iter()
        .map(|(name, asked)| format!("{name} {:?} {:?} {}", asked.default, asked.alternate, asked.required))
        .collect();
    let wanted = [
        r#"A "" "" false"#,
        r#"B "" "" false"#,
        r#"C "" "" true"#,
        r#"D "" "with $E" false"#,
        r#"E "" "" false"#,
        r#"F "${G:-x}" "" false"#,
        r#"G "x" "" false"#,
        r#"H "" "" false"#,
        r#"TAG "1.0" "" false"#,
    ];
    assert_eq!(told, wanted);
}

/// Every keyword of the schema is one that is read, every reference leads to a definition.
#[test]
fn the_schema_says_nothing_that_is_not_held_against_files() {
    const KEYWORDS: &str = "$schema title description $defs $ref type oneOf anyOf enum pattern minimum maximum items \
                            uniqueItems properties patternProperties additionalProperties required";
    fn walk(node: &serde_json::Value, definitions: &serde_json::Value) {
        for (keyword, value) in node.as_object().into_iter().flatten() {
            assert!(KEYWORDS.split(' ').any(|known| known == keyword), "`{keyword}` is not read");
            let below: Vec<&serde_json::Value> = match keyword.as_str() {
                "properties" | "patternProperties" | "$defs" => value.as_object().unwrap().values().collect(),
                "oneOf" | "anyOf" => value.as_array().unwrap().iter().collect(),
                "items" | "additionalProperties" => vec![value],
                _ => Vec::new(),
            };
            if keyword == "$ref" {
                let name = value.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                assert!(definitions.get(name).is_some(), "there is no definition `{name}`");
            }
            for node in below {
                walk(node, definitions);
            }
        }
    }
    let schema: serde_json::Value = serde_json::from_str(plimsoll::compose::SCHEMA).unwrap();
    walk(&schema, &schema["$defs"]);
}

/// The patterns of nearly every file are told without an expression: as it would tell them.
#[test]
fn names_fit_the_patterns_of_the_schema() {
    let wrong = |text: String| {
        let (_, loaded) = check(&[("shop/compose.yaml", &text)]);
        loaded.problems.iter().any(|problem| problem.code == Code::WrongValue)
    };
    for (name, fits) in [("a", true), ("a.b_c-1", true), ("-", true), ("a b", false), ("é", false)] {
        let text = format!("services:\n  \"{name}\": {{image: a}}\n");
        assert_eq!(!wrong(text), fits, "the service {name:?}");
    }
    let containers = [("ab", true), ("-ab", true), ("a-", true), ("a b c-", true)];
    for (name, fits) in
        containers.into_iter().chain([("a", false), ("-a", false), ("a b", false), ("éa", false)])
    {
        let text = format!("services:\n  a:\n    image: a\n    container_name: \"{name}\"\n");
        assert_eq!(!wrong(text), fits, "the container {name:?}");
    }
}
