//! Text to values: JSON, YAML and TOML as templates read them.

pub(crate) mod json;
pub(crate) mod toml;
pub(crate) mod yaml;
