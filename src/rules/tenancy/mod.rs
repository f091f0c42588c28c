//! Tenants are isolated from each other.

use crate::rules::Rule;

pub(super) static RULES: &[Rule] = &[];
