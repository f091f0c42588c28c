//! What environments cost, and what their nodes can carry.

use crate::rules::Rule;

pub(super) static RULES: &[Rule] = &[];
