//! `pulumi/unencrypted-load-balancer`: a load balancer that passes on what comes unencrypted.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Value;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

pub(super) fn check(stack: &Stack, _: &Context<'_>) -> Vec<Finding> {
    let balancers = clusters::made(stack)
        .filter(|resource| resource.token == "digitalocean:index:LoadBalancer" && resource.rest.is_none());
    let mut findings = Vec::new();
    for balancer in balancers {
        let redirect = balancer.properties.get("redirectHttpToHttps");
        // Inside a network of its own it serves nobody from outside.
        let inside =
            balancer.properties.get("network").is_some_and(|network| network.text() != Some("EXTERNAL"));
        if inside || redirect.is_some_and(|redirect| redirect.bool() != Some(false)) {
            continue;
        }
        let rules = balancer.properties.get("forwardingRules").map(Value::items).unwrap_or_default();
        let plain = rules.iter().filter_map(|rule| rule.get("entryProtocol"));
        let Some(plain) = plain.into_iter().find(|protocol| protocol.text() == Some("http")) else {
            continue;
        };
        let name = clusters::title(balancer);
        findings.push(
            Finding::new(
                format!("`{name}` serves requests without encryption"),
                plain.span,
                format!("{name} forwardingRules"),
            )
            .help("set `redirectHttpToHttps` to true beside a rule for `https`"),
        );
    }
    findings
}
