//! `promotion/local-setting`: a setting of the laptop that left it.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::Owner;
use crate::ladder::Workload;
use crate::ladder::workload::Mount;
use crate::ladder::workload::MountKind;
use crate::ladder::workload::Variable;
use crate::rules::Context;
use crate::source::Span;

/// Variables that say which environment a program is in, and what they say on a laptop.
const MODES: [&str; 9] = [
    "NODE_ENV",
    "APP_ENV",
    "FLASK_ENV",
    "RAILS_ENV",
    "RACK_ENV",
    "ASPNETCORE_ENVIRONMENT",
    "DOTNET_ENVIRONMENT",
    "MIX_ENV",
    "DJANGO_ENV",
];

/// Folders that source code is mounted over.
const CODE: [&str; 8] = ["/app", "/src", "/code", "/usr/src", "/workspace", "/srv", "/var/www", "/go/src"];

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let allowed = context.options.strings("allow");
    let mut findings = Vec::new();
    for workload in &environment.workloads {
        for container in workload.containers.iter().filter(|container| !container.init) {
            let mut say = |message: String, at: Span, what: &str, help: &str| {
                let subject = format!("workloads.{}.{}.{what}", workload.name, container.name);
                findings.push(Finding::new(message, at, subject).help(help));
            };
            for variable in container.environment.iter().filter(|variable| !variable.secret) {
                if allowed.contains(&variable.name.as_str().into()) {
                    continue;
                }
                if let Some((message, help)) = setting(variable, alone(environment, workload)) {
                    let message = format!("{message} in `{}`", environment.name);
                    say(message, variable.value.span, &variable.name, help);
                }
            }
            for mount in container.mounts.iter().filter(|mount| is_source(mount)) {
                let folder = mount.target.known().map_or("", String::as_str);
                say(
                    format!(
                        "`{}` hides the code of its image at `{folder}` in `{}`",
                        workload.name, environment.name
                    ),
                    mount.span,
                    "mounts",
                    "remove the mount: the code is in the image",
                );
            }
        }
    }
    findings
}

/// True where `localhost` means the container itself: nothing else shares its network.
fn alone(environment: &Environment, workload: &Workload) -> bool {
    let containers = workload.containers.iter().filter(|container| !container.init).count();
    let shared = match workload.owner {
        Owner::Project(index) => environment
            .projects
            .get(index)
            .and_then(|project| project.model()?.service(&workload.name)?.get("network_mode"))
            .is_some(),
        Owner::Release(_) => false,
    };
    containers == 1 && !shared
}

fn setting(variable: &Variable, alone: bool) -> Option<(String, &'static str)> {
    let value = variable.value.known()?;
    let (name, lower) = (variable.name.as_str(), value.to_ascii_lowercase());
    let debug = name == "DEBUG" || name.ends_with("_DEBUG") || name.starts_with("DEBUG_");
    if debug && matches!(lower.as_str(), "true" | "1" | "yes" | "on" | "*") {
        return Some((format!("`{name}` is on"), "switch it off, or leave it out"));
    }
    if MODES.contains(&name) && matches!(lower.as_str(), "development" | "dev" | "local") {
        return Some((format!("`{name}` is `{value}`"), "set it to what this environment is"));
    }
    let local = ["://localhost", "://127.0.0.1", "://0.0.0.0", "@localhost", "@127.0.0.1"];
    let leads_back = alone && local.iter().any(|host| lower.contains(host));
    leads_back.then(|| {
        let message = format!("`{name}` leads back into the container itself");
        (message, "name the service: inside a container, `localhost` is the container")
    })
}

/// A folder of the repository mounted, writable, over where an image keeps its code.
fn is_source(mount: &Mount) -> bool {
    let (Some(target), Some(source)) = (mount.target.known(), mount.source.as_ref().and_then(|s| s.known()))
    else {
        return false;
    };
    let folder = source.trim_start_matches("./").trim_end_matches('/');
    let last = folder.rsplit('/').next().unwrap_or_default();
    let code_folder =
        matches!(last, "" | "." | "src" | "app" | "lib" | "code" | "source" | "frontend" | "backend");
    let relative = !source.starts_with('/') && !source.starts_with('~') && !source.starts_with('$');
    let over_code = CODE
        .iter()
        .any(|code| target.strip_prefix(code).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    mount.kind == MountKind::Host && relative && code_folder && over_code
}
