//! `compose/shared-volume` and `compose/shared-database`: one volume that several services write.

use std::collections::BTreeMap;

use crate::compose::Mount;
use crate::compose::Project as Model;
use crate::compose::Service;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

/// Where data stores keep their files. Two servers on the same files destroy them.
const DATA: [&str; 12] = [
    "/var/lib/postgresql",
    "/var/lib/mysql",
    "/var/lib/mongodb",
    "/var/lib/clickhouse",
    "/var/lib/rabbitmq",
    "/var/lib/influxdb",
    "/var/lib/cassandra",
    "/var/lib/neo4j",
    "/usr/share/elasticsearch/data",
    "/data/db",
    "/bitnami/postgresql",
    "/bitnami/mariadb",
];

/// A service and the mount through which it writes.
type Writer<'m> = (Service<'m>, Mount<'m>);

/// Named volumes that are mounted writable, with who does so, in the order of the files.
fn writers(model: &Model) -> BTreeMap<&str, Vec<Writer<'_>>> {
    let mut volumes: BTreeMap<&str, Vec<Writer<'_>>> = BTreeMap::new();
    for service in model.services() {
        for mount in service.mounts().filter(|mount| !mount.read_only) {
            let source = mount.source.filter(|source| !source.is_unknown());
            let (Some("volume"), Some(source)) =
                (mount.kind.as_str(), source.and_then(crate::compose::Value::as_str))
            else {
                continue;
            };
            let users = volumes.entry(source).or_default();
            if users.last().is_none_or(|(other, _)| other.name != service.name) {
                users.push((service, mount));
            }
        }
    }
    volumes
}

fn keeps_data(mount: &Mount<'_>) -> bool {
    let target = mount.target.and_then(crate::compose::Value::as_str).unwrap_or_default();
    DATA.iter()
        .any(|data| target.strip_prefix(data).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

pub(super) fn volume(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for (name, users) in writers(model) {
        let [(_, first), .., (last, mount)] = users.as_slice() else { continue };
        if users.iter().filter(|(_, mount)| keeps_data(mount)).count() > 1 {
            continue;
        }
        let names: Vec<String> = users.iter().map(|(service, _)| format!("`{}`", service.name)).collect();
        findings.push(
            Finding::new(
                format!("{} all write to the volume `{name}`", names.join(", ")),
                mount.value.origin.span,
                format!("services.{}.volumes", last.name),
            )
            .related(first.value.origin.span, "mounted here, too")
            .help("mount it with `:ro` where a service only reads, so that one service is to blame for what is in it"),
        );
    }
    findings
}

pub(super) fn database(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for (name, users) in writers(model) {
        let servers: Vec<&Writer<'_>> =
            users.iter().filter(|(service, mount)| keeps_data(mount) && lasts(*service)).collect();
        let [(first, before), .., (last, mount)] = servers.as_slice() else { continue };
        findings.push(
            Finding::new(
                format!(
                    "`{}` and `{}` both run a database on the files of the volume `{name}`",
                    first.name, last.name
                ),
                mount.value.origin.span,
                format!("services.{}.volumes", last.name),
            )
            .related(before.value.origin.span, format!("`{}` writes them, too", first.name))
            .help("give each its own volume: two servers on the same files destroy them"),
        );
    }
    findings
}

/// False for a task beside the server, which sets up its files or makes a copy of them.
fn lasts(service: Service<'_>) -> bool {
    let own_command = service.get("command").is_some() || service.get("entrypoint").is_some();
    let restarts =
        service.restart().and_then(crate::compose::Value::as_str).is_some_and(|restart| restart != "no");
    !own_command && (restarts || service.ports().next().is_some() || service.healthcheck().is_some())
}
