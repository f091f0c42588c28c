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
