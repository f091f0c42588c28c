//! What a name says about its environment: `docker-compose.staging.yml`, `values-prod.yaml`, `deploy-uat`.

use std::path::Path;

use crate::config::Stage;

/// An environment that a word can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    /// Its place on the ladder.
    rank: u8,
    /// The name it gets, whichever synonym was used.
    pub(super) name: &'static str,
    /// What it is for.
    pub(super) stage: Stage,
}

/// Every environment with the words that mean it, first rung first.
const ENVIRONMENTS: [(&str, Stage, &[&str]); 8] = [
    ("local", Stage::Local, &["local", "localhost", "kind", "minikube", "k3d", "orbstack"]),
    ("development", Stage::Integration, &["dev", "development", "develop"]),
    ("test", Stage::Integration, &["test", "testing", "tst"]),
    ("qa", Stage::Integration, &["qa"]),
    ("staging", Stage::Integration, &["staging", "stage", "stg"]),
    ("uat", Stage::Integration, &["uat", "acceptance"]),
    ("preproduction", Stage::Integration, &["preprod", "preproduction", "pre-prod", "pre-production"]),
    ("production", Stage::Production, &["prod", "production", "prd"]),
];

/// The environment that one word means.
pub(super) fn word(word: &str) -> Option<Named> {
    let word = word.to_ascii_lowercase();
    let found = ENVIRONMENTS.iter().enumerate().find(|(_, (_, _, words))| words.contains(&word.as_str()));
    let (rank, (name, stage, _)) = found?;
    Some(Named { rank: u8::try_from(rank).unwrap_or(u8::MAX), name, stage: *stage })
}

/// True for a word that means an environment: `staging`, `prod`.
pub fn is_environment(text: &str) -> bool {
    word(text).is_some()
}

/// The environment a text mentions as one of its words (`deploy-to-prod`, `docker-staging-up`); `None` where it
/// mentions none, or two.
pub(super) fn mentioned(text: &str) -> Option<Named> {
    let mut words = Vec::new();
    for part in text.split(|c: char| !c.is_alphanumeric()) {
        words.extend(camel(part));
    }
    let mut found: Option<Named> = None;
    let mut at = 0;
    while let Some(first) = words.get(at) {
        let pair = words.get(at + 1).map(|second| format!("{first}-{second}"));
        let named = match pair.as_deref().and_then(word) {
            Some(named) => {
                at += 1;
                Some(named)
            }
            None => word(first),
        };
        at += 1;
        match (named, found) {
            (Some(named), None) => found = Some(named),
            (Some(named), Some(first)) if named != first => return None,
            _ => {}
        }
    }
    found
}

/// `deployStaging` as `deploy`, `Staging`.
fn camel(part: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut lower = false;
    for (at, letter) in part.char_indices() {
        if letter.is_uppercase() && lower {
            words.extend(part.get(start..at));
            start = at;
        }
        lower = letter.is_lowercase();
    }
    words.extend(part.get(start..).filter(|word| !word.is_empty()));
    words
}

/// What the name of a Compose file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ComposeName {
    /// `docker-compose.yml`, `compose.yaml`: what `docker compose up` takes.
    Default,
    /// `docker-compose.override.yml`: taken along with the default file.
    Override,
    /// `docker-compose.staging.yml`
    Environment(Named),
    /// `docker-compose.ci.yml`, `docker-compose.build-staging.yml`
    Other,
}

/// What the name of a file says as that of a Compose file; `None` where it is not the name of one.
pub(super) fn compose_file(path: &Path) -> Option<ComposeName> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"))?;
    let parts: Vec<&str> = stem.split(['.', '-', '_']).filter(|part| !part.is_empty()).collect();
    let rest: Vec<&str> = match parts.as_slice() {
        ["docker", "compose", rest @ ..] | ["compose" | "dockercompose", rest @ ..] => rest.to_vec(),
        // staging.docker-compose.yml, prod.compose.yaml
        // (rancher-compose.yml is another tool's.)
        [rest @ .., "docker", "compose"] | [rest @ .., "compose"]
            if rest != ["rancher"] && (stem.contains('.') || rest.len() == 1) =>
        {
            rest.to_vec()
        }
        _ => return None,
    };
    Some(match rest.as_slice() {
        [] => ComposeName::Default,
        ["override"] => ComposeName::Override,
        words => match word(&words.join("-")) {
            // The Compose files of tests and of development run on a developer's machine.
            Some(named) if named.name == "test" => ComposeName::Other,
            Some(named) if named.name == "development" => {
                word("local").map_or(ComposeName::Other, ComposeName::Environment)
            }
            Some(named) => ComposeName::Environment(named),
            None => ComposeName::Other,
        },
    })
}

/// The environment that a values file is named after; `None` where it is not a values file of one environment.
///
/// `values-production.yaml`, `values.prod.yaml`, `production-values.yaml`, `values/production.yaml`,
/// `environments/production/values.yaml`, `production.yaml` beside a chart.
pub(super) fn values_file(path: &Path) -> Option<Named> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"))?;
    let parts: Vec<&str> = stem.split(['.', '-', '_']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["values"] => {
            let folder = path.parent()?.file_name()?.to_str()?;
            word(folder)
        }
        ["values", rest @ ..] | [rest @ .., "values"] => word(&rest.join("-")),
        _ => {
            let folder = path.parent()?.file_name()?.to_str()?;
            let telling = matches!(folder, "values" | "environments" | "envs" | "env" | "environment");
            if telling { word(stem) } else { None }
        }
    }
}

/// True for a file that looks like a values file of a chart.
pub(super) fn is_values_file(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let Some(stem) = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")) else { return false };
    let mut parts = stem.split(['.', '-', '_']);
    parts.clone().next() == Some("values") || parts.next_back() == Some("values")
}

/// The stack of `Pulumi.<stack>.yaml`.
pub(super) fn stack_file(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"))?;
    // No stack can be called `dev copy`.
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    stem.strip_prefix("Pulumi.").filter(|stack| !stack.is_empty() && stack.chars().all(legal))
}

/// True where a path lies in a folder whose files are examples, fixtures of tests, or templates of other projects.
pub(super) fn is_example(path: &Path) -> bool {
    let Some(folder) = path.parent() else { return false };
    folder.iter().filter_map(|part| part.to_str()).any(|part| {
        let part = part.to_ascii_lowercase();
        matches!(
            part.as_str(),
            "example"
                | "examples"
                | "sample"
                | "samples"
                | "demo"
                | "demos"
                | "fixture"
                | "fixtures"
                | "testdata"
                | "test"
                | "tests"
                | "__tests__"
                | "e2e"
                | "integration-tests"
                | "integration_tests"
                | "it"
                | "spec"
                | "docs"
                | "doc"
                | "archive"
                | "archived"
                | "deprecated"
                | "old"
                | "legacy"
                | "template"
                | "templates"
                | "benchmark"
                | "benchmarks"
                | "bench"
                | ".devcontainer"
                | "third_party"
                | "third-party"
        ) || part.ends_with("-example")
            || part.ends_with("-examples")
    })
}
