//! `compose/default-network`: a project whose services can all reach each other.

use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;
use crate::rules::compose::public_database::is_database;

/// With fewer services there is nobody to keep apart.
const LEAST_SERVICES: usize = 4;

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let count = model.services().count();
    let together = model.services().all(|service| {
        let networks: Vec<&str> = service.networks().map(|network| network.name).collect();
        networks == ["default"]
    });
    let open = model.services().find(|service| service.ports().any(|port| port.published_range().is_some()));
    let store = model.services().find(|service| {
        let image = service.image().map(|image| image.repository().to_owned()).unwrap_or_default();
        let name = image.rsplit('/').next().unwrap_or_default();
        STORES.contains(&name) || service.ports().any(|port| is_database(*service, &port, context))
    });
    let (Some(open), Some(store)) = (open, store) else { return Vec::new() };
    if count < LEAST_SERVICES || !together || open.name == store.name {
        return Vec::new();
    }
    vec![
        Finding::new(
            format!("all {count} services share one network: `{}`, which is open to the outside, reaches `{}`", open.name, store.name),
            open.key,
            "networks".to_owned(),
        )
        .related(store.key, "reached by every service")
        .help("give what is open to the outside and what keeps data networks of their own, and put what needs both on both"),
    ]
}

/// Images that keep data.
const STORES: [&str; 11] = [
    "postgres",
    "postgis",
    "mysql",
    "mariadb",
    "mongo",
    "redis",
    "valkey",
    "elasticsearch",
    "rabbitmq",
    "clickhouse-server",
    "couchdb",
];
