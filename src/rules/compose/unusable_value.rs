//! `compose/unusable-value`: a value that Compose takes and Docker refuses when it starts the container.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::compose::Project as Model;
use crate::compose::Service;
use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Context;
use crate::source::Span;

/// The least memory that Docker gives a container, in bytes.
const LEAST_MEMORY: i64 = 6 * 1024 * 1024;

pub(super) fn check(project: &Project, _: &Context<'_>) -> Vec<Finding> {
    let Some(model) = project.model() else { return Vec::new() };
    let mut findings = Vec::new();
    let mut taken = BTreeMap::new();
    for service in model.services() {
        let refused = Refused { service, findings: &mut findings };
        refused.service(&mut taken);
    }
    pools(model, &mut findings);
    findings
}

struct Refused<'r, 'm> {
    service: Service<'m>,
    findings: &'r mut Vec<Finding>,
}

/// The text of a value that is known.
fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !value.is_unknown() && !text.contains('$'))
}

impl<'m> Refused<'_, 'm> {
    fn say(&mut self, value: &Value, path: &str, message: String, help: &str) {
        let subject = format!("services.{}.{path}", self.service.name);
        self.findings.push(Finding::new(message, value.origin.span, subject).help(help));
    }

    /// Says so where the text at a path is not what is needed.
    fn expect(&mut self, path: &str, fits: impl Fn(&str) -> bool, what: &str, help: &str) {
        let Some(value) = self.service.at(path) else { return };
        let Some(text) = text(value).filter(|text| !fits(text)) else { return };
        self.say(value, path, format!("`{text}` is {what}"), help);
    }

    fn service(mut self, taken: &mut BTreeMap<(&'m str, IpAddr), Span>) {
        self.expect(
            "container_name",
            is_container_name,
            "no name that Docker gives a container",
            "use letters, digits, `_`, `.` and `-`, and begin with a letter or a digit",
        );
        self.expect(
            "restart",
            is_restart_policy,
            "no restart policy",
            "write `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:5`",
        );
        self.expect(
            "image",
            |image| !has_upper_case(image),
            "no image: the name of a repository has no capital letters",
            "write the name in lower case",
        );
        self.expect(
            "mac_address",
            is_mac_address,
            "no MAC address",
            "write six pairs of hexadecimal digits: `02:42:ac:11:00:02`",
        );
        self.targets();
        self.limits();
        self.memory();
        self.addresses(taken);
    }

    fn targets(&mut self) {
        for mount in self.service.mounts() {
            let Some(target) = mount.target else { continue };
            let Some(path) = text(target) else { continue };
            let windows = path.contains('\\') || path.get(1..2) == Some(":");
            if path.starts_with('/') || windows || path.is_empty() || path.starts_with('~') {
                continue;
            }
            let message = format!("`{path}` is no place in a container: mounts have absolute paths");
            self.say(target, "volumes", message, &format!("write `/{}`", path.trim_start_matches("./")));
        }
    }

    fn limits(&mut self) {
        for (name, entry) in self.service.get("ulimits").into_iter().flat_map(Value::entries) {
            let (soft, hard) = (entry.value.get("soft"), entry.value.get("hard"));
            let (Some(soft), Some(hard)) = (soft, hard) else { continue };
            let (Some(least), Some(most)) = (soft.as_i64(), hard.as_i64()) else { continue };
            if least <= most || least < 0 || most < 0 || soft.is_unknown() || hard.is_unknown() {
                continue;
            }
            let message = format!("the soft limit of `{name}` is above the hard one: {least} and {most}");
            self.say(soft, &format!("ulimits.{name}"), message, "raise `hard`, or lower `soft`");
        }
    }

    fn memory(&mut self) {
        for path in ["mem_limit", "deploy.resources.limits.memory"] {
            let Some(value) = self.service.at(path).filter(|value| !value.is_unknown()) else { continue };
            let bytes = value.as_i64().or_else(|| value.as_str()?.parse().ok());
            let Some(bytes) = bytes.filter(|bytes| (1..LEAST_MEMORY).contains(bytes)) else { continue };
            let message = format!(
                "`{}` may have {bytes} bytes of memory, and Docker gives no less than 6 MiB",
                self.service.name
            );
            self.say(value, path, message, "write the unit: `512m`");
        }
    }

    fn addresses(&mut self, taken: &mut BTreeMap<(&'m str, IpAddr), Span>) {
        for network in self.service.networks() {
            for key in ["ipv4_address", "ipv6_address"] {
                let Some(value) = network.value.get(key) else { continue };
                let Some(address) = text(value) else { continue };
                let Ok(parsed) = address.parse::<IpAddr>() else {
                    let message = format!("`{address}` is no IP address");
                    self.say(value, "networks", message, "write an address such as `172.28.0.10`");
                    continue;
                };
                let Some(other) = taken.insert((network.name, parsed), value.origin.span) else { continue };
                let subject = format!("services.{}.networks", self.service.name);
                self.findings.push(
                    Finding::new(
                        format!("`{address}` is taken on the network `{}`", network.name),
                        value.origin.span,
                        subject,
                    )
                    .related(other, "taken here")
                    .help("give each service its own address"),
                );
            }
        }
    }
}

/// Address pools that are none.
fn pools(model: &Model, findings: &mut Vec<Finding>) {
    for network in model.networks() {
        for pool in network.value.at("ipam.config").map(Value::items).unwrap_or_default() {
            let Some(subnet) = pool.get("subnet") else { continue };
            let Some(range) = text(subnet).filter(|range| !is_subnet(range)) else { continue };
            findings.push(
                Finding::new(
                    format!("`{range}` is no range of addresses"),
                    subnet.origin.span,
                    format!("networks.{}.ipam", network.name),
                )
                .help("write an address and the length of its prefix: `172.28.0.0/16`"),
            );
        }
    }
}

fn is_container_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && name.len() > 1
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn is_restart_policy(policy: &str) -> bool {
    let (name, count) = policy.split_once(':').map_or((policy, None), |(name, count)| (name, Some(count)));
    match name {
        "on-failure" => count.is_none_or(|count| count.parse::<u32>().is_ok()),
        "" | "no" | "none" | "any" | "always" | "unless-stopped" => count.is_none(),
        _ => false,
    }
}

/// True where the repository part of a reference has a capital letter; a registry and a tag may have them.
fn has_upper_case(image: &str) -> bool {
    let name = image.split('@').next().unwrap_or_default();
    let (host, path) = match name.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), path),
        _ => (None, name),
    };
    let path = path.split(':').next().unwrap_or_default();
    // `Foo/bar` may be a registry of that name.
    let registry = host.is_none()
        && path
            .split('/')
            .next()
            .is_some_and(|first| path.contains('/') && first.chars().any(char::is_uppercase));
    !registry && path.chars().any(char::is_uppercase)
}

fn is_mac_address(address: &str) -> bool {
    let separator = if address.contains('-') { '-' } else { ':' };
    let pairs: Vec<&str> = address.split(separator).collect();
    matches!(pairs.len(), 6 | 8 | 20)
        && pairs.iter().all(|pair| pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn is_subnet(range: &str) -> bool {
    let Some((address, length)) = range.split_once('/') else { return false };
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|length| length <= most)
}
