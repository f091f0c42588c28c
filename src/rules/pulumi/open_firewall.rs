//! `pulumi/open-firewall`: a way to log in, or into a database, that is open to the whole internet.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Resource;
use crate::pulumi::Value;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

/// Ports that nobody but those who run a system needs, and what listens there.
const PORTS: [(i64, &str); 9] = [
    (22, "SSH"),
    (2379, "etcd"),
    (2375, "Docker"),
    (3306, "MySQL"),
    (3389, "remote desktop"),
    (5432, "PostgreSQL"),
    (6379, "Redis"),
    (9200, "Elasticsearch"),
    (27017, "MongoDB"),
];

pub(super) fn check(stack: &Stack, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for firewall in clusters::made(stack) {
        let (rules, sources): (_, &[&str]) = match firewall.token.as_str() {
            "digitalocean:index:Firewall" => ("inboundRules", &["sourceAddresses"]),
            "aws:ec2:SecurityGroup" => ("ingress", &["cidrBlocks", "ipv6CidrBlocks"]),
            "hcloud:index:Firewall" => ("rules", &["sourceIps"]),
            _ => continue,
        };
        for rule in firewall.properties.get(rules).map(Value::items).unwrap_or_default() {
            findings.extend(finding(firewall, rule, sources));
        }
    }
    findings
}

fn finding(firewall: &Resource, rule: &Value, sources: &[&str]) -> Option<Finding> {
    if rule.get("direction").and_then(Value::text).is_some_and(|direction| direction != "in") {
        return None;
    }
    let addresses = sources.iter().filter_map(|key| rule.get(key)).flat_map(Value::items);
    let open = addresses.into_iter().find(|address| matches!(address.text(), Some("0.0.0.0/0" | "::/0")))?;
    let protocol = rule.get("protocol").and_then(Value::text).unwrap_or("tcp");
    if !matches!(protocol, "tcp" | "-1" | "all") {
        return None;
    }
    let (low, high) = ports(rule, protocol)?;
    let what = PORTS.iter().find(|(port, _)| (low..=high).contains(port))?.1;
    let name = clusters::title(firewall);
    let how = if high - low > 1000 { "every port".to_owned() } else { format!("{what} (port {low})") };
    Some(
        Finding::new(
            format!("`{name}` opens {how} to the whole internet"),
            open.span,
            format!("{name} {what}"),
        )
        .help("name the addresses that may come in, or go through a VPN or a bastion"),
    )
}

/// The ports of a rule: `22`, `1-65535`, `all`, `fromPort` and `toPort`.
fn ports(rule: &Value, protocol: &str) -> Option<(i64, i64)> {
    if let (Some(low), Some(high)) = (rule.get("fromPort"), rule.get("toPort")) {
        let (low, high) = (low.int()?, high.int()?);
        // AWS: without a protocol the ports do not count.
        let every = matches!(protocol, "-1" | "all");
        return Some(if every { (0, 65_535) } else { (low, high) });
    }
    let range = rule.get("portRange").or_else(|| rule.get("port"))?;
    let text = range
        .text()
        .map_or_else(|| range.int().map(|port| port.to_string()), |text| Some(text.to_owned()))?;
    if matches!(text.as_str(), "all" | "0" | "any") {
        return Some((0, 65_535));
    }
    let (low, high) = text.split_once('-').unwrap_or((&text, &text));
    Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
}
