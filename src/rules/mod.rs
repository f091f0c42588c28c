//! The rules: a registry of cards, and one file for each rule that needs code.
//!
//! A rule is a pure function of one subject and of what [`Context`] shows; it returns findings and nothing else.

mod card;
mod context;
mod declared;
mod dockerfile;
mod registry;
mod schema;

mod compose;
mod cost;
mod helm;
mod kubernetes;
mod plimsoll;
mod promotion;
mod pulumi;
mod tenancy;

pub use card::Card;
pub use card::CardCheck;
pub use card::CardError;
pub use card::Declared;
pub use card::DeclaredChange;
pub use card::DeclaredFix;
pub use card::Example;
pub use card::Fixable;
pub use card::Severities;
pub use card::SubjectKind;
pub use card::unmarked;
pub use context::Context;
pub use context::Date;
pub use context::Options;
pub(crate) use declared::services as declared_services;
pub use registry::Check;
pub(crate) use registry::Entry;
pub use registry::Native;
pub use registry::OfObjects;
pub use registry::Rule;
pub use registry::all;
pub use registry::find;
pub use schema::Schema;
