//! Keys that stand twice in one mapping, and the way to them.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::yaml::Entry;
use crate::yaml::NodeRef;
use crate::yaml::ProblemCode;

/// A key that stands in its mapping already.
#[derive(Clone, Debug)]
pub struct Repeated<'t> {
    /// The keys to the mapping; an item of a list is `[name]` after the key of the list, or its number where it has no name.
    pub path: Vec<String>,
    /// The first entry with that key.
    pub first: Entry<'t>,
    /// A later one.
    pub again: Entry<'t>,
}

impl Repeated<'_> {
    /// True where both say the same in the same words.
    pub fn is_same(&self) -> bool {
        let written = |entry: Entry<'_>| {
            entry.value.tree().text().get(entry.value.span().range()).unwrap_or_default().to_owned()
        };
        written(self.first) == written(self.again)
    }
}

impl<'t> NodeRef<'t> {
    /// The keys below here that stand twice, in the order of the text. What aliases stand for is left out: it is written
    /// elsewhere.
    pub fn repeated_keys(self) -> Vec<Repeated<'t>> {
        let twice = self.tree().problems().iter().filter(|problem| problem.code == ProblemCode::DuplicateKey);
        let places = twice.filter_map(|problem| Some((problem.span, problem.related.as_ref()?.0)));
        let places: BTreeMap<Span, Span> = places.filter(|(again, _)| self.span().contains(*again)).collect();
        let mut found = Vec::new();
        let mut left = if places.is_empty() { Vec::new() } else { vec![(self, Vec::new())] };
        while let Some((node, path)) = left.pop() {
            if node.is_alias() {
                continue;
            }
            for again in node.entries() {
                let mut inner: Vec<String> = path.clone();
                inner.push(again.key.text().into_owned());
                left.push((again.value, inner));
                let first = places.get(&again.key.span());
                let first = first.and_then(|first| node.entries().find(|entry| entry.key.span() == *first));
                found.extend(first.map(|first| Repeated { path: path.clone(), first, again }));
            }
            for (index, item) in node.items().enumerate() {
                let name =
                    item.get("name").map_or_else(|| index.to_string(), |name| name.text().into_owned());
                let mut inner = path.clone();
                let list = inner.pop().unwrap_or_default();
                inner.push(format!("{list}[{name}]"));
                left.push((item, inner));
            }
        }
        found.sort_by_key(|repeated| repeated.again.key.span());
        found
    }
}
