//! Compose files and the projects they make.

mod broken_health_check;
mod changed_number;
mod comment_as_value;
mod container_name_with_replicas;
mod default_network;
mod duplicate_container_name;
mod hardening;
mod health_dependency;
mod ignored_deploy;
mod ignored_port;
mod missing_build_context;
mod missing_health_check;
mod missing_memory_limit;
mod missing_mount;
mod overwritten_image;
mod plaintext_secret;
mod port_collision;
mod privileged_port;
mod problems;
mod public_database;
mod public_port;
mod runtime_socket;
mod shared_volume;
mod unreachable_service;
mod unusable_value;
mod unused_resource;

use crate::compose::Value;
use crate::diagnostic::Remedy;
use crate::diagnostic::Safety;
use crate::diagnostic::What;
use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

/// Removing an attribute of a service (`deploy.mode`), unless something else decides it.
fn removal(value: &Value, path: &str, safety: Safety) -> Result<Remedy, String> {
    let at = crate::rules::declared::removable_at(value)?;
    let emptied = path.matches('.').count();
    Ok(Remedy::new(format!("remove `{path}`"), safety, at, What::Remove { emptied }))
}

pub(super) static RULES: &[Entry] = &[
    Rule::declared(include_str!("../../../rules/compose/apparmor-disabled.md")),
    Rule::native(
        include_str!("../../../rules/compose/appended-list.md"),
        Check::Project(problems::appended_list),
    ),
    Rule::native(
        include_str!("../../../rules/compose/broken-env-file.md"),
        Check::Project(problems::broken_env_file),
    ),
    Rule::native(
        include_str!("../../../rules/compose/broken-extends.md"),
        Check::Project(problems::broken_extends),
    ),
    Rule::native(
        include_str!("../../../rules/compose/broken-health-check.md"),
        Check::Project(broken_health_check::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/broken-include.md"),
        Check::Project(problems::broken_include),
    ),
    Rule::declared(include_str!("../../../rules/compose/cgroup-parent.md")),
    Rule::native(
        include_str!("../../../rules/compose/changed-number.md"),
        Check::Project(changed_number::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/comment-as-value.md"),
        Check::Project(comment_as_value::check),
    ),
    Rule::native(include_str!("../../../rules/compose/conflict.md"), Check::Project(problems::conflict)),
    Rule::native(
        include_str!("../../../rules/compose/container-name-with-replicas.md"),
        Check::Project(container_name_with_replicas::check),
    ),
    Rule::declared(include_str!("../../../rules/compose/dangerous-capability.md")),
    Rule::declared(include_str!("../../../rules/compose/dangerous-device.md")),
    Rule::native(
        include_str!("../../../rules/compose/default-network.md"),
        Check::Project(default_network::check),
    ),
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
        include_str!("../../../rules/compose/duplicate-entry.md"),
        Check::Project(problems::duplicate_entry),
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
    Rule::native(include_str!("../../../rules/compose/ignored-port.md"), Check::Project(ignored_port::check)),
    Rule::native(
        include_str!("../../../rules/compose/ignored-setting.md"),
        Check::Project(problems::ignored_setting),
    ),
    Rule::native(
        include_str!("../../../rules/compose/interpolation.md"),
        Check::Project(problems::interpolation),
    ),
    Rule::declared(include_str!("../../../rules/compose/logging-disabled.md")),
    Rule::native(
        include_str!("../../../rules/compose/lost-arguments.md"),
        Check::Project(problems::lost_arguments),
    ),
    Rule::native(
        include_str!("../../../rules/compose/lost-condition.md"),
        Check::Project(problems::lost_condition),
    ),
    Rule::native(
        include_str!("../../../rules/compose/misread-key.md"),
        Check::Project(problems::misread_key),
    ),
    Rule::native(
        include_str!("../../../rules/compose/misread-volume.md"),
        Check::Project(problems::misread_volume),
    ),
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
    Rule::native(
        include_str!("../../../rules/compose/missing-mount.md"),
        Check::Project(missing_mount::check),
    ),
    Rule::declared(include_str!("../../../rules/compose/missing-restart.md")),
    Rule::native(
        include_str!("../../../rules/compose/misused-reset.md"),
        Check::Project(problems::misused_reset),
    ),
    Rule::native(include_str!("../../../rules/compose/no-image.md"), Check::Project(problems::no_image)),
    Rule::native(
        include_str!("../../../rules/compose/overwritten-image.md"),
        Check::Project(overwritten_image::check),
    ),
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
        include_str!("../../../rules/compose/privileged-port.md"),
        Check::Project(privileged_port::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/public-database.md"),
        Check::Project(public_database::check),
    ),
    Rule::native(include_str!("../../../rules/compose/public-port.md"), Check::Project(public_port::check)),
    Rule::declared(include_str!("../../../rules/compose/root-user.md")),
    Rule::native(
        include_str!("../../../rules/compose/runtime-socket.md"),
        Check::Project(runtime_socket::check),
    ),
    Rule::declared(include_str!("../../../rules/compose/seccomp-disabled.md")),
    Rule::declared(include_str!("../../../rules/compose/sensitive-mount.md")),
    Rule::native(
        include_str!("../../../rules/compose/shared-database.md"),
        Check::Project(shared_volume::database),
    ),
    Rule::declared(include_str!("../../../rules/compose/shared-propagation.md")),
    Rule::native(
        include_str!("../../../rules/compose/shared-volume.md"),
        Check::Project(shared_volume::volume),
    ),
    Rule::native(include_str!("../../../rules/compose/syntax.md"), Check::Project(problems::syntax)),
    Rule::declared(include_str!("../../../rules/compose/tmpfs-exec.md")),
    Rule::native(
        include_str!("../../../rules/compose/truncated-command.md"),
        Check::Project(problems::truncated_command),
    ),
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
        include_str!("../../../rules/compose/unreachable-service.md"),
        Check::Project(unreachable_service::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/unset-variable.md"),
        Check::Project(problems::unset_variable),
    ),
    Rule::native(
        include_str!("../../../rules/compose/unusable-value.md"),
        Check::Project(unusable_value::check),
    ),
    Rule::native(
        include_str!("../../../rules/compose/unused-resource.md"),
        Check::Project(unused_resource::check),
    ),
    Rule::declared(include_str!("../../../rules/compose/writable-system-mount.md")),
    Rule::native(
        include_str!("../../../rules/compose/wrong-value.md"),
        Check::Project(problems::wrong_value),
    ),
];
