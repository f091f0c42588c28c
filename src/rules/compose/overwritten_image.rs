//! `compose/overwritten-image`: a build that is stored under the name of another image.

use std::collections::BTreeMap;

use crate::compose::Image;
use crate::compose::Service;
use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

/// Images of Docker Hub that are nobody's own build.
const OFFICIAL: [&str; 34] = [
    "alpine",
    "almalinux",
    "amazoncorretto",
    "busybox",
    "caddy",
    "cassandra",
    "consul",
    "debian",
    "eclipse-temurin",
    "elasticsearch",
    "golang",
    "haproxy",
    "httpd",
    "influxdb",
    "mariadb",
    "memcached",
    "mongo",
    "mysql",
    "nats",
    "neo4j",
    "nginx",
    "node",
    "openjdk",
    "php",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "ruby",
    "rust",
    "tomcat",
    "traefik",
    "ubuntu",
    "wordpress",
];

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    let mut built: BTreeMap<&str, (Service<'_>, Image<'_>)> = BTreeMap::new();
    for service in model.services() {
        let (Some(build), Some(image)) = (service.build(), service.image()) else { continue };
        if image.value.is_unknown() {
            continue;
        }
        let at = image.value.origin.span;
        let subject = format!("services.{}.image", service.name);
        if OFFICIAL.contains(&image.repository()) && image.registry().is_none() {
            findings.push(
                Finding::new(
                    format!(
                        "the build of `{}` is stored as `{}`, over the public image of that name",
                        service.name, image.text
                    ),
                    at,
                    subject,
                )
                .related(service.key_span("build"), "built here")
                .help("remove `build` if the public image is meant, or give the build a name of your own"),
            );
            continue;
        }
        let Some((other, known)) = built.get(image.text) else {
            built.insert(image.text, (service, image));
            continue;
        };
        if other.build().is_some_and(|other| recipe(other) != recipe(build)) {
            findings.push(
                Finding::new(
                    format!(
                        "`{}` and `{}` build different images and store both as `{}`",
                        other.name, service.name, image.text
                    ),
                    at,
                    subject,
                )
                .related(known.value.origin.span, format!("`{}` stores its own here", other.name))
                .help("give each build its own name"),
            );
        }
    }
    findings
}

/// What decides the content of a build.
fn recipe(build: &Value) -> Option<(String, &str, &str)> {
    let known = |key: &str| build.get(key).is_none_or(|value| !value.is_unknown());
    let context = build.text("context").unwrap_or(".").trim_start_matches("./").trim_end_matches('/');
    let context = if context.is_empty() { "." } else { context };
    ["context", "dockerfile", "target"].iter().all(|key| known(key)).then(|| {
        (
            context.to_owned(),
            build.text("dockerfile").unwrap_or("Dockerfile"),
            build.text("target").unwrap_or_default(),
        )
    })
}
