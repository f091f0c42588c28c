//! The configuration, suppressions, and what could not be checked.

use crate::rules::Entry;

pub(super) static RULES: &[Entry] = &[];
