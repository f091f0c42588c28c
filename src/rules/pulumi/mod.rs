//! Pulumi projects, stacks and programs.

use crate::rules::Entry;

pub(super) static RULES: &[Entry] = &[];
