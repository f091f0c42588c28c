//! The template language: Go's `text/template`, with Helm's functions and origins.

pub(crate) mod ast;
pub(crate) mod exec;
mod lexer;
pub(crate) mod parser;
mod show;
