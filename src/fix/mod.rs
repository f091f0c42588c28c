//! Applies fixes: all edits of a fix, or none.
