//! `pulumi/public-bucket`: a bucket that everybody may read.

use crate::diagnostic::Finding;
use crate::ladder::Stack;
use crate::rules::Context;
use crate::rules::pulumi::clusters;

/// Buckets, and what else says who may read them.
const BUCKETS: [&str; 6] = [
    "digitalocean:index:SpacesBucket",
    "aws:s3:Bucket",
    "aws:s3:BucketV2",
    "aws:s3:BucketAclV2",
    "aws:s3:BucketAcl",
    "linode:index:ObjectStorageBucket",
];

pub(super) fn check(stack: &Stack, _: &Context<'_>) -> Vec<Finding> {
    let buckets = clusters::made(stack).filter(|resource| BUCKETS.contains(&resource.token.as_str()));
    buckets
        .filter_map(|bucket| {
            // A web site is there to be read.
            if bucket.properties.contains_key("website") {
                return None;
            }
            let acl = bucket.properties.get("acl")?;
            let may = match acl.text()? {
                "public-read" => "read",
                "public-read-write" => "read and write",
                _ => return None,
            };
            let name = clusters::title(bucket);
            Some(
                Finding::new(
                    format!("everybody may {may} what is in `{name}`"),
                    acl.span,
                    format!("{name} acl"),
                )
                .help("use `private`, and hand out signed addresses or put a CDN before it"),
            )
        })
        .collect()
}
