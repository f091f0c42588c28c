//! What environments cost, and what their nodes can carry.

use crate::rules::Entry;

pub(super) static RULES: &[Entry] = &[];
