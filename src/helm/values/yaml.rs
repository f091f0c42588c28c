//! A YAML file as values: what `sigs.k8s.io/yaml` makes of it, with the place of every key and value.

use std::collections::BTreeMap;

use crate::helm::HelmVersion;
use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::chart::coerced;
use crate::helm::chart::invalid_key;
use crate::helm::chart::read_yaml;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Key;
use crate::helm::value::List;
use crate::helm::value::Member;
use crate::helm::value::Value;
use crate::helm::values::layers::merged;
use crate::source::Origin;
use crate::source::Source;
use crate::source::Span;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;
use crate::yaml::Tree;

/// The values of a file: a mapping, empty for an empty file.
pub(crate) fn mapping(source: &Source, helm: HelmVersion) -> Result<Dict, Problem> {
    if !helm.reads_all_documents() {
        return mapping_of(&read_yaml(source)?, true);
    }
    let mut values = Dict::new();
    for document in documents(source)? {
        let read = read_yaml(&document).and_then(|tree| mapping_of(&tree, true));
        values =
            merged(&values, &read.map_err(|problem| problem.within("cannot unmarshal yaml document"))?, 0);
    }
    Ok(values)
}

/// Documents of one file that are read; each costs as much as all that stands before it.
const MAX_DOCUMENTS: usize = 100;

/// The documents of a file as Helm 4 parts it: at lines that begin with `---`. Each stands where it stands in the
/// file, with blanks before it.
fn documents(source: &Source) -> Result<Vec<Source>, Problem> {
    let text = &*source.text;
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("---").map(str::trim) {
            if !rest.is_empty() && !rest.starts_with('#') {
                let message = format!("error reading yaml document: invalid Yaml document separator: {rest}");
                return Err(Problem::new(ProblemCode::Values, message)
                    .at(Span::new(source.id, at, at + line.trim_end().len()))
                    .explain(
                        "a line that begins with `---` parts documents and can hold nothing but a comment",
                    )
                    .help("write what follows `---` on a line of its own"));
            }
            pieces.push(start..at);
            start = at + line.len();
        }
        at += line.len();
    }
    pieces.push(start..at);
    pieces.retain(|piece| !piece.is_empty());
    if let Some(piece) = pieces.get(MAX_DOCUMENTS) {
        let message = format!("a values file of more than {MAX_DOCUMENTS} documents is not read");
        return Err(Problem::new(ProblemCode::Values, message).at(Span::new(
            source.id,
            piece.start,
            piece.start,
        )));
    }
    Ok(pieces.into_iter().map(|piece| source.only(piece)).collect())
}

/// The values of a tree whose syntax is known to be right, with their places where those are asked for.
pub(crate) fn mapping_of(tree: &Tree, places: bool) -> Result<Dict, Problem> {
    let Some(root) = tree.root() else { return Ok(Dict::new()) };
    let value = value(root, places)?;
    match value.data {
        Data::Dict(dict) => Ok(dict),
        Data::Nil => Ok(Dict::new()),
        other => {
            let kind = match other {
                Data::Bool(_) => "bool",
                Data::Float(_) => "number",
                Data::List(_) => "array",
                _ => "string",
            };
            let message = format!(
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {kind} into Go value of \
                 type map[string]interface {{}}"
            );
            Err(Problem::new(ProblemCode::Values, message)
                .at(root.span())
                .explain("values must be a mapping of keys to values"))
        }
    }
}

/// A node as a value, with its places where those are asked for. Fails where JSON has no word for it: infinities, a
/// null key.
pub(crate) fn value(node: NodeRef<'_>, places: bool) -> Result<Value, Problem> {
    Reader { places, read: 0, aliased: 0, in_alias: 0, depth: 0 }.value(node)
}

/// Values nested deeper than this are not read.
const MAX_DEPTH: usize = 500;

/// Counts what aliases unfold to, as go-yaml does, so that a small file cannot become a huge value.
struct Reader {
    places: bool,
    read: u64,
    aliased: u64,
    in_alias: u32,
    depth: usize,
}

fn wrong(node: NodeRef<'_>, message: &str) -> Problem {
    Problem::new(ProblemCode::Values, format!("error converting YAML to JSON: {message}")).at(node.span())
}

impl Reader {
    fn origins(&self, node: NodeRef<'_>) -> Origins {
        if !self.places {
            return Origins::NONE;
        }
        let origin = Origin::at(node.resolved().span());
        Origins::of(if node.is_alias() { origin.through(node.span()) } else { origin })
    }

    fn count(&mut self, node: NodeRef<'_>) -> Result<(), Problem> {
        self.read += 1;
        if self.in_alias > 0 {
            self.aliased += 1;
        }
        // The share of unfolded nodes that is allowed: 99 % for small files, 10 % from four million nodes on.
        let percent = match self.read {
            0..=400_000 => 99,
            4_000_000.. => 10,
            read => 99 - 89 * (read - 400_000) / 3_600_000,
        };
        if self.aliased > 100 && self.read > 1_000 && self.aliased * 100 > self.read * percent {
            return Err(wrong(node, "yaml: document contains excessive aliasing")
                .help("write out what the aliases stand for"));
        }
        Ok(())
    }

    fn value(&mut self, node: NodeRef<'_>) -> Result<Value, Problem> {
        if self.depth == MAX_DEPTH {
            return Err(wrong(node, "yaml: exceeded max depth")
                .explain(format!("values nested deeper than {MAX_DEPTH} levels are not read")));
        }
        self.depth += 1;
        let value = self.unaliased(node);
        self.depth -= 1;
        value
    }

    fn unaliased(&mut self, node: NodeRef<'_>) -> Result<Value, Problem> {
        if node.is_alias() {
            self.in_alias += 1;
            let value = self.read(node);
            self.in_alias -= 1;
            return value;
        }
        self.read(node)
    }

    fn read(&mut self, node: NodeRef<'_>) -> Result<Value, Problem> {
        self.count(node)?;
        let origins = self.origins(node);
        if node.is_mapping() {
            let mut members = BTreeMap::new();
            self.members(node, &mut members, 0)?;
            return Ok(Value::new(Data::Dict(Dict::of(members)), origins));
        }
        if node.is_sequence() {
            let items = node.items().map(|item| self.value(item)).collect::<Result<Vec<_>, _>>()?;
            return Ok(Value::new(Data::List(List::new(items)), origins));
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "every number of a values file is a float64, as in Helm"
        )]
        let data = match node.scalar() {
            None | Some(Scalar::Null) => Data::Nil,
            Some(Scalar::Bool(value)) => Data::Bool(value),
            Some(Scalar::Int(value)) => Data::Float(value as f64),
            Some(Scalar::Unsigned(value)) => Data::Float(value as f64),
            Some(Scalar::Float(value)) if value.is_finite() => Data::Float(value),
            Some(Scalar::Float(value)) => {
                let shown = if value.is_nan() {
                    "NaN"
                } else if value > 0.0 {
                    "+Inf"
                } else {
                    "-Inf"
                };
                return Err(wrong(node, &format!("json: unsupported value: {shown}"))
                    .explain(format!("values cannot hold `{shown}`")));
            }
            Some(Scalar::Timestamp(text) | Scalar::String(text)) => {
                return Ok(Value::string(text.as_bytes(), origins));
            }
            Some(Scalar::Binary(bytes)) => return Ok(Value::string(bytes, origins)),
        };
        Ok(Value::new(data, origins))
    }

    /// Keys in their order; `<<` counts where it stands, so that it overrides what stands before it.
    fn members(
        &mut self,
        node: NodeRef<'_>,
        members: &mut BTreeMap<Key, Member>,
        depth: usize,
    ) -> Result<(), Problem> {
        for entry in node.entries() {
            if entry.key.is_merge_key() {
                self.merge(entry.value, members, depth)?;
                continue;
            }
            if !entry.key.is_scalar() {
                return Err(wrong(entry.key, &invalid_key(entry.key))
                    .explain("a key must be a text, a number or a truth value"));
            }
            let Some(key) = coerced(entry.key) else {
                return Err(wrong(entry.key, "unsupported map key of type: %!s(<nil>)")
                    .explain("a key must be a text, a number or a truth value")
                    .help("quote the key"));
            };
            let value = self.value(entry.value)?;
            let key_origins = self.origins(entry.key);
            members.insert(key.as_bytes().into(), Member { key_origins, value });
        }
        Ok(())
    }

    fn merge(
        &mut self,
        node: NodeRef<'_>,
        members: &mut BTreeMap<Key, Member>,
        depth: usize,
    ) -> Result<(), Problem> {
        let refuse = || {
            wrong(node, "yaml: map merge requires map or sequence of maps as the value")
                .explain("`<<` takes a mapping or a list of mappings")
        };
        if depth > 100 {
            return Err(wrong(node, "yaml: exceeded max depth of 100 merges"));
        }
        if node.is_alias() {
            self.in_alias += 1;
        }
        let merged = if node.is_mapping() {
            self.count(node).and_then(|()| self.members(node.resolved(), members, depth + 1))
        } else if node.is_sequence() && !node.is_alias() {
            node.items().rev().try_for_each(|item| {
                if item.is_mapping() { self.merge(item, members, depth + 1) } else { Err(refuse()) }
            })
        } else {
            Err(refuse())
        };
        if node.is_alias() {
            self.in_alias -= 1;
        }
        merged
    }
}
