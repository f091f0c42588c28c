//! A reader of shell scripts: commands and their words, quotes and variables kept apart. It runs nothing.
//!
//! It reads what people write in scripts, workflows and Makefiles; of constructs it does not follow (functions with
//! arguments, `case` patterns, arithmetic) it keeps the commands and leaves their values unknown.

mod reader;
mod text;
mod words;

pub(super) use reader::Item;
pub(super) use reader::read;
pub(super) use text::Script;
pub(super) use words::Piece;
pub(super) use words::Word;
