//! Variables: from the process, from `.env` files, from `--env-file`.

use std::collections::BTreeMap;

use crate::source::Span;

/// The variables that `${…}` sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, Variable>,
}

/// One variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its value.
    pub value: String,
    /// The value in the file that defines it; `None` for one that was handed over with the environment.
    pub span: Option<Span>,
}

impl Environment {
    /// No variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// The variable of that name.
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    /// The value of a variable.
    pub fn value(&self, name: &str) -> Option<&str> {
        Some(self.variables.get(name)?.value.as_str())
    }

    /// All variables, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.variables.iter().map(|(name, variable)| (name.as_str(), variable))
    }

    /// Sets a variable, replacing one of the same name.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>, span: Option<Span>) {
        self.variables.insert(name.into(), Variable { value: value.into(), span });
    }

    /// Adds the variables of `other` that are not set yet.
    pub(crate) fn merge(&mut self, other: Self) {
        for (name, variable) in other.variables {
            self.variables.entry(name).or_insert(variable);
        }
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let mut environment = Self::new();
        for (name, value) in variables {
            environment.set(name, value, None);
        }
        environment
    }
}
