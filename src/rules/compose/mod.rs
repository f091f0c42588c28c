//! Compose files and the projects they make.

use crate::rules::Rule;

pub(super) static RULES: &[Rule] = &[];
