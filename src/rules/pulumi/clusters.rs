//! The clusters of a stack and the versions of Kubernetes they ask for.

use crate::kubernetes::Minor;
use crate::ladder::Stack;
use crate::pulumi::Resource;
use crate::pulumi::Value;

/// What a stack makes; what exists already belongs to somebody else.
pub(super) fn made(stack: &Stack) -> impl Iterator<Item = &Resource> {
    let resources = stack.loaded.iter().flat_map(|loaded| &loaded.reading.resources);
    resources.filter(|resource| !resource.existing)
}

/// The name that a message gives to a resource.
pub(super) fn title(resource: &Resource) -> &str {
    resource.name.text().unwrap_or(&resource.token)
}

/// Clusters of `DigitalOcean` with the minor they ask for, and where.
pub(super) fn versions(stack: &Stack) -> impl Iterator<Item = (&Resource, Minor, &Value)> {
    let clusters = made(stack).filter(|resource| resource.token == "digitalocean:index:KubernetesCluster");
    clusters.filter_map(|cluster| {
        let version = cluster.properties.get("version")?;
        Some((cluster, minor(version.text()?)?, version))
    })
}

/// The minor of `1.34.1-do.0`, `1.34` and `v1.34.1`.
fn minor(version: &str) -> Option<Minor> {
    let mut parts = version.trim_start_matches('v').splitn(3, '.');
    let (major, minor) = (parts.next()?, parts.next()?);
    let digits = minor.chars().take_while(char::is_ascii_digit).count();
    Minor::parse(&format!("{major}.{}", minor.get(..digits)?)).ok()
}
