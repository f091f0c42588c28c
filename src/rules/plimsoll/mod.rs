//! The configuration, suppressions, and what could not be checked.

use crate::rules::Rule;

pub(super) static RULES: &[Rule] = &[];
