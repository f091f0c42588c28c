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

impl Shape {
    /// What stands in it.
    fn parts(&self) -> impl Iterator<Item = &Known> {
        let (members, one) = match self {
            Self::Dict { members, other } => (Some(members), Some(other)),
            Self::List(items) => (None, Some(items)),
            _ => (None, None),
        };
        members.into_iter().flat_map(BTreeMap::values).chain(one)
    }
}

/// All that a value may be; nothing for a nil.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Known {
    /// How many shapes it is made of, counted as often as they come up: what it takes to look at all of it.
    size: usize,
    /// How deep maps and lists of templates are nested in it.
    depth: usize,
    shapes: Rc<BTreeSet<Shape>>,
}

impl Known {
    pub(super) fn of(shape: Shape) -> Self {
        Self::all(BTreeSet::from([shape]))
    }

    fn all(shapes: BTreeSet<Shape>) -> Self {
        let parts = || shapes.iter().flat_map(Shape::parts);
        let size = parts().fold(shapes.len(), |sum, part| sum.saturating_add(part.size));
        let made = shapes.iter().any(|shape| matches!(shape, Shape::Dict { .. } | Shape::List(_)));
        let depth = parts().map(|part| part.depth).max().unwrap_or(0) + usize::from(made);
        Self { size, depth, shapes: Rc::new(shapes) }
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
        self.shapes.iter()
    }

    /// Either of both.
    pub(super) fn or(&self, other: &Self) -> Self {
        if other.shapes.is_subset(&self.shapes) {
            return self.clone();
        }
        if self.shapes.is_subset(&other.shapes) {
            return other.clone();
        }
        Self::all(self.shapes.union(&other.shapes).cloned().collect())
    }

    /// The text, where it can be no other.
    pub(super) fn constant(&self) -> Option<&Key> {
        match (self.shapes.len(), self.shapes.first()) {
            (1, Some(Shape::Text(text))) => Some(text),
            _ => None,
        }
    }

    /// How deep maps and lists of templates are nested in it.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// How many shapes it is made of, counted as often as they come up.
    pub(super) fn size(&self) -> usize {
        self.size
    }
}

impl FromIterator<Known> for Known {
    fn from_iter<I: IntoIterator<Item = Known>>(all: I) -> Self {
        let mut all = all.into_iter();
        let mut sum = all.next().unwrap_or_default();
        let mut grown = false;
        for one in all {
            if !one.shapes.is_subset(&sum.shapes) {
                // What is gathered is copied once, not for each that is added.
                Rc::make_mut(&mut sum.shapes).extend(one.shapes.iter().cloned());
                grown = true;
            }
        }
        if grown { Self::all(Rc::unwrap_or_clone(sum.shapes)) } else { sum }
    }
}
