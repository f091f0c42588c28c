//! Values to text: YAML as go-yaml writes it, JSON as Go does, TOML.

pub(crate) mod json;
pub(crate) mod scalar;
pub(crate) mod toml;
pub(crate) mod yaml;

/// Values nested deeper than this are not written.
pub(crate) const MAX_DEPTH: usize = 2_000;
