//! One YAML document to a [`Value`]: aliases and merge keys resolved, `!reset` and `!override` taken out and noted.

use std::collections::BTreeSet;

use crate::compose::problem::Code;
use crate::compose::problem::Problem;
use crate::compose::value::Data;
use crate::compose::value::Entry;
use crate::compose::value::Hasher;
use crate::compose::value::Mapping;
use crate::compose::value::Value;
use crate::source::Span;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;
use crate::yaml::Style;

/// A path that `!reset` or `!override` clears from what came before, and where the tag stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reset {
    pub(crate) path: Vec<String>,
    pub(crate) span: Span,
    /// What the tag stands on.
    pub(crate) on: Tagged,
}

/// What a `!reset` or `!override` stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tagged {
    /// `!override`: what replaces the value below.
    Replacement,
    /// `!reset` with nothing behind it.
    Nothing,
    /// `!reset` with content that is thrown away.
    Content,
    /// `!reset` on an item of a list.
    Item,
}

/// A document, read.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) value: Value,
    pub(crate) resets: Vec<Reset>,
    /// A `name` that was reset: Compose still takes its text for the name of the project.
    pub(crate) reset_name: Option<Value>,
}

/// A document with more nodes than this, aliases counted once, is refused by Compose.
const MAX_VISITS: usize = 100_000;
/// A document that expands to more nodes than this is refused by us; Compose would take minutes over it.
const MAX_NODES: usize = 400_000;
/// Collections nested deeper than this are refused.
const MAX_DEPTH: usize = 200;

/// Reads a document. Mistakes go into `problems`; what is around them is still read.
pub(crate) fn document(root: NodeRef<'_>, problems: &mut Vec<Problem>) -> Option<Document> {
    let mut reader = Reader {
        problems,
        resets: Vec::new(),
        path: Vec::new(),
        visits: 0,
        nodes: 0,
        stopped: false,
        item: false,
        reset_name: None,
    };
    let value = reader.value(root, 0, false)?;
    let mut resets = reader.resets;
    // The attribute an extension stands for is cleared together with the extension.
    let aliased: Vec<Reset> = resets.iter().filter_map(alias_reset).collect();
    resets.extend(aliased);
    Some(Document { value, resets, reset_name: reader.reset_name })
}

fn alias_reset(reset: &Reset) -> Option<Reset> {
    let mut path = reset.path.clone();
    let develop = path.get(2).is_some_and(|key| key == "x-develop");
    let initial = path.get(5).is_some_and(|key| key == "x-initialSync");
    if path.first().is_none_or(|key| key != "services") || !(develop || initial) {
        return None;
    }
    if develop && let Some(key) = path.get_mut(2) {
        "develop".clone_into(key);
    }
    if initial && let Some(key) = path.get_mut(5) {
        "initial_sync".clone_into(key);
    }
    Some(Reset { path, ..*reset })
}

struct Reader<'r> {
    problems: &'r mut Vec<Problem>,
    resets: Vec<Reset>,
    path: Vec<String>,
    visits: usize,
    nodes: usize,
    stopped: bool,
    /// True where the value that comes next is an item of a list.
    item: bool,
    reset_name: Option<Value>,
}

impl Reader<'_> {
    fn problem(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.problems.push(Problem::new(code, span, self.path.join("."), message));
    }

    /// The value of a node; `None` where it is taken out. `copied` is true below an alias.
    fn value(&mut self, node: NodeRef<'_>, depth: usize, copied: bool) -> Option<Value> {
        let item = std::mem::take(&mut self.item);
        if self.stopped {
            return None;
        }
        if !copied {
            self.visits += 1;
        }
        self.nodes += 1;
        let too_many = self.visits > MAX_VISITS || self.nodes > MAX_NODES;
        if too_many || depth > MAX_DEPTH {
            self.stopped = true;
            let message = if depth > MAX_DEPTH {
                format!("this file nests its lists and mappings deeper than {MAX_DEPTH} levels")
            } else if self.visits > MAX_VISITS {
                format!("this file has more than {MAX_VISITS} values, which Compose refuses")
            } else {
                format!("the aliases of this file expand to more than {MAX_NODES} values")
            };
            self.problem(Code::Syntax, node.span(), message);
            return None;
        }
        let target = node.resolved();
        let tag = node.tag().or_else(|| target.tag());
        if let Some((tag @ ("!reset" | "!override"), span)) = tag {
            let path = self.path.iter().filter(|key| *key != MERGE).cloned().collect();
            let content = target.items().len() + target.entries().len() > 0;
            let on = match tag {
                "!override" => Tagged::Replacement,
                _ if item => Tagged::Item,
                _ if content => Tagged::Content,
                _ => Tagged::Nothing,
            };
            self.resets.push(Reset { path, span, on });
            if tag == "!reset" {
                if self.path == ["name"] && target.is_scalar() {
                    self.reset_name = Some(Value::new(Data::String(target.text().into_owned()), span));
                }
                return None;
            }
        }
        let mut value = self.content(target, depth, copied || node.is_alias());
        if node.is_alias() {
            value.origin.through.push(node.span());
        }
        Some(value)
    }

    fn content(&mut self, node: NodeRef<'_>, depth: usize, copied: bool) -> Value {
        let span = node.span();
        if node.is_mapping() {
            let mapping = self.mapping(node, depth, copied);
            return Value::new(Data::Mapping(mapping), span);
        }
        if node.is_sequence() {
            let mut items = Vec::with_capacity(node.items().len());
            for (at, item) in node.items().enumerate() {
                self.path.push(at.to_string());
                self.item = true;
                items.extend(self.value(item, depth + 1, copied));
                self.path.pop();
            }
            return Value::new(Data::Sequence(items), span);
        }
        let data = match node.scalar() {
            None | Some(Scalar::Null) => Data::Null,
            Some(Scalar::Bool(value)) => Data::Bool(value),
            Some(Scalar::Int(value)) => Data::Int(value),
            Some(Scalar::Unsigned(value)) => Data::Unsigned(value),
            Some(Scalar::Float(value)) => Data::Float(value),
            Some(Scalar::Timestamp(text)) => Data::Time(text.into_owned()),
            Some(Scalar::String(text)) => Data::String(text.into_owned()),
            Some(Scalar::Binary(bytes)) => Data::String(String::from_utf8_lossy(&bytes).into_owned()),
        };
        Value::new(data, span)
    }

    fn mapping(&mut self, node: NodeRef<'_>, depth: usize, copied: bool) -> Mapping {
        let mut mapping = Mapping::with_capacity_and_hasher(node.entries().len(), Hasher::default());
        let mut merges = Vec::new();
        let mut first_merge: Option<Span> = None;
        for entry in node.entries() {
            let key = entry.key;
            if key.is_scalar() && key.text() == MERGE {
                if let Some(first) = first_merge {
                    let message = "the merge key `<<` stands twice in this mapping";
                    let problem = Problem::new(Code::DuplicateKey, key.span(), self.path.join("."), message)
                        .related(first, "first here")
                        .help("merge a list: `<<: [*one, *two]`");
                    self.problems.push(problem);
                } else {
                    first_merge = Some(key.span());
                }
            }
            if key.is_merge_key() {
                self.path.push(MERGE.to_owned());
                merges.extend(self.value(entry.value, depth + 1, copied).map(|value| (key.span(), value)));
                self.path.pop();
                continue;
            }
            let name = match key.scalar() {
                Some(Scalar::String(text)) => text.into_owned(),
                other => {
                    let what = match other {
                        None => "a list or mapping",
                        Some(Scalar::Null) => "null",
                        Some(Scalar::Bool(_)) => "a boolean",
                        Some(Scalar::Timestamp(_)) => "a timestamp",
                        Some(_) => "a number",
                    };
                    let text = key.text();
                    let message =
                        format!("the key `{text}` is {what}, and Compose takes only strings as keys");
                    let mut problem =
                        Problem::new(Code::WrongValue, key.span(), self.path.join("."), message);
                    if key.kind() == crate::yaml::Kind::Scalar(Style::Plain) && !text.is_empty() {
                        problem = problem.help(format!("write `\"{text}\"`"));
                    }
                    self.problems.push(problem);
                    if other.is_none() {
                        continue;
                    }
                    text.into_owned()
                }
            };
            self.path.push(name);
            let value = self.value(entry.value, depth + 1, copied);
            let name = self.path.pop().unwrap_or_default();
            if let Some(value) = value {
                mapping.insert(name, Entry { key: key.span(), value });
            }
        }
        for (span, value) in merges {
            self.merge(&mut mapping, span, value);
        }
        mapping
    }

    /// Adds the entries of a `<<` that do not stand in the mapping itself.
    fn merge(&mut self, mapping: &mut Mapping, key: Span, value: Value) {
        let through = value.origin.through.clone();
        let mut sources = vec![(value, through)];
        let mut fresh: BTreeSet<String> = BTreeSet::new();
        if let Some((Value { data: Data::Sequence(items), .. }, through)) = sources.first_mut() {
            let through = through.clone();
            sources = std::mem::take(items)
                .into_iter()
                .map(|item| {
                    let own = [through.clone(), item.origin.through.clone()].concat();
                    (item, own)
                })
                .collect();
        }
        for (source, through) in sources {
            let Data::Mapping(entries) = source.data else {
                let message = format!(
                    "`<<` merges a mapping or a list of mappings, and this is {}",
                    source.data.describe()
                );
                let problem = Problem::new(Code::Syntax, source.span, self.path.join("."), message)
                    .related(key, "merged here");
                self.problems.push(problem);
                continue;
            };
            for (name, mut entry) in entries {
                if !fresh.contains(&name)
                    && let Some(own) = mapping.get_mut(&name)
                {
                    own.value.lay_over(&entry.value);
                    continue;
                }
                if !fresh.insert(name.clone()) {
                    continue;
                }
                entry.value.origin.through.extend(through.iter().copied());
                mapping.insert(name, entry);
            }
        }
    }
}

/// The merge key.
const MERGE: &str = "<<";

/// Clears every path of `resets` from a model.
pub(crate) fn apply_resets(model: &mut Value, resets: &[Reset]) {
    for reset in resets {
        clear(model, &reset.path);
    }
}

/// Clears what lies at a path of keys; a `*` stands for any key. List items are never cleared.
fn clear(value: &mut Value, path: &[String]) {
    let Some((first, rest)) = path.split_first() else { return };
    match &mut value.data {
        Data::Mapping(mapping) => {
            if first == "*" {
                if rest.is_empty() {
                    mapping.clear();
                } else {
                    mapping.values_mut().for_each(|entry| clear(&mut entry.value, rest));
                }
            } else if rest.is_empty() {
                mapping.shift_remove(first);
            } else if let Some(entry) = mapping.get_mut(first) {
                clear(&mut entry.value, rest);
            }
        }
        Data::Sequence(items) if first == "*" && !rest.is_empty() => {
            for item in items {
                clear(item, rest);
            }
        }
        _ => {}
    }
}
