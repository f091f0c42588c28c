//! What is known of a value without running a template.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::helm::reads::paths::Path;
use crate::helm::value::Key;

/// One of the things that a value may be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Shape {
    // Maps and lists come first: they are looked for in every set.
    /// A map made in a template; `other` is what its members with unknown keys may be.
    Dict { members: BTreeMap<Key, Known>, other: Known },
    /// A list of such items.
    List(Known),
    /// `.` of the files of an instance of a chart.
    Root(usize),
    /// `.Chart` of an instance.
    Chart(usize),
    /// `.Template` of an instance.
    Template(usize),
    /// `.Subcharts` of an instance.
    Subcharts(usize),
    /// The value at a path in the values of the chart that is installed.
    Path(Path),
    /// Something in the values of which everything is read already, whatever templates put into it.
    Read,
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

    /// True for a map or a list made in a template.
    fn is_made(&self) -> bool {
        matches!(self, Self::Dict { .. } | Self::List(_))
    }

    /// The map or the list that may be either of both.
    fn joined(self, with: &Self) -> Self {
        match (self, with) {
            (Self::List(own), Self::List(items)) => Self::List(own.or(items)),
            (Self::Dict { members: mut own, other: rest }, Self::Dict { members, other }) => {
                for (key, known) in members {
                    match own.get_mut(key) {
                        Some(own) => *own = own.or(known),
                        None => {
                            own.insert(key.clone(), known.clone());
                        }
                    }
                }
                Self::Dict { members: own, other: rest.or(other) }
            }
            (own, _) => own,
        }
    }
}

/// All that a value may be; nothing for a nil.
///
/// There is one map at most, and one list: of several, a member may be what it is in any. Whoever looks up a key in one
/// map or the other finds the same, and a map that is made in many ways does not become as many maps.
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
        let made = shapes.iter().any(Shape::is_made);
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
        if self.covers(other) {
            return self.clone();
        }
        if other.covers(self) {
            return other.clone();
        }
        let mut shapes = BTreeSet::clone(&self.shapes);
        other.shapes().for_each(|shape| add(&mut shapes, shape));
        Self::all(shapes)
    }

    /// True where it may be all that the other may be.
    fn covers(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.shapes, &other.shapes) || other.shapes().all(|shape| self.includes(shape))
    }

    /// True where it may be all that such a shape may be.
    pub(super) fn includes(&self, shape: &Shape) -> bool {
        if !shape.is_made() {
            return self.shapes.contains(shape);
        }
        self.shapes().take_while(|own| own.is_made()).any(|own| match (own, shape) {
            (Shape::List(own), Shape::List(items)) => own.covers(items),
            (Shape::Dict { members: own, other: rest }, Shape::Dict { members, other }) => {
                rest.covers(other)
                    && members.iter().all(|(key, known)| own.get(key).is_some_and(|own| own.covers(known)))
            }
            _ => false,
        })
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

/// Adds what a value may be besides; a map becomes one with the map that is there, a list with the list.
fn add(shapes: &mut BTreeSet<Shape>, shape: &Shape) {
    let mut made = shapes.iter().take_while(|own| own.is_made() && shape.is_made());
    let same = made.find(|own| std::mem::discriminant(*own) == std::mem::discriminant(shape)).cloned();
    let joined = match same {
        Some(own) => {
            shapes.remove(&own);
            own.joined(shape)
        }
        None => shape.clone(),
    };
    shapes.insert(joined);
}

impl FromIterator<Known> for Known {
    fn from_iter<I: IntoIterator<Item = Known>>(all: I) -> Self {
        let mut all = all.into_iter();
        let mut sum = all.next().unwrap_or_default();
        let mut grown = false;
        for one in all {
            if !sum.covers(&one) {
                // What is gathered is copied once, not for each that is added.
                let shapes = Rc::make_mut(&mut sum.shapes);
                one.shapes().for_each(|shape| add(shapes, shape));
                grown = true;
            }
        }
        if grown { Self::all(Rc::unwrap_or_clone(sum.shapes)) } else { sum }
    }
}
