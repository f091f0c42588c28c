//! `pulumi/missing-encryption`: a stack holds secrets that nothing can decrypt.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::rules::Context;
use crate::source::Span;

/// Providers that keep the data key encrypted in the stack file.
const KEY_SERVICES: [&str; 4] = ["awskms://", "azurekeyvault://", "gcpkms://", "hashivault://"];

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let Some(settings) = &loaded.stack else { return Vec::new() };
    let Some(secret) = settings.settings.iter().find(|setting| setting.value.secret) else {
        return Vec::new();
    };
    let report = |message: String, at: Span, help: &str| {
        vec![
            Finding::new(message, at, format!("{}:secretsprovider", settings.name))
                .related(secret.value.span, "encrypted here")
                .help(help),
        ]
    };
    match &settings.secrets_provider {
        Some(provider) if KEY_SERVICES.iter().any(|scheme| provider.value.starts_with(scheme)) => {
            if settings.encrypted_key.is_none() {
                return report(
                    "the secrets provider is a key service, and `encryptedkey` is missing".to_owned(),
                    provider.span,
                    "run `pulumi stack change-secrets-provider` and commit what it writes",
                );
            }
        }
        Some(provider) if provider.value == "passphrase" => {
            if settings.encryption_salt.is_none() {
                return report(
                    "the secrets provider is `passphrase`, and `encryptionsalt` is missing".to_owned(),
                    provider.span,
                    "run `pulumi stack change-secrets-provider passphrase` and commit what it writes",
                );
            }
        }
        Some(_) => {}
        None => {
            let backend = loaded.project.tree.root().and_then(|root| root.at(&["backend", "url"]));
            let own = backend.filter(|url| {
                let url = url.text();
                ["file://", "s3://", "gs://", "azblob://"].iter().any(|scheme| url.starts_with(scheme))
            });
            if let Some(own) = own
                && settings.encrypted_key.is_none()
                && settings.encryption_salt.is_none()
            {
                return report(
                    format!("stack `{}` holds secrets and no key to decrypt them", settings.name),
                    secret.key_span,
                    "run `pulumi stack change-secrets-provider` and commit what it writes",
                )
                .into_iter()
                .map(|finding| finding.related(own.span(), "a backend of one's own keeps no keys"))
                .collect();
            }
        }
    }
    Vec::new()
}
