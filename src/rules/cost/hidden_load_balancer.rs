//! `cost/hidden-load-balancer`: a load balancer that no program and no configuration names.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, _context: &Context<'_>) -> Vec<Finding> {
    let assessment = environment.assessment();
    let asked = assessment.demand.load_balancers.iter().filter(|balancer| !balancer.adopted);
    asked
        .map(|balancer| {
            let item = assessment
                .estimate
                .items
                .iter()
                .find(|item| item.what.ends_with(&format!("of {}", balancer.what)));
            let price = item.map(|item| format!(", {} a month", item.monthly)).unwrap_or_default();
            Finding::new(
                format!("{} makes the provider start a load balancer{price}", balancer.what),
                balancer.at,
                format!("{} {}", environment.name, balancer.what),
            )
            .label("a load balancer of its own")
            .help("use `ClusterIP` behind an ingress that is there already, or count it in the budget")
        })
        .collect()
}
