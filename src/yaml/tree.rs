//! The spanned tree: an arena of nodes that everything else reads.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;
use crate::yaml::CollectionStyle;
use crate::yaml::Comment;
use crate::yaml::Dialect;
use crate::yaml::Problem;
use crate::yaml::ProblemCode;
use crate::yaml::Scalar;
use crate::yaml::Style;
use crate::yaml::event::Event;
use crate::yaml::event::Events;
use crate::yaml::event::Properties;
use crate::yaml::granit::Granit;
use crate::yaml::scalar;
use crate::yaml::scalar::Tag;

/// A node of one [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    pub(crate) fn index(self) -> u32 {
        self.0
    }
}

/// A parsed text: all documents, comments and mistakes of one source.
#[derive(Debug)]
pub struct Tree {
    source: SourceId,
    text: Arc<str>,
    dialect: Dialect,
    nodes: Vec<NodeData>,
    documents: Vec<NodeId>,
    comments: Vec<Comment>,
    problems: Vec<Problem>,
}

#[derive(Debug)]
struct NodeData {
    span: Span,
    properties: Properties,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Scalar(Style, Option<Box<str>>),
    Sequence(CollectionStyle, Vec<NodeId>),
    Mapping(CollectionStyle, Vec<(NodeId, NodeId)>),
    Alias(Option<NodeId>),
}

/// What a node is. Aliases are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, a number, a truth value, null.
    Scalar(Style),
    /// A list.
    Sequence(CollectionStyle),
    /// Keys and values.
    Mapping(CollectionStyle),
}

/// A node in its tree: `Copy`, cheap, and follows aliases wherever it is asked for content.
#[derive(Clone, Copy)]
pub struct NodeRef<'t> {
    tree: &'t Tree,
    id: NodeId,
}

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'t> {
    /// The key.
    pub key: NodeRef<'t>,
    /// The value.
    pub value: NodeRef<'t>,
}

impl Tree {
    /// Parses a text. Total: whatever is wrong with it is in [`Tree::problems`].
    pub fn parse(source: &Source, dialect: Dialect) -> Self {
        let mut events = Granit::new(source, &source.text);
        let mut tree = Self {
            source: source.id,
            text: Arc::clone(&source.text),
            dialect,
            nodes: Vec::new(),
            documents: Vec::new(),
            comments: Vec::new(),
            problems: Vec::new(),
        };
        Builder { tree: &mut tree, open: Vec::new(), anchors: BTreeMap::new() }.run(&mut events);
        tree
    }

    /// The source it was parsed from.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// Whose reading of YAML holds here.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The roots of all documents that have one, in order.
    pub fn documents(&self) -> impl ExactSizeIterator<Item = NodeRef<'_>> {
        self.documents.iter().map(|&id| NodeRef { tree: self, id })
    }

    /// The root of the first document.
    pub fn root(&self) -> Option<NodeRef<'_>> {
        self.documents().next()
    }

    /// All comments, in order.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// All mistakes, in order.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The node of that name.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    fn data(&self, id: NodeId) -> Option<&NodeData> {
        self.nodes.get(id.0 as usize)
    }
}

impl<'t> NodeRef<'t> {
    /// The tree it is in.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// Its name in the tree.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// Where it stands; for an alias, the alias. A collection ends with its last child.
    pub fn span(self) -> Span {
        self.tree.data(self.id).map_or(Span::new(self.tree.source, 0, 0), |data| data.span)
    }

    /// True for `*name`.
    pub fn is_alias(self) -> bool {
        matches!(self.tree.data(self.id).map(|data| &data.content), Some(Content::Alias(_)))
    }

    /// The node that is meant: itself, or what an alias stands for.
    #[must_use]
    pub fn resolved(self) -> Self {
        match self.tree.data(self.id).map(|data| &data.content) {
            Some(Content::Alias(Some(target))) => Self { tree: self.tree, id: *target },
            _ => self,
        }
    }

    fn content(self) -> Option<&'t Content> {
        self.tree.data(self.resolved().id).map(|data| &data.content)
    }

    /// What it is. An alias to nothing counts as an empty plain scalar.
    pub fn kind(self) -> Kind {
        match self.content() {
            Some(Content::Scalar(style, _)) => Kind::Scalar(*style),
            Some(Content::Sequence(style, _)) => Kind::Sequence(*style),
            Some(Content::Mapping(style, _)) => Kind::Mapping(*style),
            Some(Content::Alias(_)) | None => Kind::Scalar(Style::Plain),
        }
    }

    /// True for a mapping.
    pub fn is_mapping(self) -> bool {
        matches!(self.kind(), Kind::Mapping(_))
    }

    /// True for a sequence.
    pub fn is_sequence(self) -> bool {
        matches!(self.kind(), Kind::Sequence(_))
    }

    /// True for a scalar.
    pub fn is_scalar(self) -> bool {
        matches!(self.kind(), Kind::Scalar(_))
    }

    /// The text of a scalar after escapes and folding; empty for a collection.
    pub fn text(self) -> Cow<'t, str> {
        match self.content() {
            Some(Content::Scalar(_, Some(text))) => Cow::Borrowed(text),
            Some(Content::Scalar(_, None)) => {
                Cow::Borrowed(self.tree.text.get(self.resolved().span().range()).unwrap_or_default())
            }
            _ => Cow::Borrowed(""),
        }
    }

    /// The meaning of a scalar in the dialect of the tree; `None` for a collection.
    pub fn scalar(self) -> Option<Scalar<'t>> {
        match self.content() {
            Some(Content::Scalar(style, _)) => {
                let tag = self.resolved().tag().map_or(Tag::None, |(tag, _)| Tag::of(&full_tag(tag)));
                let dialect = self.tree.dialect;
                let resolved = scalar::resolve(self.text(), *style, tag, dialect);
                let resolved = resolved.unwrap_or_else(|_| Scalar::String(self.text()));
                Some(scalar::without_timestamp(resolved, dialect))
            }
            Some(Content::Alias(_)) | None => Some(Scalar::Null),
            _ => None,
        }
    }

    /// The text of a scalar as it counts as a key: for Helm `on` is `true` and `0x10` is `16`.
    pub fn key_text(self) -> Cow<'t, str> {
        let text = self.text();
        if self.tree.dialect != Dialect::Helm || self.kind() != Kind::Scalar(Style::Plain) {
            return text;
        }
        match self.scalar() {
            Some(Scalar::Bool(value)) => value.to_string().into(),
            Some(Scalar::Int(value)) => value.to_string().into(),
            Some(Scalar::Unsigned(value)) => value.to_string().into(),
            _ => text,
        }
    }

    /// The text of a scalar that is a string.
    pub fn as_str(self) -> Option<Cow<'t, str>> {
        match self.scalar()? {
            Scalar::String(text) => Some(text),
            _ => None,
        }
    }

    /// A truth value.
    pub fn as_bool(self) -> Option<bool> {
        match self.scalar()? {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A whole number.
    pub fn as_i64(self) -> Option<i64> {
        match self.scalar()? {
            Scalar::Int(value) => Some(value),
            _ => None,
        }
    }

    /// A number.
    pub fn as_f64(self) -> Option<f64> {
        match self.scalar()? {
            #[expect(clippy::cast_precision_loss, reason = "as in every language that reads this file")]
            Scalar::Int(value) => Some(value as f64),
            #[expect(clippy::cast_precision_loss, reason = "as in every language that reads this file")]
            Scalar::Unsigned(value) => Some(value as f64),
            Scalar::Float(value) => Some(value),
            _ => None,
        }
    }

    /// True for null.
    pub fn is_null(self) -> bool {
        self.scalar() == Some(Scalar::Null)
    }

    /// Keys and values as written: equal keys and `<<` included. Empty for anything but a mapping.
    pub fn entries(self) -> impl ExactSizeIterator<Item = Entry<'t>> + DoubleEndedIterator {
        let entries = match self.content() {
            Some(Content::Mapping(_, entries)) => entries.as_slice(),
            _ => &[],
        };
        let tree = self.tree;
        entries.iter().map(move |&(key, value)| Entry {
            key: NodeRef { tree, id: key },
            value: NodeRef { tree, id: value },
        })
    }

    /// The items of a sequence. Empty for anything else.
    pub fn items(self) -> impl ExactSizeIterator<Item = NodeRef<'t>> + DoubleEndedIterator {
        let items = match self.content() {
            Some(Content::Sequence(_, items)) => items.as_slice(),
            _ => &[],
        };
        let tree = self.tree;
        items.iter().map(move |&id| NodeRef { tree, id })
    }

    /// Keys and values as they count: `<<` merged in (a key of the mapping itself wins), of equal keys the last.
    pub fn merged(self) -> Vec<Entry<'t>> {
        let mut merged: IndexMap<Cow<'t, str>, Entry<'t>> = IndexMap::new();
        self.merge_into(&mut merged, 0);
        merged.into_values().collect()
    }

    fn merge_into(self, merged: &mut IndexMap<Cow<'t, str>, Entry<'t>>, depth: usize) {
        let mut sources = Vec::new();
        let base = merged.len();
        for entry in self.entries() {
            if entry.key.is_merge_key() {
                sources.push(entry.value);
                continue;
            }
            match merged.entry(entry.name()) {
                indexmap::map::Entry::Occupied(mut known) if known.index() >= base => {
                    known.insert(entry);
                }
                indexmap::map::Entry::Occupied(_) => {}
                indexmap::map::Entry::Vacant(free) => {
                    free.insert(entry);
                }
            }
        }
        if depth > 64 {
            return;
        }
        for source in sources {
            if source.is_sequence() {
                source.items().for_each(|item| item.merge_into(merged, depth + 1));
            } else {
                source.merge_into(merged, depth + 1);
            }
        }
    }

    /// True for a plain `<<`.
    pub fn is_merge_key(self) -> bool {
        self.kind() == Kind::Scalar(Style::Plain) && self.text() == "<<"
    }

    /// The entry of a key, `<<` merged in.
    pub fn entry(self, key: &str) -> Option<Entry<'t>> {
        let own = self.entries().rev().find(|entry| entry.key.is_scalar() && entry.name() == key);
        own.or_else(|| {
            let merges = self.entries().any(|entry| entry.key.is_merge_key());
            let merged = if merges { self.merged() } else { Vec::new() };
            merged.into_iter().find(|entry| entry.name() == key)
        })
    }

    /// The value of a key, `<<` merged in.
    pub fn get(self, key: &str) -> Option<Self> {
        self.entry(key).map(|entry| entry.value)
    }

    /// The value at a path of keys.
    pub fn at(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The tag as written (`!reset`), and where.
    pub fn tag(self) -> Option<(&'t str, Span)> {
        let span = self.tree.data(self.id)?.properties.tag?;
        Some((self.tree.text.get(span.range())?, span))
    }

    /// The name of its anchor, and where it is written (with its `&`).
    pub fn anchor(self) -> Option<(&'t str, Span)> {
        let span = self.tree.data(self.id)?.properties.anchor?;
        Some((self.tree.text.get(span.range())?.trim_start_matches('&'), span))
    }
}

impl<'t> Entry<'t> {
    /// The key as a text, as the dialect has it.
    pub fn name(self) -> Cow<'t, str> {
        self.key.key_text()
    }
}

/// `!!x` spelled out.
fn full_tag(tag: &str) -> Cow<'_, str> {
    match tag.strip_prefix("!!") {
        Some(name) => format!("{}{name}", scalar::CORE).into(),
        None => tag.into(),
    }
}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} at {:?}", self.kind(), self.span())
    }
}

/// Collections nested deeper than this are not read.
const MAX_DEPTH: usize = 1_000;

struct Builder<'b> {
    tree: &'b mut Tree,
    open: Vec<(NodeId, Option<NodeId>)>,
    anchors: BTreeMap<String, NodeId>,
}

impl Builder<'_> {
    fn run<'t>(mut self, events: &mut impl Events<'t>) {
        let mut rootless = false;
        while let Some(event) = events.next_event() {
            match event {
                Event::DocumentStart => {
                    rootless = true;
                    self.anchors.clear();
                }
                Event::DocumentEnd => {}
                Event::Comment(comment) => self.tree.comments.push(comment),
                Event::Problem(problem) => self.tree.problems.push(problem),
                Event::Scalar(properties, style, span, text) => {
                    let raw = self.tree.text.get(span.range()).unwrap_or_default();
                    let text = (raw != text).then(|| text.into());
                    self.add(properties, span, Content::Scalar(style, text), &mut rootless);
                }
                Event::Alias(span) => {
                    let name = self.tree.text.get(span.range()).unwrap_or_default().trim_start_matches('*');
                    let target = self.anchors.get(name).copied();
                    let target = target.filter(|target| self.open.iter().all(|(open, _)| open != target));
                    if target.is_none() {
                        self.tree.problems.push(Problem {
                            code: ProblemCode::UnknownAnchor,
                            span,
                            message: format!("no anchor `&{name}` stands before this alias"),
                            related: None,
                        });
                    }
                    self.add(Properties::default(), span, Content::Alias(target), &mut rootless);
                }
                Event::MappingStart(properties, style, span) => {
                    let id = self.add(properties, span, Content::Mapping(style, Vec::new()), &mut rootless);
                    self.push(id);
                }
                Event::SequenceStart(properties, style, span) => {
                    let id = self.add(properties, span, Content::Sequence(style, Vec::new()), &mut rootless);
                    self.push(id);
                }
                Event::CollectionEnd(span) => {
                    let Some((id, _)) = self.open.pop() else { continue };
                    self.close(id, span);
                }
            }
        }
    }

    fn push(&mut self, id: NodeId) {
        if self.open.len() == MAX_DEPTH {
            let span = self.tree.node(id).span();
            let message = format!("collections nested deeper than {MAX_DEPTH} levels are not read");
            self.tree.problems.push(Problem { code: ProblemCode::Limit, span, message, related: None });
        }
        self.open.push((id, None));
    }

    fn add(&mut self, properties: Properties, span: Span, content: Content, rootless: &mut bool) -> NodeId {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX));
        if let Some(anchor) = properties.anchor {
            let name = self.tree.text.get(anchor.range()).unwrap_or_default().trim_start_matches('&');
            self.anchors.insert(name.to_owned(), id);
        }
        self.tree.nodes.push(NodeData { span, properties, content });
        match self.open.last_mut() {
            None => {
                if std::mem::take(rootless) {
                    self.tree.documents.push(id);
                }
            }
            Some((parent, pending)) => {
                if let Some(data) = self.tree.nodes.get_mut(parent.0 as usize) {
                    match (&mut data.content, pending.take()) {
                        (Content::Sequence(_, items), _) => items.push(id),
                        (Content::Mapping(_, entries), Some(key)) => entries.push((key, id)),
                        (Content::Mapping(..), None) => *pending = Some(id),
                        (Content::Scalar(..) | Content::Alias(_), _) => {}
                    }
                }
            }
        }
        id
    }

    fn close(&mut self, id: NodeId, end: Span) {
        let Some(data) = self.tree.data(id) else { return };
        let (start, flow, first, last) = match &data.content {
            Content::Sequence(style, items) => {
                (data.span, *style, items.first().copied(), items.last().copied())
            }
            Content::Mapping(style, entries) => {
                (data.span, *style, entries.first().map(|e| e.0), entries.last().map(|e| e.1))
            }
            Content::Scalar(..) | Content::Alias(_) => return,
        };
        let end = match (flow, last) {
            (CollectionStyle::Flow, _) => end,
            (CollectionStyle::Block, Some(last)) => self.tree.node(last).span(),
            (CollectionStyle::Block, None) => start.at_start(),
        };
        let begin =
            first.map_or(start, |first| start.at_start().cover(self.tree.node(first).span().at_start()));
        let span = begin.at_start().cover(end);
        if let Some(data) = self.tree.nodes.get_mut(id.0 as usize) {
            data.span = span;
        }
        self.duplicates(id);
    }

    fn duplicates(&mut self, id: NodeId) {
        let mut seen: BTreeMap<Cow<'_, str>, Span> = BTreeMap::new();
        let mut problems = Vec::new();
        for entry in self.tree.node(id).entries().filter(|entry| entry.key.is_scalar()) {
            if entry.key.is_merge_key() {
                continue;
            }
            let text = entry.key.text();
            if let Some(first) = seen.get(&text) {
                problems.push(Problem {
                    code: ProblemCode::DuplicateKey,
                    span: entry.key.span(),
                    message: format!("the key `{text}` stands twice in this mapping"),
                    related: Some((*first, "first here".to_owned())),
                });
            } else {
                seen.insert(text, entry.key.span());
            }
        }
        self.tree.problems.append(&mut problems);
    }
}
