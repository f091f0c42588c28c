//! Pulumi projects, stacks and programs.

mod clusters;
mod exposed_secret;
mod force_destroy;
mod foreign_environment;
mod hidden_drift;
mod idle_autoscaling;
mod missing_chart;
mod missing_config;
mod missing_encryption;
mod mistyped_config;
mod not_encrypted;
mod open_database;
mod open_firewall;
mod password_login;
mod plaintext_secret;
mod public_bucket;
mod schema;
mod unencrypted_load_balancer;
mod unknown_project_key;
mod unknown_stack_key;
mod unprotected_stateful;
mod unsafe_upgrade;
mod unsupported_version;
mod unused_config;
mod version_skew;
mod wrong_namespace;

use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

/// A key whose right name is known.
fn renamed(finding: Finding, name: &str) -> Finding {
    let (at, title) = (finding.primary.span, format!("write `{name}`"));
    let rename = What::Rename(name.to_owned());
    finding.help(title.clone()).remedy(Ok(Remedy::new(title, Safety::Unsafe, at, rename)))
}

pub(super) static RULES: &[Entry] = &[
    Rule::native(
        include_str!("../../../rules/pulumi/exposed-secret.md"),
        Check::Stack(exposed_secret::check),
    ),
    Rule::native(include_str!("../../../rules/pulumi/force-destroy.md"), Check::Stack(force_destroy::check)),
    Rule::native(
        include_str!("../../../rules/pulumi/foreign-environment.md"),
        Check::Ladder(foreign_environment::check),
    ),
    Rule::native(include_str!("../../../rules/pulumi/hidden-drift.md"), Check::Stack(hidden_drift::check)),
    Rule::native(
        include_str!("../../../rules/pulumi/idle-autoscaling.md"),
        Check::Stack(idle_autoscaling::check),
    ),
    Rule::native(include_str!("../../../rules/pulumi/missing-chart.md"), Check::Stack(missing_chart::check)),
    Rule::native(
        include_str!("../../../rules/pulumi/missing-config.md"),
        Check::Stack(missing_config::check),
    ),
    Rule::native(
        include_str!("../../../rules/pulumi/missing-encryption.md"),
        Check::Stack(missing_encryption::check),
    ),
    Rule::native(
        include_str!("../../../rules/pulumi/mistyped-config.md"),
        Check::Stack(mistyped_config::check),
    ),
    Rule::native(include_str!("../../../rules/pulumi/not-encrypted.md"), Check::Stack(not_encrypted::check)),
    Rule::native(include_str!("../../../rules/pulumi/open-database.md"), Check::Stack(open_database::check)),
    Rule::native(include_str!("../../../rules/pulumi/open-firewall.md"), Check::Stack(open_firewall::check)),
    Rule::native(
        include_str!("../../../rules/pulumi/password-login.md"),
        Check::Stack(password_login::check),
    ),
    Rule::native(
        include_str!("../../../rules/pulumi/plaintext-secret.md"),
        Check::Stack(plaintext_secret::check),
    ),
    Rule::native(include_str!("../../../rules/pulumi/public-bucket.md"), Check::Stack(public_bucket::check)),
    Rule::native(include_str!("../../../rules/pulumi/schema.md"), Check::Stack(schema::check)),
    Rule::native(
        include_str!("../../../rules/pulumi/unencrypted-load-balancer.md"),
        Check::Stack(unencrypted_load_balancer::check),
    ),
    Rule::native(
        include_str!("../../../rules/pulumi/unknown-project-key.md"),
        Check::Stack(unknown_project_key::check),
    ),
    Rule::native(
        include_str!("../../../rules/pulumi/unknown-stack-key.md"),
        Check::Stack(unknown_stack_key::check),
    ),
    Rule::native(
        include_str!("../../../rules/pulumi/unprotected-stateful.md"),
        Check::Stack(unprotected_stateful::check),
    ),
    Rule::native(
        include_str!("../../../rules/pulumi/unsafe-upgrade.md"),
        Check::Stack(unsafe_upgrade::check),
    ),
    Rule::native(
        include_str!("../../../rules/pulumi/unsupported-version.md"),
        Check::Stack(unsupported_version::check),
    ),
    Rule::native(include_str!("../../../rules/pulumi/unused-config.md"), Check::Stack(unused_config::check)),
    Rule::native(include_str!("../../../rules/pulumi/version-skew.md"), Check::Ladder(version_skew::check)),
    Rule::native(
        include_str!("../../../rules/pulumi/wrong-namespace.md"),
        Check::Stack(wrong_namespace::check),
    ),
];
