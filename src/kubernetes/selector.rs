//! Labels, and what selects by them.

use std::borrow::Cow;

use crate::kubernetes::Part;

/// The labels of an object. A value may be unknown.
#[derive(Clone, Debug, Default)]
pub struct Labels<'t> {
    pairs: Vec<(Cow<'t, str>, Option<Cow<'t, str>>)>,
    open: bool,
}

/// What selects objects by their labels.
#[derive(Clone, Debug)]
pub struct Selector<'t> {
    /// Where it is written.
    pub part: Part<'t>,
    requirements: Vec<Requirement<'t>>,
}

#[derive(Clone, Debug)]
enum Requirement<'t> {
    /// The label has this value.
    Equal(Cow<'t, str>, Cow<'t, str>),
    /// The label has one of these values.
    In(Cow<'t, str>, Vec<Cow<'t, str>>),
    /// The label has none of these values.
    NotIn(Cow<'t, str>, Vec<Cow<'t, str>>),
    /// The label is there.
    Exists(Cow<'t, str>),
    /// The label is not there.
    Absent(Cow<'t, str>),
    /// Not known, or not understood.
    Unknown,
}

impl<'t> Labels<'t> {
    /// Reads a mapping of labels; none where there is none.
    pub fn read(part: Option<Part<'t>>) -> Self {
        let Some(part) = part else { return Self::default() };
        let mut labels = Self { pairs: Vec::new(), open: part.is_unknown() };
        for (key, value) in part.entries() {
            match key.text() {
                Some(key) => {
                    let null = value.node().is_null() && !value.is_unknown();
                    let text = if null { Some(Cow::Borrowed("")) } else { value.text() };
                    labels.pairs.push((key, text));
                }
                None => labels.open = true,
            }
        }
        labels
    }

    /// Labels of which nothing is known.
    pub fn unknown() -> Self {
        Self { pairs: Vec::new(), open: true }
    }

    /// The same labels and one more, which wins over one of the same key.
    #[must_use]
    pub fn with(mut self, key: &'t str, value: &'t str) -> Self {
        self.pairs.retain(|(known, _)| known != key);
        self.pairs.push((Cow::Borrowed(key), Some(Cow::Borrowed(value))));
        self
    }

    /// The value of a label: `Some(None)` where it is there and unknown.
    pub fn get(&self, key: &str) -> Option<Option<&str>> {
        self.pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_deref())
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty() && !self.open
    }

    /// True where there may be more than are known.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Keys and values, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.pairs.iter().map(|(key, value)| (&**key, value.as_deref()))
    }
}

impl<'t> Selector<'t> {
    /// Reads `matchLabels` and `matchExpressions`.
    pub fn read(part: Part<'t>) -> Self {
        let mut requirements = Vec::new();
        if let Some(labels) = part.get("matchLabels") {
            requirements.extend(Self::equal(labels).requirements);
        }
        for expression in part.list("matchExpressions") {
            let values = expression.list("values");
            let known: Option<Vec<_>> = values.into_iter().map(Part::text).collect();
            let key = expression.text_at("key");
            let operator = expression.text_at("operator");
            requirements.push(match (key, operator.as_deref(), known) {
                (Some(key), Some("In"), Some(values)) => Requirement::In(key, values),
                (Some(key), Some("NotIn"), Some(values)) => Requirement::NotIn(key, values),
                (Some(key), Some("Exists"), _) => Requirement::Exists(key),
                (Some(key), Some("DoesNotExist"), _) => Requirement::Absent(key),
                _ => Requirement::Unknown,
            });
        }
        Self { part, requirements }
    }

    /// Reads a plain mapping of labels, as a Service has it.
    pub fn equal(part: Part<'t>) -> Self {
        let mut requirements = Vec::new();
        for (key, value) in part.entries() {
            requirements.push(match (key.text(), value.text()) {
                (Some(key), Some(value)) => Requirement::Equal(key, value),
                _ => Requirement::Unknown,
            });
        }
        if part.is_unknown() {
            requirements.push(Requirement::Unknown);
        }
        Self { part, requirements }
    }

    /// True where it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether an object with these labels is selected; `None` where that hangs on something unknown.
    pub fn matches(&self, labels: &Labels<'_>) -> Option<bool> {
        let mut sure = true;
        for requirement in &self.requirements {
            match requirement.holds(labels) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => sure = false,
            }
        }
        sure.then_some(true)
    }

    /// The values that it leaves to a label, where it asks for any by name.
    pub fn values_of(&self, label: &str) -> Option<Vec<String>> {
        self.requirements.iter().find_map(|requirement| match requirement {
            Requirement::Equal(key, value) if key == label => Some(vec![value.to_string()]),
            Requirement::In(key, values) if key == label => {
                Some(values.iter().map(ToString::to_string).collect())
            }
            _ => None,
        })
    }

    /// The first requirement that the labels fail, as a person would say it.
    pub fn first_failure(&self, labels: &Labels<'_>) -> Option<String> {
        let failed = self.requirements.iter().find(|requirement| requirement.holds(labels) == Some(false))?;
        Some(match failed {
            Requirement::Equal(key, value) => format!("`{key}: {value}`"),
            Requirement::In(key, values) => format!("`{key}` in `{}`", values.join("`, `")),
            Requirement::NotIn(key, values) => format!("`{key}` not in `{}`", values.join("`, `")),
            Requirement::Exists(key) => format!("a label `{key}`"),
            Requirement::Absent(key) => format!("no label `{key}`"),
            Requirement::Unknown => return None,
        })
    }
}

impl Requirement<'_> {
    fn holds(&self, labels: &Labels<'_>) -> Option<bool> {
        let key = match self {
            Self::Equal(key, _)
            | Self::In(key, _)
            | Self::NotIn(key, _)
            | Self::Exists(key)
            | Self::Absent(key) => key,
            Self::Unknown => return None,
        };
        let found = labels.get(key);
        if found.is_none() && labels.open {
            return None;
        }
        match (self, found) {
            (Self::Exists(_), found) => Some(found.is_some()),
            (Self::Absent(_), found) => Some(found.is_none()),
            (Self::NotIn(..), None) => Some(true),
            (Self::Equal(..) | Self::In(..), None) => Some(false),
            (Self::Unknown, _) | (_, Some(None)) => None,
            (Self::Equal(_, wanted), Some(Some(value))) => Some(wanted == value),
            (Self::In(_, wanted), Some(Some(value))) => Some(wanted.iter().any(|wanted| wanted == value)),
            (Self::NotIn(_, wanted), Some(Some(value))) => Some(!wanted.iter().any(|wanted| wanted == value)),
        }
    }
}
