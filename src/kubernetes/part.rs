//! A node of an object that knows which values cannot be known before deployment.

use std::borrow::Cow;
use std::fmt;

use crate::kubernetes::IntOrString;
use crate::kubernetes::Quantity;
use crate::source::Span;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;

/// Tells of a place in a rendered text whether what stands there is only decided at deploy time.
pub trait Unknowns: Sync {
    /// True where any of the text in the span is a placeholder.
    fn is_unknown(&self, span: Span) -> bool;
}

/// Nothing is unknown: a manifest as it lies in a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllKnown;

impl Unknowns for AllKnown {
    fn is_unknown(&self, _span: Span) -> bool {
        false
    }
}

/// A part of an object. Values that are unknown are there, but have no text, number or truth.
#[derive(Clone, Copy)]
pub struct Part<'t> {
    node: NodeRef<'t>,
    unknowns: &'t dyn Unknowns,
}

impl<'t> Part<'t> {
    /// A node, with what is unknown about it.
    pub fn new(node: NodeRef<'t>, unknowns: &'t dyn Unknowns) -> Self {
        Self { node, unknowns }
    }

    /// Another node of the same text.
    #[must_use]
    pub(super) fn of<'n>(self, node: NodeRef<'n>) -> Part<'n>
    where
        't: 'n,
    {
        Part { node, unknowns: self.unknowns }
    }

    /// True for a key that is only decided at deploy time.
    pub(super) fn unknown_key(self, key: NodeRef<'_>) -> bool {
        self.unknowns.is_unknown(key.span())
    }

    fn with(self, node: NodeRef<'t>) -> Self {
        Self { node, unknowns: self.unknowns }
    }

    /// The node itself.
    pub fn node(self) -> NodeRef<'t> {
        self.node
    }

    /// Where it stands.
    pub fn span(self) -> Span {
        self.node.span()
    }

    /// True where its value is only decided at deploy time.
    pub fn is_unknown(self) -> bool {
        self.node.is_scalar() && self.unknowns.is_unknown(self.node.resolved().span())
    }

    /// Its text with `…` for each word between `-` that is only decided at deploy time; for a text that is written
    /// with escapes, all of it.
    pub(super) fn known_words(self) -> String {
        let (text, span) = (self.node.text(), self.node.resolved().span());
        let quote = match span.len().checked_sub(text.len()) {
            Some(0) => 0,
            Some(2) => 1,
            _ => return text.into_owned(),
        };
        let mut at = span.range().start + quote;
        let mut words: Vec<&str> = Vec::new();
        for word in text.split('-') {
            let unknown = self.unknowns.is_unknown(Span::new(span.source, at, at + word.len()));
            at += word.len() + 1;
            if !unknown {
                words.push(word);
            } else if words.last() != Some(&"…") {
                words.push("…");
            }
        }
        words.join("-")
    }

    /// The value of a key. A null counts as absent, as it does for Kubernetes.
    pub fn get(self, key: &str) -> Option<Self> {
        let found = self.with(self.node.get(key)?);
        (found.is_unknown() || !found.node.is_null()).then_some(found)
    }

    /// The value at a path of keys.
    pub fn at(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |part, key| part.get(key))
    }

    /// Where a key is written.
    pub fn key_span(self, key: &str) -> Option<Span> {
        self.node.entry(key).map(|entry| entry.key.span())
    }

    /// The items of a list; none for anything else.
    pub fn items(self) -> impl ExactSizeIterator<Item = Self> + DoubleEndedIterator {
        self.node.items().map(move |item| self.with(item))
    }

    /// The items of the list under a key.
    pub fn list(self, key: &str) -> Vec<Self> {
        self.get(key).map(|list| list.items().collect()).unwrap_or_default()
    }

    /// Keys and values.
    pub fn entries(self) -> Vec<(Self, Self)> {
        let entries = self.node.merged().into_iter();
        entries.map(|entry| (self.with(entry.key), self.with(entry.value))).collect()
    }

    /// True where it has neither items nor keys.
    pub fn is_empty(self) -> bool {
        self.node.items().len() == 0 && self.node.entries().len() == 0
    }

    /// True where two texts cannot be the same, whatever their unknown parts turn out to be. An unknown part is taken
    /// to hold something: what is supplied at deploy time is not empty.
    pub fn cannot_equal(self, other: Part<'_>) -> bool {
        let (Some(one), Some(two)) = (self.ends(), other.ends()) else { return false };
        match (one, two) {
            (Ends::Whole(one), Ends::Whole(two)) => one != two,
            (Ends::Whole(text), Ends::Open(first, last)) | (Ends::Open(first, last), Ends::Whole(text)) => {
                text.len() <= first.len() + last.len() || !text.starts_with(&first) || !text.ends_with(&last)
            }
            (Ends::Open(first, last), Ends::Open(other_first, other_last)) => {
                let begin = first.starts_with(&other_first) || other_first.starts_with(&first);
                let end = last.ends_with(&other_last) || other_last.ends_with(&last);
                !begin || !end
            }
        }
    }

    /// What is known of a text from both of its ends; `None` where that cannot be told.
    fn ends(self) -> Option<Ends> {
        let text = self.node.text();
        if !self.is_unknown() {
            return Some(Ends::Whole(text.into_owned()));
        }
        let span = self.node.resolved().span();
        let quotes = span.range().len().checked_sub(text.len())?;
        if quotes != 0 && quotes != 2 {
            return None;
        }
        let start = span.range().start + quotes / 2;
        let known = |from: usize, to: usize| {
            !self.unknowns.is_unknown(Span::new(span.source, start + from, start + to))
        };
        let bounds = || text.char_indices().map(|(at, _)| at).chain([text.len()]);
        let first = bounds().take_while(|&at| at == 0 || known(0, at)).last().unwrap_or(0);
        let last = bounds().find(|&at| at >= first && (at == text.len() || known(at, text.len())))?;
        Some(Ends::Open(text.get(..first)?.to_owned(), text.get(last..)?.to_owned()))
    }

    fn scalar(self) -> Option<Scalar<'t>> {
        if self.is_unknown() { None } else { self.node.scalar() }
    }

    /// The text of any scalar, as it is written; `None` for null, for collections and where it is unknown.
    pub fn text(self) -> Option<Cow<'t, str>> {
        match self.scalar()? {
            Scalar::Null => None,
            _ => Some(self.node.text()),
        }
    }

    /// The text under a key.
    pub fn text_at(self, key: &str) -> Option<Cow<'t, str>> {
        self.get(key)?.text()
    }

    /// A truth value.
    pub fn bool(self) -> Option<bool> {
        match self.scalar()? {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The truth value under a key.
    pub fn bool_at(self, key: &str) -> Option<bool> {
        self.get(key)?.bool()
    }

    /// A whole number.
    pub fn int(self) -> Option<i64> {
        match self.scalar()? {
            Scalar::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The whole number under a key.
    pub fn int_at(self, key: &str) -> Option<i64> {
        self.get(key)?.int()
    }

    /// A number or a text.
    pub fn int_or_string(self) -> Option<IntOrString<'t>> {
        if self.is_unknown() { None } else { IntOrString::read(self.node) }
    }

    /// A quantity; `None` where it is none.
    pub fn quantity(self) -> Option<Quantity> {
        match self.scalar()? {
            Scalar::Null | Scalar::Bool(_) => None,
            _ => Quantity::parse(&self.node.text()).ok(),
        }
    }
}

/// A text as far as it is known.
enum Ends {
    /// All of it.
    Whole(String),
    /// How it begins and how it ends.
    Open(String, String),
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(formatter)
    }
}
