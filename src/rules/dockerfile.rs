//! What an image brings along that a Compose file does not say: read from its Dockerfile, where that is in the repository.

use std::collections::BTreeMap;
use std::path::Path;

use crate::compose::Service;
use crate::rules::Context;

/// True where the image of a service has a health check of its own, false where it has none, `None` where that is not
/// known: an image from elsewhere, a Dockerfile that is not here.
pub(super) fn checks_health(service: Service<'_>, context: &Context<'_>) -> Option<bool> {
    if service.build().is_none() {
        let image = service.image()?;
        return is_official(image.known_name().known()?).then_some(false);
    }
    let (said, base) = last_stage(&dockerfile(service, context)?);
    said.or_else(|| (base == "scratch" || is_official(&base)).then_some(false))
}

/// The image from elsewhere that the image of a service is built on; `None` where nothing is built, or its Dockerfile is
/// not here.
pub(super) fn base(service: Service<'_>, context: &Context<'_>) -> Option<String> {
    let (_, base) = last_stage(&dockerfile(service, context)?);
    (!base.is_empty() && !base.contains('$')).then_some(base)
}

/// The text of the Dockerfile that a service is built from.
fn dockerfile(service: Service<'_>, context: &Context<'_>) -> Option<String> {
    let build = service.build()?;
    if build.get("dockerfile_inline").is_some() {
        return None;
    }
    let folder = build.text("context").unwrap_or(".");
    let name = build.text("dockerfile").unwrap_or("Dockerfile");
    let bytes = context.sources.files().read(&Path::new(folder).join(name)).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What a Dockerfile says of the health of its last stage, and the name of the image that the stage comes from in the end.
fn last_stage(text: &str) -> (Option<bool>, String) {
    let mut stages: BTreeMap<String, (String, Option<bool>)> = BTreeMap::new();
    let mut image = String::new();
    let mut said = None;
    let mut alias = None;
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default().to_ascii_uppercase();
        match first.as_str() {
            "FROM" => {
                if let Some(alias) = alias.take() {
                    stages.insert(alias, (std::mem::take(&mut image), said));
                }
                said = None;
                let mut words = words.filter(|word| !word.starts_with("--"));
                words.next().unwrap_or_default().clone_into(&mut image);
                alias = words.nth(1).map(str::to_ascii_lowercase);
            }
            "HEALTHCHECK" => said = Some(!words.next().is_some_and(|word| word.eq_ignore_ascii_case("none"))),
            _ => {}
        }
    }
    // A stage takes over what the one before it says. Each is looked at once: no chain is longer than the stages are many.
    for _ in 0..=stages.len() {
        let Some((below, its)) = stages.get(&image.to_ascii_lowercase()) else { break };
        (said, image) = (said.or(*its), below.clone());
    }
    // The port of a registry stands before a slash.
    let path = image.rfind('/').map_or(0, |slash| slash + 1);
    let end = image.get(path..).and_then(|name| name.find([':', '@'])).map_or(image.len(), |at| path + at);
    (said, image.get(..end).unwrap_or_default().to_owned())
}

/// True for an official image of Docker: none of those has a health check, as a rule of theirs.
fn is_official(name: &str) -> bool {
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    !name.is_empty() && !name.contains(['/', '$'])
}
