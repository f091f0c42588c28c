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
                let own = |port: u16| {
                    container.ports.iter().any(|declared| declared.container.known() == Some(&port))
                };
                if let Some((message, help)) = mode(variable) {
                    let message = format!("{message} in `{}`", environment.name);
                    say(message, variable.value.span, &variable.name, help);
                } else if alone(environment, workload)
                    && let Some(host) = loopback(variable, &own)
                {
                    let message = format!("`{}` points at `{host}` in `{}`", variable.name, environment.name);
                    let places =
                        [variable.value.span].into_iter().chain(variable.value.behind.iter().copied());
                    let says = |place: &Span| context.sources.slice(*place).contains(host);
                    let at = places.into_iter().find(says).unwrap_or(variable.value.span);
                    say(
                        message,
                        at,
                        &variable.name,
                        "name the host that is meant: for the program, this is its own container; for a browser, the \
                         machine of its user",
                    );
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

/// Debugging that is switched on, and the mode of a laptop.
fn mode(variable: &Variable) -> Option<(String, &'static str)> {
    let value = variable.value.known()?;
    let (name, lower) = (variable.name.as_str(), value.to_ascii_lowercase());
    let debug = name == "DEBUG" || name.ends_with("_DEBUG") || name.starts_with("DEBUG_");
    if debug && matches!(lower.as_str(), "true" | "1" | "yes" | "on" | "*") {
        return Some((format!("`{name}` is on"), "switch it off, or leave it out"));
    }
    let laptop = MODES.contains(&name) && matches!(lower.as_str(), "development" | "dev" | "local");
    laptop.then(|| (format!("`{name}` is `{value}`"), "set it to what this environment is"))
}

/// The host of an address that leads to the machine itself. A list of addresses, an address to listen on, and one at
/// which a program reaches its own port, are no mistake.
fn loopback(variable: &Variable, own_port: &impl Fn(u16) -> bool) -> Option<&'static str> {
    let value = variable.value.known()?;
    let name = variable.name.to_ascii_uppercase();
    let listens = name.contains("LISTEN") || name.contains("BIND");
    if listens || value.contains(|c: char| c.is_whitespace() || c == ',') {
        return None;
    }
    let (scheme, rest) = value.split_once("://")?;
    // Schemes that name a kind of storage or transport, with `localhost` for want of a host.
    if ["local", "null", "file", "unix"].iter().any(|none| scheme.eq_ignore_ascii_case(none)) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
    let (host, port) = address.split_once(':').map_or((address, ""), |(host, port)| (host, port));
    let host = ["localhost", "127.0.0.1"].into_iter().find(|local| host.eq_ignore_ascii_case(local))?;
    let internal = ["ADDR", "ADDRESS", "HOST"].iter().any(|end| name.ends_with(end));
    let itself = internal && port.parse().is_ok_and(own_port);
    (!itself).then_some(host)
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
