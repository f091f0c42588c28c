//! Pulumi projects, stacks and programs, read and never run.
//!
//! In come project and stack files and the sources of a program; out come the settings of each stack and the
//! resources its program would make.

mod configuration;
mod deployed;
mod key;
mod program;
mod project;
mod secret;
mod slugs;
mod stack;
mod value;

pub use configuration::Configuration;
pub use configuration::Lookup;
pub use deployed::Deployed;
pub use deployed::Loader;
pub use key::Key;
pub use program::Language;
pub use program::Program;
pub use program::ProgramError;
pub use program::Reading;
pub use program::Resource;
pub use program::Use;
pub use project::ConfigType;
pub use project::Declaration;
pub use project::PROJECT_FILES;
pub use project::Project;
pub use project::beside;
pub use secret::Suspicion;
pub use secret::is_ciphertext;
pub use secret::is_own_name;
pub use secret::suspicion;
pub use secret::to_fill_in;
pub use stack::Setting;
pub use stack::Stack;
pub use stack::stack_files;
pub use stack::stack_name;
pub use value::Data;
pub use value::Value;
