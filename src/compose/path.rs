//! Where in the model a step stands.

/// A path of keys; list items are `[]`. Lives on the stack, from the innermost key outwards.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    outer: Option<&'p Path<'p>>,
    name: &'p str,
}

impl<'p> Path<'p> {
    /// The top of the model.
    pub(crate) const ROOT: Path<'static> = Path { outer: None, name: "" };

    /// The path of a key below this one.
    pub(crate) fn key(&'p self, name: &'p str) -> Self {
        Path { outer: Some(self), name }
    }

    /// The path of a list item below this one.
    pub(crate) fn item(&'p self) -> Self {
        Path { outer: Some(self), name: "[]" }
    }

    /// Its keys, outermost first.
    pub(crate) fn keys(&self) -> Vec<&'p str> {
        let mut keys = Vec::with_capacity(8);
        let mut at = Some(*self);
        while let Some(path) = at {
            if path.outer.is_some() {
                keys.push(path.name);
            }
            at = path.outer.copied();
        }
        keys.reverse();
        keys
    }
}

impl std::fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.keys().join("."))
    }
}
