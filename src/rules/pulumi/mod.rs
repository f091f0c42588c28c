//! Pulumi projects, stacks and programs.

use crate::rules::Rule;

pub(super) static RULES: &[Rule] = &[];
