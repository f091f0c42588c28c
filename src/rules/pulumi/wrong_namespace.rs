//! `pulumi/wrong-namespace`: a value is set where the program does not look for it.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Key;
use crate::pulumi::Lookup;
use crate::rules::Context;

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let Some(configuration) = loaded.configuration() else { return Vec::new() };
    let mut findings = Vec::new();
    let mut said = Vec::new();
    for asked in &loaded.reading.uses {
        if said.contains(&&asked.key) {
            continue;
        }
        if asked.separated {
            said.push(&asked.key);
            findings.push(
                Finding::new(
                    format!("the getter takes a name, and `{}` has a namespace", asked.key),
                    asked.key_span,
                    asked.key.to_string(),
                )
                .label("read as a name of the project's own namespace")
                .help(format!(
                    "make a configuration object for `{}` and ask it for `{}`",
                    asked.key.namespace, asked.key.name
                )),
            );
            continue;
        }
        if !matches!(configuration.lookup(&asked.key), Lookup::Missing) {
            continue;
        }
        // The name is there, in a namespace that nobody reads it from.
        let elsewhere = configuration.stack.settings.iter().find(|setting| {
            let elsewhere = Key { namespace: setting.key.namespace.clone(), name: asked.key.name.clone() };
            setting.key == elsewhere
                && setting.key.namespace != asked.key.namespace
                && loaded.reading.uses.iter().all(|other| other.key != elsewhere)
        });
        if let Some(setting) = elsewhere
            && !is_provider(&setting.key.namespace)
        {
            said.push(&asked.key);
            findings.push(
                Finding::new(
                    format!("the program asks for `{}`, and the stack sets `{}`", asked.key, setting.key),
                    setting.key_span,
                    format!("{}:{}", configuration.stack.name, setting.key),
                )
                .label("nobody reads this namespace")
                .related(asked.span, "asked for here")
                .help(format!("rename it to `{}`", asked.key)),
            );
        }
    }
    findings
}

/// Namespaces that providers read by themselves.
fn is_provider(namespace: &str) -> bool {
    matches!(
        namespace,
        "digitalocean"
            | "aws"
            | "aws-native"
            | "azure"
            | "azure-native"
            | "azuread"
            | "gcp"
            | "google-native"
            | "kubernetes"
            | "hcloud"
            | "linode"
            | "vultr"
            | "scaleway"
            | "civo"
            | "cloudflare"
            | "github"
            | "gitlab"
            | "docker"
            | "random"
            | "tls"
            | "vault"
            | "datadog"
            | "grafana"
            | "auth0"
            | "okta"
            | "oci"
            | "openstack"
            | "ovh"
            | "proxmoxve"
            | "tailscale"
            | "pulumi"
            | "command"
            | "exoscale"
            | "upcloud"
            | "equinix-metal"
    )
}
