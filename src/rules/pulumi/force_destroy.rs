//! `pulumi/force-destroy`: a bucket that is deleted with everything in it.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

/// What is deleted with more than itself, and the argument that asks for it.
const FORCED: [(&str, &str, &str); 6] = [
    ("digitalocean:index:SpacesBucket", "forceDestroy", "every object in it"),
    ("aws:s3:Bucket", "forceDestroy", "every object in it"),
    ("aws:s3:BucketV2", "forceDestroy", "every object in it"),
    ("gcp:storage:Bucket", "forceDestroy", "every object in it"),
    ("aws:ecr:Repository", "forceDelete", "every image in it"),
    (
        "digitalocean:index:KubernetesCluster",
        "destroyAllAssociatedResources",
        "its volumes, load balancers and snapshots",
    ),
];

pub(super) fn check(stack: &Stack, _: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for resource in clusters::made(stack) {
        let Some((_, argument, lost)) = FORCED.iter().find(|(token, _, _)| *token == resource.token) else {
            continue;
        };
        let protected = resource.options.get("protect").is_some_and(|protect| protect.bool() != Some(false));
        let Some(forced) = resource.properties.get(*argument).filter(|forced| forced.bool() == Some(true))
        else {
            continue;
        };
        if protected {
            continue;
        }
        let name = clusters::title(resource);
        findings.push(
            Finding::new(
                format!("when `{name}` goes, {lost} goes with it"),
                forced.span,
                format!("{name} {argument}"),
            )
            .help(format!(
                "leave `{argument}` out where the data matters, or give it the option `protect: true`"
            )),
        );
    }
    findings
}
