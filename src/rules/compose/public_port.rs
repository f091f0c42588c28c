//! `compose/public-port`: a port that the whole network of the host can reach.

use crate::compose::Port;
use crate::compose::Service;
use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::ladder::Project;
use crate::rules::Context;

/// Ports that exist to be reached: HTTP and HTTPS.
const WEB: [u16; 2] = [80, 443];

pub(super) fn check(project: &Project, context: &Context<'_>) -> Vec<Finding> {
    let allowed: Vec<String> = context.options.strings("allow").iter().map(ToString::to_string).collect();
    exposed(project, |service, port, first| {
        let meant = WEB.contains(&first) || allowed.contains(&first.to_string());
        !meant && !super::public_database::is_database(service, port, context)
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
        .remedy(closed(&port))
    })
    .collect()
}

/// The same port, published to the host alone.
pub(super) fn closed(port: &Port<'_>) -> Result<Remedy, String> {
    const HOST: &str = "127.0.0.1";
    if !port.value.origin.overridden.is_empty() {
        return Err("it stands twice, and the other one would open the port again".to_owned());
    }
    // The parts of the short form all stand where the whole stands.
    let whole = port.value.span;
    let is_short = port.value.entry("target").is_some_and(|target| target.key == whole);
    let (at, what) = match port.host_ip {
        Some(ip) if is_short && ip.span == whole => return Err("a variable decides its address".to_owned()),
        Some(ip) if is_short && ip.as_str() != Some("0.0.0.0") => {
            return Err("its address is not written as `0.0.0.0`".to_owned());
        }
        Some(ip) if is_short => (ip.span, What::Part(HOST.to_owned())),
        Some(ip) => (ip.written_at()?, What::Replace(HOST.to_owned())),
        None if is_short => (whole, What::Prefix(format!("{HOST}:"))),
        None => (whole, What::Set { key: "host_ip".to_owned(), value: HOST.to_owned() }),
    };
    Ok(Remedy::new(format!("publish it on `{HOST}` only"), Safety::Unsafe, at, what))
}

/// Published ports without an address, for which `wanted` holds; with the service and the first port of the host.
pub(super) fn exposed(
    project: &Project,
    wanted: impl Fn(Service<'_>, &Port<'_>, u16) -> bool,
) -> Vec<(&str, Port<'_>, u16)> {
    let Some(model) = project.model() else { return Vec::new() };
    let ports = model.services().flat_map(|service| service.ports().map(move |port| (service, port)));
    ports
        .filter(|(_, port)| match port.host_ip {
            None => true,
            Some(ip) => ip.as_str().is_some_and(|ip| matches!(ip, "0.0.0.0" | "::" | "[::]")),
        })
        .filter_map(|(service, port)| Some((service, port, port.published_range()?.0)))
        .filter(|(service, port, first)| wanted(*service, port, *first))
        .map(|(service, port, first)| (service.name, port, first))
        .collect()
}
