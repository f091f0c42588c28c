//! `compose/ignored-deploy`: settings under `deploy` that only a swarm reads.

use crate::diagnostic::Finding;
use crate::diagnostic::Safety;
use crate::ladder::Project;
use crate::rules::Context;

/// What `docker compose up` does not act on.
const SWARM_ONLY: [&str; 5] = ["placement", "update_config", "rollback_config", "endpoint_mode", "labels"];

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        let Some(deploy) = service.get("deploy") else { continue };
        let global = deploy.entry("mode").filter(|mode| mode.value.as_str() == Some("global"));
        let ignored = SWARM_ONLY.iter().filter_map(|key| Some((*key, deploy.entry(key)?)));
        for (key, entry) in ignored.chain(global.map(|entry| ("mode", entry))) {
            findings.push(
                Finding::new(
                    format!("`docker compose` does not act on `deploy.{key}` of `{}`", service.name),
                    entry.key,
                    format!("services.{}.deploy.{key}", service.name),
                )
                .help("remove it, unless this file is also deployed to a swarm with `docker stack deploy`")
                .remedy(super::removal(
                    &entry.value,
                    &format!("deploy.{key}"),
                    Safety::Unsafe,
                )),
            );
        }
    }
    findings
}
