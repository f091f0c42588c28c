//! What is known of a value without running a template.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::helm::reads::Step;
use crate::helm::value::Key;

/// One of the things that a value may be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Shape {
    /// `.` of the files of an instance of a chart.
    Root(usize),
    /// `.Chart` of an instance.
    Chart(usize),
    /// `.Template` of an instance.
    Template(usize),
    /// `.Subcharts` of an instance.
    Subcharts(usize),
    /// The value at a path in the values of the chart that is installed.
    Path(Rc<[Step]>),
    /// A map made in a template; `other` is what its members with unknown keys may be.
    Dict { members: BTreeMap<Key, Known>, other: Known },
    /// A list of such items.
    List(Known),
    /// This very text.
    Text(Key),
    /// A text that begins and ends so.
    Between(Key, Key),
    /// Something that is no part of the values, or whose parts are read already.
    Other,
}

/// All that a value may be; nothing for a nil.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Known(Rc<BTreeSet<Shape>>);

impl Known {
    pub(super) fn of(shape: Shape) -> Self {
        Self(Rc::new(BTreeSet::from([shape])))
    }

    /// Something that is no part of the values.
    pub(super) fn other() -> Self {
        Self::of(Shape::Other)
    }

    pub(super) fn text(text: &[u8]) -> Self {
        Self::of(Shape::Text(text.into()))
    }

    pub(super) fn dict(members: BTreeMap<Key, Self>, other: Self) -> Self {
        Self::of(Shape::Dict { members, other })
    }

    pub(super) fn shapes(&self) -> impl Iterator<Item = &Shape> {
        self.0.iter()
    }

    /// Either of both.
    pub(super) fn or(&self, other: &Self) -> Self {
        if other.0.is_subset(&self.0) {
            return self.clone();
        }
        if self.0.is_subset(&other.0) {
            return other.clone();
        }
        Self(Rc::new(self.0.union(&other.0).cloned().collect()))
    }

    /// The text, where it can be no other.
    pub(super) fn constant(&self) -> Option<&Key> {
        match (self.0.len(), self.0.first()) {
            (1, Some(Shape::Text(text))) => Some(text),
            _ => None,
        }
    }

    /// How deep maps and lists of templates are nested in it.
    pub(super) fn depth(&self) -> usize {
        let deepest = self.0.iter().map(|shape| match shape {
            Shape::Dict { members, other } => {
                1 + members.values().chain([other]).map(Self::depth).max().unwrap_or(0)
            }
            Shape::List(items) => 1 + items.depth(),
            _ => 0,
        });
        deepest.max().unwrap_or(0)
    }
}

impl FromIterator<Known> for Known {
    fn from_iter<I: IntoIterator<Item = Known>>(all: I) -> Self {
        all.into_iter().fold(Self::default(), |sum, one| sum.or(&one))
    }
}
