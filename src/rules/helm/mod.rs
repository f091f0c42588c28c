//! Charts and values.

mod render;

use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

pub(super) static RULES: &[Entry] =
    &[Rule::native(include_str!("../../../rules/helm/render.md"), Check::Release(render::check))];
