//! Charts and values.

mod chart;
mod duplicate_key;
mod hardcoded_image;
mod layers;
mod random_render;
mod render;
mod undefined_value;
mod unused;
mod values_schema;

use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

pub(super) static RULES: &[Entry] = &[
    Rule::native(include_str!("../../../rules/helm/crd-not-upgraded.md"), Check::Ladder(chart::crds)),
    Rule::native(include_str!("../../../rules/helm/duplicate-key.md"), Check::Ladder(duplicate_key::check)),
    Rule::native(
        include_str!("../../../rules/helm/hardcoded-image.md"),
        Check::Release(hardcoded_image::check),
    ),
    Rule::native(include_str!("../../../rules/helm/lint.md"), Check::Ladder(chart::lint)),
    Rule::native(
        include_str!("../../../rules/helm/lock-out-of-date.md"),
        Check::Ladder(chart::lock_out_of_date),
    ),
    Rule::native(
        include_str!("../../../rules/helm/masked-required.md"),
        Check::Ladder(chart::masked_required),
    ),
    Rule::native(
        include_str!("../../../rules/helm/missing-dependency.md"),
        Check::Ladder(chart::missing_dependency),
    ),
    Rule::native(include_str!("../../../rules/helm/missing-schema.md"), Check::Ladder(chart::missing_schema)),
    Rule::native(include_str!("../../../rules/helm/missing-values.md"), Check::Ladder(chart::missing_values)),
    Rule::native(include_str!("../../../rules/helm/random-render.md"), Check::Release(random_render::check)),
    Rule::native(include_str!("../../../rules/helm/render.md"), Check::Release(render::check)),
    Rule::native(
        include_str!("../../../rules/helm/repeated-default.md"),
        Check::Ladder(layers::repeated_default),
    ),
    Rule::native(include_str!("../../../rules/helm/replaced-list.md"), Check::Ladder(layers::replaced_list)),
    Rule::native(include_str!("../../../rules/helm/type-change.md"), Check::Ladder(layers::type_change)),
    Rule::native(
        include_str!("../../../rules/helm/unchanged-version.md"),
        Check::Ladder(chart::unchanged_version),
    ),
    Rule::native(
        include_str!("../../../rules/helm/undefined-value.md"),
        Check::Release(undefined_value::check),
    ),
    Rule::native(
        include_str!("../../../rules/helm/unpinned-dependency.md"),
        Check::Ladder(chart::unpinned_dependency),
    ),
    Rule::native(include_str!("../../../rules/helm/unused-default.md"), Check::Ladder(unused::defaults)),
    Rule::native(include_str!("../../../rules/helm/unused-value.md"), Check::Ladder(unused::values)),
    Rule::native(include_str!("../../../rules/helm/values-schema.md"), Check::Release(values_schema::check)),
    Rule::native(include_str!("../../../rules/helm/wrong-subchart-key.md"), Check::Ladder(unused::subcharts)),
];
