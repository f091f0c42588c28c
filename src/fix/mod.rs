//! Applies fixes: all edits of a fix, or none.
//!
//! [`apply`] is one round of texts in, texts out; [`settle`] repeats rounds until nothing is left to fix; [`write()`]
//! puts the result on disk.

mod apply;
mod settle;
mod write;

pub use apply::Refusal;
pub use apply::Round;
pub use apply::apply;
pub use settle::Change;
pub use settle::Settled;
pub use settle::settle;
pub use write::WriteError;
pub use write::write;
