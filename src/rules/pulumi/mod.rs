//! Pulumi projects, stacks and programs.

<<<<<<< HEAD
use crate::rules::Entry;

pub(super) static RULES: &[Entry] = &[];
=======
mod exposed_secret;
mod idle_autoscaling;
mod missing_config;
mod missing_encryption;
mod mistyped_config;
mod not_encrypted;
mod plaintext_secret;
mod schema;
mod unknown_project_key;
mod unknown_stack_key;
mod unprotected_stateful;
mod unused_config;
mod wrong_namespace;

use crate::rules::Check;
use crate::rules::Rule;

static LIST: [Rule; 13] = [
    Rule::new(include_str!("../../../rules/pulumi/exposed-secret.md"), Check::Stack(exposed_secret::check)),
    Rule::new(
        include_str!("../../../rules/pulumi/idle-autoscaling.md"),
        Check::Stack(idle_autoscaling::check),
    ),
    Rule::new(include_str!("../../../rules/pulumi/missing-config.md"), Check::Stack(missing_config::check)),
    Rule::new(
        include_str!("../../../rules/pulumi/missing-encryption.md"),
        Check::Stack(missing_encryption::check),
    ),
    Rule::new(include_str!("../../../rules/pulumi/mistyped-config.md"), Check::Stack(mistyped_config::check)),
    Rule::new(include_str!("../../../rules/pulumi/not-encrypted.md"), Check::Stack(not_encrypted::check)),
    Rule::new(
        include_str!("../../../rules/pulumi/plaintext-secret.md"),
        Check::Stack(plaintext_secret::check),
    ),
    Rule::new(include_str!("../../../rules/pulumi/schema.md"), Check::Stack(schema::check)),
    Rule::new(
        include_str!("../../../rules/pulumi/unknown-project-key.md"),
        Check::Stack(unknown_project_key::check),
    ),
    Rule::new(
        include_str!("../../../rules/pulumi/unknown-stack-key.md"),
        Check::Stack(unknown_stack_key::check),
    ),
    Rule::new(
        include_str!("../../../rules/pulumi/unprotected-stateful.md"),
        Check::Stack(unprotected_stateful::check),
    ),
    Rule::new(include_str!("../../../rules/pulumi/unused-config.md"), Check::Stack(unused_config::check)),
    Rule::new(include_str!("../../../rules/pulumi/wrong-namespace.md"), Check::Stack(wrong_namespace::check)),
];

pub(super) static RULES: &[Rule] = &LIST;
>>>>>>> cdf76c3 (Check Pulumi projects and stacks: thirteen rules)
