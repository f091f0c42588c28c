//! Where an effective value came from.

use crate::source::Span;

/// The lines behind one effective value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The text that won: a scalar in a Compose or values file, a line of `.env`, a default inside `${X:-8080}`.
    pub span: Span,
    /// What it overrode, lowest layer first.
    pub overridden: Vec<Span>,
    /// What it passed through on its way: template text, an alias, the `${X}` that a variable replaced.
    pub through: Vec<Span>,
}

impl Origin {
    /// A value that was written at one place and overrode nothing.
    pub fn at(span: Span) -> Self {
        Self { span, overridden: Vec::new(), through: Vec::new() }
    }

    /// The origin of a value of a higher layer that replaced one with the origin `lower`.
    #[must_use]
    pub fn over(mut self, lower: &Self) -> Self {
        let mut overridden = lower.overridden.clone();
        overridden.push(lower.span);
        overridden.append(&mut self.overridden);
        self.overridden = overridden;
        self
    }

    /// The same origin, having passed through `span`.
    #[must_use]
    pub fn through(mut self, span: Span) -> Self {
        self.through.push(span);
        self
    }
}
