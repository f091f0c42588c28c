//! Where everything that plimsoll says comes from: the texts it read, and places in them.
//!
//! The only room that reads files. It knows nothing of YAML, Compose, Helm or Pulumi.

mod files;
pub mod git;
mod known;
mod map;
mod origin;
mod secret;
mod span;

pub use files::Files;
pub use files::Listed;
pub use files::MAX_FILE_BYTES;
pub use files::ReadError;
pub use files::is_foreign;
pub use files::repository_root;
pub use known::Known;
pub use known::Unknown;
pub use map::LineColumn;
pub use map::Source;
pub use map::SourceMap;
pub use origin::Origin;
pub use secret::carries_password;
pub use secret::credential_shaped;
pub use secret::credential_start;
pub use secret::credential_value;
pub use secret::named_after;
pub use secret::placeholder;
pub use span::SourceId;
pub use span::Span;
pub use span::Spanned;
