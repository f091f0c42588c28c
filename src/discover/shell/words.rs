//! Words of commands, and reading them.

use std::ops::Range;

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::discover) enum Piece {
    /// Text that stands for itself.
    Text(String),
    /// `$NAME`, `${NAME:-fallback}`, `${{ expression }}`.
    Variable {
        /// `NAME`; for an expression its text, in double braces: `{{inputs.environment}}`.
        name: String,
        /// What holds where the variable is not set.
        fallback: Option<Vec<Piece>>,
    },
    /// `$(command)`, `` `command` ``: the text of the command.
    Output(String),
    /// Anything else that is decided when the script runs: `${NAME#v}`, `$((1 + 1))`, `*`.
    Open,
}

/// One word of a command.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(in crate::discover) struct Word {
    /// Its parts, in order.
    pub(in crate::discover) pieces: Vec<Piece>,
    /// Where it stands in the script.
    pub(in crate::discover) range: Range<usize>,
    /// True where any of it was quoted.
    pub(in crate::discover) quoted: bool,
}

impl Word {
    /// The text, where all of it stands for itself.
    pub(in crate::discover) fn literal(&self) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                _ => return None,
            }
        }
        Some(text)
    }

    /// The text that stands for itself at the start of the word.
    pub(in crate::discover) fn start(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    pub(super) fn push_char(&mut self, letter: char) {
        if let Some(Piece::Text(text)) = self.pieces.last_mut() {
            text.push(letter);
        } else {
            self.pieces.push(Piece::Text(letter.to_string()));
        }
    }

    /// The word behind the first `length` bytes of its first text.
    #[must_use]
    pub(in crate::discover) fn behind(&self, length: usize) -> Self {
        let mut rest = self.clone();
        if let Some(Piece::Text(text)) = rest.pieces.first_mut() {
            *text = text.get(length..).unwrap_or_default().to_owned();
            if text.is_empty() {
                rest.pieces.remove(0);
            }
        }
        rest
    }
}
