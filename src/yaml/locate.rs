//! From a place in the text to the node that stands there, and the collections around it.

use crate::source::Span;
use crate::yaml::Entry;
use crate::yaml::Kind;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// A child of a collection: an entry of a mapping or an item of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Child<'t> {
    /// The collection it is in.
    pub(super) parent: NodeRef<'t>,
    /// Which of its entries or items it is, from 0.
    pub(super) index: usize,
    /// The key, in a mapping.
    pub(super) key: Option<NodeRef<'t>>,
    /// The value or item.
    pub(super) value: NodeRef<'t>,
}

impl<'t> Child<'t> {
    /// Where it begins, with anchor and tag.
    pub(super) fn start(self) -> u32 {
        self.key.unwrap_or(self.value).start_with_properties()
    }

    fn nth(parent: NodeRef<'t>, index: usize) -> Option<Self> {
        if parent.is_mapping() {
            let Entry { key, value } = parent.entries().nth(index)?;
            return Some(Self { parent, index, key: Some(key), value });
        }
        let value = parent.items().nth(index)?;
        Some(Self { parent, index, key: None, value })
    }

    /// How many children its collection has.
    pub(super) fn siblings(self) -> usize {
        self.parent.entries().len().max(self.parent.items().len())
    }

    /// The child after it.
    pub(super) fn next(self) -> Option<Self> {
        Self::nth(self.parent, self.index + 1)
    }

    /// The child before it.
    pub(super) fn previous(self) -> Option<Self> {
        Self::nth(self.parent, self.index.checked_sub(1)?)
    }
}

/// The way from the root to the child whose key or value stands at a place, or to the scalar that the place is in;
/// outermost first. `None` where nothing stands there, and for a root.
pub(super) fn locate(tree: &Tree, place: Span) -> Option<Vec<Child<'_>>> {
    if place.source != tree.source() {
        return None;
    }
    let mut at = tree.documents().filter(|root| root.span().start <= place.start).last()?;
    let mut way = Vec::new();
    loop {
        let child = last_before(at, place.start)?;
        way.push(child);
        let named = child.key.is_some_and(|key| key.span() == place);
        if named || child.value.span() == place {
            return Some(way);
        }
        if child.value.is_alias() || !child.value.span().contains(place) {
            return None;
        }
        if matches!(child.value.kind(), Kind::Scalar(_)) {
            return Some(way);
        }
        at = child.value;
    }
}

/// The last child that begins at or before an offset: children stand in the order of the text.
fn last_before(parent: NodeRef<'_>, offset: u32) -> Option<Child<'_>> {
    let count = parent.entries().len().max(parent.items().len());
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if Child::nth(parent, middle)?.start() <= offset { low = middle + 1 } else { high = middle }
    }
    Child::nth(parent, low.checked_sub(1)?)
}
