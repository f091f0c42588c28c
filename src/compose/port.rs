//! The short form of a service's port: `ip:host:container/protocol`.

use std::net::IpAddr;

/// One port that a short form stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShortPort {
    /// The address on the host; empty for all.
    pub(crate) host_ip: String,
    /// The port in the container.
    pub(crate) target: i64,
    /// The port or the range of ports on the host; empty where Docker chooses one.
    pub(crate) published: String,
    /// `tcp`, `udp` or `sctp`.
    pub(crate) protocol: String,
}

/// What is wrong with a short form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PortError {
    #[error("`{0}` names no container port")]
    NoPort(String),
    #[error("a port is `tcp`, `udp` or `sctp`, and not `{0}`")]
    Protocol(String),
    #[error("`{0}` is not an IP address")]
    Address(String),
    #[error("`{0}` is not a container port: a number up to 65535, or a range of them")]
    Container(String),
    #[error("`{0}` is not a host port: a number up to 65535, or a range of them")]
    Host(String),
    #[error("the ranges `{0}` of the host and `{1}` of the container differ in length")]
    Ranges(String, String),
}

/// All ports that a short form stands for, in Compose's order (by the text of port and protocol).
pub(crate) fn parse(spec: &str) -> Result<Vec<ShortPort>, PortError> {
    let parts: Vec<&str> = spec.split(':').collect();
    let (address, host, container) = match parts.as_slice() {
        [] => (String::new(), "", ""),
        [container] => (String::new(), "", *container),
        [host, container] => (String::new(), *host, *container),
        [address @ .., host, container] => (address.join(":"), *host, *container),
    };
    let (container, protocol) = container.split_once('/').unwrap_or((container, ""));
    if container.is_empty() {
        return Err(PortError::NoPort(spec.to_owned()));
    }
    let protocol = if protocol.is_empty() { "tcp".to_owned() } else { protocol.to_lowercase() };
    if !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
        return Err(PortError::Protocol(protocol));
    }
    let host_ip = match address.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']').ok_or_else(|| PortError::Address(address.clone()))?.to_owned(),
        None => address,
    };
    if !host_ip.is_empty() && !is_address(&host_ip) {
        return Err(PortError::Address(host_ip));
    }
    let (start, end) = range(container).ok_or_else(|| PortError::Container(container.to_owned()))?;
    let count = end - start + 1;
    let mut host_range = None;
    if !host.is_empty() {
        let (host_start, host_end) = range(host).ok_or_else(|| PortError::Host(host.to_owned()))?;
        if host_end - host_start != end - start && end != start {
            return Err(PortError::Ranges(host.to_owned(), container.to_owned()));
        }
        host_range = Some((host_start, host_end));
    }
    let mut ports: Vec<ShortPort> = (0..count)
        .map(|offset| {
            let published = match host_range {
                None => String::new(),
                Some((first, last)) if count == 1 && first != last => format!("{first}-{last}"),
                Some((first, _)) => (first + offset).to_string(),
            };
            ShortPort {
                host_ip: host_ip.clone(),
                target: start + offset,
                published,
                protocol: protocol.clone(),
            }
        })
        .collect();
    ports.sort_by_key(|port| format!("{}/{}", port.target, port.protocol));
    Ok(ports)
}

/// True for an address as Go reads it: IPv4 without leading zeros, IPv6 without a zone.
pub(crate) fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

fn range(text: &str) -> Option<(i64, i64)> {
    let Some((start, end)) = text.split_once('-') else {
        let port = number(text)?;
        return Some((port, port));
    };
    let first = number(start)?;
    if start == end {
        return Some((first, first));
    }
    let last = number(end)?;
    (last >= first).then_some((first, last))
}

fn number(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|port| (0..=65_535).contains(port))
}
