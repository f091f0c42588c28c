//! `schemas/compose.json` as the walker reads it: the part of JSON Schema that it uses, and nothing else.

use std::fmt;
use std::sync::OnceLock;

use indexmap::IndexMap;
use regex::Regex;
use serde::Deserialize;
use serde::Deserializer;
use serde::de::IntoDeserializer as _;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde::de::value::MapAccessDeserializer;
use serde::de::value::SeqAccessDeserializer;

use crate::compose::value::Data;

/// The schema as it is published with the program.
pub const SCHEMA: &str = include_str!("../../../schemas/compose.json");

/// What a value has to be.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Node {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    one_of: Vec<Self>,
    #[serde(rename = "type")]
    kinds: Kinds,
    #[serde(rename = "enum")]
    pub(super) legal: Vec<String>,
    pub(super) pattern: Option<Pattern>,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) items: Option<Box<Self>>,
    pub(super) unique_items: bool,
    pub(super) properties: Option<IndexMap<String, Self>>,
    pub(super) pattern_properties: Option<IndexMap<Pattern, Self>>,
    pub(super) additional_properties: Additional,
    pub(super) required: Vec<String>,
    any_of: Vec<Self>,
    #[serde(rename = "$defs")]
    definitions: IndexMap<String, Self>,
}

/// What other keys than those that are named have to be.
#[derive(Debug, Default)]
pub(super) enum Additional {
    /// As this says.
    Node(Box<Node>),
    /// Anything, or there must be none.
    Allowed(bool),
    /// Nothing is said.
    #[default]
    Open,
}

/// The JSON types that a value may have, in the order of the schema; none where any will do.
#[derive(Debug, Default)]
struct Kinds(Vec<Kind>);

/// A JSON type.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Object,
    Array,
    String,
    Boolean,
    Integer,
    Number,
    Null,
}

impl Kind {
    /// What it is called in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Object => "a mapping",
            Self::Array => "a list",
            Self::String => "a string",
            Self::Boolean => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Null => "null",
        }
    }

    fn accepts(self, data: &Data) -> bool {
        let whole = |fraction: bool| match self {
            Self::Number => true,
            Self::Integer => !fraction,
            _ => false,
        };
        match data {
            Data::Null => matches!(self, Self::Null),
            Data::Bool(_) => matches!(self, Self::Boolean),
            Data::Int(_) | Data::Unsigned(_) => whole(false),
            Data::Float(value) => whole(value.fract() != 0.0),
            Data::Single(value) => whole(value.fract() != 0.0),
            Data::Time(_) | Data::String(_) => matches!(self, Self::String),
            Data::Sequence(_) => matches!(self, Self::Array),
            Data::Mapping(_) => matches!(self, Self::Object),
        }
    }
}

// Read by hand: alternatives that serde tells apart by trying are kept in memory first, at every level again.
impl<'de> Deserialize<'de> for Additional {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Additional;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a schema, `true` or `false`")
            }

            fn visit_bool<E: serde::de::Error>(self, allowed: bool) -> Result<Additional, E> {
                Ok(Additional::Allowed(allowed))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Additional, M::Error> {
                let node = Node::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Additional::Node(Box::new(node)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Kinds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;
        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Kinds;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a type, or a list of types")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Kinds, E> {
                Ok(Kinds(vec![Kind::deserialize(name.into_deserializer())?]))
            }

            fn visit_seq<S: SeqAccess<'de>>(self, items: S) -> Result<Kinds, S::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(items)).map(Kinds)
            }
        }
        deserializer.deserialize_any(OneOrSeveral)
    }
}

/// The schema, read once.
pub(super) fn root() -> &'static Node {
    static ROOT: OnceLock<Node> = OnceLock::new();
    ROOT.get_or_init(|| serde_json::from_str(SCHEMA).unwrap_or_default())
}

impl Node {
    /// True where it is the definition of that name.
    pub(super) fn is_definition(&self, name: &str) -> bool {
        self.definition() == Some(name)
    }

    fn definition(&self) -> Option<&str> {
        self.reference.as_deref().map(|reference| reference.trim_start_matches("#/$defs/"))
    }

    fn resolved(&self) -> &Self {
        let mut node = self;
        while let Some(target) = node.definition().and_then(|name| root().definitions.get(name)) {
            node = target;
        }
        node
    }

    /// The alternative that a value is held against: alternatives are told apart by type.
    pub(super) fn alternative(&self, data: &Data) -> Option<&Self> {
        let node = self.resolved();
        if !node.one_of.is_empty() {
            return node.one_of.iter().find_map(|branch| branch.alternative(data));
        }
        let kinds = &node.kinds.0;
        (kinds.is_empty() || kinds.iter().any(|kind| kind.accepts(data))).then_some(node)
    }

    /// The types of all alternatives, in order, each once.
    pub(super) fn expected(&self) -> Vec<&'static str> {
        let node = self.resolved();
        let own = node.kinds.0.iter().map(|kind| kind.name());
        let mut all: Vec<&'static str> = own.collect();
        if !node.one_of.is_empty() {
            all = node.one_of.iter().flat_map(Self::expected).collect();
        }
        let mut once: Vec<&'static str> = Vec::new();
        for name in all {
            if !once.contains(&name) {
                once.push(name);
            }
        }
        once
    }

    /// Keys of which one at least has to be there; none where nothing is said.
    pub(super) fn one_required(&self) -> Vec<&str> {
        self.any_of.iter().filter_map(|choice| choice.required.first()).map(String::as_str).collect()
    }
}

/// A pattern that a text or a key has to fit.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Pattern {
    text: String,
    expression: OnceLock<Option<Regex>>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text, expression: OnceLock::new() }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl std::hash::Hash for Pattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Pattern {
    /// True where a text fits. Patterns of nearly every file are told without a machine for expressions, which takes
    /// longer to make than a file to check.
    pub(super) fn fits(&self, text: &str) -> bool {
        let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        match self.text.as_str() {
            ".+" => text.chars().any(|character| character != '\n'),
            "^x-" => text.starts_with("x-"),
            "^[a-zA-Z0-9._-]+$" => !text.is_empty() && text.as_bytes().iter().all(in_name),
            "[a-zA-Z0-9][a-zA-Z0-9_.-]+" => text
                .as_bytes()
                .windows(2)
                .any(|pair| matches!(pair, [first, next] if first.is_ascii_alphanumeric() && in_name(next))),
            other => {
                let expression = self.expression.get_or_init(|| Regex::new(other).ok());
                expression.as_ref().is_none_or(|expression| expression.is_match(text))
            }
        }
    }
}
