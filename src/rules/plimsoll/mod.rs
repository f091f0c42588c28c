//! The configuration, suppressions, and what could not be checked.

use crate::rules::Check;
use crate::rules::Entry;
use crate::rules::Rule;

pub(super) static RULES: &[Entry] = &[
    Rule::native(include_str!("../../../rules/plimsoll/configuration.md"), Check::Earlier),
    Rule::native(include_str!("../../../rules/plimsoll/expired-ignore.md"), Check::Earlier),
    Rule::native(include_str!("../../../rules/plimsoll/malformed-suppression.md"), Check::Earlier),
    Rule::native(include_str!("../../../rules/plimsoll/unexplained-suppression.md"), Check::Earlier),
    Rule::native(include_str!("../../../rules/plimsoll/unknown-rule.md"), Check::Earlier),
    Rule::native(include_str!("../../../rules/plimsoll/unused-suppression.md"), Check::Earlier),
];
