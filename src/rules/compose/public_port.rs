//! `compose/public-port`: a port that the whole network of the host can reach.

use crate::compose::Port;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;

/// Ports that exist to be reached: HTTP and HTTPS.
const WEB: [u16; 2] = [80, 443];

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let allowed: Vec<String> = context.options.strings("allow").iter().map(ToString::to_string).collect();
    exposed(project, |port, first| {
        let meant = WEB.contains(&first) || allowed.contains(&first.to_string());
        !meant && !super::public_database::is_database(port.target_port())
    })
    .into_iter()
    .map(|(name, port, first)| {
        let at = port.published.unwrap_or(port.value).origin.span;
        Finding::new(
            format!("port {first} of `{name}` is open to every network of the host"),
            at,
            format!("services.{name}.ports"),
        )
        .help(format!(
            "publish it on `127.0.0.1:{first}` behind a reverse proxy, or list it under the rule's `allow` option"
        ))
    })
    .collect()
}

/// Published ports without an address, for which `wanted` holds; with the service and the first port of the host.
pub(super) fn exposed(
    project: &Project,
    wanted: impl Fn(&Port<'_>, u16) -> bool,
) -> Vec<(&str, Port<'_>, u16)> {
    let Some(model) = project.model() else { return Vec::new() };
    let ports = model.services().flat_map(|service| service.ports().map(move |port| (service.name, port)));
    ports
        .filter(|(_, port)| match port.host_ip {
            None => true,
            Some(ip) => ip.as_str().is_some_and(|ip| matches!(ip, "0.0.0.0" | "::" | "[::]")),
        })
        .filter_map(|(name, port)| Some((name, port, port.published_range()?.0)))
        .filter(|(_, port, first)| wanted(port, *first))
        .collect()
}
