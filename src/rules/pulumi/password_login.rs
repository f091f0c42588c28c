//! `pulumi/password-login`: a server that is reached with a password.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Value;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

pub(super) fn check(stack: &Stack, _: &Context<'_>) -> Vec<Finding> {
    let droplets = clusters::made(stack).filter(|resource| {
        // A script at the first start may bring keys of its own.
        resource.token == "digitalocean:index:Droplet"
            && resource.rest.is_none()
            && !resource.properties.contains_key("userData")
    });
    droplets
        .filter(|droplet| {
            let keys = droplet.properties.get("sshKeys");
            keys.is_none_or(|keys| keys.why_unknown().is_none() && keys.items().is_empty() && !is_text(keys))
        })
        .map(|droplet| {
            let name = clusters::title(droplet);
            Finding::new(
                format!("`{name}` has no SSH key: its password is sent by mail"),
                droplet.span,
                format!("{name} sshKeys"),
            )
            .help("list the keys of those who may log in under `sshKeys`")
        })
        .collect()
}

fn is_text(value: &Value) -> bool {
    value.text().is_some()
}
