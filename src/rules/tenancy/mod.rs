//! Tenants are isolated from each other.

mod cluster_role;
mod cluster_scoped_collision;
mod cross_namespace_reference;
mod default_namespace;
mod exceeded_quota;
mod guard_rail_access;
mod hardcoded_namespace;
mod host_access;
mod missing_limit_range;
mod missing_network_policy;
mod missing_resource_quota;
mod naming;
mod node_port_collision;
mod open_network_policy;
mod pod_security_label;
mod quota;
mod quota_over_capacity;
mod quota_without_defaults;
mod reachable_tenant;
mod shared_domain;
mod shared_namespace;
mod shared_storage;
mod system_priority;
mod wildcard_host;

use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

pub(super) static RULES: &[Entry] = &[
    Rule::native(
        include_str!("../../../rules/tenancy/cluster-role.md"),
        Check::Environment(cluster_role::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/cluster-scoped-collision.md"),
        Check::Environment(cluster_scoped_collision::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/cross-namespace-reference.md"),
        Check::Environment(cross_namespace_reference::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/default-namespace.md"),
        Check::Environment(default_namespace::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/exceeded-quota.md"),
        Check::Environment(exceeded_quota::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/guard-rail-access.md"),
        Check::Environment(guard_rail_access::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/hardcoded-namespace.md"),
        Check::Environment(hardcoded_namespace::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/host-access.md"),
        Check::Environment(host_access::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/missing-limit-range.md"),
        Check::Environment(missing_limit_range::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/missing-network-policy.md"),
        Check::Environment(missing_network_policy::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/missing-resource-quota.md"),
        Check::Environment(missing_resource_quota::check),
    ),
    Rule::native(include_str!("../../../rules/tenancy/naming.md"), Check::Environment(naming::check)),
    Rule::native(
        include_str!("../../../rules/tenancy/node-port-collision.md"),
        Check::Environment(node_port_collision::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/open-network-policy.md"),
        Check::Environment(open_network_policy::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/pod-security-label.md"),
        Check::Environment(pod_security_label::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/quota-over-capacity.md"),
        Check::Environment(quota_over_capacity::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/quota-without-defaults.md"),
        Check::Environment(quota_without_defaults::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/reachable-tenant.md"),
        Check::Environment(reachable_tenant::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/shared-domain.md"),
        Check::Environment(shared_domain::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/shared-namespace.md"),
        Check::Environment(shared_namespace::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/shared-storage.md"),
        Check::Environment(shared_storage::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/system-priority.md"),
        Check::Environment(system_priority::check),
    ),
    Rule::native(
        include_str!("../../../rules/tenancy/wildcard-host.md"),
        Check::Environment(wildcard_host::check),
    ),
];
