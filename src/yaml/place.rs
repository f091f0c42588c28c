//! Places between the nodes: the `-` of an item, the `:` of an entry, and where a comment stands.

use crate::source::Span;
use crate::yaml::CollectionStyle;
use crate::yaml::Comment;
use crate::yaml::Entry;
use crate::yaml::Kind;
use crate::yaml::NodeId;
use crate::yaml::NodeRef;
use crate::yaml::Tree;

/// What may stand between an indicator and its node, besides comments.
const BLANKS: [char; 8] = [' ', '\t', '\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'];

/// Where a comment stands.
#[derive(Clone, Copy, Debug)]
pub enum Placement<'t> {
    /// At the end of a line, after this node or after what belongs to it (`key: # here`).
    EndOfLine(NodeRef<'t>),
    /// On a line of its own, above this node.
    Above(NodeRef<'t>),
    /// On a line of its own, below everything in this node, and indented as far as its children.
    Below(NodeRef<'t>),
    /// In a text that has nothing else.
    Alone,
}

impl Tree {
    /// Where a comment of this tree stands.
    pub fn placement(&self, comment: Comment) -> Placement<'_> {
        let place = comment.span.start;
        if !comment.own_line {
            let before = self.nodes.partition_point(|data| data.start < place);
            let last = before.checked_sub(1).and_then(|at| u32::try_from(at).ok());
            return last.map_or(Placement::Alone, |at| Placement::EndOfLine(self.node(NodeId(at))));
        }
        let after = self.documents.partition_point(|document| document.end <= place);
        let Some(document) = self.documents.get(after).or(self.documents.last()) else {
            return Placement::Alone;
        };
        let mut node = self.node(document.root);
        if node.span().start >= place {
            return Placement::Above(node);
        }
        let column = self.column(place);
        let mut placement = Placement::Below(node);
        // Down to the innermost collection around, as long as the comment is indented as far as its children.
        while !node.is_alias() && self.column(node.span().start) <= column {
            let children = self.data(node.id()).map(|data| self.children_of(data)).unwrap_or_default();
            let next = children.partition_point(|&child| self.node(child).span().start < place);
            placement = match children.get(next) {
                Some(&child) => Placement::Above(self.node(child)),
                None => Placement::Below(node),
            };
            let Some(&child) = next.checked_sub(1).and_then(|at| children.get(at)) else { break };
            node = self.node(child);
            if node.is_scalar() {
                break;
            }
        }
        placement
    }

    /// How many bytes stand before a place on its line.
    fn column(&self, place: u32) -> usize {
        let before = self.text.get(..place as usize).unwrap_or_default();
        before.len() - before.rfind(['\n', '\r']).map_or(0, |end| end + 1)
    }

    /// The indicator before a place, with nothing but blanks and comments between them.
    pub(super) fn indicator_before(&self, place: u32, indicator: char) -> Option<Span> {
        let mut end = place as usize;
        loop {
            let before = self.text.get(..end)?.trim_end_matches(BLANKS);
            let comments =
                self.comments.partition_point(|comment| (comment.span.start as usize) < before.len());
            match comments.checked_sub(1).and_then(|at| self.comments.get(at)) {
                Some(comment) if comment.span.end as usize >= before.len() => {
                    end = comment.span.start as usize;
                }
                _ => {
                    let start = before.strip_suffix(indicator)?.len();
                    return Some(Span::new(self.source, start, before.len()));
                }
            }
        }
    }
}

impl<'t> NodeRef<'t> {
    /// The `-` of an item of this sequence; `None` in brackets.
    pub fn dash(self, item: NodeRef<'t>) -> Option<Span> {
        if self.is_alias() || self.kind() != Kind::Sequence(CollectionStyle::Block) {
            return None;
        }
        let dash = self.tree().indicator_before(item.start_with_properties(), '-')?;
        self.span().contains(dash).then_some(dash)
    }
}

impl Entry<'_> {
    /// The `:` between key and value; `None` where there is none (`{a, b}`).
    pub fn colon(self) -> Option<Span> {
        let colon = self.key.tree().indicator_before(self.value.start_with_properties(), ':')?;
        (self.key.span().end <= colon.start).then_some(colon)
    }
}
