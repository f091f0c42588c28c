//! Values: files and `--set` arguments in layers, over the defaults of a chart and its subcharts.

pub(crate) mod coalesce;
mod dependencies;
pub(crate) mod layers;
mod path;
mod set;
mod yaml;

pub use layers::Layers;
pub use layers::Setting;
pub use layers::SettingKind;

pub(crate) use dependencies::Declared;
pub(crate) use dependencies::Node;
pub(crate) use path::table;
pub(crate) use path::value_at;
pub(crate) use yaml::mapping;
pub(crate) use yaml::value;

/// Maps nested deeper than this share what lies below, as one copy is made of another.
pub(crate) const DEPTH: usize = 2_000;
