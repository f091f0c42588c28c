//! JSON Schema on the tree itself: a violation is a node and its place.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::error::ValidationErrorKind;
use jsonschema::json::Array;
use jsonschema::json::Json;
use jsonschema::json::Node;
use jsonschema::json::NodeIdentity;
use jsonschema::json::Object;
use jsonschema::paths::LocationSegment;
use serde_json::Value;

use crate::source::Span;
use crate::yaml::Entry;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;

/// A compiled JSON Schema that validates nodes of a [`Tree`](crate::yaml::Tree).
#[derive(Debug)]
pub struct Schema {
    validator: jsonschema::Validator<TreeJson>,
}

/// A schema that is none, with the reason.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SchemaError(String);

/// One place where a node is not as the schema wants it.
#[derive(Debug)]
pub struct Violation {
    /// The place: of the unexpected key, of the key whose value lacks something, or of the wrong value.
    pub span: Span,
    /// The keys and indices from the validated node to the place.
    pub instance_path: Vec<PathSegment>,
    /// What is wrong, without the value (which may be a secret).
    pub message: String,
    /// What is wrong, for those who word it better.
    pub kind: ValidationErrorKind,
    /// The JSON Pointer of the keyword in the schema, for example `/properties/name/type`.
    pub schema_path: String,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathSegment {
    /// The value of a key.
    Key(String),
    /// An item of a list, from 0.
    Index(usize),
}

impl Schema {
    /// Compiles a schema. References into files or the network are errors.
    pub fn new(schema: &Value) -> Result<Self, SchemaError> {
        let options = jsonschema::options_for::<TreeJson>().should_validate_formats(true);
        let validator = options.build(schema).map_err(|error| SchemaError(error.to_string()))?;
        Ok(Self { validator })
    }

    /// True where [`Schema::validate`] has nothing to say; stops at the first violation.
    pub fn is_valid(&self, node: NodeRef<'_>) -> bool {
        self.validator.is_valid(View::Node(node))
    }

    /// Every violation, in the order of the text. One unexpected key is one violation.
    pub fn validate(&self, node: NodeRef<'_>) -> Vec<Violation> {
        let mut violations = Vec::new();
        for error in self.validator.iter_errors(View::Node(node)) {
            let parts = error.into_parts();
            let path: Vec<PathSegment> = (&parts.instance_path).into_iter().map(segment).collect();
            let schema_path = parts.schema_path.as_str().to_owned();
            let found = follow(node, &path);
            match parts.kind {
                ValidationErrorKind::AdditionalProperties { unexpected }
                | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                    let unknown = |name| unknown_key(&found, &path, &schema_path, name);
                    violations.extend(unexpected.into_iter().map(unknown));
                }
                kind => violations.push(Violation {
                    span: place(&found, &kind),
                    message: message(&kind),
                    instance_path: path,
                    kind,
                    schema_path,
                }),
            }
        }
        violations.sort_by_key(|violation| (violation.span.start, violation.span.end));
        violations
    }
}

fn unknown_key(found: &Found<'_>, path: &[PathSegment], schema_path: &str, name: String) -> Violation {
    let entry = found.node.entry(&name);
    let mut instance_path = path.to_vec();
    instance_path.push(PathSegment::Key(name.clone()));
    Violation {
        span: entry.map_or(found.node.span(), |entry| entry.key.span()),
        message: format!("unknown key `{name}`"),
        instance_path,
        kind: ValidationErrorKind::AdditionalProperties { unexpected: vec![name] },
        schema_path: schema_path.to_owned(),
    }
}

fn segment(segment: LocationSegment<'_>) -> PathSegment {
    match segment {
        LocationSegment::Property(name) => PathSegment::Key(name.into_owned()),
        LocationSegment::Index(index) => PathSegment::Index(index),
    }
}

/// A node found by its path, and the key it is the value of.
struct Found<'t> {
    node: NodeRef<'t>,
    key: Option<NodeRef<'t>>,
}

fn follow<'t>(root: NodeRef<'t>, path: &[PathSegment]) -> Found<'t> {
    let mut found = Found { node: root, key: None };
    for segment in path {
        found = match segment {
            PathSegment::Key(name) => {
                let Some(entry) = found.node.entry(name) else {
                    break;
                };
                Found { node: entry.value, key: Some(entry.key) }
            }
            PathSegment::Index(index) => {
                let Some(node) = found.node.items().nth(*index) else { break };
                Found { node, key: None }
            }
        };
    }
    found
}

fn place(found: &Found<'_>, kind: &ValidationErrorKind) -> Span {
    let start = found.key.map_or_else(
        || {
            let first = found.node.entries().next().map(|entry| entry.key.span());
            first.unwrap_or_else(|| found.node.span())
        },
        NodeRef::span,
    );
    match kind {
        ValidationErrorKind::Required { .. } | ValidationErrorKind::MinProperties { .. } => start,
        ValidationErrorKind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            let entry = found.node.entry(name);
            entry.map_or(start, |entry| entry.key.span())
        }
        _ if found.node.span().is_empty() => start,
        _ => found.node.span(),
    }
}

fn message(kind: &ValidationErrorKind) -> String {
    let bound = |what: &str, count: u64| format!("{what} {count}");
    match kind {
        ValidationErrorKind::AdditionalItems { limit } => format!("only {limit} items are allowed"),
        ValidationErrorKind::Constant { expected_value } => {
            format!("only `{}` is allowed here", bare(expected_value))
        }
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let options: Vec<String> = options.iter().map(|option| format!("`{}`", bare(option))).collect();
            format!("expected one of {}", options.join(", "))
        }
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("must be at most {limit}"),
        ValidationErrorKind::Minimum { limit } => format!("must be at least {limit}"),
        ValidationErrorKind::FalseSchema => "nothing may stand here".to_owned(),
        ValidationErrorKind::Format { format } => format!("not of the format `{format}`"),
        ValidationErrorKind::MaxItems { limit } => bound("the most items allowed are", *limit),
        ValidationErrorKind::MinItems { limit } => bound("the fewest items allowed are", *limit),
        ValidationErrorKind::MaxLength { limit } => bound("the most characters allowed are", *limit),
        ValidationErrorKind::MinLength { limit: 1 } => "must not be empty".to_owned(),
        ValidationErrorKind::MinLength { limit } => bound("the fewest characters allowed are", *limit),
        ValidationErrorKind::MaxProperties { limit } => bound("the most keys allowed are", *limit),
        ValidationErrorKind::MinProperties { limit } => bound("the fewest keys allowed are", *limit),
        ValidationErrorKind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        ValidationErrorKind::Pattern { pattern } => format!("does not match the pattern `{pattern}`"),
        ValidationErrorKind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            format!("the key `{name}` is not allowed: {}", message(error.kind()))
        }
        ValidationErrorKind::Required { property } => format!("the key `{}` is missing", bare(property)),
        ValidationErrorKind::Type { kind } => {
            let types = match kind {
                jsonschema::error::TypeKind::Single(one) => vec![*one],
                jsonschema::error::TypeKind::Multiple(set) => set.iter().collect(),
            };
            let types: Vec<&str> = types.into_iter().map(type_name).collect();
            format!("expected {}", types.join(" or "))
        }
        ValidationErrorKind::UniqueItems => "an item stands twice in this list".to_owned(),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            alternatives(context)
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            "fits more than one of the forms it may have".to_owned()
        }
        ValidationErrorKind::Not { .. } => "has a form that is not allowed here".to_owned(),
        ValidationErrorKind::Contains => "no item of this list is as required".to_owned(),
        ValidationErrorKind::Custom { message, .. } | ValidationErrorKind::RegexEngineFailure { message } => {
            message.clone()
        }
        other => format!("does not satisfy `{}`", other.keyword()),
    }
}

/// What is wrong with each form a value may have; the types alone where no form has the right one.
fn alternatives(context: &[Vec<jsonschema::ValidationError<'static>>]) -> String {
    let mut messages: Vec<String> = Vec::new();
    for errors in context {
        for error in errors {
            let message = message(error.kind());
            if !messages.contains(&message) {
                messages.push(message);
            }
        }
    }
    let types = messages.iter().map(|message| message.strip_prefix("expected "));
    if let Some(types) = types.collect::<Option<Vec<&str>>>() {
        return format!("expected {}", types.join(" or "));
    }
    format!("has none of the forms it may have: {}", messages.join("; "))
}

fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "`true` or `false`",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "a mapping",
        JsonType::String => "a text",
    }
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The representation of nodes for the validator.
#[derive(Debug)]
struct TreeJson;

/// A node, or the name of a key.
#[derive(Clone, Copy)]
enum View<'t> {
    Node(NodeRef<'t>),
    Name(&'t str),
}

impl Json for TreeJson {
    type Node<'t> = View<'t>;
    type PreparedKey = String;
    type StringBuffer = ();

    const KEYS_PER_LOOKUP: usize = 2;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(View<'_>) -> T) -> T {
        f(View::Name(string))
    }
}

impl<'t> View<'t> {
    fn scalar(self) -> Option<Scalar<'t>> {
        match self {
            Self::Node(node) => node.scalar(),
            Self::Name(name) => Some(Scalar::String(Cow::Borrowed(name))),
        }
    }
}

impl<'t> Node<'t, TreeJson> for View<'t> {
    type Object = Members<'t>;
    type Array = Elements<'t>;
    type Number = serde_json::Number;

    fn as_object(&self) -> Option<Members<'t>> {
        match self {
            Self::Node(node) if node.is_mapping() => Some(Members { entries: node.merged() }),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Elements<'t>> {
        match self {
            Self::Node(node) if node.is_sequence() => Some(Elements { node: *node }),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'t, str>> {
        match self.scalar()? {
            Scalar::String(text) | Scalar::Timestamp(text) => Some(text),
            Scalar::Binary(bytes) => Some(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())),
            _ => None,
        }
    }

    fn as_number(&self) -> Option<serde_json::Number> {
        match self.scalar()? {
            Scalar::Int(value) => Some(value.into()),
            Scalar::Unsigned(value) => Some(value.into()),
            Scalar::Float(value) => Some(serde_json::Number::from_f64(value).unwrap_or_else(|| 0.into())),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self.scalar()? {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        self.scalar() == Some(Scalar::Null)
    }

    fn json_type(&self) -> JsonType {
        match self {
            Self::Node(node) if node.is_mapping() => JsonType::Object,
            Self::Node(node) if node.is_sequence() => JsonType::Array,
            _ => match self.scalar() {
                None | Some(Scalar::Null) => JsonType::Null,
                Some(Scalar::Bool(_)) => JsonType::Boolean,
                Some(Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_)) => JsonType::Number,
                Some(Scalar::Timestamp(_) | Scalar::Binary(_) | Scalar::String(_)) => JsonType::String,
            },
        }
    }

    fn to_value(&self) -> Cow<'t, Value> {
        Cow::Owned(match self {
            Self::Node(node) => node.to_json(),
            Self::Name(name) => Value::String((*name).to_owned()),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            Self::Node(node) => {
                let address = std::ptr::from_ref(node.tree()) as usize;
                Some(NodeIdentity::tagged(address, node.resolved().id().index()))
            }
            Self::Name(_) => None,
        }
    }
}

struct Members<'t> {
    entries: Vec<Entry<'t>>,
}

impl<'t> Object<'t, TreeJson> for Members<'t> {
    type Node = View<'t>;
    type MemberName = Cow<'t, str>;
    type MembersIter = MembersIter<'t>;

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn get(&self, key: &String) -> Option<View<'t>> {
        self.entries.iter().find(|entry| entry.name() == *key).map(|entry| View::Node(entry.value))
    }

    fn members(&self) -> MembersIter<'t> {
        MembersIter { entries: self.entries.clone().into_iter() }
    }
}

struct MembersIter<'t> {
    entries: std::vec::IntoIter<Entry<'t>>,
}

impl<'t> Iterator for MembersIter<'t> {
    type Item = (Cow<'t, str>, View<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        self.entries.next().map(|entry| (entry.name(), View::Node(entry.value)))
    }
}

struct Elements<'t> {
    node: NodeRef<'t>,
}

impl<'t> Array<'t, TreeJson> for Elements<'t> {
    type Node = View<'t>;
    type ElementsIter = std::vec::IntoIter<View<'t>>;

    fn len(&self) -> usize {
        self.node.items().len()
    }

    fn elements(&self) -> Self::ElementsIter {
        self.node.items().map(View::Node).collect::<Vec<_>>().into_iter()
    }
}

impl NodeRef<'_> {
    /// The value as JSON, `<<` merged in; `.nan` and `.inf`, which JSON does not have, become texts.
    pub fn to_json(self) -> Value {
        if self.is_mapping() {
            let entries = self.merged().into_iter();
            return Value::Object(
                entries.map(|entry| (entry.name().into_owned(), entry.value.to_json())).collect(),
            );
        }
        if self.is_sequence() {
            return Value::Array(self.items().map(NodeRef::to_json).collect());
        }
        match self.scalar() {
            None | Some(Scalar::Null) => Value::Null,
            Some(Scalar::Bool(value)) => value.into(),
            Some(Scalar::Int(value)) => value.into(),
            Some(Scalar::Unsigned(value)) => value.into(),
            Some(Scalar::Float(value)) => {
                serde_json::Number::from_f64(value).map_or_else(|| self.text().into(), Value::Number)
            }
            Some(Scalar::Timestamp(text) | Scalar::String(text)) => text.into_owned().into(),
            Some(Scalar::Binary(bytes)) => String::from_utf8_lossy(&bytes).into_owned().into(),
        }
    }
}
