//! `plimsoll` reads a repository's whole delivery ladder and says, at the exact line, what would go wrong in
//! production.
//!
//! The rooms stand in the order of a run; none imports one below it.

pub mod source;
pub mod diagnostic;
pub mod yaml;
pub mod config;
pub mod discover;
pub mod compose;
pub mod helm;
pub mod kubernetes;
pub mod pulumi;
pub mod cost;
pub mod ladder;
pub mod rules;
pub mod fix;
pub mod check;
pub mod report;
pub mod cli;
