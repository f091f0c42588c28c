//! `compose/public-database`: a data store that the whole network of the host can reach.

use crate::compose::Port;
use crate::compose::Service;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;
use crate::rules::dockerfile;

/// Ports that data stores and brokers listen on, with their usual names.
const DATABASES: [(u16, &str); 14] = [
    (1433, "SQL Server"),
    (3306, "MySQL"),
    (5432, "PostgreSQL"),
    (5672, "RabbitMQ"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (7687, "Neo4j"),
    (8123, "ClickHouse"),
    (9042, "Cassandra"),
    (9092, "Kafka"),
    (9200, "Elasticsearch"),
    (11211, "memcached"),
    (27017, "MongoDB"),
    (2379, "etcd"),
];

/// Words in the names of services and images that keep data.
const STORES: [&str; 29] = [
    "broker",
    "cache",
    "cassandra",
    "clickhouse",
    "cockroach",
    "couch",
    "data",
    "db",
    "elastic",
    "etcd",
    "kafka",
    "maria",
    "memcached",
    "mongo",
    "mssql",
    "mysql",
    "neo4j",
    "opensearch",
    "percona",
    "pg",
    "postg",
    "queue",
    "rabbit",
    "redis",
    "redpanda",
    "scylla",
    "sql",
    "timescale",
    "valkey",
];

/// True for the usual port of a data store, but for a program of the repository that listens there for something else.
pub(super) fn is_database(service: Service<'_>, port: &Port<'_>, context: &Context<'_>) -> bool {
    let usual = |target| DATABASES.iter().any(|(port, _)| *port == target);
    let store = |name: &str| STORES.iter().any(|store| name.to_ascii_lowercase().contains(store));
    port.target_port().is_some_and(usual)
        && (store(service.name) || dockerfile::base(service, context).is_none_or(|base| store(&base)))
}

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    super::public_port::exposed(project, |service, port, _| is_database(service, port, context))
        .into_iter()
        .map(|(name, port, first)| {
            let known = DATABASES.iter().find(|(number, _)| Some(*number) == port.target_port());
            let what = known.map_or("a data store", |(_, what)| *what);
            let at = port.published.unwrap_or(port.value).origin.span;
            Finding::new(
                format!("{what} in `{name}` is open to every network of the host on port {first}"),
                at,
                format!("services.{name}.ports"),
            )
            .help(format!(
                "remove the port: services reach it by name; to reach it from the host, publish `127.0.0.1:{first}`"
            ))
            .remedy(super::public_port::closed(&port))
        })
        .collect()
}
