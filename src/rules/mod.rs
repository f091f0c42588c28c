//! The rules: a registry of cards, and one file for each rule that needs code.
