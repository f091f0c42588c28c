//! Comparing images of one service in two environments.

use crate::ladder::history::is_version;
use crate::ladder::workload::Container;
use crate::ladder::workload::Image;
use crate::rules::Context;
use crate::rules::promotion::climb::Step;
use crate::source::Span;

/// True where some environment builds the service: then it is ours, and a tag is a state of our source.
pub(super) fn built(steps: &[Step<'_>]) -> bool {
    steps.iter().filter_map(|step| step.workload.main()).any(|container| container.build.is_some())
}

/// The image that a container runs, where its repository and tag are known.
pub(super) fn known(container: &Container) -> Option<(&Image, &str, Option<&str>)> {
    let image = container.image.as_ref()?;
    let tag = image.tag.known()?.as_deref();
    Some((image, image.repository()?, tag))
}

/// The numbers a version tag begins with: `16.4-alpine` and `v16.4` as `[16, 4]`; `None` for a tag that is no version.
pub(super) fn version(tag: &str) -> Option<Vec<u64>> {
    let digits = tag.strip_prefix('v').unwrap_or(tag);
    let numbers = digits.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    let parts: Option<Vec<u64>> =
        numbers.split('.').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
    parts.filter(|parts| !parts.is_empty() && parts.len() <= 4)
}

/// True where one tag stays within what the other says: `16` and `16.4` may be the same, `15` and `16` are not.
pub(super) fn same_version(one: &[u64], other: &[u64]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}

/// True for a tag that names another image tomorrow: none, `latest`, a branch, anything without a number in it. A word
/// that something else is put in the place of (`__version__`) is not known.
pub(super) fn movable(tag: Option<&str>) -> bool {
    let filled_in = |tag: &str| tag.starts_with("__") && tag.ends_with("__");
    tag.is_none_or(|tag| !is_version(tag) && !filled_in(tag))
}

/// True where both run the same image, as far as can be told.
pub(super) fn same(before: &Container, after: &Container) -> bool {
    let repository = |container: &Container| {
        container.image.as_ref().and_then(|image| image.repository().map(str::to_owned))
    };
    match (repository(before), repository(after)) {
        (Some(before), Some(after)) => before == after,
        // What is built here is what runs there, as far as can be told.
        _ => before.build.is_some(),
    }
}

/// The place that says a part of an image reference: where several values make the reference, the one that says it.
pub(super) fn place(image: &Image, part: &str, context: &Context<'_>) -> Span {
    let places = [image.text.span].into_iter().chain(image.text.behind.iter().copied());
    let says = |span: &Span| context.sources.slice(*span).trim_matches(['"', '\'']).ends_with(part);
    places.into_iter().find(says).unwrap_or(image.text.span)
}
