//! Only what was tested in an earlier environment reaches the next.

mod build_past_local;
mod climb;
mod environment_drift;
mod grace_drift;
mod health_drift;
mod image;
mod local_setting;
mod mutable_tag;
mod port_drift;
mod restart_drift;
mod skipped_environment;
mod unpinned_image;
mod unproven;
mod untested_image;
mod untested_service;
mod version_drift;
mod volume_drift;

use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

pub(super) static RULES: &[Entry] = &[
    Rule::native(
        include_str!("../../../rules/promotion/build-past-local.md"),
        Check::Environment(build_past_local::check),
    ),
    Rule::native(
        include_str!("../../../rules/promotion/environment-drift.md"),
        Check::Ladder(environment_drift::check),
    ),
    Rule::native(include_str!("../../../rules/promotion/grace-drift.md"), Check::Ladder(grace_drift::check)),
    Rule::native(
        include_str!("../../../rules/promotion/health-drift.md"),
        Check::Ladder(health_drift::check),
    ),
    Rule::native(
        include_str!("../../../rules/promotion/local-setting.md"),
        Check::Environment(local_setting::check),
    ),
    Rule::native(
        include_str!("../../../rules/promotion/mutable-tag.md"),
        Check::Environment(mutable_tag::check),
    ),
    Rule::native(include_str!("../../../rules/promotion/port-drift.md"), Check::Ladder(port_drift::check)),
    Rule::native(
        include_str!("../../../rules/promotion/restart-drift.md"),
        Check::Ladder(restart_drift::check),
    ),
    Rule::native(
        include_str!("../../../rules/promotion/skipped-environment.md"),
        Check::Ladder(skipped_environment::check),
    ),
    Rule::native(include_str!("../../../rules/promotion/unproven.md"), Check::Ladder(unproven::check)),
    Rule::native(
        include_str!("../../../rules/promotion/unpinned-image.md"),
        Check::Environment(unpinned_image::check),
    ),
    Rule::native(
        include_str!("../../../rules/promotion/untested-image.md"),
        Check::Ladder(untested_image::check),
    ),
    Rule::native(
        include_str!("../../../rules/promotion/untested-service.md"),
        Check::Ladder(untested_service::check),
    ),
    Rule::native(
        include_str!("../../../rules/promotion/version-drift.md"),
        Check::Ladder(version_drift::check),
    ),
    Rule::native(
        include_str!("../../../rules/promotion/volume-drift.md"),
        Check::Ladder(volume_drift::check),
    ),
];
