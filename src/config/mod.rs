//! `plimsoll.yaml`: what the ladder is, what it may cost, which rules hold and what is accepted.
//!
//! Everything in it keeps its place. A mistake is one finding, and whatever else the file says is still used.

mod fields;
mod model;
mod read;

pub use model::Cluster;
pub use model::Compose;
pub use model::Config;
pub use model::Environment;
pub use model::Helm;
pub use model::Ignore;
pub use model::Level;
pub use model::NodePool;
pub use model::Pulumi;
pub use model::RuleSetting;
pub use model::SameAs;
pub use model::SetValue;
pub use model::Stage;
pub use read::FILE_NAMES;

/// The JSON Schema of the configuration, for editors.
pub const SCHEMA: &str = include_str!("../../schemas/plimsoll.json");
