//! What is rendered, object by object.

use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

mod access;
mod ambiguous_service;
mod anonymous_access;
mod apparmor_disabled;
mod autoscaler_bounds;
mod autoscaler_without_requests;
mod blocking_disruption_budget;
mod cluster_admin;
mod contradictory_security_context;
mod cron_schedule;
mod dangerous_capability;
mod dangling_autoscaler;
mod dangling_backend;
mod dangling_disruption_budget;
mod dangling_monitor;
mod dangling_network_policy;
mod dangling_reference;
mod dangling_role_binding;
mod dangling_service;
mod dangling_volume_mount;
mod default_account_role;
mod deprecated_api;
mod duplicate_autoscaler;
mod duplicate_env;
mod duplicate_key;
mod duplicate_name;
mod duplicate_object;
mod duplicate_path;
mod escalating_role;
mod external_ip;
mod frozen_registry;
mod hardening;
mod host_namespace;
mod host_path;
mod host_port;
mod host_process;
mod identical_probes;
mod ignored_setting;
mod implausible_quantity;
mod impossible_probe;
mod ingress_snippet;
mod ingress_without_tls;
mod invalid_name;
mod limit_below_request;
mod malformed_image;
mod missing_headless_service;
mod missing_key;
mod missing_label;
mod missing_memory_limit;
mod missing_readiness_probe;
mod naked_pod;
mod overlapping_selector;
mod plaintext_secret;
mod pod_security;
mod powerful_capability;
mod privileged;
mod probe_host;
mod pull_never;
mod references;
mod removed_api;
mod replicas_under_autoscaler;
mod restart_policy;
mod root_user;
mod runtime_socket;
mod schema;
mod seccomp_disabled;
mod selector_mismatch;
mod selinux_option;
mod sensitive_role;
mod short_deadline;
mod single_replica;
mod stale_image;
mod standard;
mod unknown_field;
mod unknown_probe_port;
mod unknown_target_port;
mod unlisted_registry;
mod unmasked_proc;
mod unsafe_sysctl;
mod volume_blocks_rollout;
mod wildcard_role;

pub(super) static RULES: &[Entry] = &[
    Rule::native(
        include_str!("../../../rules/kubernetes/ambiguous-service.md"),
        Check::Objects(ambiguous_service::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/anonymous-access.md"),
        Check::Objects(anonymous_access::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/apparmor-disabled.md"),
        Check::Objects(apparmor_disabled::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/autoscaler-bounds.md"),
        Check::Objects(autoscaler_bounds::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/autoscaler-without-requests.md"),
        Check::Objects(autoscaler_without_requests::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/blocking-disruption-budget.md"),
        Check::Objects(blocking_disruption_budget::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/cluster-admin.md"),
        Check::Objects(cluster_admin::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/contradictory-security-context.md"),
        Check::Objects(contradictory_security_context::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/cron-schedule.md"),
        Check::Objects(cron_schedule::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/dangerous-capability.md"),
        Check::Objects(dangerous_capability::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/dangling-autoscaler.md"),
        Check::Objects(dangling_autoscaler::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/dangling-backend.md"),
        Check::Objects(dangling_backend::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/dangling-disruption-budget.md"),
        Check::Objects(dangling_disruption_budget::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/dangling-monitor.md"),
        Check::Objects(dangling_monitor::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/dangling-network-policy.md"),
        Check::Objects(dangling_network_policy::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/dangling-reference.md"),
        Check::Objects(dangling_reference::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/dangling-role-binding.md"),
        Check::Objects(dangling_role_binding::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/dangling-service.md"),
        Check::Objects(dangling_service::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/dangling-volume-mount.md"),
        Check::Objects(dangling_volume_mount::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/default-account-role.md"),
        Check::Objects(default_account_role::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/deprecated-api.md"),
        Check::Objects(deprecated_api::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/duplicate-autoscaler.md"),
        Check::Objects(duplicate_autoscaler::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/duplicate-env.md"),
        Check::Objects(duplicate_env::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/duplicate-key.md"),
        Check::Objects(duplicate_key::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/duplicate-name.md"),
        Check::Objects(duplicate_name::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/duplicate-object.md"),
        Check::Objects(duplicate_object::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/duplicate-path.md"),
        Check::Objects(duplicate_path::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/escalating-role.md"),
        Check::Objects(escalating_role::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/external-ip.md"),
        Check::Objects(external_ip::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/frozen-registry.md"),
        Check::Objects(frozen_registry::check),
    ),
    Rule::native(include_str!("../../../rules/kubernetes/hardening.md"), Check::Objects(hardening::check)),
    Rule::native(
        include_str!("../../../rules/kubernetes/host-namespace.md"),
        Check::Objects(host_namespace::check),
    ),
    Rule::native(include_str!("../../../rules/kubernetes/host-path.md"), Check::Objects(host_path::check)),
    Rule::native(include_str!("../../../rules/kubernetes/host-port.md"), Check::Objects(host_port::check)),
    Rule::native(
        include_str!("../../../rules/kubernetes/host-process.md"),
        Check::Objects(host_process::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/identical-probes.md"),
        Check::Objects(identical_probes::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/ignored-setting.md"),
        Check::Objects(ignored_setting::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/implausible-quantity.md"),
        Check::Objects(implausible_quantity::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/impossible-probe.md"),
        Check::Objects(impossible_probe::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/ingress-snippet.md"),
        Check::Objects(ingress_snippet::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/ingress-without-tls.md"),
        Check::Objects(ingress_without_tls::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/invalid-name.md"),
        Check::Objects(invalid_name::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/limit-below-request.md"),
        Check::Objects(limit_below_request::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/malformed-image.md"),
        Check::Objects(malformed_image::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/missing-headless-service.md"),
        Check::Objects(missing_headless_service::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/missing-key.md"),
        Check::Objects(missing_key::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/missing-label.md"),
        Check::Objects(missing_label::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/missing-memory-limit.md"),
        Check::Objects(missing_memory_limit::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/missing-readiness-probe.md"),
        Check::Objects(missing_readiness_probe::check),
    ),
    Rule::native(include_str!("../../../rules/kubernetes/naked-pod.md"), Check::Objects(naked_pod::check)),
    Rule::native(
        include_str!("../../../rules/kubernetes/overlapping-selector.md"),
        Check::Objects(overlapping_selector::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/plaintext-secret.md"),
        Check::Objects(plaintext_secret::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/pod-security.md"),
        Check::Objects(pod_security::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/powerful-capability.md"),
        Check::Objects(powerful_capability::check),
    ),
    Rule::native(include_str!("../../../rules/kubernetes/privileged.md"), Check::Objects(privileged::check)),
    Rule::native(include_str!("../../../rules/kubernetes/probe-host.md"), Check::Objects(probe_host::check)),
    Rule::native(include_str!("../../../rules/kubernetes/pull-never.md"), Check::Objects(pull_never::check)),
    Rule::native(
        include_str!("../../../rules/kubernetes/removed-api.md"),
        Check::Objects(removed_api::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/replicas-under-autoscaler.md"),
        Check::Objects(replicas_under_autoscaler::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/restart-policy.md"),
        Check::Objects(restart_policy::check),
    ),
    Rule::native(include_str!("../../../rules/kubernetes/root-user.md"), Check::Objects(root_user::check)),
    Rule::native(
        include_str!("../../../rules/kubernetes/runtime-socket.md"),
        Check::Objects(runtime_socket::check),
    ),
    Rule::native(include_str!("../../../rules/kubernetes/schema.md"), Check::Objects(schema::check)),
    Rule::native(
        include_str!("../../../rules/kubernetes/seccomp-disabled.md"),
        Check::Objects(seccomp_disabled::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/selector-mismatch.md"),
        Check::Objects(selector_mismatch::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/selinux-option.md"),
        Check::Objects(selinux_option::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/sensitive-role.md"),
        Check::Objects(sensitive_role::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/short-deadline.md"),
        Check::Objects(short_deadline::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/single-replica.md"),
        Check::Objects(single_replica::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/stale-image.md"),
        Check::Objects(stale_image::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/unknown-field.md"),
        Check::Objects(unknown_field::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/unknown-probe-port.md"),
        Check::Objects(unknown_probe_port::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/unknown-target-port.md"),
        Check::Objects(unknown_target_port::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/unlisted-registry.md"),
        Check::Objects(unlisted_registry::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/unmasked-proc.md"),
        Check::Objects(unmasked_proc::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/unsafe-sysctl.md"),
        Check::Objects(unsafe_sysctl::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/volume-blocks-rollout.md"),
        Check::Objects(volume_blocks_rollout::check),
    ),
    Rule::native(
        include_str!("../../../rules/kubernetes/wildcard-role.md"),
        Check::Objects(wildcard_role::check),
    ),
];
