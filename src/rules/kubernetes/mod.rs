//! What is rendered, object by object.

use crate::rules::Entry;

pub(super) static RULES: &[Entry] = &[];
