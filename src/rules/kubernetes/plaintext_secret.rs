//! `kubernetes/plaintext-secret`: a credential where everybody can read it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Part;
use crate::rules::Context;
use crate::rules::kubernetes::references::references;
use crate::source::credential_shaped;
use crate::source::credential_value;
use crate::source::named_after;
use crate::source::placeholder;

pub(super) fn check(set: &ObjectSet<'_>, context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let names = names_of_secrets(set);
    let is_credential = |name: &str, text: &str| is_credential(name, text) && !names.contains(text);
    for workload in set.workloads() {
        for container in workload.containers() {
            let variables: Vec<_> =
                container.env().into_iter().filter_map(|one| one.text_at("name")).collect();
            for variable in container.env() {
                let (Some(name), Some(value)) = (variable.text_at("name"), variable.get("value")) else {
                    continue;
                };
                let Some(text) = value.text().filter(|text| is_credential(&name, text)) else { continue };
                if names_key(&name, &variables) {
                    continue;
                }
                context.sources.mark_secret(value.span());
                let label = workload.object.label();
                let message = format!(
                    "container `{}` of `{label}` has a credential in plain sight in `{name}`",
                    container.name
                );
                let subject = workload.object.subject(&container.path_of(&format!("env[{name}]")));
                found.push(
                    Finding::new(message, value.span(), subject)
                        .label(format!(
                            "{} characters that everybody who may read the pod can read",
                            text.chars().count()
                        ))
                        .help("put it into a Secret and name it with `valueFrom.secretKeyRef`"),
                );
            }
        }
    }
    for map in set.of_kind("", "ConfigMap") {
        let entries = map.root.get("data").map(Part::entries).unwrap_or_default();
        let keys: Vec<_> = entries.iter().filter_map(|(key, _)| key.text()).collect();
        for (key, value) in entries {
            let (Some(name), Some(text)) = (key.text(), value.text()) else { continue };
            if !is_credential(&name, &text) || names_key(&name, &keys) {
                continue;
            }
            context.sources.mark_secret(value.span());
            let message = format!("`{}` has a credential in plain sight in `{name}`", map.label());
            found.push(
                Finding::new(message, value.span(), map.subject(&format!("data[{name}]")))
                    .help("put it into a Secret"),
            );
        }
    }
    found
}

/// True for `API_SECRET_KEY` beside `API_SECRET_NAME`: together they lead to a key of a Secret.
fn names_key(name: &str, all: &[Cow<'_, str>]) -> bool {
    let beside = name.strip_suffix("SECRET_KEY").map(|stem| format!("{stem}SECRET_NAME"));
    beside.is_some_and(|beside| all.iter().any(|other| **other == *beside))
}

/// What Secrets and their keys are called in the release: whoever knows it knows no secret.
fn names_of_secrets(set: &ObjectSet<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for secret in set.of_kind("", "Secret") {
        names.extend(secret.name.as_ref().map(|name| name.value.to_string()));
        for part in ["data", "stringData"] {
            let entries = secret.root.get(part).map(Part::entries).unwrap_or_default();
            names.extend(entries.into_iter().filter_map(|(key, _)| Some(key.text()?.into_owned())));
        }
    }
    for workload in set.workloads() {
        for reference in references(&workload).into_iter().filter(|reference| reference.kind == "Secret") {
            let texts = [Some(reference.name), reference.key];
            names.extend(texts.into_iter().flatten().filter_map(|part| Some(part.text()?.into_owned())));
        }
    }
    names
}

/// True for a value that is a credential itself: no path, address, switch or number, and nothing filled in elsewhere.
fn is_credential(name: &str, value: &str) -> bool {
    if credential_value(value) || login_in_address(value) {
        return true;
    }
    let path = value.starts_with(['/', '.', '~']) || value.contains("://");
    let lower = value.to_ascii_lowercase();
    let switch = matches!(lower.as_str(), "" | "true" | "false" | "yes" | "no" | "none" | "null");
    let number = value.parse::<f64>().is_ok();
    let other = path || switch || number || value.contains(char::is_whitespace);
    credential_shaped(name) && !other && !is_reference(value) && !named_after(name, value)
}

/// True for `postgres://user:password@host`.
fn login_in_address(value: &str) -> bool {
    let authority = value.split_once("://").and_then(|(_, rest)| rest.split(['/', '?']).next());
    let login = authority.and_then(|authority| authority.rsplit_once('@')).map(|(login, _)| login);
    let secret = login.and_then(|login| login.split_once(':')).map(|(_, secret)| secret);
    secret.is_some_and(|secret| !secret.is_empty() && !is_reference(secret))
}

/// `$(NAME)`, `${NAME}`, `{{ … }}`, `<name>`: looked up or filled in elsewhere.
fn is_reference(value: &str) -> bool {
    placeholder(value)
        || value.starts_with('$')
        || ["$(", "${", "{{"].iter().any(|sign| value.contains(sign))
        || (value.starts_with('<') && value.ends_with('>'))
}
