//! `compose/runtime-socket`: a container that can command the container runtime.

use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

/// The sockets of container runtimes, by their file.
const SOCKETS: [&str; 4] = ["docker.sock", "containerd.sock", "crio.sock", "podman.sock"];

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        // The way to give others less than the whole socket.
        let is_proxy = service.image().is_some_and(|image| image.name.contains("socket-proxy"));
        let mounts = service.get("volumes").map(Value::items).unwrap_or_default();
        for (index, mount) in mounts.iter().enumerate().filter(|_| !is_proxy) {
            let bind = mount.get("type").and_then(Value::as_str) == Some("bind");
            let Some(source) = mount.get("source").filter(|source| bind && !source.is_unknown()) else {
                continue;
            };
            let Some(path) = source.as_str() else { continue };
            if !SOCKETS.contains(&path.rsplit('/').next().unwrap_or_default()) {
                continue;
            }
            findings.push(
                Finding::new(
                    format!("`{}` can command the container runtime through `{path}`", service.name),
                    source.origin.span,
                    format!("services.{}.volumes.{index}", service.name),
                )
                .help(
                    "remove the mount; where a proxy or an agent needs it, put a socket proxy in between that allows \
                     only reading",
                ),
            );
        }
    }
    findings
}
