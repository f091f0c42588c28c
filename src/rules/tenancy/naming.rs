//! `tenancy/naming`: a tenant whose namespace is not called after it.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::ladder::fleet;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, _: &Context<'_>) -> Vec<Finding> {
    let tenants = fleet::tenants(environment);
    let (alike, other): (Vec<_>, Vec<_>) = tenants
        .into_iter()
        .filter_map(|release| Some((release, release.namespace()?)))
        .partition(|(release, namespace)| release.name() == *namespace);
    let Some((example, _)) = alike.first() else { return Vec::new() };
    let finding = |(release, namespace): &(&crate::ladder::Release, &str)| {
        Finding::new(
            format!(
                "the tenant `{}` lives in `{namespace}`; others live in a namespace of their name",
                release.name()
            ),
            release.deployment.namespace.as_ref().map_or_else(|| fleet::named_at(release), |text| text.span),
            format!("releases.{}.namespace", release.name()),
        )
        .related(fleet::named_at(example), format!("as `{}` does", example.name()))
        .help("give release and namespace one name, so that nobody has to look it up at night")
    };
    other.iter().map(finding).collect()
}
