//! What templates see of Go's standard library: characters, numbers, quoting, `fmt`.

pub(crate) mod numbers;
pub(crate) mod print;
pub(crate) mod quote;
pub(crate) mod runes;
