//! Compose files and the projects they make.

mod container_name_with_replicas;
mod duplicate_container_name;
mod hardening;
mod health_dependency;
mod ignored_deploy;
mod missing_build_context;
mod missing_health_check;
mod missing_memory_limit;
mod plaintext_secret;
mod port_collision;
mod problems;
mod public_database;
mod public_port;
mod unused_resource;

use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

pub(super) static RULES: &[Entry] = &[
    Rule::declared(include_str!("../../../rules/compose/apparmor-disabled.md")),
    Rule::native(
        include_str!("../../../rules/compose/broken-extends.md"),
        Check::Project(problems::broken_extends),
    ),
    Rule::native(
        include_str!("../../../rules/compose/broken-include.md"),
        Check::Project(problems::broken_include),
    ),
    Rule::declared(include_str!("../../../rules/compose/cgroup-parent.md")),
    Rule::native(include_str!("../../../rules/compose/conflict.md"), Check::Project(problems::conflict)),
    Rule::native(
        include_str!("../../../rules/compose/container-name-with-replicas.md"),
        Check::Project(container_name_with_replicas::check),
    ),
    Rule::declared(include_str!("../../../rules/compose/dangerous-capability.md")),
    Rule::declared(include_str!("../../../rules/compose/dangerous-device.md")),
    Rule::native(
        include_str!("../../../rules/compose/dependency-cycle.md"),
        Check::Project(problems::dependency_cycle),
    ),
    Rule::native(include_str!("../../../rules/compose/deprecated.md"), Check::Project(problems::deprecated)),
    Rule::native(
        include_str!("../../../rules/compose/duplicate-container-name.md"),
        Check::Project(duplicate_container_name::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/duplicate-key.md"),
        Check::Project(problems::duplicate_key),
    ),
    Rule::native(include_str!("../../../rules/compose/hardening.md"), Check::Project(hardening::check)),
    Rule::native(
        include_str!("../../../rules/compose/health-dependency.md"),
        Check::Project(health_dependency::check),
    ),
    Rule::declared(include_str!("../../../rules/compose/host-ipc.md")),
    Rule::declared(include_str!("../../../rules/compose/host-network.md")),
    Rule::declared(include_str!("../../../rules/compose/host-pid.md")),
    Rule::declared(include_str!("../../../rules/compose/host-user-namespace.md")),
    Rule::declared(include_str!("../../../rules/compose/host-uts.md")),
    Rule::native(
        include_str!("../../../rules/compose/ignored-deploy.md"),
        Check::Project(ignored_deploy::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/interpolation.md"),
        Check::Project(problems::interpolation),
    ),
    Rule::declared(include_str!("../../../rules/compose/logging-disabled.md")),
    Rule::native(
        include_str!("../../../rules/compose/missing-build-context.md"),
        Check::Project(missing_build_context::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/missing-env-file.md"),
        Check::Project(problems::missing_env_file),
    ),
    Rule::native(
        include_str!("../../../rules/compose/missing-health-check.md"),
        Check::Project(missing_health_check::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/missing-memory-limit.md"),
        Check::Project(missing_memory_limit::check),
    ),
    Rule::declared(include_str!("../../../rules/compose/missing-restart.md")),
    Rule::native(include_str!("../../../rules/compose/no-image.md"), Check::Project(problems::no_image)),
    Rule::native(
        include_str!("../../../rules/compose/plaintext-secret.md"),
        Check::Project(plaintext_secret::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/port-collision.md"),
        Check::Project(port_collision::check),
    ),
    Rule::declared(include_str!("../../../rules/compose/powerful-capability.md")),
    Rule::declared(include_str!("../../../rules/compose/privileged.md")),
    Rule::native(
        include_str!("../../../rules/compose/public-database.md"),
        Check::Project(public_database::check),
    ),
    Rule::native(include_str!("../../../rules/compose/public-port.md"), Check::Project(public_port::check)),
    Rule::declared(include_str!("../../../rules/compose/root-user.md")),
    Rule::declared(include_str!("../../../rules/compose/runtime-socket.md")),
    Rule::declared(include_str!("../../../rules/compose/seccomp-disabled.md")),
    Rule::declared(include_str!("../../../rules/compose/sensitive-mount.md")),
    Rule::declared(include_str!("../../../rules/compose/shared-propagation.md")),
    Rule::native(include_str!("../../../rules/compose/syntax.md"), Check::Project(problems::syntax)),
    Rule::declared(include_str!("../../../rules/compose/tmpfs-exec.md")),
    Rule::declared(include_str!("../../../rules/compose/unbounded-restart.md")),
    Rule::native(
        include_str!("../../../rules/compose/undefined-reference.md"),
        Check::Project(problems::undefined_reference),
    ),
    Rule::native(
        include_str!("../../../rules/compose/unknown-key.md"),
        Check::Project(problems::unknown_key),
    ),
    Rule::native(
        include_str!("../../../rules/compose/unset-variable.md"),
        Check::Project(problems::unset_variable),
    ),
    Rule::native(
        include_str!("../../../rules/compose/unused-resource.md"),
        Check::Project(unused_resource::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/wrong-value.md"),
        Check::Project(problems::wrong_value),
    ),
];
