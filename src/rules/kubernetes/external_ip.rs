//! `kubernetes/external-ip`: a Service that takes an address for its own.

use crate::diagnostic::Finding;
use crate::kubernetes::ObjectSet;
use crate::kubernetes::Service;
use crate::rules::Context;

pub(super) fn check(set: &ObjectSet<'_>, _context: &Context<'_>) -> Vec<Finding> {
    let services = set.objects.iter().filter_map(Service::of);
    let with = services.filter_map(|service| {
        let list = service.object.spec()?.get("externalIPs").filter(|list| !list.is_empty())?;
        Some((service.object, list))
    });
    with.map(|(object, list)| {
        let message = format!("`{}` takes an address that nobody checks is its own", object.label());
        Finding::new(message, list.span(), object.subject("spec.externalIPs"))
            .help("use `type: LoadBalancer` or an Ingress")
    })
    .collect()
}
