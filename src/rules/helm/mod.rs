//! Charts and values.

use crate::rules::Entry;

pub(super) static RULES: &[Entry] = &[];
