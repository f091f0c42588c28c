//! Text to a spanned tree, read as Helm reads it, as Compose does, or strictly.
//!
//! Parsing never fails as a whole: what cannot be read is a [`Problem`], and the tree around it stays.

mod decode;
mod deserialize;
mod edit;
mod emission;
mod event;
mod load;
mod locate;
mod parser;
mod place;
mod problem;
mod remove;
mod repeated;
mod scalar;
mod scanner;
mod schema;
mod timestamp;
mod token;
mod build;
mod tree;

pub use deserialize::DeserializeError;
pub use deserialize::DeserializeErrorKind;
pub use edit::EditRefused;
pub use edit::change;
pub use edit::insert_after;
pub use edit::keys_to;
pub use edit::one_line;
pub use edit::remove_entry;
pub use edit::replace_scalar;
pub use edit::set_path;
pub(crate) use emission::escaped;
pub(crate) use emission::is_break;
pub(crate) use emission::is_old_boolean;
pub(crate) use emission::is_printable;
pub(crate) use emission::needs_escape;
pub use event::CollectionStyle;
pub use event::Comment;
pub use event::Event;
pub use event::EventKind;
pub use event::Style;
pub use load::LoadError;
pub use load::decode_text;
pub use load::load_for_compose;
pub use load::load_for_helm;
pub use load::load_strictly;
pub use parser::Events;
pub use place::Placement;
pub use problem::Problem;
pub use problem::ProblemCode;
pub use repeated::Repeated;
pub use scalar::Scalar;
pub use scalar::decode_base64;
pub(crate) use scalar::truncated;
pub use schema::PathSegment;
pub use schema::Schema;
pub use schema::SchemaError;
pub use schema::Violation;
pub use tree::Entry;
pub use tree::Kind;
pub use tree::NodeId;
pub use tree::NodeRef;
pub use tree::Tree;

/// Whose reading of YAML counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// As Helm: go-yaml v2 through sigs.k8s.io/yaml. `on` is a boolean, of equal keys the last wins.
    Helm,
    /// As Docker Compose: go-yaml v4. `on` is a string, equal keys are an error.
    Compose,
    /// YAML 1.2, core schema.
    Strict,
}
