//! What is rendered, object by object.

use crate::rules::Rule;

pub(super) static RULES: &[Rule] = &[];
