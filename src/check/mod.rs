//! Runs the rules and decides what is reported: severity, suppression, merging, order.

pub mod baseline;
mod layers;
mod merge;
mod objects;
mod remedy;
mod repository;
mod run;
mod secrets;
pub mod suppression;
mod trial;

pub use repository::Checked;
pub use repository::repository;
pub use run::Broken;
pub use run::Outcome;
pub use run::Settings;
pub use run::run;
