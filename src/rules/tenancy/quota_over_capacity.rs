//! `tenancy/quota-over-capacity`: quotas that promise more than the nodes have.

use std::collections::BTreeMap;

use crate::cost::Fit;
use crate::diagnostic::Finding;
use crate::kubernetes::Part;
use crate::kubernetes::Quantity;
use crate::ladder::Environment;
use crate::ladder::fleet::Placed;
use crate::rules::Context;
use crate::rules::tenancy::exceeded_quota::shown;
use crate::rules::tenancy::quota;

pub(super) fn check(environment: &Environment, context: &Context<'_>) -> Vec<Finding> {
    let assessment = environment.assessment();
    let capacity = &assessment.capacity;
    let Some(pool) = assessment.estimate.pools.first().filter(|_| capacity.fit != Fit::Unknown) else {
        return Vec::new();
    };
    context.with_fleet(|fleet| {
        let mut findings = Vec::new();
        let bytes = Quantity::from_whole(capacity.free.memory.saturating_mul(1024 * 1024));
        let resources = [
            ("requests.cpu", "cpu", Quantity::from_millis(capacity.free.cpu)),
            ("requests.memory", "memory", bytes),
        ];
        for (key, short, free) in resources {
            let promised = promised(&fleet.objects, key, short);
            let total = promised.values().fold(Quantity::ZERO, |sum, (amount, _, _)| sum.plus(*amount));
            let Some((namespace, (largest, placed, part))) =
                promised.iter().max_by_key(|(_, (amount, _, _))| *amount).filter(|_| total > free)
            else {
                continue;
            };
            let has = format!("the nodes of `{}` have {} for it", environment.name, shown(key, free));
            let message = if *largest > free {
                format!("the quota of `{namespace}` promises {} of `{key}`, and {has}", shown(key, *largest))
            } else {
                format!(
                    "the quotas of {} namespaces promise {} of `{key}` together, and {has}",
                    promised.len(),
                    shown(key, total)
                )
            };
            findings.push(
                placed
                    .finding(message, *part, &format!("{} {key}", environment.name))
                    .label(format!("{} of it for `{namespace}`", shown(key, *largest)))
                    .related(pool.at, "the nodes, less what the system takes")
                    .help("promise less, or let the nodes be enough for what is promised"),
            );
        }
        findings
    })
}

/// What is promised to each namespace, and where: of several quotas the smallest holds.
fn promised<'f>(
    objects: &'f [Placed<'f>],
    key: &str,
    short: &str,
) -> BTreeMap<&'f str, (Quantity, &'f Placed<'f>, Part<'f>)> {
    let mut promised: BTreeMap<&str, (Quantity, &Placed<'_>, Part<'_>)> = BTreeMap::new();
    for placed in objects.iter().filter(|placed| quota::counts_all_pods(placed)) {
        let Some(namespace) = placed.namespace() else { continue };
        for (name, part) in quota::hard(placed) {
            let Some(amount) = part.quantity().filter(|_| name == key || name == short) else { continue };
            let entry = promised.entry(namespace).or_insert((amount, placed, part));
            if amount < entry.0 {
                *entry = (amount, placed, part);
            }
        }
    }
    promised
}
