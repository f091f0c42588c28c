//! Compose files to the project that Docker Compose would run, with the origin of every value.
//!
//! Follows `docker compose config` of Docker Compose 5.7 (compose-go 2.16.2) step by step. Every step moves values
//! of one tree, so that each still knows in the end which text decided it.

mod canonical;
mod consistency;
mod decode;
mod discovery;
mod emit;
mod dotenv;
mod environment;
mod extends;
mod finish;
mod include;
mod interpolate;
mod load;
mod merge;
mod normalize;
mod number;
mod output;
mod path;
mod pitfall;
mod port;
mod problem;
mod project;
mod read;
mod resolve;
mod schema;
mod template;
mod types;
mod unique;
mod value;
mod volume;

pub use discovery::FILE_NAMES;
pub use discovery::OVERRIDE_NAMES;
pub use emit::yaml;
pub use emit::yaml_by_name;
pub use emit::yaml_text;
pub use environment::Environment;
pub use environment::Variable;
pub use load::Loaded;
pub use load::Mode;
pub use load::Options;
pub use load::load;
pub use output::json;
pub use output::tree;
pub use problem::Code;
pub use problem::Problem;
pub use project::Dependency;
pub use project::EnvironmentVariable;
pub use project::Image;
pub use project::Mount;
pub use project::Part;
pub use project::Port;
pub use project::Project;
pub use project::Reason;
pub use project::Role;
pub use project::Service;
pub use project::reasons;
pub use project::variables;
pub use project::why;
pub use schema::SCHEMA;
pub use template::Asked;
pub use value::Data;
pub use value::Entry;
pub use value::Mapping;
pub use value::Value;
