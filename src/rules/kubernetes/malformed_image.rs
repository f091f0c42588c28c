//! `kubernetes/malformed-image`: an image reference that no runtime can read.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for workload in set.workloads() {
        for container in workload.containers() {
            let Some(image) = container.image() else {
                let label = workload.object.label();
                let message = format!("container `{}` of `{label}` has no image", container.name);
                let subject = workload.object.subject(&container.path_of("image"));
                found.push(Finding::new(message, container.span(), subject).help("set `image`"));
                continue;
            };
            let Some(text) = image.text() else { continue };
            let Some(why) = wrong(&text) else { continue };
            let message = format!("the image `{text}` {why}");
            let subject = workload.object.subject(&container.path_of("image"));
            found.push(Finding::new(message, image.span(), subject).help(
                "write `registry/name:tag`, in lower case, with or without registry and `@sha256:` digest",
            ));
        }
    }
    found
}

/// What is wrong with an image reference, as the end of a sentence.
fn wrong(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty");
    }
    if text.chars().any(char::is_whitespace) {
        return Some("contains a blank");
    }
    let (named, digest) = text.split_once('@').map_or((text, None), |(named, digest)| (named, Some(digest)));
    if let Some(digest) = digest {
        let (algorithm, hash) = digest.split_once(':').unwrap_or((digest, ""));
        let long_enough = algorithm != "sha256" || hash.len() == 64;
        if hash.is_empty() || !long_enough || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some("has a digest that is none");
        }
    }
    // A colon after the last slash starts a tag; one before it belongs to a registry's port.
    let last = named.rsplit_once('/').map_or(named, |(_, last)| last);
    let (name, tag) = match last.split_once(':') {
        Some((name, tag)) => (name, Some(tag)),
        None => (last, None),
    };
    if let Some(tag) = tag {
        if tag.is_empty() {
            return Some("has a colon and no tag");
        }
        let first = tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let rest = tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
        if !first || !rest || tag.len() > 128 {
            return Some("has a tag that is none");
        }
    }
    if name.is_empty() || named.split('/').any(str::is_empty) {
        return Some("lacks a part of its name");
    }
    let path = named
        .split_once('/')
        .filter(|(registry, _)| registry.contains(['.', ':']) || *registry == "localhost");
    let path = path.map_or(named, |(_, path)| path);
    let upper = path.split(':').next().unwrap_or_default().bytes().any(|byte| byte.is_ascii_uppercase());
    upper.then_some("has capital letters in its name")
}
