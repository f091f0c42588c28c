//! Events to a tree: children, aliases, equal keys, limits.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::OnceLock;

use crate::source::Source;
use crate::source::Span;
use crate::yaml::CollectionStyle;
use crate::yaml::Dialect;
use crate::yaml::Event;
use crate::yaml::EventKind;
use crate::yaml::Events;
use crate::yaml::NodeId;
use crate::yaml::Problem;
use crate::yaml::ProblemCode;
use crate::yaml::Style;
use crate::yaml::Tree;
use crate::yaml::tree::Content;
use crate::yaml::tree::Document;
use crate::yaml::tree::NodeData;
use crate::yaml::tree::Properties;

/// Aliases may stand for so many nodes in all; go-yaml stops at about 400,000.
const MAX_ALIASED: u64 = 1_000_000;

/// Up to so many keys are compared one by one.
const FEW: usize = 8;

pub(super) struct Builder {
    tree: Tree,
    text: Arc<str>,
    max_depth: usize,
    /// What follows a complete document after a mistake is read as part of it.
    repair: bool,
    open: Vec<Open>,
    /// The children of the open collections, innermost last.
    pending: Vec<NodeId>,
    anchors: HashMap<Box<str>, Anchored>,
    /// How many nodes aliases stand for until now.
    aliased: u64,
    /// How many collections are open that are too deep to be read.
    skipped: usize,
    /// What is nested too deep; it is told once.
    too_deep: Option<Problem>,
    /// The next node is the root of a document.
    at_root: bool,
    /// The document before goes on.
    continued: bool,
    /// Of the keys of the mapping that is looked at; kept for its room.
    fingerprints: Vec<u64>,
}

struct Open {
    id: NodeId,
    /// Where its children begin among those that are pending.
    first: usize,
    /// How many nodes it has, aliases expanded.
    size: u64,
}

#[derive(Clone, Copy)]
struct Anchored {
    id: NodeId,
    /// How many nodes an alias to it stands for; 0 while it is open.
    size: u64,
}

impl Builder {
    pub(super) fn new(source: &Source, dialect: Dialect, max_depth: usize, repair: bool) -> Self {
        let nodes = source.text.len() / 16;
        let tree = Tree {
            source: source.id,
            text: Arc::clone(&source.text),
            dialect,
            nodes: Vec::with_capacity(nodes),
            children: Vec::with_capacity(nodes),
            properties: Vec::new(),
            documents: Vec::new(),
            directives: Vec::new(),
            comments: Vec::new(),
            problems: Vec::new(),
            first_document_broken: false,
            aliases: OnceLock::new(),
        };
        Self {
            tree,
            text: Arc::clone(&source.text),
            max_depth,
            repair,
            open: Vec::with_capacity(16),
            pending: Vec::with_capacity(64),
            anchors: HashMap::new(),
            aliased: 0,
            skipped: 0,
            too_deep: None,
            at_root: false,
            continued: false,
            fingerprints: Vec::new(),
        }
    }

    pub(super) fn build(mut self) -> Tree {
        let text = Arc::clone(&self.text);
        let mut events = Events::new(self.tree.source, &text, self.tree.dialect);
        for event in events.by_ref() {
            self.add(&event);
        }
        let parts = events.into_parts();
        self.tree.comments = parts.comments;
        self.tree.directives = parts.directives;
        self.tree.directives.sort_by(|one, other| (&one.handle, one.from).cmp(&(&other.handle, other.from)));
        self.tree.first_document_broken = parts.first_document_broken;
        self.tree.problems.extend(self.too_deep.take());
        self.tree.problems.extend(parts.problems);
        self.check_tags();
        self.tree.problems.sort_by_key(|problem| problem.span);
        // Room was made for a text with many short values. Trees are kept for as long as a run takes.
        self.tree.nodes.shrink_to_fit();
        self.tree.children.shrink_to_fit();
        self.tree
    }

    #[inline]
    fn add(&mut self, event: &Event) {
        if self.skipped > 0 {
            match event.kind {
                EventKind::MappingStart(_) | EventKind::SequenceStart(_) => self.skipped += 1,
                EventKind::CollectionEnd => self.skipped -= 1,
                _ => {}
            }
            return;
        }
        match event.kind {
            EventKind::Scalar(style) => {
                let id = self.push(event, Content::Scalar(style), event.detail);
                self.anchor(event, id, 1);
                self.attach(id, 1);
            }
            EventKind::MappingStart(style) => self.begin(event, Content::Mapping(style)),
            EventKind::SequenceStart(style) => self.begin(event, Content::Sequence(style)),
            EventKind::CollectionEnd => self.end(event),
            EventKind::Alias => self.alias(event),
            EventKind::DocumentStart => {
                self.at_root = true;
                if self.tree.dialect != Dialect::Compose {
                    self.anchors.clear();
                }
            }
            EventKind::DocumentContinues => {
                self.at_root = true;
                self.continued = self.repair;
            }
            EventKind::DocumentEnd => {
                self.continued = false;
                if let Some(document) = self.tree.documents.last_mut().filter(|last| last.end == u32::MAX) {
                    document.end = event.end;
                }
            }
        }
    }

    fn push(&mut self, event: &Event, content: Content, first: u32) -> NodeId {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        let properties = if event.anchor.1 > 0 || event.tag.1 > 0 {
            self.tree.properties.push(Properties { anchor: event.anchor, tag: event.tag });
            u32::try_from(self.tree.properties.len()).unwrap_or(0)
        } else {
            0
        };
        self.tree.nodes.push(NodeData {
            start: event.start,
            end: event.end,
            first,
            count: 0,
            properties,
            content,
        });
        id
    }

    #[inline]
    fn anchor(&mut self, event: &Event, id: NodeId, size: u64) {
        if let Some(place) = event.anchor() {
            self.name(place, Anchored { id, size });
        }
    }

    #[cold]
    fn name(&mut self, anchor: Range<usize>, anchored: Anchored) {
        let name = self.text.get(anchor.start + 1..anchor.end).unwrap_or_default();
        self.anchors.insert(name.into(), anchored);
    }

    /// Puts a complete node at its place.
    #[inline]
    fn attach(&mut self, id: NodeId, size: u64) {
        match self.open.last_mut() {
            Some(open) => {
                open.size = open.size.saturating_add(size);
                self.pending.push(id);
            }
            None => self.attach_root(id),
        }
    }

    fn attach_root(&mut self, id: NodeId) {
        if !std::mem::take(&mut self.at_root) {
            return;
        }
        let collection = |id: NodeId| {
            let content = self.tree.data(id).map(|data| data.content);
            !matches!(content, Some(Content::Scalar(_)) | None)
        };
        let before = self.tree.documents.last().map(|document| document.root);
        match before.filter(|_| self.continued) {
            Some(root) => {
                if collection(id)
                    && !collection(root)
                    && let Some(document) = self.tree.documents.last_mut()
                {
                    document.root = id;
                }
            }
            None => self.tree.documents.push(Document { root: id, end: u32::MAX }),
        }
    }

    fn begin(&mut self, event: &Event, content: Content) {
        if self.open.len() >= self.max_depth {
            let span = self.span(event.start, event.end);
            self.too_deep.get_or_insert_with(|| Problem {
                code: ProblemCode::Limit,
                span,
                message: format!("collections nested deeper than {} levels are not read", self.max_depth),
                related: None,
            });
            let end = Event { end: event.start, ..*event };
            let id = self.push(&end, Content::Scalar(Style::Plain), 0);
            self.attach(id, 1);
            self.skipped = 1;
            return;
        }
        let first = self.pending.len();
        if let Some(id) = self.reopened(content) {
            self.open.push(Open { id, first, size: 1 });
            let children = self.tree.data(id).map(|data| self.tree.children_of(data)).unwrap_or_default();
            self.pending.extend_from_slice(children);
            self.at_root = false;
            return;
        }
        let id = self.push(event, content, 0);
        self.anchor(event, id, 0);
        self.open.push(Open { id, first, size: 1 });
    }

    /// A mapping that follows a document whose root is a mapping too, after a mistake: the rest of it.
    fn reopened(&self, content: Content) -> Option<NodeId> {
        let root = self.tree.documents.last().filter(|_| self.continued && self.open.is_empty())?.root;
        let block = Content::Mapping(CollectionStyle::Block);
        (content == block && self.tree.data(root)?.content == block).then_some(root)
    }

    fn end(&mut self, event: &Event) {
        let Some(Open { id, first, size }) = self.open.pop() else { return };
        let children = self.pending.get(first..).unwrap_or_default();
        let begin = u32::try_from(self.tree.children.len()).unwrap_or(u32::MAX);
        let mut count = u32::try_from(children.len()).unwrap_or(0);
        let mapping = matches!(self.tree.data(id).map(|data| data.content), Some(Content::Mapping(_)));
        if mapping {
            count -= count % 2;
        }
        let last = children.last().and_then(|&last| self.tree.data(last)).map(|data| data.end);
        self.tree.children.extend_from_slice(children);
        self.pending.truncate(first);
        if let Some(data) = self.tree.nodes.get_mut(id.0 as usize) {
            data.first = begin;
            data.count = count;
            let flow = matches!(
                data.content,
                Content::Mapping(CollectionStyle::Flow) | Content::Sequence(CollectionStyle::Flow)
            );
            let end = if flow { event.end } else { last.unwrap_or(data.start) };
            data.end = end.max(data.start).max(last.unwrap_or(0));
            let properties = data.properties;
            if let Some(properties) =
                properties.checked_sub(1).and_then(|at| self.tree.properties.get(at as usize))
                && properties.anchor.1 > 0
            {
                let (start, end) = properties.anchor;
                let name = self.text.get(start as usize + 1..end as usize).unwrap_or_default();
                if let Some(anchored) = self.anchors.get_mut(name).filter(|anchored| anchored.id == id) {
                    anchored.size = size;
                }
            }
        }
        if mapping && count > 2 && self.may_repeat_a_key(id) {
            self.duplicates(id);
        }
        if self.open.is_empty()
            && self.continued
            && self.tree.documents.last().is_some_and(|last| last.root == id)
        {
            return;
        }
        self.attach(id, size);
    }

    fn alias(&mut self, event: &Event) {
        let name = self.text.get(event.start as usize + 1..event.end as usize).unwrap_or_default();
        let anchored = self.anchors.get(name).copied();
        let mistake = match anchored {
            None => {
                Some((ProblemCode::UnknownAnchor, format!("no anchor `&{name}` stands before this alias")))
            }
            Some(Anchored { size: 0, .. }) => {
                Some((ProblemCode::UnknownAnchor, format!("`*{name}` stands inside of what `&{name}` names")))
            }
            Some(Anchored { size, .. }) if self.aliased.saturating_add(size) > MAX_ALIASED => Some((
                ProblemCode::Limit,
                format!("the document contains excessive aliasing: more than {MAX_ALIASED} values in all"),
            )),
            Some(_) => None,
        };
        let target = anchored.filter(|_| mistake.is_none());
        if let Some((code, message)) = mistake {
            let span = self.span(event.start, event.end);
            self.tree.problems.push(Problem { code, span, message, related: None });
        }
        let size = target.map_or(0, |anchored| anchored.size);
        self.aliased = self.aliased.saturating_add(size);
        let id = self.push(event, Content::Alias, target.map_or(0, |anchored| anchored.id.0 + 1));
        self.attach(id, size.saturating_add(1));
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span { source: self.tree.source, start, end }
    }

    /// False where all keys are plain and certainly different: nearly always.
    fn may_repeat_a_key(&mut self, id: NodeId) -> bool {
        self.fingerprints.clear();
        for key in
            self.tree.data(id).map(|data| self.tree.children_of(data)).unwrap_or_default().iter().step_by(2)
        {
            let Some(&NodeData { start, end, first: 0, content: Content::Scalar(Style::Plain), .. }) =
                self.tree.data(*key)
            else {
                return true;
            };
            let text = self.text.as_bytes().get(start as usize..end as usize).unwrap_or_default();
            self.fingerprints.push(fingerprint(text));
        }
        self.fingerprints.sort_unstable();
        self.fingerprints.windows(2).any(|pair| pair.first() == pair.last())
    }

    fn duplicates(&mut self, id: NodeId) {
        let node = self.tree.node(id);
        let mut problems = Vec::new();
        let mut found = |name: &str, first: Span, again: Span| {
            problems.push(Problem {
                code: ProblemCode::DuplicateKey,
                span: again,
                message: format!("the key `{name}` stands twice in this mapping"),
                related: Some((first, "first here".to_owned())),
            });
        };
        let compose = self.tree.dialect == Dialect::Compose;
        let counts = |key: crate::yaml::NodeRef<'_>| {
            key.is_scalar() && !key.is_alias() && (compose || !key.is_merge_key())
        };
        let keys = node.entries().map(|entry| entry.key).filter(|&key| counts(key));
        if node.entries().len() <= FEW {
            let mut seen: [(Cow<'_, str>, Span); FEW] =
                std::array::from_fn(|_| (Cow::Borrowed(""), node.span()));
            let mut count = 0;
            for key in keys {
                let name = key.text();
                if let Some((_, first)) = seen.iter().take(count).find(|(known, _)| *known == name) {
                    found(&name, *first, key.span());
                } else if let Some(free) = seen.get_mut(count) {
                    *free = (name, key.span());
                    count += 1;
                }
            }
        } else {
            let mut seen: HashMap<Cow<'_, str>, Span> = HashMap::with_capacity(node.entries().len());
            for key in keys {
                let name = key.text();
                if let Some(first) = seen.get(&name) {
                    found(&name, *first, key.span());
                } else {
                    seen.insert(name, key.span());
                }
            }
        }
        self.tree.problems.append(&mut problems);
    }

    /// Scalars that are not what their tags say.
    fn check_tags(&mut self) {
        if self.tree.properties.is_empty() {
            return;
        }
        let mut problems = Vec::new();
        let tagged = self.tree.nodes.iter().enumerate().filter(|(_, data)| data.properties > 0);
        for (index, data) in tagged {
            let node = self.tree.node(NodeId(u32::try_from(index).unwrap_or(u32::MAX)));
            if data.content != Content::Alias
                && let Some(Err(mismatch)) = node.try_scalar()
                && let Some((tag, span)) = node.tag()
            {
                problems.push(Problem {
                    code: ProblemCode::TagMismatch,
                    span,
                    message: format!("the tag `{tag}` does not fit: the value is {}", mismatch.found),
                    related: Some((node.span(), "the value".to_owned())),
                });
            }
        }
        self.tree.problems.append(&mut problems);
    }
}

/// Differs where texts differ in how they begin, how they end, or in their length.
fn fingerprint(text: &[u8]) -> u64 {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, &byte| (number << 8) | u64::from(byte));
    let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) else {
        return number(text) | ((text.len() as u64) << 56);
    };
    let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    (first ^ last.rotate_left(29)).wrapping_add(text.len() as u64)
}
