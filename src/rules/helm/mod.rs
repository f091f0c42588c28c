//! Charts and values.

mod render;
mod unused;

use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

pub(super) static RULES: &[Entry] = &[
    Rule::native(include_str!("../../../rules/helm/render.md"), Check::Release(render::check)),
    Rule::native(include_str!("../../../rules/helm/unused-default.md"), Check::Ladder(unused::defaults)),
    Rule::native(include_str!("../../../rules/helm/unused-value.md"), Check::Ladder(unused::values)),
    Rule::native(include_str!("../../../rules/helm/wrong-subchart-key.md"), Check::Ladder(unused::subcharts)),
];
