//! The spanned tree: an arena of nodes that everything else reads.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::OnceLock;

use indexmap::IndexMap;

use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;
use crate::yaml::CollectionStyle;
use crate::yaml::Comment;
use crate::yaml::Dialect;
use crate::yaml::Problem;
use crate::yaml::Scalar;
use crate::yaml::Style;
use crate::yaml::build::Builder;
use crate::yaml::decode;
use crate::yaml::parser;
use crate::yaml::parser::TagDirective;
use crate::yaml::scalar;
use crate::yaml::scalar::Tag;
use crate::yaml::scalar::TagMismatch;

/// Collections nested deeper than this are not read, unless one asks for more.
const MAX_DEPTH: usize = 256;

/// The longest tag that has a meaning, every byte escaped.
const MAX_TAG: usize = 3 * 32;

/// Up to so many keys it is quicker to look at each.
const FEW: usize = 12;

/// A node of one [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    pub(crate) fn index(self) -> u32 {
        self.0
    }
}

/// A parsed text: all documents, comments and mistakes of one source.
#[derive(Debug)]
pub struct Tree {
    pub(super) source: SourceId,
    pub(super) text: Arc<str>,
    pub(super) dialect: Dialect,
    pub(super) nodes: Vec<NodeData>,
    /// The children of all collections, those of one side by side; of a mapping, keys and values by turns.
    pub(super) children: Vec<NodeId>,
    pub(super) properties: Vec<Properties>,
    pub(super) documents: Vec<Document>,
    pub(super) directives: Vec<TagDirective>,
    pub(super) comments: Vec<Comment>,
    pub(super) problems: Vec<Problem>,
    /// True where a mistake of the text stands in the first document, or in what ends it.
    pub(super) first_document_broken: bool,
    /// Every alias with what it stands for, found when first asked for.
    pub(super) aliases: OnceLock<Vec<(Span, Span)>>,
}

/// One document of a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Document {
    pub(super) root: NodeId,
    /// The byte after what ends it.
    pub(super) end: u32,
}

/// One node: 24 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeData {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Of a collection the first of its children; of a scalar the detail of its event; of an alias its target + 1.
    pub(super) first: u32,
    /// Of a collection how many children it has.
    pub(super) count: u32,
    /// Anchor and tag, + 1; 0 where there are none.
    pub(super) properties: u32,
    pub(super) content: Content,
}

/// Anchor and tag of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Properties {
    pub(super) anchor: (u32, u32),
    pub(super) tag: (u32, u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Scalar(Style),
    Sequence(CollectionStyle),
    Mapping(CollectionStyle),
    Alias,
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
        Self::parse_within(source, dialect, MAX_DEPTH)
    }

    /// Parses a text; collections nested deeper than `depth` are not read. Who walks such a tree by recursion wants
    /// a low `depth`; [`Tree::parse`] takes 256.
    pub fn parse_within(source: &Source, dialect: Dialect, depth: usize) -> Self {
        Builder::new(source, dialect, depth, true).build()
    }

    /// Parses a text as Helm does and no further: nothing is repaired. What Helm refuses is [`Tree::helm_problem`].
    pub fn parse_for_helm(source: &Source) -> Self {
        Builder::new(source, Dialect::Helm, MAX_DEPTH, false).build()
    }

    /// Parses a text for those who read it as the tool does or not at all.
    pub(super) fn parse_exactly(source: &Source, dialect: Dialect) -> Self {
        Builder::new(source, dialect, usize::MAX, false).build()
    }

    /// The source it was parsed from.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whose reading of YAML holds here.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The roots of all documents, in order. The root of an empty document is an empty scalar.
    pub fn documents(&self) -> impl ExactSizeIterator<Item = NodeRef<'_>> {
        self.documents.iter().map(|document| NodeRef { tree: self, id: document.root })
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

    /// The mistakes that concern whoever reads only the first document, as Helm does with values: up to its end.
    pub fn problems_of_first_document(&self) -> impl Iterator<Item = &Problem> {
        let end = self.documents.first().map_or(u32::MAX, |document| document.end);
        self.problems.iter().filter(move |problem| problem.span.start < end)
    }

    /// The node of that name.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    /// Every node, in the order of the text.
    pub fn all_nodes(&self) -> impl ExactSizeIterator<Item = NodeRef<'_>> {
        (0..self.nodes.len())
            .map(|at| NodeRef { tree: self, id: NodeId(u32::try_from(at).unwrap_or(u32::MAX)) })
    }

    /// The place of every alias, and that of what it stands for.
    pub(super) fn aliases(&self) -> &[(Span, Span)] {
        self.aliases.get_or_init(|| {
            let aliases = self.all_nodes().filter(|node| node.is_alias());
            aliases.map(|alias| (alias.span(), alias.resolved().span())).collect()
        })
    }

    pub(super) fn data(&self, id: NodeId) -> Option<&NodeData> {
        self.nodes.get(id.0 as usize)
    }

    fn span(&self, (start, end): (u32, u32)) -> Span {
        Span { source: self.source, start, end }
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

    /// Where it stands; for an alias, the alias. A collection ends with its last child, a block scalar with the last line
    /// that has text. Of an absent value it is the empty place where it would begin.
    pub fn span(self) -> Span {
        let data = self.tree.data(self.id);
        self.tree.span(data.map_or((0, 0), |data| (data.start, data.end)))
    }

    /// True for `*name`.
    pub fn is_alias(self) -> bool {
        self.tree.data(self.id).is_some_and(|data| data.content == Content::Alias)
    }

    /// The node that is meant: itself, or what an alias stands for.
    #[must_use]
    pub fn resolved(self) -> Self {
        match self.tree.data(self.id) {
            Some(NodeData { content: Content::Alias, first: target @ 1.., .. }) => {
                Self { tree: self.tree, id: NodeId(target - 1) }
            }
            _ => self,
        }
    }

    fn content(self) -> Option<&'t NodeData> {
        self.tree.data(self.resolved().id)
    }

    /// What it is. An alias to nothing counts as an empty plain scalar.
    pub fn kind(self) -> Kind {
        match self.content().map(|data| data.content) {
            Some(Content::Scalar(style)) => Kind::Scalar(style),
            Some(Content::Sequence(style)) => Kind::Sequence(style),
            Some(Content::Mapping(style)) => Kind::Mapping(style),
            Some(Content::Alias) | None => Kind::Scalar(Style::Plain),
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

    /// True where nothing is written: `key:` alone. False for `null`, `~` and `""`.
    pub fn is_absent(self) -> bool {
        let data = self.content();
        data.is_some_and(|data| data.content == Content::Scalar(Style::Plain) && data.start == data.end)
    }

    /// The text of a scalar after escapes and folding; empty for a collection.
    pub fn text(self) -> Cow<'t, str> {
        match self.content() {
            Some(&NodeData { content: Content::Scalar(style), start, end, first: detail, .. }) => {
                let text: &'t str = &self.tree.text;
                decode::decode(text, start as usize, end as usize, style, detail, self.tree.dialect)
            }
            _ => Cow::Borrowed(""),
        }
    }

    /// Of a block scalar: the place of its first line (`|-`), and that of its content, from the first character of the
    /// first line to the end of the last that has text.
    pub fn block_scalar(self) -> Option<(Span, Span)> {
        let data = self.content()?;
        let Content::Scalar(Style::Literal | Style::Folded) = data.content else { return None };
        let rest = self.tree.text.get(data.start as usize..)?;
        let header = rest.find(|character: char| character.is_whitespace()).unwrap_or(rest.len());
        let header = data.start + u32::try_from(header).ok()?;
        let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let blanks = rest.get(line..)?.find(|character: char| !character.is_whitespace()).unwrap_or(0);
        let content = (data.start + u32::try_from(line + blanks).ok()?).min(data.end).max(header);
        Some((self.tree.span((data.start, header)), self.tree.span((content, data.end.max(content)))))
    }

    pub(super) fn tag_kind(self) -> Tag {
        let Some(properties) = self.tree.properties_of(self.resolved().id) else { return Tag::None };
        match properties.tag {
            (_, 0) => Tag::None,
            tag => self.tree.short_tag(tag).map_or(Tag::Other, |tag| Tag::of(&tag)),
        }
    }

    /// The meaning of a scalar in the dialect of the tree; `None` for a collection. A scalar that is not what its tag
    /// says is a problem, and counts as the text it is.
    pub fn scalar(self) -> Option<Scalar<'t>> {
        let resolved = self.try_scalar()?;
        Some(resolved.unwrap_or_else(|_| Scalar::String(self.text())))
    }

    pub(super) fn try_scalar(self) -> Option<Result<Scalar<'t>, TagMismatch>> {
        match self.content().map(|data| data.content) {
            Some(Content::Scalar(style)) => {
                let dialect = self.tree.dialect;
                let resolved = scalar::resolve(self.text(), style, self.tag_kind(), dialect);
                Some(resolved.map(|scalar| scalar::without_timestamp(scalar, dialect)))
            }
            Some(Content::Alias) | None => Some(Ok(Scalar::Null)),
            _ => None,
        }
    }

    /// The text of a scalar as it counts as a key: for Helm `on` is `true` and `0x10` is `16`.
    pub fn key_text(self) -> Cow<'t, str> {
        let text = self.text();
        let rewritten = self.tree.dialect == Dialect::Helm
            && self.kind() == Kind::Scalar(Style::Plain)
            && scalar::may_be_rewritten(&text);
        if !rewritten {
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
        match self.content() {
            Some(data) if data.content != Content::Alias => match data.content {
                Content::Scalar(Style::Plain) => self.scalar() == Some(Scalar::Null),
                // Only a tag makes a null of what is quoted.
                Content::Scalar(_) => data.properties > 0 && self.scalar() == Some(Scalar::Null),
                _ => false,
            },
            _ => true,
        }
    }

    /// Keys and values as written: equal keys and `<<` included. Empty for anything but a mapping.
    pub fn entries(self) -> impl ExactSizeIterator<Item = Entry<'t>> + DoubleEndedIterator {
        let children = match self.content() {
            Some(data) if matches!(data.content, Content::Mapping(_)) => self.tree.children_of(data),
            _ => &[],
        };
        let tree = self.tree;
        let node = move |id: Option<&NodeId>| NodeRef { tree, id: id.copied().unwrap_or(NodeId(u32::MAX)) };
        children.chunks_exact(2).map(move |pair| Entry { key: node(pair.first()), value: node(pair.get(1)) })
    }

    /// The items of a sequence. Empty for anything else.
    pub fn items(self) -> impl ExactSizeIterator<Item = NodeRef<'t>> + DoubleEndedIterator {
        let children = match self.content() {
            Some(data) if matches!(data.content, Content::Sequence(_)) => self.tree.children_of(data),
            _ => &[],
        };
        let tree = self.tree;
        children.iter().map(move |&id| NodeRef { tree, id })
    }

    /// Keys and values as they count, `<<` merged in, in the order in which they first come up. For Helm what comes
    /// later wins, be it merged in or written; for the others what is written wins over what is merged in.
    pub fn merged(self) -> Vec<Entry<'t>> {
        if !self.entries().any(|entry| entry.key.is_merge_key()) && self.entries().len() <= FEW {
            return self.few();
        }
        let mut merged: IndexMap<Cow<'t, str>, Entry<'t>> = IndexMap::new();
        if self.tree.dialect == Dialect::Helm {
            self.merge_in_order(&mut merged);
        } else {
            self.merge_missing(&mut merged);
        }
        merged.into_values().collect()
    }

    /// A short mapping without `<<`: of equal keys the last.
    fn few(self) -> Vec<Entry<'t>> {
        let mut few: Vec<(Cow<'t, str>, Entry<'t>)> = Vec::with_capacity(self.entries().len());
        for entry in self.entries() {
            let name = entry.name();
            match few.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = entry,
                None => few.push((name, entry)),
            }
        }
        few.into_iter().map(|(_, entry)| entry).collect()
    }

    fn merge_in_order(self, merged: &mut IndexMap<Cow<'t, str>, Entry<'t>>) {
        let mut open = vec![self.entries()];
        while let Some(entries) = open.last_mut() {
            let Some(entry) = entries.next() else {
                open.pop();
                continue;
            };
            if entry.key.is_merge_key() {
                // The first of several wins: it comes last.
                open.extend(entry.value.merge_sources().map(NodeRef::entries));
            } else {
                merged.insert(entry.name(), entry);
            }
        }
    }

    fn merge_missing(self, merged: &mut IndexMap<Cow<'t, str>, Entry<'t>>) {
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            let base = merged.len();
            let mut sources = Vec::new();
            for entry in node.entries() {
                if entry.key.is_merge_key() {
                    sources.extend(entry.value.merge_sources());
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
            open.extend(sources.into_iter().rev());
        }
    }

    /// The mappings that a value of `<<` stands for.
    fn merge_sources(self) -> impl Iterator<Item = NodeRef<'t>> {
        let one = self.is_mapping().then_some(self);
        one.into_iter().chain(self.items().filter(|item| item.is_mapping()))
    }

    /// True for a key whose value is merged into its mapping: a plain `<<`, or what is tagged `!!merge`.
    pub fn is_merge_key(self) -> bool {
        let Kind::Scalar(style) = self.kind() else { return false };
        let plain = || style == Style::Plain && self.text() == "<<";
        if self.content().is_none_or(|data| data.properties == 0) {
            return plain();
        }
        match self.tag_kind() {
            Tag::None => plain(),
            Tag::NonSpecific => self.tree.dialect == Dialect::Helm && self.text() == "<<",
            Tag::Merge => self.tree.dialect == Dialect::Compose || self.text() == "<<",
            _ => false,
        }
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
        let span = self.tree.properties_of(self.id)?.tag;
        self.written(span)
    }

    /// The tag with its handle spelled out: `tag:yaml.org,2002:int` for `!!int`.
    pub fn full_tag(self) -> Option<String> {
        let properties = self.tree.properties_of(self.id).filter(|properties| properties.tag.1 > 0)?;
        Some(self.tree.full_tag(properties.tag))
    }

    /// True for `!reset` and `!override`, whatever handle they are written with.
    pub(super) fn is_tagged(self, name: &str) -> bool {
        let properties = self.tree.properties_of(self.id).filter(|properties| properties.tag.1 > 0);
        properties.and_then(|properties| self.tree.short_tag(properties.tag)).is_some_and(|tag| tag == name)
    }

    /// The name of its anchor, and where it is written (with its `&`).
    pub fn anchor(self) -> Option<(&'t str, Span)> {
        let span = self.tree.properties_of(self.id)?.anchor;
        let (text, span) = self.written(span)?;
        Some((text.trim_start_matches('&'), span))
    }

    fn written(self, place: (u32, u32)) -> Option<(&'t str, Span)> {
        let span = self.tree.span(place);
        self.tree.text.get(span.range()).filter(|text| !text.is_empty()).map(|text| (text, span))
    }

    /// Where it begins with its anchor and tag.
    pub fn start_with_properties(self) -> u32 {
        let start = self.span().start;
        let Some(properties) = self.tree.properties_of(self.id) else { return start };
        let starts = [properties.anchor, properties.tag].into_iter().filter(|place| place.1 > 0);
        starts.map(|place| place.0).fold(start, u32::min)
    }
}

impl Tree {
    fn properties_of(&self, id: NodeId) -> Option<&Properties> {
        let index = self.data(id)?.properties.checked_sub(1)?;
        self.properties.get(index as usize)
    }

    pub(super) fn children_of(&self, data: &NodeData) -> &[NodeId] {
        let first = data.first as usize;
        self.children.get(first..first + data.count as usize).unwrap_or_default()
    }

    /// The tag with its handle spelled out.
    pub(super) fn full_tag(&self, place: (u32, u32)) -> String {
        let (prefix, suffix) = self.parts_of_tag(place);
        format!("{}{}", unescape_uri(prefix), unescape_uri(suffix))
    }

    /// The same, where it is short enough to be one that has a meaning: a prefix may be as long as the text.
    pub(super) fn short_tag(&self, place: (u32, u32)) -> Option<String> {
        let (prefix, suffix) = self.parts_of_tag(place);
        (prefix.len() + suffix.len() <= MAX_TAG)
            .then(|| format!("{}{}", unescape_uri(prefix), unescape_uri(suffix)))
    }

    /// What the handle of a tag stands for, and the rest.
    fn parts_of_tag(&self, (start, end): (u32, u32)) -> (&str, &str) {
        let tag = self.text.get(start as usize..end as usize).unwrap_or_default();
        let Some(handle) = parser::handle(tag) else {
            return ("", tag.trim_start_matches("!<").trim_end_matches('>'));
        };
        let suffix = tag.get(handle.len()..).unwrap_or_default();
        if handle == "!" && suffix.is_empty() {
            return ("!", "");
        }
        // They are ordered by handle and place: of this handle the last before the tag, if it is of the same document.
        let key = |directive: &TagDirective| (&*directive.handle, directive.from) <= (handle, start);
        let before = self.directives.partition_point(key);
        let last = before.checked_sub(1).and_then(|at| self.directives.get(at));
        let own = last.filter(|last| &*last.handle == handle && last.from >= self.document_start(start));
        match (own, handle) {
            (Some(directive), _) => (&directive.prefix, suffix),
            (None, "!!") => (scalar::CORE, suffix),
            (None, _) => (handle, suffix),
        }
    }

    /// Where the document that a place is in begins: the end of the one before.
    fn document_start(&self, place: u32) -> u32 {
        let after = self.documents.partition_point(|document| document.end <= place);
        let before = after.checked_sub(1).and_then(|at| self.documents.get(at));
        // `---` ends one document and begins the next.
        before.map_or(0, |document| document.end.saturating_sub(3))
    }
}

fn unescape_uri(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        bytes.extend_from_slice(rest.get(..at).unwrap_or_default().as_bytes());
        let digits = rest.get(at + 1..at + 3).unwrap_or_default();
        if let Ok(byte) = u8::from_str_radix(digits, 16) {
            bytes.push(byte);
            rest = rest.get(at + 3..).unwrap_or_default();
        } else {
            bytes.push(b'%');
            rest = rest.get(at + 1..).unwrap_or_default();
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

impl<'t> Entry<'t> {
    /// The key as a text, as the dialect has it.
    pub fn name(self) -> Cow<'t, str> {
        self.key.key_text()
    }
}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} at {:?}", self.kind(), self.span())
    }
}
