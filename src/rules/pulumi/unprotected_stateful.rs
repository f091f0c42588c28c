//! `pulumi/unprotected-stateful`: data that a wrong update would delete.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::pulumi::Value;
use crate::rules::Context;

/// Types whose deletion loses data.
const STATEFUL: [&str; 17] = [
    "digitalocean:index:DatabaseCluster",
    "digitalocean:index:Volume",
    "digitalocean:index:SpacesBucket",
    "aws:rds:Instance",
    "aws:rds:Cluster",
    "aws:rds:GlobalCluster",
    "aws:s3:Bucket",
    "aws:s3:BucketV2",
    "aws:dynamodb:Table",
    "aws:efs:FileSystem",
    "aws:ebs:Volume",
    "gcp:sql:DatabaseInstance",
    "gcp:storage:Bucket",
    "gcp:compute:Disk",
    "hcloud:index:Volume",
    "linode:index:Volume",
    "azure-native:storage:StorageAccount",
];

pub(super) fn check(stack: &Stack, _context: &Context<'_>) -> Vec<Finding> {
    let Some(loaded) = &stack.loaded else { return Vec::new() };
    let stateful = loaded
        .reading
        .resources
        .iter()
        .filter(|resource| !resource.existing && STATEFUL.contains(&resource.token.as_str()));
    stateful
        .filter(|resource| {
            let on = |value: Option<&Value>| value.is_some_and(|value| value.bool() != Some(false));
            !on(resource.options.get("protect"))
                && !on(resource.options.get("retainOnDelete"))
                && !on(resource.properties.get("deletionProtection"))
        })
        .map(|resource| {
            let name = resource.name.text().unwrap_or("?");
            Finding::new(
                format!("`{name}` holds data and is not protected from deletion"),
                resource.span,
                name,
            )
            .label("deleted as soon as the program no longer makes it, or has to replace it")
            .help("give it the option `protect: true`")
        })
        .collect()
}
