//! Services of a Compose project as workloads.

use crate::compose::Project;
use crate::compose::Service;
use crate::compose::Value;
use crate::ladder::workload::Attribute;
use crate::ladder::workload::Container;
use crate::ladder::workload::HealthCheck;
use crate::ladder::workload::HealthCheckKind;
use crate::ladder::workload::Image;
use crate::ladder::workload::Mount;
use crate::ladder::workload::MountKind;
use crate::ladder::workload::Owner;
use crate::ladder::workload::Port;
use crate::ladder::workload::Replicas;
use crate::ladder::workload::Resources;
use crate::ladder::workload::Variable;
use crate::ladder::workload::Workload;
use crate::ladder::workload::WorkloadKind;
use crate::ladder::workload::flag;
use crate::source::Known;
use crate::source::Span;
use crate::source::credential_shaped;

/// The services of a project that its profiles switch on.
pub(in crate::ladder) fn workloads(project: &Project, owner: Owner) -> Vec<Workload> {
    project.services().map(|service| workload(service, owner)).collect()
}

fn workload(service: Service<'_>, owner: Owner) -> Workload {
    let labels = service.get("labels").into_iter().flat_map(Value::entries);
    let labels = labels.filter_map(|(name, entry)| {
        let value = entry.value.as_str().filter(|_| !entry.value.is_unknown())?;
        Some((name.to_owned(), value.to_owned()))
    });
    Workload {
        name: service.name.to_owned(),
        short_name: service.name.to_owned(),
        name_known: true,
        kind: WorkloadKind::Service,
        owner,
        span: service.key,
        namespace: None,
        labels: labels.collect(),
        containers: vec![container(service)],
        replicas: replicas(service),
        restart: restart(service),
        grace: service
            .get("stop_grace_period")
            .and_then(|value| attribute(value, |_| service.grace_seconds())),
        hook: false,
    }
}

/// A value's places with what it is.
fn attribute<T>(value: &Value, read: impl FnOnce(&Value) -> Option<T>) -> Option<Attribute<T>> {
    let known = match value.known() {
        Known::Known(value) => Known::Known(read(value)?),
        Known::Unknown(unknown) => Known::Unknown(unknown),
    };
    let origin = &value.origin;
    let behind = origin.overridden.iter().chain(&origin.through).copied().collect();
    Some(Attribute { value: known, span: origin.span, behind })
}

fn text(value: &Value) -> Option<Attribute<String>> {
    attribute(value, |value| value.as_str().map(str::to_owned))
}

fn container(service: Service<'_>) -> Container {
    let image = service.image().and_then(|image| {
        Some(Image {
            text: text(image.value)?,
            name: image.known_name().map(str::to_owned),
            tag: image.known_tag().map(|tag| tag.map(str::to_owned)),
            digest: image.digest.map(str::to_owned),
        })
    });
    let environment = service.environment().map(|variable| {
        let value = if variable.value.is_null() {
            let why = format!("`{}` is handed through from outside", variable.name);
            let value = Known::unknown(why, Some(variable.key));
            Some(Attribute { value, span: variable.key, behind: Vec::new() })
        } else {
            text(variable.value)
        };
        let value = value.unwrap_or_else(|| Attribute {
            value: Known::unknown("it is no text", Some(variable.value.span)),
            span: variable.value.span,
            behind: Vec::new(),
        });
        let secret = credential_shaped(variable.name);
        Variable { name: variable.name.to_owned(), key: variable.key, value, secret }
    });
    let mut checks = Vec::new();
    if service.checks_health()
        && let Some(check) = service.healthcheck()
    {
        checks.push(HealthCheck { kind: HealthCheckKind::Health, span: check.span });
    }
    let words = ["command", "entrypoint"].into_iter().filter_map(|key| service.get(key));
    let words = words.flat_map(Value::items).filter_map(Value::as_str);
    Container {
        flags: words.filter_map(flag).collect(),
        name: service.name.to_owned(),
        init: false,
        image,
        build: service.build().map(|_| service.key_span("build")),
        built_from: service.build().and_then(built_from),
        environment: environment.collect(),
        open_environment: Vec::new(),
        ports: ports(service),
        checks,
        resources: resources(service),
        mounts: mounts(service),
        span: service.key,
    }
}

/// The folder of a build that is known; with the Dockerfile where the folder is the root, which many things are built
/// from.
fn built_from(build: &Value) -> Option<String> {
    let context = build.get("context").filter(|context| !context.is_unknown())?.as_str()?;
    let folder = context.strip_prefix("./").unwrap_or(context).trim_end_matches('/');
    if !matches!(folder, "" | ".") {
        return Some(folder.to_owned());
    }
    Some(format!("./{}", build.text("dockerfile").unwrap_or("Dockerfile")))
}

fn ports(service: Service<'_>) -> Vec<Port> {
    let published = service.ports().filter_map(|port| {
        let target = port.target?;
        let container = attribute(target, |_| port.target_port())?;
        let published = port.published.and_then(|published| attribute(published, |_| port.published_range()));
        Some(Port { container, published, protocol: port.protocol.to_owned() })
    });
    let mut ports: Vec<Port> = published.collect();
    for exposed in service.get("expose").map(Value::items).unwrap_or_default() {
        let container = attribute(exposed, |value| {
            let text = value.as_str()?;
            text.split_once('/').map_or(text, |(port, _)| port).parse().ok()
        });
        ports.extend(container.map(|container| Port {
            container,
            published: None,
            protocol: "tcp".to_owned(),
        }));
    }
    ports
}

fn mounts(service: Service<'_>) -> Vec<Mount> {
    let mounts = service.mounts().filter_map(|mount| {
        let kind = match mount.kind.as_str().filter(|_| !mount.kind.is_unknown()) {
            Some("bind") => MountKind::Host,
            Some("volume" | "cluster") => MountKind::Persistent,
            Some("tmpfs") => MountKind::Temporary,
            _ => MountKind::Other,
        };
        Some(Mount {
            target: text(mount.target?)?,
            source: mount.source.and_then(text),
            kind,
            read_only: mount.read_only,
            span: mount.value.span,
        })
    });
    mounts.collect()
}

fn resources(service: Service<'_>) -> Resources {
    let millis = |value: &Value| {
        attribute(value, |value| {
            let amount = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
            #[expect(clippy::cast_possible_truncation, reason = "processors are few")]
            Some((amount * 1000.0).round() as i64)
        })
    };
    let bytes = |value: &Value| {
        attribute(value, |value| {
            value.as_i64().or_else(|| {
                let text = value.as_str()?;
                text.parse().ok()
            })
        })
    };
    let at = |path: &str| service.at(path);
    Resources {
        cpu_request: at("deploy.resources.reservations.cpus").and_then(millis),
        cpu_limit: at("deploy.resources.limits.cpus").or_else(|| at("cpus")).and_then(millis),
        memory_request: at("deploy.resources.reservations.memory")
            .or_else(|| at("mem_reservation"))
            .and_then(bytes),
        memory_limit: at("deploy.resources.limits.memory").or_else(|| at("mem_limit")).and_then(bytes),
    }
}

/// `restart`, or what stands for it under `deploy`.
fn restart(service: Service<'_>) -> Option<Attribute<String>> {
    if let Some(restart) = service.restart() {
        return text(restart);
    }
    let policy = service.at("deploy.restart_policy")?;
    let condition = policy.get("condition").and_then(text);
    Some(condition.unwrap_or_else(|| Attribute {
        value: Known::Known("any".to_owned()),
        span: policy.origin.span,
        behind: Vec::new(),
    }))
}

fn replicas(service: Service<'_>) -> Replicas {
    let said = service.at("deploy.replicas").or_else(|| service.get("scale"));
    let least = said.and_then(|value| attribute(value, |value| u32::try_from(value.as_i64()?).ok()));
    Replicas { least: least.unwrap_or_else(|| one(service.key)), most: None }
}

/// One, because nothing else is said.
pub(super) fn one(span: Span) -> Attribute<u32> {
    Attribute { value: Known::Known(1), span, behind: Vec::new() }
}
